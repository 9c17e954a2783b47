/** The results of a list of items, one by one: what imap and imapUnordered give. */

import { chunksOf } from "./chunks.ts";
import type { Dispatcher, OpenStream } from "./dispatcher.ts";
import { PoolClosedError } from "../errors.ts";
import { either, type Mapping } from "./mapping.ts";
import type { TaskOptions } from "./pool_options.ts";

/** Chunks that a stream has under way for each worker: enough to keep it busy while results are read. */
const AHEAD = 2;

/** A chunk whose results were not read yet. `done` gives the chunk itself once it has ended. */
interface Chunk {
  readonly results: Promise<unknown[]>;
  readonly done: Promise<Chunk>;
}

/** Chooses the chunk whose results are read next. */
export type NextChunk = (underWay: readonly Chunk[]) => Promise<Chunk>;

/** The chunk that was begun first. */
export function inOrder(underWay: readonly Chunk[]): Promise<Chunk> {
  return underWay[0]!.done;
}

/** The chunk that is done first. */
export function firstDone(underWay: readonly Chunk[]): Promise<Chunk> {
  return Promise.race(underWay.map(({ done }) => done));
}

/**
 * An async iterator that starts at once and reads its items ahead within bounds. Unlike a generator it
 * goes on after an error of a function, as Python's iterator does: see `Pool.imap`.
 */
export class ResultStream<R> implements AsyncIterableIterator<R, undefined>, OpenStream {
  readonly #dispatcher: Dispatcher;
  readonly #name: string;
  readonly #options: TaskOptions;
  readonly #signal: AbortSignal;
  readonly #left = new AbortController();
  readonly #next: NextChunk;
  readonly #onProgress: ((done: number) => void) | undefined;
  /** What is left of the items; nothing once all are sent. */
  #items: Iterator<readonly (readonly unknown[])[]> | undefined;
  /** What the items threw: it comes after all results. */
  #failure: { readonly error: unknown } | undefined;
  #underWay: Chunk[] = [];
  /** Chunks whose calls have not ended. */
  #running = 0;
  #closing = false;
  /** Results of the chunk that is being read. */
  #results: Iterator<R> = [].values();
  #done = 0;
  #before: Promise<unknown> = Promise.resolve();

  constructor(
    dispatcher: Dispatcher,
    name: string,
    { items, chunkSize = 1, next, onProgress, ...options }: Mapping & { readonly next: NextChunk },
  ) {
    this.#dispatcher = dispatcher;
    this.#name = name;
    this.#signal = either(options.signal, this.#left.signal);
    this.#options = { ...options, signal: this.#signal };
    this.#next = next;
    this.#onProgress = onProgress;
    dispatcher.open(this);
    try {
      this.#items = chunksOf(items, chunkSize);
      this.#sendAhead();
    } catch (error) {
      this.#complete({ error });
    }
  }

  /** The next result; rejects when its call failed. Calls are served one after the other. */
  next(): Promise<IteratorResult<R, undefined>> {
    const result = this.#before.then(() => this.#take());
    this.#before = result.catch(() => {});
    return result;
  }

  /** Calls off what is under way, and ends the stream. */
  return(): Promise<IteratorResult<R, undefined>> {
    this.#end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** @internal */
  sendAll(): void {
    this.#closing = true;
    this.#sendAhead();
  }

  async #take(): Promise<IteratorResult<R, undefined>> {
    for (;;) {
      const result = this.#results.next();
      if (!result.done) return { done: false, value: result.value };
      this.#sendAhead();
      if (this.#underWay.length === 0) return this.#last();
      await this.#read(await this.#next(this.#underWay));
    }
  }

  #last(): IteratorResult<R, undefined> {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.error;
    return { done: true, value: undefined };
  }

  /** Makes a chunk's results those that are read. */
  async #read(chunk: Chunk): Promise<void> {
    // The stream may have been ended meanwhile.
    if (!this.#underWay.includes(chunk)) return;
    this.#underWay.splice(this.#underWay.indexOf(chunk), 1);
    try {
      const results = await chunk.results as R[];
      this.#results = results.values();
      this.#done += results.length;
    } catch (error) {
      if (error instanceof PoolClosedError || this.#signal.aborted) this.#end();
      throw error;
    }
    this.#onProgress?.(this.#done);
  }

  /** Sends chunks to the workers: as many as may be unread or, when the pool is closing, unfinished. */
  #sendAhead(): void {
    const most = AHEAD * this.#dispatcher.size;
    while (this.#items !== undefined) {
      if (this.#signal.aborted) return this.#complete({ error: this.#signal.reason });
      if ((this.#closing ? this.#running : this.#underWay.length) >= most) return;
      try {
        const { done, value } = this.#items.next();
        if (done) return this.#complete();
        this.#underWay.push(this.#send(value));
      } catch (error) {
        return this.#complete({ error });
      }
    }
  }

  #send(items: readonly (readonly unknown[])[]): Chunk {
    const work = { name: this.#name, items };
    const results = this.#dispatcher.call(work, this.#options, this) as Promise<unknown[]>;
    this.#running++;
    const ended = () => {
      this.#running--;
      if (this.#closing) this.#sendAhead();
      return chunk;
    };
    const done: Promise<Chunk> = results.then(ended, ended);
    const chunk: Chunk = { results, done };
    return chunk;
  }

  /** All items are sent, or will not be. */
  #complete(failure?: { readonly error: unknown }): void {
    const items = this.#items;
    this.#items = undefined;
    this.#failure = failure;
    this.#dispatcher.complete(this);
    items?.return?.();
  }

  #end(): void {
    this.#underWay = [];
    this.#results = [].values();
    this.#complete();
    this.#left.abort();
  }
}
