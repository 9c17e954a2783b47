/** The page's files, held in memory: its own and Leaflet's. */

import { etagOf } from "./validators.ts";
import explorerCss from "./page/explorer.css" with { type: "text" };
import favicon from "./page/favicon.svg" with { type: "text" };
import addressBar from "./page/address_bar.js" with { type: "text" };
import anchor from "./page/anchor.js" with { type: "text" };
import clipboard from "./page/clipboard.js" with { type: "text" };
import crs from "./page/crs.js" with { type: "text" };
import curl from "./page/curl.js" with { type: "text" };
import decimal from "./page/decimal.js" with { type: "text" };
import dive from "./page/dive.js" with { type: "text" };
import drawer from "./page/drawer.js" with { type: "text" };
import edge from "./page/edge.js" with { type: "text" };
import elements from "./page/elements.js" with { type: "text" };
import explorer from "./page/explorer.js" with { type: "text" };
import explorerMap from "./page/explorer_map.js" with { type: "text" };
import flight from "./page/flight.js" with { type: "text" };
import leaflet from "./page/leaflet.js" with { type: "text" };
import location from "./page/location.js" with { type: "text" };
import look from "./page/look.js" with { type: "text" };
import magnification from "./page/magnification.js" with { type: "text" };
import palette from "./page/palette.js" with { type: "text" };
import panel from "./page/panel.js" with { type: "text" };
import patientFetch from "./page/patient_fetch.js" with { type: "text" };
import picture from "./page/picture.js" with { type: "text" };
import place from "./page/place.js" with { type: "text" };
import places from "./page/places.js" with { type: "text" };
import placesPanel from "./page/places_panel.js" with { type: "text" };
import readout from "./page/readout.js" with { type: "text" };
import relabel from "./page/relabel.js" with { type: "text" };
import requests from "./page/requests.js" with { type: "text" };
import scale from "./page/scale.js" with { type: "text" };
import settings from "./page/settings.js" with { type: "text" };
import tileLayer from "./page/tile_layer.js" with { type: "text" };
import troubles from "./page/troubles.js" with { type: "text" };
import way from "./page/way.js" with { type: "text" };
import indexHtml from "./page/index.html" with { type: "text" };
import leafletCss from "leaflet/dist/leaflet.css" with { type: "text" };
import leafletLibrary from "leaflet/dist/leaflet.js" with { type: "text" };

/** A file, its type and its validator. */
export interface Asset {
  readonly body: string;
  readonly type: string;
  readonly etag: string;
}

const SCRIPT = "text/javascript; charset=utf-8";
const STYLE = "text/css; charset=utf-8";

const scripts = {
  address_bar: addressBar,
  anchor,
  clipboard,
  crs,
  curl,
  decimal,
  dive,
  drawer,
  edge,
  elements,
  explorer,
  explorer_map: explorerMap,
  flight,
  leaflet,
  location,
  look,
  magnification,
  palette,
  panel,
  patient_fetch: patientFetch,
  picture,
  place,
  places,
  places_panel: placesPanel,
  readout,
  relabel,
  requests,
  scale,
  settings,
  tile_layer: tileLayer,
  troubles,
  way,
};

/** Files by their path below `/assets/`. */
export const assets: ReadonlyMap<string, Asset> = new Map([
  ...Object.entries(scripts).map(([name, body]) => asset(`${name}.js`, body, SCRIPT)),
  asset("explorer.css", explorerCss, STYLE),
  asset("favicon.svg", favicon, "image/svg+xml"),
  asset("leaflet/leaflet.css", leafletCss, STYLE),
  asset("leaflet/leaflet.js", leafletLibrary, SCRIPT),
]);

/** The page with its settings written into it. */
export function pageWith(settings: unknown): Asset {
  // In a script element only "<" could end the text.
  const json = JSON.stringify(settings).replaceAll("<", "\\u003c");
  return asset(
    "index.html",
    indexHtml.replace("__SETTINGS__", () => json),
    "text/html; charset=utf-8",
  )[1];
}

function asset(path: string, body: string, type: string): [string, Asset] {
  return [path, { body, type, etag: etagOf("asset", path, body) }];
}
