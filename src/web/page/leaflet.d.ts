/** The part of Leaflet 1.9.4 that the page uses, its private names included. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The map's own numbers: `lng` to the right, `lat` downwards. */
export interface LatLng {
  readonly lat: number;
  readonly lng: number;
}

export type LatLngPair = readonly [lat: number, lng: number];

/** Leaflet's own object, which re-anchoring writes to. */
export interface TileCoords {
  x: number;
  y: number;
  z: number;
}

/** What holds the tiles of one zoom. */
export interface Level {
  readonly el: HTMLElement;
  zoom: number;
  origin: Point;
}

export interface LeafletMouseEvent {
  readonly containerPoint: Point;
}

export declare class Evented {
  on(types: string, listener: (event: never) => void): this;
  once(types: string, listener: (event: never) => void): this;
  off(types: string, listener: (event: never) => void): this;
  fire(type: string, data?: object): this;
}

export declare class Layer extends Evented {
  addTo(map: Map): this;
  remove(): this;
}

export interface Tile {
  readonly el: HTMLElement;
  readonly coords: TileCoords;
  /** Whether it is of the zoom and the place that are looked at. */
  readonly current: boolean;
  /** When its picture came, and whether it is fully opaque. */
  readonly loaded?: number;
  readonly active?: boolean;
}

export declare class GridLayer extends Layer {
  constructor(options: object);
  /** Leaflet's own record of its tiles, by `x:y:z`. */
  _tiles: Record<string, Tile>;
  _levels: Record<number, Level>;
  /** The zoom whose tiles it wants. */
  _tileZoom: number | undefined;
  /** Whether tiles of other levels are kept for now. */
  _noPrune?: boolean;
  readonly _map: Map;
  _onMoveEnd(): void;
  _pruneTiles(): void;
  _removeTile(key: string): void;
  _removeTilesAtZoom(zoom: number): void;
  _tileCoordsToKey(coords: TileCoords): string;
}

export interface CRS {
  readonly code?: string;
}

export declare class Map extends Evented {
  constructor(element: HTMLElement, options: object);
  options: { maxZoom: number };
  readonly dragging: { moving(): boolean };
  /** Its pinch; missing where there is no touch. */
  readonly touchZoom?: { readonly _zooming?: boolean };
  _zoom: number;
  _pixelOrigin: Point;
  readonly _animatingZoom?: boolean;
  readonly _animateToZoom?: number;
  readonly _panAnim?: { readonly _inProgress?: boolean };
  _stop(): this;
  _move(center: LatLng, zoom: number, data?: object, silent?: boolean): this;
  _resetView(center: LatLng, zoom: number, noMoveStart?: boolean): void;
  _moveStart(zoomChanged: boolean, noMoveStart: boolean): this;
  _moveEnd(zoomChanged: boolean): this;
  _getMapPanePos(): Point;
  _getNewPixelOrigin(center: LatLng, zoom?: number): Point;
  _tryAnimatedZoom(center: LatLng, zoom: number, options?: object): boolean;
  eachLayer(act: (layer: Layer) => void): this;
  setView(center: LatLng | LatLngPair, zoom: number, options?: object): this;
  setZoom(zoom: number): this;
  setZoomAround(at: LatLng | Point, zoom: number, options?: object): this;
  latLngToContainerPoint(at: LatLng): Point;
  project(at: LatLng, zoom?: number): Point;
  panTo(center: LatLngPair, options?: { animate?: boolean }): this;
  panBy(offset: Point, options?: { animate?: boolean }): this;
  zoomIn(delta?: number): this;
  zoomOut(delta?: number): this;
  getCenter(): LatLng;
  getZoom(): number;
  getMinZoom(): number;
  getMaxZoom(): number;
  getSize(): Point;
  hasLayer(layer: Layer): boolean;
  containerPointToLatLng(point: Point): LatLng;
  getContainer(): HTMLElement;
}

export interface Leaflet {
  readonly Map: typeof Map;
  readonly GridLayer: typeof GridLayer;
  readonly CRS: { readonly Simple: CRS };
  readonly Transformation: new (a: number, b: number, c: number, d: number) => object;
  latLng(lat: number, lng: number): LatLng;
  point(x: number, y: number): Point;
  svgOverlay(
    element: Element,
    bounds: readonly [LatLngPair, LatLngPair],
    options?: object,
  ): Layer;
}
