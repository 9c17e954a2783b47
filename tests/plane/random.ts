// Random: seeded numbers and texts for the tests of the plane, the same on every run.

/** Mulberry32: 32 bits of state, doubles in [0, 1). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** An integer from low to high, both included. */
export function integerIn(random: () => number, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}

/** So many random digits, leading zeros allowed. */
export function digits(random: () => number, count: number): string {
  return Array.from({ length: count }, () => integerIn(random, 0, 9)).join("");
}

/** A random integer of so many bits or fewer. */
export function bitsOf(random: () => number, bits: number): bigint {
  let n = 0n;
  for (let done = 0; done < bits; done += 32) {
    n = (n << 32n) | BigInt(integerIn(random, 0, 2 ** 32 - 1));
  }
  return n & ((1n << BigInt(bits)) - 1n);
}

/** A double of random bits: any sign, exponent and mantissa, never NaN nor infinite. */
export function anyDouble(random: () => number): number {
  const view = new DataView(new ArrayBuffer(8));
  for (;;) {
    view.setBigUint64(0, bitsOf(random, 64));
    const value = view.getFloat64(0);
    if (Number.isFinite(value)) return value;
  }
}
