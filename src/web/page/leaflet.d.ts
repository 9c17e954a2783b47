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

export interface TileCoords extends Point {
  readonly z: number;
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

export declare class GridLayer extends Layer {
  constructor(options: object);
  /** Leaflet's own record of its tiles, by `x:y:z`. */
  _tiles: Record<string, { el: HTMLElement; coords: TileCoords; loaded?: number }>;
  /** The zoom whose tiles it wants. */
  _tileZoom: number | undefined;
  _removeTile(key: string): void;
}

export interface CRS {
  readonly code?: string;
}

export declare class Map extends Evented {
  constructor(element: HTMLElement, options: object);
  setView(center: LatLngPair, zoom: number, options?: { animate?: boolean }): this;
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
  svgOverlay(
    element: Element,
    bounds: readonly [LatLngPair, LatLngPair],
    options?: object,
  ): Layer;
}
