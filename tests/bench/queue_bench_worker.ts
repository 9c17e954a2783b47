// The producer of queue_bench.ts: puts one payload over and over.

import { Queue, type QueueHandle } from "../../src/pool/sync/queue.ts";
import { type PayloadName, payloadOf } from "./queue_payloads.ts";

self.addEventListener("message", (event) => {
  const { handle, payload, count } = (event as MessageEvent<Order>).data;
  const queue = Queue.from(handle);
  const value = payloadOf(payload);
  for (let i = 0; i < count; i++) queue.put(value);
});

/** What the producer is asked to do. */
export interface Order {
  readonly handle: QueueHandle<unknown>;
  readonly payload: PayloadName;
  readonly count: number;
}
