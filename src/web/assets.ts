/** The page's files, held in memory: its own and Leaflet's. */

import { etagOf } from "./http/validators.ts";
import explorerCss from "./page/explorer.css" with { type: "text" };
import favicon from "./page/favicon.svg" with { type: "text" };
import addressBar from "./page/address_bar.js" with { type: "text" };
import anchor from "./page/anchor.js" with { type: "text" };
import centre from "./page/centre.js" with { type: "text" };
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
import locationText from "./page/location_text.js" with { type: "text" };
import locationParams from "./page/location_params.js" with { type: "text" };
import look from "./page/look.js" with { type: "text" };
import magnification from "./page/magnification.js" with { type: "text" };
import openedFile from "./page/opened_file.js" with { type: "text" };
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
import licences from "./page/licences.txt" with { type: "text" };
import setJs from "./page/set.js" with { type: "text" };
import settings from "./page/settings.js" with { type: "text" };
import tileLayer from "./page/tile_layer.js" with { type: "text" };
import docsCss from "./page/docs/docs.css" with { type: "text" };
import docsHtml from "./page/docs/docs.html" with { type: "text" };
import docsMain from "./page/docs/docs.js" with { type: "text" };
import eventStream from "./page/lesson/event_stream.js" with { type: "text" };
import lessonBoardCss from "./page/lesson/board.css" with { type: "text" };
import lessonBounds from "./page/lesson/bounds.js" with { type: "text" };
import lessonCanvas from "./page/lesson/canvas.js" with { type: "text" };
import lessonColours from "./page/lesson/colours.js" with { type: "text" };
import lessonCss from "./page/lesson/lesson.css" with { type: "text" };
import lessonHtml from "./page/lesson/lesson.html" with { type: "text" };
import lessonLanes from "./page/lesson/lanes.js" with { type: "text" };
import lessonLive from "./page/lesson/live.js" with { type: "text" };
import lessonMain from "./page/lesson/lesson.js" with { type: "text" };
import lessonPlayer from "./page/lesson/player.js" with { type: "text" };
import lessonRecording from "./page/lesson/recording.js" with { type: "text" };
import lessonStage from "./page/lesson/stage.js" with { type: "text" };
import lessonTable from "./page/lesson/table.js" with { type: "text" };
import troubles from "./page/troubles.js" with { type: "text" };
import way from "./page/way.js" with { type: "text" };
import wholeTile from "./page/whole_tile.js" with { type: "text" };
import indexHtml from "./page/index.html" with { type: "text" };
import leafletCss from "leaflet/dist/leaflet.css" with { type: "text" };
import leafletLibrary from "leaflet/dist/leaflet.js" with { type: "text" };

/** A file, its type and its validator. */
export interface Asset {
  readonly body: string;
  /** Bytes of it as UTF-8. */
  readonly length: number;
  readonly type: string;
  readonly etag: string;
}

const SCRIPT = "text/javascript; charset=utf-8";
const STYLE = "text/css; charset=utf-8";

const scripts = {
  address_bar: addressBar,
  anchor,
  centre,
  clipboard,
  crs,
  curl,
  decimal,
  dive,
  "docs/docs": docsMain,
  drawer,
  edge,
  elements,
  explorer,
  explorer_map: explorerMap,
  flight,
  leaflet,
  "lesson/bounds": lessonBounds,
  "lesson/canvas": lessonCanvas,
  "lesson/colours": lessonColours,
  "lesson/event_stream": eventStream,
  "lesson/lanes": lessonLanes,
  "lesson/lesson": lessonMain,
  "lesson/live": lessonLive,
  "lesson/player": lessonPlayer,
  "lesson/recording": lessonRecording,
  "lesson/stage": lessonStage,
  "lesson/table": lessonTable,
  location,
  location_text: locationText,
  location_params: locationParams,
  look,
  magnification,
  opened_file: openedFile,
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
  set: setJs,
  settings,
  tile_layer: tileLayer,
  troubles,
  way,
  whole_tile: wholeTile,
};

/** Files by their path below `/assets/`. */
export const assets: ReadonlyMap<string, Asset> = new Map([
  ...Object.entries(scripts).map(([name, body]) => asset(`${name}.js`, body, SCRIPT)),
  asset("explorer.css", explorerCss, STYLE),
  asset("favicon.svg", favicon, "image/svg+xml"),
  asset("docs/docs.css", docsCss, STYLE),
  asset("lesson/board.css", lessonBoardCss, STYLE),
  asset("lesson/lesson.css", lessonCss, STYLE),
  asset("leaflet/leaflet.css", leafletCss, STYLE),
  asset("leaflet/leaflet.js", leafletLibrary, SCRIPT),
]);

/** The page that shows the interface. */
export const docsPage: Asset = asset("docs.html", docsHtml, "text/html; charset=utf-8")[1];

/** The licences of what is served, and of what a server is run with. */
export const licencesText: Asset = asset("licences.txt", licences, "text/plain; charset=utf-8")[1];

/** Asks crawlers to leave alone what is computed for each request. */
export const robotsText: Asset = asset(
  "robots.txt",
  [
    "User-agent: *",
    ...["tiles", "tms", "render", "wmts", "ogc", "exact", "lesson/run"].map((path) =>
      `Disallow: /${path}`
    ),
    "",
  ].join("\n"),
  "text/plain; charset=utf-8",
)[1];

/** The explorer's page with its settings written into it. */
export function pageWith(settings: unknown): Asset {
  return withSettings("index.html", indexHtml, settings);
}

/** The lesson's page with its settings written into it. */
export function lessonPageWith(settings: unknown): Asset {
  return withSettings("lesson.html", lessonHtml, settings);
}

function withSettings(path: string, html: string, settings: unknown): Asset {
  // In a script element only "<" could end the text.
  const json = JSON.stringify(settings).replaceAll("<", "\\u003c");
  return asset(path, html.replace("__SETTINGS__", () => json), "text/html; charset=utf-8")[1];
}

function asset(path: string, body: string, type: string): [string, Asset] {
  const { length } = new TextEncoder().encode(body);
  return [path, { body, length, type, etag: etagOf("asset", path, body) }];
}
