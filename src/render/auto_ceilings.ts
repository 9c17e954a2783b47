/** How far `iterations=auto` may go at a zoom: what a place may cost, by models that never change. */

/** Iterations that every tile gets at least: more where one has zoomed in. */
export function fewest(z: number): number {
  return Math.min(512 + 64 * z, affordable(z, ORBIT_MILLISECONDS));
}

/** Iterations that are tried at every place, and so about the most that an ordinary tile can get. */
export function most(z: number): number {
  return Math.min(2000 + 3000 * z, affordable(z, ORBIT_MILLISECONDS));
}

/**
 * Iterations that are tried where nothing, or next to nothing, escapes within {@link most}: on the
 * scale of {@link roundDown}, and bounded by three things.
 *
 *   the orbit    it takes at most 30 core-seconds: a quarter of a request's budget of 120, so that the
 *                tile, which finds the orbit already made, has most of its own left
 *   its memory   6,291,456 points, or 4,194,304 where the tables are wide: with its tables an orbit that
 *                neither escapes nor repeats then fits the 256 MiB that there are for references
 *   the tile     where every step of every pixel is made, as it is above zoom 102, all 256 x 256 pixels
 *                together take at most 120 core-seconds of a nanosecond each: 1,572,864 iterations
 *
 * Farther down tables skip nearly all steps of such pixels, and the orbit is what a tile costs.
 */
export function farthest(z: number): number {
  const kept = z < WIDE_FROM ? NARROW_POINTS : WIDE_POINTS;
  const tile = skipsSteps(z) ? Infinity : TILE_NANOSECONDS / TILE_SAMPLES;
  return roundDown(Math.min(affordable(z, FARTHEST_ORBIT_MILLISECONDS), kept, tile));
}

/**
 * Of 256 points of a place those that have to escape farther out, for its tiles to get so many iterations.
 * One is enough where pixels inside are cheap, as cycles end them or tables skip their steps: it may be a
 * quarter of a tile three zooms below. In between a tile of them would take its whole budget.
 */
export function enough(z: number): number {
  return z < PERTURBED_FROM || skipsSteps(z) ? 1 : FEW;
}

/** Whether tables skip steps there: then pixels cost little, however large their counts. */
export function skipsSteps(z: number): boolean {
  return z >= SKIPS_FROM;
}

/** Of 256 points the least that are more than next to nothing: one in 64. */
export const FEW = 4;

/** Milliseconds that a reference orbit may take for the sake of `auto`: everywhere, and at such places. */
const ORBIT_MILLISECONDS = 4000;
const FARTHEST_ORBIT_MILLISECONDS = 30_000;

/** Points of an orbit: its memory with tables is 38 bytes a point, 52 where they are wide. */
const NARROW_POINTS = 6_291_456;
const WIDE_POINTS = 4_194_304;

/** From this zoom on tables may be wide: differences of its references may be below 2^-960. */
const WIDE_FROM = 944;

/** From this zoom on pixels are differences from a reference, and from this on tables skip steps. */
const PERTURBED_FROM = 39;
const SKIPS_FROM = 102;

const TILE_NANOSECONDS = 120e9;
const TILE_SAMPLES = 256 ** 2;

/**
 * Steps that a reference orbit for zoom z makes in that time, by a model of what a step costs: a sum
 * for the allocations, the additions and the products of numbers of z bits.
 */
function affordable(z: number, milliseconds: number): number {
  const microseconds = 0.2 + 3e-4 * z + 2.6e-7 * z * z;
  return Math.floor(1000 * milliseconds / microseconds);
}

/** The next of 1, 2, 3, 4, 6, 8, 12, 16, ... */
export function roundUp(count: number): number {
  const down = roundDown(count);
  if (down === count) return count;
  // From 2^k to 3/2 2^k, and from there to 2^(k + 1).
  return Number.isInteger(Math.log2(down)) ? 1.5 * down : down / 0.75;
}

/** The one before, of the same numbers: the number itself where it is one of them. */
export function roundDown(count: number): number {
  const power = 2 ** Math.floor(Math.log2(count));
  return count >= 1.5 * power ? 1.5 * power : power;
}
