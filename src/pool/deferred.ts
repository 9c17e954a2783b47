/** Work that can wait until what is urgent is done. */

import { setImmediate } from "node:timers";

let waiting: (() => void)[] = [];

/**
 * Does work in the next turn of the event loop, when what this turn has to answer is answered. All that
 * is deferred in a turn shares one timer and is done in order.
 */
export function defer(work: () => void): void {
  if (waiting.push(work) === 1) setImmediate(doAll);
}

function doAll(): void {
  const all = waiting;
  waiting = [];
  for (const work of all) work();
}
