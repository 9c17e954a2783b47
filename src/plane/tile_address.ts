// TileAddress: which square of the world a tile is, known to be inside it.

import { DEEPEST_ZOOM } from "./limits.ts";
import { quote } from "./quote.ts";

/** A tile, or a point, that is not part of the world. */
export class OutsideWorldError extends RangeError {
  override readonly name = "OutsideWorldError";
  /** Which number of a tile's address is too large or negative; nothing where it is a point. */
  readonly axis: "x" | "y" | undefined;

  constructor(message: string, axis?: "x" | "y") {
    super(message);
    this.axis = axis;
  }
}

/** A number of a tile's address that is none. */
export class TileSyntaxError extends SyntaxError {
  override readonly name = "TileSyntaxError";
  /** Which of the three. */
  readonly axis: "z" | "x" | "y";

  constructor(message: string, axis: "z" | "x" | "y") {
    super(message);
    this.axis = axis;
  }
}

/** A zoom beyond the deepest that is served. */
export class TooDeepError extends RangeError {
  override readonly name = "TooDeepError";
  /** The deepest zoom that is served. */
  readonly deepest: number;
  /** What says how deep: the z of a tile, or the span of a view. */
  readonly by: "z" | "span";

  constructor(zoom: string, deepest: number, by: "z" | "span" = "z") {
    super(`deeper than this server goes: zoom ${zoom} is beyond the deepest, ${deepest}`);
    this.deepest = deepest;
    this.by = by;
  }
}

/** The three numbers of an address as they were written. */
export interface TileAddressText {
  readonly z: string;
  readonly x: string;
  readonly y: string;
}

/** One way of writing each number, so that one tile has one URL. */
const CANONICAL = /^(?:0|[1-9]\d*)$/;

/** Above this zoom messages give the width of the world as a power of two. */
const LAST_ZOOM_IN_DIGITS = 53;

/**
 * The address of a tile: at zoom z the world is 2^z tiles wide and high, x grows right and y grows down from 0.
 *
 * An address can only be made by a function that checks it, so it need not be checked again.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { TileAddress } from "./mod.ts";
 * const address = TileAddress.parse({ z: "3", x: "2", y: "5" });
 * assert.equal(String(address.parent()), "2/1/2");
 * assert.equal(String(address.mirror()), "3/2/2");
 * ```
 */
export class TileAddress {
  readonly z: number;
  readonly x: bigint;
  readonly y: bigint;

  private constructor(z: number, x: bigint, y: bigint) {
    this.z = z;
    this.x = x;
    this.y = y;
  }

  /**
   * Reads an address of decimal digits: no sign, no leading zeros, any length.
   *
   * Whatever the lengths, no number larger than the world is wide is ever built.
   *
   * @param options.deepest the deepest zoom allowed; default `DEEPEST_ZOOM`
   * @throws {TileSyntaxError} when one of the three is not such an integer
   * @throws {TooDeepError} when z is beyond the deepest
   * @throws {OutsideWorldError} when x or y is 2^z or more
   */
  static parse(text: TileAddressText, options: { readonly deepest?: number } = {}): TileAddress {
    const { deepest = DEEPEST_ZOOM } = options;
    requireCanonical("z", text.z);
    requireCanonical("x", text.x);
    requireCanonical("y", text.y);
    // A z of a thousand digits is Infinity as a double: beyond every limit without being built.
    const z = Number(text.z);
    if (z > deepest) throw new TooDeepError(shown(text.z), deepest);
    return new TileAddress(z, readInside("x", text, z), readInside("y", text, z));
  }

  /**
   * The address of tile z/x/y.
   *
   * @throws {RangeError} when z is not an integer from 0 up
   * @throws {OutsideWorldError} when x or y is negative, or 2^z or more
   */
  static of(z: number, x: bigint, y: bigint): TileAddress {
    if (!Number.isSafeInteger(z) || z < 0) {
      throw new RangeError(`Cannot address a tile at zoom ${z} as it must be an integer from 0 up`);
    }
    for (const [name, value] of [["x", x], ["y", y]] as const) {
      // A shift instead of a comparison with 2^z: it costs the length of x, however deep z is.
      if (value < 0n || value >> BigInt(z) !== 0n) {
        throw outside({ z: `${z}`, x: `${x}`, y: `${y}` }, name, z);
      }
    }
    return new TileAddress(z, x, y);
  }

  /**
   * The tile that contains this one, so many levels up.
   *
   * @throws {RangeError} when levels is not an integer from 0 to z
   */
  parent(levels = 1): TileAddress {
    if (!Number.isSafeInteger(levels) || levels < 0 || levels > this.z) {
      throw new RangeError(
        `Cannot go ${levels} levels up from tile ${this} as it must be an integer from 0 to ${this.z}`,
      );
    }
    const shift = BigInt(levels);
    return new TileAddress(this.z - levels, this.x >> shift, this.y >> shift);
  }

  /** The tile mirrored at the real axis, where the Mandelbrot set is the same upside down. */
  mirror(): TileAddress {
    return new TileAddress(this.z, this.x, (1n << BigInt(this.z)) - 1n - this.y);
  }

  /** `z/x/y`, as it stands in a URL. */
  toString(): string {
    return `${this.z}/${this.x}/${this.y}`;
  }
}

function requireCanonical(name: "z" | "x" | "y", text: string): void {
  if (CANONICAL.test(text)) return;
  throw new TileSyntaxError(
    `Cannot read tile ${name} ${quote(text)} as it must be decimal digits ` +
      `with no sign and no leading zeros`,
    name,
  );
}

function readInside(name: "x" | "y", text: TileAddressText, z: number): bigint {
  const digits = text[name];
  // 2^z has floor(z log10(2)) + 1 digits. One more is let through, so that the rounding of this product decides nothing.
  if (digits.length <= Math.floor(z * Math.log10(2)) + 2) {
    const value = BigInt(digits);
    if (value >> BigInt(z) === 0n) return value;
  }
  throw outside(text, name, z);
}

function outside(text: TileAddressText, name: "x" | "y", z: number): OutsideWorldError {
  const bound = z <= LAST_ZOOM_IN_DIGITS ? `${2 ** z}` : `2^${z}`;
  const rule = text[name].startsWith("-") ? "must not be negative" : `must be below ${bound}`;
  return new OutsideWorldError(
    `Cannot address tile ${shown(text.z)}/${shown(text.x)}/${shown(text.y)} as ${name} ${rule}`,
    name,
  );
}

/** Digits for a message: all of them, or the first twenty and how many there are. */
function shown(digits: string): string {
  return digits.length <= 40 ? digits : `${digits.slice(0, 20)}...(${digits.length} digits)`;
}
