/**
 * The soak's monitor, in a thread of its own: what it measures is the server, not how busy those are
 * who load it. `watch` starts one; the rest of the file is that thread.
 */

/** Milliseconds between two looks. */
const LOOK = 100;

/** A look at the memory is one of so many. */
const MEMORY_EVERY = 10;

/** What a monitor saw. */
export interface Watched {
  /** Milliseconds that each `/healthz` took. */
  readonly delays: readonly number[];
  /** Resident bytes, now and then. */
  readonly memory: readonly number[];
}

/** Asks a server for its health and its memory, now and then, until the signal aborts. */
export async function watch(url: string, signal: AbortSignal): Promise<Watched> {
  const worker = new Worker(import.meta.url, { type: "module" });
  const { promise, resolve, reject } = Promise.withResolvers<Watched>();
  worker.onmessage = ({ data }: MessageEvent<Watched>) => resolve(data);
  worker.onerror = (event) => {
    event.preventDefault();
    reject(new Error(`Cannot watch: ${event.message}`));
  };
  worker.postMessage(url);
  signal.addEventListener("abort", () => worker.postMessage("stop"), { once: true });
  try {
    return await promise;
  } finally {
    worker.terminate();
  }
}

/** The resident bytes that a server's metrics tell. */
export async function residentBytes(url: string): Promise<number> {
  const text = await (await fetch(`${url}metrics`)).text();
  const bytes = /^mandeltile_resident_bytes (\S+)$/m.exec(text)?.[1];
  if (bytes === undefined) throw new Error(`Cannot read the resident bytes of ${text}`);
  return Number(bytes);
}

async function look(url: string, stopped: { yet: boolean }): Promise<Watched> {
  const delays: number[] = [];
  const memory: number[] = [];
  while (!stopped.yet) {
    const began = performance.now();
    const health = await fetch(`${url}healthz`);
    if (health.status !== 200) throw new Error(`/healthz answered ${health.status}`);
    await health.body?.cancel();
    delays.push(performance.now() - began);
    if (delays.length % MEMORY_EVERY === 1) memory.push(await residentBytes(url));
    // Now and then, not all the time: that would be a load of its own.
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
  return { delays, memory };
}

/** The thread's side of a worker, which types made for pages do not know. */
interface Side {
  onmessage?: (event: MessageEvent<string>) => void;
  postMessage(message: Watched): void;
}

if ("WorkerGlobalScope" in globalThis) {
  const side = globalThis as unknown as Side;
  const stopped = { yet: false };
  side.onmessage = async ({ data }) => {
    if (data === "stop") stopped.yet = true;
    else side.postMessage(await look(data, stopped));
  };
}
