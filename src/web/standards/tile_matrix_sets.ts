/** The grids of tiles that map clients use, as WMTS and OGC API Tiles describe them. */

import type { FractalSet } from "../../plane/mod.ts";

/** Pixels of a tile's side. */
export const TILE_SIDE = 256;

/** Clients count rows and columns in 32 bits with a sign: 2^30 is the last power of two that fits. */
const DEEPEST_TOLD = 30;

/** Metres of a pixel at scale 1, as OGC standardised it. */
const PIXEL_METRES = 0.00028;

/** A square that is one tile at zoom 0 and is quartered at every next zoom. */
export interface TileMatrixSet {
  readonly id: string;
  readonly title: string;
  /** The edges of the square, in units of the coordinate reference system. */
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
  readonly top: number;
  /** The only set of points that is laid on it; default: any. */
  readonly only?: FractalSet["id"];
  /** Names of the axes, the one that grows rightwards first. */
  readonly axes: readonly [string, string];
  /** A reference system that is registered. The plane's own is described by this server. */
  readonly registered?: {
    readonly urn: string;
    readonly uri: string;
    readonly tileMatrixSet: string;
    readonly scaleSetUrn: string;
    readonly scaleSetUri: string;
  };
}

/** Half the equator of WGS 84 in metres, pi * 6378137: the edge of EPSG:3857's square. */
const MERCATOR_EDGE = Math.PI * 6_378_137;

/** The same in degrees of latitude: atan(sinh(pi)). */
export const LATITUDE_EDGE = 85.0511287798066;

const GOOGLE = "GoogleMapsCompatible";

/** All grids: the square of EPSG:3857, which every client knows, and the plane in its own units, of each set the part that zoom 0 shows. */
export const TILE_MATRIX_SETS: readonly TileMatrixSet[] = [
  {
    id: "WebMercatorQuad",
    title: "The square of EPSG:3857, on which the world is laid",
    left: -MERCATOR_EDGE,
    bottom: -MERCATOR_EDGE,
    right: MERCATOR_EDGE,
    top: MERCATOR_EDGE,
    axes: ["X", "Y"],
    registered: {
      urn: "urn:ogc:def:crs:EPSG::3857",
      uri: "http://www.opengis.net/def/crs/EPSG/0/3857",
      tileMatrixSet: "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad",
      scaleSetUrn: `urn:ogc:def:wkss:OGC:1.0:${GOOGLE}`,
      scaleSetUri: `http://www.opengis.net/def/wkss/OGC/1.0/${GOOGLE}`,
    },
  },
  {
    id: "ComplexPlane",
    title: "The complex plane in its own units",
    left: -2.5,
    bottom: -2,
    right: 1.5,
    top: 2,
    axes: ["Re", "Im"],
    only: "mandelbrot",
  },
  {
    id: "JuliaPlane",
    title: "The complex plane in its own units, around 0",
    left: -2,
    bottom: -2,
    right: 2,
    top: 2,
    axes: ["Re", "Im"],
    only: "julia",
  },
];

/** The grids on which a set of points is laid. */
export function tileMatrixSetsOf(id: FractalSet["id"]): readonly TileMatrixSet[] {
  return TILE_MATRIX_SETS.filter(({ only = id }) => only === id);
}

/** The plane as an engineering system in WKT: planar, and on no Earth. */
export const PLANE_WKT =
  'LOCAL_CS["Complex plane",UNIT["unit",1],AXIS["Re",EAST],AXIS["Im",NORTH]]';

/** One zoom of a set. */
export interface TileMatrix {
  readonly id: string;
  /** How many times smaller than the world it is drawn; a unit of the plane counts as a metre. */
  readonly scaleDenominator: number;
  /** Units of a pixel's side. */
  readonly cellSize: number;
  /** Tiles along each side. */
  readonly width: number;
}

/** The zooms of a set that clients can count in; the server may go deeper. */
export function matricesOf({ left, right }: TileMatrixSet, deepest: number): TileMatrix[] {
  return Array.from({ length: Math.min(DEEPEST_TOLD, deepest) + 1 }, (_, z) => {
    const cellSize = (right - left) / TILE_SIDE / 2 ** z;
    return { id: String(z), scaleDenominator: cellSize / PIXEL_METRES, cellSize, width: 2 ** z };
  });
}

/** The grid of this name, if a set of points is laid on it; of any set where none is named. */
export function tileMatrixSet(
  name: string,
  points?: FractalSet["id"],
): TileMatrixSet | undefined {
  const sets = points === undefined ? TILE_MATRIX_SETS : tileMatrixSetsOf(points);
  return sets.find(({ id }) => id === name);
}

/** The address of a set's reference system: a registered one's, or where this server describes it. */
export function crsUri({ id, registered }: TileMatrixSet, base: string): string {
  return registered?.uri ?? `${base}/ogc/crs/${id}`;
}
