// @ts-check
/** The workers' colours, and the counts in each of them. */

/** Told apart by everybody, on dark and on light: the first four differ in lightness too. */
const colours = /** @type {const} */ ([
  [240, 98, 58],
  [52, 142, 230],
  [240, 180, 30],
  [28, 160, 122],
  [172, 98, 222],
  [226, 84, 146],
  [92, 190, 208],
  [150, 164, 60],
]);

/** A producer's; it computes nothing. */
const neutral = /** @type {const} */ ([138, 143, 155]);

/** Where, between black and white, a tone is the worker's pure colour. */
const pure = 0.62;

/**
 * The colour of a lane.
 *
 * @param {number} worker
 * @param {number} workers
 * @returns {readonly [number, number, number]}
 */
export function colourOf(worker, workers) {
  return worker < workers ? colours[worker % colours.length] ?? neutral : neutral;
}

/**
 * A colour as CSS writes it.
 *
 * @param {readonly [number, number, number]} colour
 * @param {number} [alpha]
 * @returns {string}
 */
export function css([red, green, blue], alpha = 1) {
  return `rgb(${red} ${green} ${blue} / ${alpha})`;
}

/**
 * Tones from 0 to 1 for every count that a byte holds: the share of the points that have a lower one, so
 * that the picture uses all tones alike. The highest, of points that do not escape, is black.
 *
 * @param {Uint8Array} canvas
 * @returns {Float64Array}
 */
export function tonesOf(canvas) {
  const points = new Float64Array(256);
  for (const count of canvas) points[count] = (points[count] ?? 0) + 1;
  const tones = new Float64Array(256);
  let below = 0;
  for (let count = 0; count < 256; count++) {
    const here = points[count] ?? 0;
    tones[count] = (below + here / 2) / canvas.length;
    below += here;
  }
  tones[points.findLastIndex((number) => number > 0)] = 0;
  return tones;
}

/**
 * Every count's pixel in a worker's colour: from black through the colour to white.
 *
 * @param {Float64Array} tones
 * @param {readonly [number, number, number]} colour
 * @returns {Uint8ClampedArray<ArrayBuffer>} 256 times red, green, blue and alpha
 */
export function tinted(tones, colour) {
  const pixels = new Uint8ClampedArray(4 * 256);
  tones.forEach((tone, count) => {
    const [from, to, share] = tone < pure
      ? [0, 1, tone / pure]
      : [1, 2, (tone - pure) / (1 - pure)];
    colour.forEach((part, i) => {
      const stops = [part * 0.06, part, 255];
      const low = stops[from] ?? 0;
      pixels[4 * count + i] = low + ((stops[to] ?? 0) - low) * share;
    });
    pixels[4 * count + 3] = 255;
  });
  return pixels;
}
