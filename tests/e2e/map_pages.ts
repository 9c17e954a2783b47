/** Pages on which well-known map clients show the world, and the server that hands them out. */

import leafletCss from "leaflet/dist/leaflet.css" with { type: "text" };
import leaflet from "leaflet/dist/leaflet.js" with { type: "text" };
import maplibreCss from "maplibre-gl/dist/maplibre-gl.css" with { type: "text" };
import maplibre from "maplibre-gl/dist/maplibre-gl.mjs" with { type: "text" };
import maplibreWorker from "maplibre-gl/dist/maplibre-gl-worker.mjs" with { type: "text" };
import openLayers from "ol/dist/ol.js" with { type: "text" };

/**
 * The programs by the name of their page. Each shows the tiles of zoom 1 at their own size, the real axis
 * in the middle, and calls `drawn` when all of them are on the screen; `server` is the tile server's
 * address without a slash at its end.
 */
const programs: Readonly<Record<string, string>> = {
  "Leaflet, XYZ": leafletMap("L.tileLayer(`${server}/tiles/{z}/{x}/{y}.png`, { noWrap: true })"),
  "Leaflet, TMS": leafletMap(
    "L.tileLayer(`${server}/tms/{z}/{x}/{y}.png`, { noWrap: true, tms: true })",
  ),
  "OpenLayers, XYZ": openLayersMap(
    "new ol.source.XYZ({ url: `${server}/tiles/{z}/{x}/{y}.png`, wrapX: false, transition: 0 })",
  ),
  "OpenLayers, WMTS": openLayersMap("await wmts('WebMercatorQuad')"),
  "OpenLayers, WMTS in the plane's units": openLayersMap(
    "await wmts('ComplexPlane')",
    "{ projection: source.getProjection(), center: [-0.5, 0], resolution: 4 / 512 }",
  ),
  "OpenLayers, OGC API Tiles": openLayersMap(
    "await ready(new ol.source.OGCMapTile({ url: `${server}/ogc/map/tiles/WebMercatorQuad`, transition: 0 }))",
  ),
  "MapLibre, TileJSON": `
    import { Map } from "/maplibre-gl.mjs";
    const map = new Map({
      container: "map",
      style: {
        version: 8,
        sources: { set: { type: "raster", url: server + "/tiles.json", tileSize: 256 } },
        layers: [{
          id: "set", type: "raster", source: "set",
          paint: { "raster-fade-duration": 0, "raster-resampling": "nearest" },
        }],
      },
      center: [0, 0], zoom: 0, renderWorldCopies: false, attributionControl: false,
    });
    map.on("error", ({ error }) => { throw error; });
    map.on("idle", () => drawn());`,
};

/** Names of the pages. */
export const pageNames: readonly string[] = Object.keys(programs);

/** Where a page is, below the pages' own server. */
export function pagePath(name: string): string {
  return `/page/${encodeURIComponent(name)}`;
}

function leafletMap(layer: string): string {
  return `
    const map = L.map("map", {
      center: [0, 0], zoom: 1, zoomControl: false, attributionControl: false,
      fadeAnimation: false, zoomAnimation: false,
    });
    ${layer}.on("load", () => drawn()).addTo(map);`;
}

function openLayersMap(
  source: string,
  view = "{ center: [0, 0], resolution: 2 * 20037508.342789244 / 512 }",
): string {
  return `
    async function wmts(matrixSet) {
      const response = await fetch(server + "/wmts?SERVICE=WMTS&REQUEST=GetCapabilities");
      const said = new ol.format.WMTSCapabilities().read(await response.text());
      // A reference system that is not registered is unknown here, too, until it is told.
      const { SupportedCRS: code } = said.Contents.TileMatrixSet[1];
      const extent = [-2.5, -2, 1.5, 2];
      ol.proj.addProjection(new ol.proj.Projection({ code, units: "m", extent }));
      const chosen = { layer: "mandelbrot", matrixSet };
      const read = ol.source.WMTS.optionsFromCapabilities(said, chosen);
      return new ol.source.WMTS({ ...read, transition: 0 });
    }
    function ready(source) {
      return new Promise((resolve, reject) => {
        const look = () => {
          if (source.getState() === "ready") resolve(source);
          if (source.getState() === "error") reject(source.error);
        };
        source.on("change", look);
        look();
      });
    }
    const source = ${source};
    const map = new ol.Map({
      target: "map", controls: [], pixelRatio: 1,
      layers: [new ol.layer.Tile({ source })],
      view: new ol.View(${view}),
    });
    map.on("rendercomplete", () => drawn());`;
}

const SCRIPT = "text/javascript";

const files: Readonly<Record<string, readonly [body: string, type: string]>> = {
  "/leaflet.css": [leafletCss, "text/css"],
  "/leaflet.js": [leaflet, SCRIPT],
  "/ol.js": [openLayers, SCRIPT],
  "/maplibre-gl.css": [maplibreCss, "text/css"],
  "/maplibre-gl.mjs": [maplibre, SCRIPT],
  "/maplibre-gl-worker.mjs": [maplibreWorker, SCRIPT],
};

/** Serves the pages, whose maps ask the tile server at this address: another origin than their own. */
export function servePages(server: string): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, ({ url }) => {
    const { pathname } = new URL(url);
    const program = programs[decodeURIComponent(pathname.replace("/page/", ""))];
    if (program !== undefined) {
      const html = pageOf(program, server.replace(/\/$/, ""));
      return new Response(html, { headers: { "content-type": "text/html" } });
    }
    const [body, type] = files[pathname] ?? [];
    if (type === undefined) return new Response(null, { status: 404 });
    return new Response(body!, { headers: { "content-type": type } });
  });
}

function pageOf(program: string, server: string): string {
  return `<!doctype html>
<html><head>
<meta charset="utf-8"><link rel="icon" href="data:,">
<link rel="stylesheet" href="/leaflet.css"><link rel="stylesheet" href="/maplibre-gl.css">
<style>body { margin: 0 } #map { width: 512px; height: 512px; background: #fff }</style>
<script src="/leaflet.js"></script><script src="/ol.js"></script>
</head><body><div id="map"></div>
<script type="module">
const server = ${JSON.stringify(server)};
// On the screen as well, not only asked to be.
const drawn = () => requestAnimationFrame(() => requestAnimationFrame(() => document.body.id = "drawn"));
${program}
</script></body></html>`;
}
