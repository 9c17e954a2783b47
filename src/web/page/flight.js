// @ts-check
/**
 * The way from one view to another that looks equally fast all along: out, across, and in again.
 *
 * J. J. van Wijk and W. A. A. Nuij, "Smooth and efficient zooming and panning" (2003): with u the way
 * across and w the width of the view, ds^2 = (rho^2 du^2 + dw^2 / rho^2) / w^2. Its shortest ways are
 * half circles; at angle t
 *
 *     w = R / cosh t        rho^2 u = R tanh t + constant
 *
 * and t itself runs at constant speed. Widths differ by more than a double holds, so everything here is
 * a logarithm, or a distance measured in widths of the view at hand.
 */

/** How gladly one goes out to get across: sqrt 2 is what van Wijk's test persons liked. */
const rhoSquared = 2;

/** A target this near, e^-18 of the narrower view, is straight ahead. */
const nearest = -18;

/** @typedef {{ from: number, to: number }} Offsets across, in widths of the view: from the start, to the target */

export class Flight {
  #start;
  #end;
  #logWidth;

  /**
   * @param {object} views
   * @param {number} views.logDistance natural logarithm of the distance in widths of the first view;
   *   -Infinity for none
   * @param {number} views.logRatio natural logarithm of the last view's width in the first's
   */
  constructor({ logDistance, logRatio }) {
    const far = Math.max(logDistance, Math.min(0, logRatio) + nearest) + Math.log(rhoSquared);
    // sinh of the angle at the start and at the end: (w1^2 - w0^2 -+ D^2) / (2 D w).
    this.#start = -asinhOf([[1, far], [1, 2 * logRatio - far], [-1, -far]]);
    this.#end = asinhOf([[1, far - logRatio], [1, -logRatio - far], [-1, logRatio - far]]);
    this.#logWidth = logCosh(this.#start);
  }

  /** How long the way is; a level of zoom straight ahead is ln 2. */
  get length() {
    return Math.max(0, this.#end - this.#start);
  }

  /**
   * The view after a part of the way.
   *
   * @param {number} way 0 to {@link length}
   * @returns {{ logWidth: number, offsets: Offsets }} logWidth: logarithm of the width in the first
   *   view's. Of the offsets one at least is exact: the smaller.
   */
  at(way) {
    const angle = this.#start + way;
    return {
      logWidth: this.#logWidth - logCosh(angle),
      offsets: {
        from: sinhOver(way, this.#start) / rhoSquared,
        to: sinhOver(this.length - way, this.#end) / rhoSquared,
      },
    };
  }
}

/**
 * asinh(sum / 2) of terms sign * e^log, none of which need fit a double.
 *
 * @param {readonly (readonly [sign: number, log: number])[]} terms
 */
function asinhOf(terms) {
  const largest = Math.max(...terms.map(([, log]) => log));
  const sum = terms.reduce((sum, [sign, log]) => sum + sign * Math.exp(log - largest), 0) / 2;
  // Beyond e^20 asinh x is ln 2x to the last bit.
  return largest < 20
    ? Math.asinh(sum * Math.exp(largest))
    : Math.sign(sum) * Math.max(0, Math.log(2 * Math.abs(sum)) + largest);
}

/** @param {number} x */
function logCosh(x) {
  return Math.abs(x) + Math.log1p(Math.exp(-2 * Math.abs(x))) - Math.LN2;
}

/**
 * sinh(x) / cosh(y) for x not below 0.
 *
 * @param {number} x
 * @param {number} y
 */
function sinhOver(x, y) {
  return -Math.expm1(-2 * x) / 2 * Math.exp(x - logCosh(y));
}
