/** sRGB bytes to linear light and back, in whole numbers so that sums are exact everywhere. */

/** Linear light runs from 0 (black) to this (white): 16 bits resolve the darkest sRGB steps 20-fold. */
export const fullLight = 65535;

/**
 * Linear light, 0 to {@link fullLight}, of an sRGB channel from 0 to 255 that need not be whole.
 * The transfer function of IEC 61966-2-1.
 */
export function lightOf(channel: number): number {
  const v = channel / 255;
  return Math.round(fullLight * (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
}

/** The sRGB byte nearest to each amount of linear light, 0 to {@link fullLight}. */
export const byteOfLight: Uint8Array = inverseTable();

/** Byte b is nearest from the light of b - 1/2 on: 256 powers instead of 65,536 roots. */
function inverseTable(): Uint8Array {
  const table = new Uint8Array(fullLight + 1);
  for (let byte = 1; byte <= 255; byte++) table.fill(byte, lightOf(byte - 0.5));
  return table;
}
