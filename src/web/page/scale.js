// @ts-check
/** What a depth means: how wide the view is, as a bar of a round length and on a scale one can picture. */

/** From the set's left end, -2, to its right one, 0.4711851: what "the whole set" is wide. */
const setWidth = 2.4711851;

/** The observable universe across, in metres: 93 billion light years. */
const universe = 8.8e26;

/** The Planck length in metres, below which a length means nothing we know. */
const planck = 1.616e-35;

/** Lengths by their unit, longest first: metres in one, and from how many of it on it is used. */
const units = /** @type {const} */ ([
  ["billion light years", 9.461e24],
  ["million light years", 9.461e21],
  ["light years", 9.461e15],
  ["million km", 1e9],
  ["km", 1e3],
  ["m", 1],
  ["mm", 1e-3],
  ["µm", 1e-6],
  ["nm", 1e-9],
  ["pm", 1e-12],
  ["fm", 1e-15],
]);

/** Things to compare with, from the largest: metres, and how to say it. */
const things = /** @type {const} */ ([
  [9e20, "wide as a galaxy"],
  [9e12, "wide as the solar system"],
  [1.4e9, "wide as the sun"],
  [1.27e7, "wide as the earth"],
  [1e5, "wide as a large city"],
  [100, "long as a football field"],
  [1.7, "long as a person"],
  [1e-2, "wide as a fingernail"],
  [7e-5, "wide as a hair"],
  [1e-6, "long as a bacterium"],
  [1e-7, "wide as a virus"],
  [2e-9, "wide as a strand of DNA"],
  [1e-10, "wide as an atom"],
  [1.7e-15, "wide as a proton"],
]);

/**
 * How wide the view would be, were the whole set as wide as the observable universe; as a length, and
 * what is about as wide.
 *
 * @param {number} pixels across
 * @param {number} zoom of the world
 * @returns {{ length: string, thing: string }} thing: empty when nothing comes near
 */
export function asUniverse(pixels, zoom) {
  const log = Math.log10(universe / setWidth * pixels) - (zoom + 6) * Math.log10(2);
  const thing = things.find(([size]) => Math.abs(Math.log10(size) - log) < 0.5)?.[1] ?? "";
  const [name, size] = units.find(([, size]) => log >= Math.log10(size)) ?? ["fm", 1e-15];
  if (log >= -18) return { length: `${rounded(10 ** (log - Math.log10(size)))} ${name}`, thing };
  const lengths = log - Math.log10(planck);
  return lengths >= 0
    ? { length: `${powerOfTen(lengths)} Planck lengths`, thing }
    : { length: `${powerOfTen(lengths)} of a Planck length`, thing };
}

/**
 * The longest bar of 1, 2 or 5 times a power of ten that is no longer than so many pixels.
 *
 * @param {number} most pixels
 * @param {number} zoom of the world
 * @returns {{ pixels: number, length: string }} length: in the plane
 */
export function scaleBar(most, zoom) {
  const logPixel = -(zoom + 6) * Math.log10(2);
  const log = Math.log10(most) + logPixel;
  const power = Math.floor(log);
  const steps = /** @type {const} */ ([5, 2, 1]);
  const step = steps.find((step) => Math.log10(step) <= log - power) ?? 1;
  const pixels = 10 ** (Math.log10(step) + power - logPixel);
  const length = power >= -3 && power < 1
    ? String(Number((step * 10 ** power).toPrecision(1)))
    : `${step === 1 ? "" : `${step} × `}10${superscript(power)}`;
  return { pixels, length };
}

/**
 * A whole number set small and high.
 *
 * @param {number} whole
 * @returns {string}
 */
export function superscript(whole) {
  return String(whole).replaceAll("-", "⁻")
    .replaceAll(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)] ?? "");
}

/** @param {number} log */
function powerOfTen(log) {
  return `10${superscript(Math.round(log))}`;
}

/**
 * @param {number} value
 * @returns {string} with two digits, or all that stand before the point
 */
function rounded(value) {
  return value >= 100
    ? Math.round(Number(value.toPrecision(2))).toLocaleString("en")
    : String(Number(value.toPrecision(2)));
}
