// plane: Tile addresses, exact numbers, and the coordinates of pixels. Imports nothing from other folders.

export { type Axes, cornerGrid, type CornerWindow } from "./corner_grid.ts";
export { DecimalLimitError, type DecimalLimits } from "./decimal.ts";
export { type Aligned, Exact } from "./exact.ts";
export {
  bandOf,
  columnsOf,
  Frame,
  frameOfTile,
  frameOfView,
  type FrameParts,
  liesBelowTheAxis,
  mirrorOfFrame,
  pointOf,
  rowsOf,
  stepLog2,
  type View,
} from "./frame.ts";
export {
  type FractalSet,
  fractionOf,
  MANDELBROT,
  nameOfSet,
  type Point,
  SET_IDS,
  type Window,
} from "./fractal_set.ts";
export { DEEPEST_ZOOM, LARGEST_EXPONENT, MOST_DIGITS } from "./limits.ts";
export {
  OutsideWorldError,
  TileAddress,
  type TileAddressText,
  TileSyntaxError,
  TooDeepError,
} from "./tile_address.ts";
export { type Bounds, tileAt, tileBounds, WORLD } from "./world.ts";
