/** Timing for the benchmarks: everything in turns, so that a busy machine slows all alike. */

/** Runs everything once a round; returns the milliseconds of each, by name, round after round. */
export async function inTurns<Name extends string>(
  rounds: number,
  ways: Readonly<Record<Name, () => unknown>>,
): Promise<Record<Name, number[]>> {
  const entries = Object.entries(ways) as [Name, () => unknown][];
  const times = Object.fromEntries(entries.map(([name]) => [name, []])) as unknown as Record<
    Name,
    number[]
  >;
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of entries) {
      const began = performance.now();
      await run();
      times[name].push(performance.now() - began);
    }
  }
  return times;
}

/** The shortest of several times: the one that was disturbed least. */
export function best(times: readonly number[]): number {
  return Math.min(...times);
}

/** The middle one of several numbers. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
