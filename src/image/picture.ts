/** Pictures on their way to a file: pixels by number in a small palette, or pixels in true colour. */

/** At most 256 colours. Rows from the top, one byte a pixel. */
export interface IndexedPicture {
  readonly kind: "indexed";
  readonly width: number;
  readonly height: number;
  /** width x height numbers of colours. */
  readonly indices: Uint8Array<ArrayBuffer>;
  /** The colours, sRGB, three bytes each. */
  readonly colours: Uint8Array;
}

/** Any number of colours. Rows from the top, three or four bytes a pixel. */
export interface TrueColourPicture {
  readonly kind: "true colour";
  readonly width: number;
  readonly height: number;
  /** 3 for red, green, blue; 4 with alpha after them. */
  readonly channels: 3 | 4;
  /** width x height x channels bytes, sRGB. */
  readonly pixels: Uint8Array<ArrayBuffer>;
}

export type Picture = IndexedPicture | TrueColourPicture;
