// Limits: how large the numbers and addresses of the plane may be, unless the caller says otherwise.

/**
 * Most digits a decimal may be written with, leading and trailing zeros included.
 *
 * A coordinate at zoom z needs about 0.3 z digits, so this reaches past zoom 60,000; reading that many
 * takes under two milliseconds.
 */
export const MOST_DIGITS = 20_000;

/**
 * Largest absolute value of a decimal's exponent, the 433 of `5e-433`.
 *
 * It is checked before the power of ten is built, which is what would cost time and memory.
 */
export const LARGEST_EXPONENT = 20_000;

/**
 * Deepest zoom an address may have.
 *
 * At zoom 30,000 the coordinates of a tile still take less than a millisecond. A server that computes counts
 * to a lesser depth sets a lesser limit.
 */
export const DEEPEST_ZOOM = 30_000;
