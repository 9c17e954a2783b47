/**
 * Perturbation the slow way: one pixel after the other, no step skipped, nothing shared with the compiled
 * kernel but the orbit. For frames that the kernel got wrong.
 *
 *     z_0 = 0,   z' = 2 Z z + z^2 + c,   rebased to Z_0 where |Z + z| < |z|
 *     z = w 2^e,  c = g 2^h,  e = 0 for all z of at least 2^-200
 *
 * What the numbers may be, so that no product of doubles is lost that matters:
 *
 *     |w|   2^-200 to 2^200
 *     |Z|   at least 2^-300 in plain steps: then 2 Z w is above 2^-501, and what w^2 2^e and c 2^-e lose by
 *           underflow, 2^-1074, is nothing beside it. A smaller Z, 0 included, takes a careful step, in which
 *           every number has its exponent.
 */

import {
  HEADER_BYTES,
  NEAR_ZERO_BYTES,
  type PerturbedBatch,
  type PerturbedSteps,
} from "./perturbed_kernel.ts";
import { exponentOf, NONE, scaled } from "./exponents.ts";

/** A batch; whether to skip does not arise. */
export type AloneBatch = Omit<PerturbedBatch, "skips">;

/** Steps between two questions whether to stop: about a millisecond. */
const STEPS_PER_LOOK = 1 << 18;

/** log2 of the least z without an exponent, and 2 to its power. */
const PLAIN_FROM = -200;
const LEAST = 2 ** PLAIN_FROM;
const MOST = 2 ** -PLAIN_FROM;

/** The least Z of a plain step, and by how much (log2) c may be above z in one. */
const LEAST_POINT = 2 ** -300;
const FAR_ABOVE = 300;

/** Points below it have a fine point: 2^-900. */
const TINY = 2 ** -900;

/** How close |Z|^2 may be to 4 before doubles cannot tell on which side of radius 2 a neighbour is. */
const RIM = 2 ** -20;

/** |Z|^2 up to which Z + z is within radius 2 for so small a z: 2 - 2^-20 is the root, and more than both. */
const NEAR_RIM = 4 - 2 ** -18;
const SMALL = 2 ** -22;

/** |z|^2 from which on the fraction is taken: 256^2. */
const FAR = 65536;

/**
 * Computes a batch. Asks `stopped` every millisecond or two and leaves the batch unfinished once it says
 * true. The fractions are the kernel's to some 1e-6.
 */
export function sampleAlone(
  memory: WebAssembly.Memory,
  batch: AloneBatch,
  stopped: () => boolean = () => false,
): PerturbedSteps {
  const { columns, rows, stride, counts, fractions, iterations } = batch;
  const size = stride * (rows.length - 1) + columns.length;
  const countsOut = new Uint32Array(memory.buffer, counts, size);
  const fractionsOut = fractions === 0
    ? undefined
    : new Float32Array(memory.buffer, fractions, size);
  const pixel = new Pixel(memory, batch);
  for (const [j, y] of rows.entries()) {
    for (const [i, x] of columns.entries()) {
      pixel.begin(x, y);
      while (!pixel.advance(STEPS_PER_LOOK)) if (stopped()) return pixel.steps;
      countsOut[j * stride + i] = Math.min(pixel.count, iterations);
      if (fractionsOut !== undefined) fractionsOut[j * stride + i] = pixel.fraction;
      if (stopped()) return pixel.steps;
    }
  }
  return pixel.steps;
}

/**
 * Counts single points by their differences from a reference, in its unit.
 *
 * @throws {DOMException} AbortError, when `stopped` said so
 */
export function countAlone(
  memory: WebAssembly.Memory,
  batch: Pick<AloneBatch, "reference" | "iterations">,
  { points, stopped = () => false }: {
    readonly points: readonly (readonly [x: number, y: number])[];
    readonly stopped?: () => boolean;
  },
): number[] {
  const pixel = new Pixel(memory, batch);
  return points.map(([x, y]) => {
    pixel.begin(x, y);
    while (!pixel.advance(STEPS_PER_LOOK)) {
      if (stopped()) throw new DOMException("The point was given up", "AbortError");
    }
    return pixel.count;
  });
}

/** One pixel on its way. */
class Pixel {
  readonly #orbit: Float64Array;
  readonly #nearZero: DataView;
  readonly #length: number;
  readonly #period: number;
  readonly #reference: AloneBatch["reference"];
  readonly #limit: number;
  #made = 0;
  /** z = (x + iy) 2^e; c = (gx + i gy) 2^h; c as a double. */
  #x = 0;
  #y = 0;
  #e = 0;
  #gx = 0;
  #gy = 0;
  #h = NONE;
  #cx = 0;
  #cy = 0;
  /** The index into the orbit, and the steps that were made beyond it. */
  #m = 0;
  #ahead = 0;
  /** Where among the fine points the last one looked for is, or would be. */
  #fineAt = 0;
  /** A count that was noted before a double could tell; -1 for none. */
  #early = -1;
  /** The sample, once `advance` says so. */
  count = 0;
  fraction = 0;

  constructor(
    memory: WebAssembly.Memory,
    { reference, iterations }: Pick<AloneBatch, "reference" | "iterations">,
  ) {
    const header = new DataView(memory.buffer, reference.at, HEADER_BYTES);
    this.#length = header.getInt32(0, true);
    const nearZero = header.getInt32(12, true);
    this.#period = header.getInt32(32, true);
    const orbit = reference.at + HEADER_BYTES;
    this.#orbit = new Float64Array(memory.buffer, orbit, 2 * (this.#length + 1));
    this.#nearZero = new DataView(
      memory.buffer,
      orbit + this.#orbit.byteLength,
      NEAR_ZERO_BYTES * nearZero,
    );
    this.#reference = reference;
    this.#limit = iterations;
  }

  get steps(): PerturbedSteps {
    return { made: this.#made, skipped: 0 };
  }

  /** Begins with a pixel at that difference from the reference, in its unit. */
  begin(x: number, y: number): void {
    const { x: centreX, y: centreY, unit } = this.#reference;
    const exponent = exponentOf(Math.max(Math.abs(x), Math.abs(y)));
    this.#h = exponent === NONE ? NONE : exponent + unit;
    this.#gx = exponent === NONE ? 0 : scaled(x, -exponent);
    this.#gy = exponent === NONE ? 0 : scaled(y, -exponent);
    this.#cx = centreX + scaled(x, unit);
    this.#cy = centreY + scaled(y, unit);
    this.#x =
      this.#y =
      this.#e =
      this.#m =
      this.#ahead =
        0;
    this.#early = -1;
  }

  /** Makes up to so many steps; true once the pixel's sample is there. */
  advance(most: number): boolean {
    const orbit = this.#orbit;
    for (let left = most; left > 0; left--) {
      if (this.#m > 0 && this.#isDone()) return true;
      const zx = orbit[2 * this.#m]!;
      const zy = orbit[2 * this.#m + 1]!;
      const plain = Math.max(Math.abs(zx), Math.abs(zy)) >= LEAST_POINT &&
        this.#h - this.#e <= FAR_ABOVE;
      if (plain) left -= this.#stepPlainly(left);
      else this.#stepCarefully();
    }
    return false;
  }

  /** Makes plain steps, one at least, to where a closer look is needed; returns how many beyond one. */
  #stepPlainly(most: number): number {
    const orbit = this.#orbit;
    const square = scaled(1, this.#e);
    const cx = scaled(this.#gx, this.#h - this.#e);
    const cy = scaled(this.#gy, this.#h - this.#e);
    let x = this.#x;
    let y = this.#y;
    let m = this.#m;
    const end = Math.min(this.#length, this.#limit - this.#ahead, m + most);
    let made = 0;
    for (;;) {
      const zx = orbit[2 * m]!;
      const zy = orbit[2 * m + 1]!;
      const s = 2 * zx + square * x;
      const t = 2 * zy + square * y;
      const real = (s * x - t * y) + cx;
      y = (s * y + t * x) + cy;
      x = real;
      m++;
      made++;
      const size = Math.max(Math.abs(x), Math.abs(y));
      const nextX = orbit[2 * m]!;
      const nextY = orbit[2 * m + 1]!;
      const point = Math.max(Math.abs(nextX), Math.abs(nextY));
      // Then |Z + z| may be below |z|, or above 2.
      if (point < LEAST_POINT || 2 * size * square >= point) break;
      const norm = nextX * nextX + nextY * nextY;
      if (norm > NEAR_RIM || norm > 1 && size * square > SMALL) break;
      if (size < LEAST || size > MOST || m >= end) break;
    }
    this.#x = x;
    this.#y = y;
    this.#m = m;
    this.#made += made;
    this.#settle();
    return made - 1;
  }

  /** Makes one step in which every term has an exponent of its own. */
  #stepCarefully(): void {
    const point = this.#point();
    const own = exponentOf(Math.max(Math.abs(this.#x), Math.abs(this.#y)));
    const e = own === NONE ? NONE : this.#e + own;
    const x = own === NONE ? 0 : scaled(this.#x, -own);
    const y = own === NONE ? 0 : scaled(this.#y, -own);
    const linear = e === NONE || point.e === NONE ? NONE : e + point.e + 1;
    const square = e === NONE ? NONE : 2 * e;
    const top = Math.max(linear, square, this.#h);
    this.#m++;
    this.#made++;
    if (top === NONE) {
      this.#x = this.#y = this.#e = 0;
      return;
    }
    const a = scaled(1, linear - top);
    const b = scaled(1, square - top);
    const c = scaled(1, this.#h - top);
    this.#x = a * (point.x * x - point.y * y) + b * (x * x - y * y) + c * this.#gx;
    this.#y = a * (point.x * y + point.y * x) + b * 2 * x * y + c * this.#gy;
    this.#e = top;
    this.#settle();
  }

  /** Brings z into the range that it may have. */
  #settle(): void {
    const size = exponentOf(Math.max(Math.abs(this.#x), Math.abs(this.#y)));
    if (size === NONE) {
      this.#e = 0;
      return;
    }
    const e = this.#e + size >= PLAIN_FROM ? 0 : this.#e + size;
    this.#x = scaled(this.#x, this.#e - e);
    this.#y = scaled(this.#y, this.#e - e);
    this.#e = e;
  }

  /** Z where the pixel is, its mantissa between 1 and 2. */
  #point(): Floatexp {
    const x = this.#orbit[2 * this.#m]!;
    const y = this.#orbit[2 * this.#m + 1]!;
    const size = Math.max(Math.abs(x), Math.abs(y));
    if (size < TINY && this.#m > 0) return this.#fine() ?? ZERO;
    const e = exponentOf(size);
    return e === NONE ? ZERO : { x: scaled(x, -e), y: scaled(y, -e), e };
  }

  /** The fine point of where the pixel is, if there is one; looked for from where the last one was. */
  #fine(): Floatexp | undefined {
    const end = this.#nearZero.byteLength;
    let at = this.#fineAt;
    if (at > 0 && this.#nearZero.getInt32(at - NEAR_ZERO_BYTES + 20, true) >= this.#m) at = 0;
    while (at < end && this.#nearZero.getInt32(at + 20, true) < this.#m) at += NEAR_ZERO_BYTES;
    this.#fineAt = at;
    if (at === end || this.#nearZero.getInt32(at + 20, true) !== this.#m) return undefined;
    return {
      x: this.#nearZero.getFloat64(at, true),
      y: this.#nearZero.getFloat64(at + 8, true),
      e: this.#nearZero.getInt32(at + 16, true),
    };
  }

  /** Looks at the orbit itself: true once it has escaped or used its iterations up; it may be rebased. */
  #isDone(): boolean {
    const orbitX = this.#orbit[2 * this.#m]!;
    const orbitY = this.#orbit[2 * this.#m + 1]!;
    let zx = orbitX;
    let zy = orbitY;
    let x = 0;
    let y = 0;
    let top = 0;
    if (Math.max(Math.abs(orbitX), Math.abs(orbitY)) >= LEAST_POINT) {
      x = scaled(this.#x, this.#e);
      y = scaled(this.#y, this.#e);
    } else {
      const point = this.#point();
      top = Math.max(point.e, this.#e);
      zx = scaled(point.x, point.e - top);
      zy = scaled(point.y, point.e - top);
      x = scaled(this.#x, this.#e - top);
      y = scaled(this.#y, this.#e - top);
    }
    const steps = this.#ahead + this.#m;
    if (top > -10) {
      const u = scaled(zx + x, top);
      const v = scaled(zy + y, top);
      if (this.#early < 0 && this.#isBeyondTheRim()) this.#early = steps - 1;
      if (u * u + v * v > 4) {
        this.#leave(steps - 1, u, v);
        return true;
      }
    }
    if (steps >= this.#limit) {
      this.count = this.#early < 0 ? this.#limit : this.#early;
      this.fraction = 0;
      return true;
    }
    const atEnd = this.#m === this.#length;
    const isNearer = Math.max(Math.abs(zx + x), Math.abs(zy + y)) <
      Math.max(Math.abs(x), Math.abs(y));
    if (isNearer || (atEnd && this.#period === 0)) {
      this.#x = zx + x;
      this.#y = zy + y;
      this.#e = top;
      this.#ahead = steps;
      this.#m = 0;
      this.#settle();
    } else if (atEnd) {
      this.#m -= this.#period;
      this.#ahead += this.#period;
    }
    return false;
  }

  /**
   * Whether |Z + z| > 2 where |Z| is so nearly 2 that only its fine point, |Z|^2 - 4, can tell:
   *
   *     |Z + z|^2 - 4 = (|Z|^2 - 4) + 2 (Z_x x + Z_y y) 2^e + (x^2 + y^2) 2^2e
   */
  #isBeyondTheRim(): boolean {
    const zx = this.#orbit[2 * this.#m]!;
    const zy = this.#orbit[2 * this.#m + 1]!;
    if (Math.abs(zx * zx + zy * zy - 4) >= RIM) return false;
    const excess = this.#fine();
    const own = exponentOf(Math.max(Math.abs(this.#x), Math.abs(this.#y)));
    if (own === NONE) return excess !== undefined && excess.x > 0;
    const x = scaled(this.#x, -own);
    const y = scaled(this.#y, -own);
    const e = this.#e + own;
    const linear = 2 * (zx * x + zy * y);
    const top = Math.max(excess?.e ?? NONE, linear === 0 ? 2 * e : e);
    return (excess === undefined ? 0 : scaled(excess.x, excess.e - top)) +
        scaled(linear, e - top) + scaled(x * x + y * y, 2 * e - top) > 0;
  }

  /** Notes the sample of a pixel that is outside radius 2 at z_count = x + iy. */
  #leave(count: number, x: number, y: number): void {
    const noted = this.#early < 0 ? count : this.#early;
    let n = count;
    while (x * x + y * y <= FAR) {
      const real = (x * x - y * y) + this.#cx;
      y = 2 * x * y + this.#cy;
      x = real;
      n++;
    }
    this.count = noted;
    const size = Math.min(x * x + y * y, 1e300);
    this.fraction = n + 1 - Math.log2(Math.log2(size) / 2) - noted;
  }
}

/** (x + iy) 2^e; `NONE` is the exponent of 0. */
interface Floatexp {
  readonly x: number;
  readonly y: number;
  readonly e: number;
}

const ZERO: Floatexp = { x: 0, y: 0, e: NONE };
