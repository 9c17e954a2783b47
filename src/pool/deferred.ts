/** Work that nobody waits for. */

import { setImmediate } from "node:timers";

let waiting: (() => void)[] = [];

/**
 * Does work in the next turn of the event loop: whoever is answered in this one is served first. All
 * that is left in a turn shares one timer, and is done in the order in which it was left.
 */
export function defer(work: () => void): void {
  if (waiting.push(work) === 1) setImmediate(doAll);
}

function doAll(): void {
  const all = waiting;
  waiting = [];
  for (const work of all) work();
}
