// squares.ts
import { currentTask, serve } from "../../../src/pool/mod.ts";

const service = serve({
  functions: {
    square: (x: number) => x * x,
    // Goes on until it is asked to stop.
    search: () => {
      const task = currentTask();
      let tried = 0;
      while (!task.stopped) tried++;
      return tried;
    },
  },
  parallelFor: {
    // Called once with the argument, then for every batch that this worker takes.
    fill: (shared: SharedArrayBuffer) => {
      const squares = new Float64Array(shared);
      return (batch: number) => squares[batch] = batch ** 2;
    },
  },
});
export type Squares = typeof service;
