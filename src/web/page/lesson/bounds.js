// @ts-check
/** Where a batch lies on the canvas: batches are squares, left to right and then top to bottom. */

/**
 * @param {{ pixdim: number, side: number }} run points along a side of the canvas, and of a batch
 * @param {number} batch its number
 */
export function boundsOf({ pixdim, side }, batch) {
  const across = Math.ceil(pixdim / side);
  const left = (batch % across) * side;
  const top = Math.floor(batch / across) * side;
  return {
    left,
    top,
    width: Math.min(side, pixdim - left),
    height: Math.min(side, pixdim - top),
  };
}
