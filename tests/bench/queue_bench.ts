// Messages per second through Queue and through Python's multiprocessing.Queue, in turns: `deno run -A` this file.

import { Queue } from "../../src/pool/sync/queue.ts";
import type { Order } from "./queue_bench_worker.ts";
import { type PayloadName, PAYLOADS } from "./queue_payloads.ts";

/** One payload: messages per second from one producer to one consumer, the median of the rounds. */
export interface QueueBenchRow {
  readonly payload: PayloadName;
  /** Blocking `get` on the consumer's side, as Python's. */
  readonly blocking: number;
  /** `await getAsync()` on the consumer's side. */
  readonly awaiting: number;
  /** Python's, undefined when there is no `python3`. */
  readonly python: number | undefined;
  /** `blocking` over `python`. */
  readonly ratio: number | undefined;
}

// Ours are faster: as many more messages take about as long to measure.
const MORE = 5;

/** Measures every payload in so many rounds, each round ours and Python's in turns. */
export async function benchQueue(rounds = 3): Promise<QueueBenchRow[]> {
  const producer = new Worker(import.meta.resolve("./queue_bench_worker.ts"), {
    type: "module",
    deno: { permissions: "none" },
  });
  try {
    const rows: QueueBenchRow[] = [];
    for (const payload of Object.keys(PAYLOADS) as PayloadName[]) {
      rows.push(await benchPayload(producer, payload, rounds));
    }
    return rows;
  } finally {
    producer.terminate();
  }
}

async function benchPayload(
  producer: Worker,
  payload: PayloadName,
  rounds: number,
): Promise<QueueBenchRow> {
  const blocking: number[] = [];
  const awaiting: number[] = [];
  const python: number[] = [];
  for (let round = 0; round < rounds; round++) {
    blocking.push(measureBlocking(producer, payload));
    awaiting.push(await measureAwaiting(producer, payload));
    const rate = await measurePython(payload);
    if (rate !== undefined) python.push(rate);
  }
  const pythonMedian = median(python);
  const ours = median(blocking) ?? 0;
  return {
    payload,
    blocking: ours,
    awaiting: median(awaiting) ?? 0,
    python: pythonMedian,
    ratio: pythonMedian === undefined ? undefined : ours / pythonMedian,
  };
}

function order(producer: Worker, payload: PayloadName): { queue: Queue<unknown>; count: number } {
  const queue = new Queue<unknown>();
  const count = MORE * PAYLOADS[payload].pythonCount;
  producer.postMessage({ handle: queue.toHandle(), payload, count } satisfies Order);
  return { queue, count };
}

// On both sides the clock starts with the first message, so that nobody's start-up is counted.
function measureBlocking(producer: Worker, payload: PayloadName): number {
  const { queue, count } = order(producer, payload);
  queue.get();
  const start = performance.now();
  for (let i = 1; i < count; i++) queue.get();
  return (count - 1) / (performance.now() - start) * 1000;
}

async function measureAwaiting(producer: Worker, payload: PayloadName): Promise<number> {
  const { queue, count } = order(producer, payload);
  await queue.getAsync();
  const start = performance.now();
  for (let i = 1; i < count; i++) await queue.getAsync();
  return (count - 1) / (performance.now() - start) * 1000;
}

async function measurePython(payload: PayloadName): Promise<number | undefined> {
  const { python, pythonCount } = PAYLOADS[payload];
  const script = `
import multiprocessing, time

def produce(queue, value, count):
    for _ in range(count):
        queue.put(value)

if __name__ == "__main__":
    count = ${pythonCount}
    queue = multiprocessing.Queue()
    producer = multiprocessing.Process(target=produce, args=(queue, ${python}, count))
    producer.start()
    queue.get()
    start = time.perf_counter()
    for _ in range(count - 1):
        queue.get()
    print((count - 1) / (time.perf_counter() - start))
    producer.join()
`;
  try {
    const output = await new Deno.Command("python3", { args: ["-c", script] }).output();
    return output.success ? Number(new TextDecoder().decode(output.stdout)) : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function median(numbers: readonly number[]): number | undefined {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}

/** The measurements as a table. */
export function queueTable(rows: readonly QueueBenchRow[]): string {
  const lines = rows.map(({ payload, blocking, awaiting, python, ratio }) => {
    const cells = [blocking, awaiting, python].map((rate) => rate?.toFixed(0) ?? "none");
    return payload.padEnd(8) + cells.map((cell) => cell.padStart(11)).join(" ") +
      `   ${ratio?.toFixed(1) ?? ""}`;
  });
  return [
    "messages per second, one producer, one consumer",
    "payload       get()  getAsync()      Python   get() / Python",
    ...lines,
    "",
  ].join("\n");
}

if (import.meta.main) {
  Deno.stdout.writeSync(new TextEncoder().encode(queueTable(await benchQueue())));
}
