/** COLOUR: samples to pictures to files. Typed arrays in, bytes out. */

export { indexedColours } from "./colour_table.ts";
export { encodePng, type PngOptions, type PngText } from "./encode.ts";
export { enlargePng, type Part } from "./enlarge.ts";
export {
  type DataFormat,
  encodePicture,
  type Format,
  FORMATS,
  isPictureFormat,
  type PictureFormat,
  type PictureOptions,
} from "./formats.ts";
export { type Look, parseShading, type Shading, shadings } from "./look.ts";
export { wheelPosition } from "./mapping.ts";
export { encodeNpy } from "./npy.ts";
export { paintAveraged, paintIndexed, type Samples } from "./paint.ts";
export {
  defaultPalette,
  maxColours,
  minColours,
  type Palette,
  paletteNames,
  parsePalette,
} from "./palette.ts";
export type { IndexedPicture, Picture, TrueColourPicture } from "./picture.ts";
export { paletteStops } from "./strip.ts";
