/** The lesson's producer and consumers: processes that share nothing but two queues. */

import { Process, Queue, QueueClosed } from "../pool/processes.ts";
import { WORKER } from "./crew.ts";
import type { Gate, LessonService } from "./worker.ts";
import type { Setting } from "./way.ts";
import { batchesOf, type Done, type LessonStart, place, type Todo } from "./workload.ts";

/** Milliseconds between two looks at how long the queues are. */
const LOOK = 25;

/** Milliseconds that processes get to leave when the work has been called off. */
const LEAVE = 1000;

/** Bytes that a point takes on the way to a consumer. */
const TODO_BYTES = 16;

/** A process of the lesson, whichever function it runs. */
interface Hand extends AsyncDisposable {
  start(): void;
  join(timeout?: number): Promise<boolean>;
  readonly error: Error | undefined;
}

/**
 * One process makes the points, the others count them, and this thread fills the canvas. Resolves to the
 * milliseconds from the word to go until the canvas is full.
 */
export async function queues(setting: Setting): Promise<number> {
  const { grid, log, workers, canvas, signal, onQueues } = setting;
  // Room for all of it, as the notebook's queues have, so that they can be watched.
  const room = (bytes: number) => ({
    maxBytes: canvas.length * bytes + 64 * batchesOf(grid) + 65536,
  });
  const todo = new Queue<Todo>(room(TODO_BYTES));
  const done = new Queue<Done>(room(canvas.BYTES_PER_ELEMENT));
  const ready = new Queue<number>();
  const go = new Queue<true>();
  const gate: Gate = { ready: ready.toHandle(), go: go.toHandle() };
  const startAs = (worker: number): { startArgument: LessonStart } => ({
    startArgument: { grid, log: log.buffer, worker, kernel: null },
  });
  await using hands = new Hands([
    // The producer's lane is the one after the consumers'.
    new Process<LessonService, "produce">(
      WORKER,
      "produce",
      [gate, todo.toHandle()],
      startAs(workers),
    ),
    ...Array.from({ length: workers }, (_, worker) =>
      new Process<LessonService, "consume">(
        WORKER,
        "consume",
        [gate, todo.toHandle(), done.toHandle()],
        startAs(worker),
      )),
  ], [todo, done, ready, go]);
  return await hands.run(async () => {
    for (let i = 0; i <= workers; i++) await ready.getAsync({ signal });
    setting.starts();
    const began = performance.now();
    const sizes = () => onQueues({ todo: todo.qsize(), done: done.qsize() });
    const looking = setInterval(sizes, LOOK);
    try {
      for (let i = 0; i <= workers; i++) go.put(true);
      for (let filled = 0; filled < canvas.length;) {
        const [batch, counts] = await done.getAsync({ signal });
        place(grid, batch, { counts, canvas });
        filled += counts.length;
      }
      return performance.now() - began;
    } finally {
      clearInterval(looking);
      sizes();
    }
  });
}

/** Processes and the queues between them: when one fails or the work ends, all are let go. */
class Hands implements AsyncDisposable {
  readonly #processes: readonly Hand[];
  readonly #queues: readonly { close(): void }[];

  constructor(processes: readonly Hand[], queues: readonly { close(): void }[]) {
    this.#processes = processes;
    this.#queues = queues;
  }

  /** Starts the processes and does the work. A process's own error comes before its consequences. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    let failure: Error | undefined;
    for (const process of this.#processes) {
      process.start();
      process.join().then(() => {
        if (process.error === undefined) return;
        failure ??= process.error;
        this.#close();
      });
    }
    try {
      return await work();
    } catch (error) {
      throw error instanceof QueueClosed ? failure ?? error : error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A thread that waits at a queue is woken by its end; a thread that still waits could not be ended.
    this.#close();
    await Promise.all(this.#processes.map((process) => process.join(LEAVE)));
    for (const process of this.#processes) await process[Symbol.asyncDispose]();
  }

  #close(): void {
    for (const queue of this.#queues) queue.close();
  }
}
