/** The one global mapping from how long a point took to escape to a place on the colour wheel. */

/**
 * Place on the colour wheel, in turns, of the smooth count mu (iterations, with a fraction).
 *
 *     r = sqrt(mu + 1)
 *     position = 0.6 sqrt(r) + 0.3 r - 1          mu >= 0
 *     position = 0.3 mu - 0.1                     mu < 0, the tangent at 0
 *
 * Rising and smooth for every real mu, and a function of mu alone: two tiles, two zooms, two servers
 * give one colour to one count, so there are no seams.
 *
 * Why this shape. Near the whole set a turn must take a handful of counts; around a deep point all
 * counts lie near some large background and differ by a few parts in a hundred. The first term is
 * all but a logarithm and carries the shallow views; the second keeps gaining colour per octave as
 * counts grow (a turn takes 10 counts at mu = 5, 75 at 200, 870 at 20,000), where a logarithm would
 * leave a flat field and a linear scale would be noise. The numbers were chosen by eye: at zoom 0
 * the default palette goes from deep blue through white to gold at the border.
 *
 * Square roots are exact to the last bit by IEEE 754, so every machine agrees.
 */
export function wheelPosition(mu: number): number {
  if (mu < 0) return 0.3 * mu - 0.1;
  const r = Math.sqrt(mu + 1);
  return 0.6 * Math.sqrt(r) + 0.3 * r - 1;
}
