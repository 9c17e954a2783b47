// The fifteen points of the lesson and the counts it prints for them.

/** Real and imaginary parts. */
export const POINTS: readonly (readonly [re: number, im: number])[] = [
  [0.102125, -0.63780625],
  [0.098375, -0.6378],
  [0.104625, -0.6378],
  [0.100875, -0.63779375],
  [0.097125, -0.6377875],
  [0.103375, -0.6377875],
  [0.099625, -0.63778125],
  [0.105875, -0.63778125],
  [0.102125, -0.637775],
  [0.098375, -0.63776875],
  [0.104625, -0.63776875],
  [0.100875, -0.6377625],
  [0.097125, -0.63775625],
  [0.103375, -0.63775625],
  [0.099625, -0.63775],
];

/** Their counts, at 255 iterations. */
export const COUNTS: readonly number[] = [
  49,
  23,
  47,
  43,
  18,
  39,
  59,
  69,
  60,
  23,
  47,
  43,
  18,
  39,
  57,
];
