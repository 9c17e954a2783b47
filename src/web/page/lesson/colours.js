// @ts-check
/** The workers' colours, and the counts in each of them. */

/** Colours that everybody can distinguish, on dark and on light: the first four differ in lightness too. */
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

/** The picture's own, where the workers are not shown. */
export const plain = /** @type {const} */ ([74, 128, 214]);

/** Where, between dark and white, a tone is the worker's pure colour. */
const pure = 0.66;

/** Shares of the worker's colour where the picture is darkest, and in points that do not escape. */
const darkest = 0.2;
const inside = 0.42;

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
 * A tone from 0 to 1 for every count up to `escape`: the share of the points of a preview that have a lower
 * one, so that the picture uses all tones alike. Points that do not escape have none.
 *
 * @param {readonly number[]} preview counts in ascending order
 * @param {number} escape
 * @returns {Float64Array}
 */
export function tonesOf(preview, escape) {
  const counts = preview.filter((count) => count < escape);
  const tones = new Float64Array(escape + 1);
  let [from, low] = [0, 0];
  for (let i = 0; i < counts.length;) {
    const count = counts[i] ?? 0;
    let next = i;
    while (counts[next] === count) next++;
    const high = (i + next) / 2 / counts.length;
    // Between two counts that the preview has, tones go up evenly.
    for (let between = from; between <= count; between++) {
      tones[between] = low + (high - low) * (between - from) / Math.max(1, count - from);
    }
    [from, low, i] = [count, high, next];
  }
  for (let count = from; count < escape; count++) {
    tones[count] = low + (1 - low) * (count - from) / (escape - from);
  }
  tones[escape] = NaN;
  return tones;
}

/**
 * Every count's pixel in a worker's colour: from dark through the colour to white.
 *
 * @param {Float64Array} tones
 * @param {readonly [number, number, number]} colour
 * @returns {Uint8ClampedArray<ArrayBuffer>} red, green, blue and alpha of each
 */
export function tinted(tones, colour) {
  const pixels = new Uint8ClampedArray(4 * tones.length);
  tones.forEach((tone, count) => {
    colour.forEach((part, i) => {
      pixels[4 * count + i] = Number.isNaN(tone)
        ? inside * part
        : tone < pure
        ? part * (darkest + (1 - darkest) * tone / pure)
        : part + (255 - part) * (tone - pure) / (1 - pure);
    });
    pixels[4 * count + 3] = 255;
  });
  return pixels;
}
