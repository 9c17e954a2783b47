// One pixel on its way, as it lies in memory while it is in no register.

/**
 * z as (x + iy) 2^e and c, in the reference's unit (f64); z where it was kept to be compared with later ones
 * (f64); then i32s: the exponent of z and the steps made when the index is 0; how many comparisons are left
 * until the next z is kept, and how many there will be after it; where the samples go, and a count that was
 * noted before the pixel left, -1 if none was; the index, and the exponent and the index of the kept z.
 */
export const X: usize = 0;
export const Y: usize = 8;
export const CX: usize = 16;
export const CY: usize = 24;
export const KEPT_X: usize = 32;
export const KEPT_Y: usize = 40;
export const E: usize = 48;
export const N: usize = 52;
export const UNTIL_KEPT: usize = 56;
export const KEPT_FOR: usize = 60;
export const SAMPLE: usize = 64;
export const EARLY: usize = 68;
export const M: usize = 72;
export const KEPT_E: usize = 76;
export const KEPT_M: usize = 80;
export const PIXEL_BYTES: usize = 88;
