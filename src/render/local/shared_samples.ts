/** Samples in the memory that is shared with the workers: room for them, and the ways in and out. */

import { Arena, type Region } from "../../pool/mod.ts";
import type { Placed } from "./orders.ts";
import type { Arithmetic } from "../arithmetic.ts";
import type { Sampled, SavedSamples } from "./samples.ts";

/** Bytes of a sample: a u32 count and an f32 fraction. */
const SAMPLE_BYTES = 8;

/** Bytes in front of a frame's samples: the steps that were made and skipped, two i64. */
const TALLY_BYTES = 16;

/** What room is needed for. */
export interface RoomFor {
  readonly width: number;
  readonly height: number;
  readonly iterations: number;
  readonly fractions: boolean;
}

/** Room for a frame's samples, until disposed of. */
export interface Room extends Disposable {
  readonly placed: Placed;
  /** Address of the tally: two i64, steps made and skipped, which begin as 0. */
  readonly tally: number;
  /** The room is not lent again before a thread that may still write to it has ended. */
  keepUntil(ended: Promise<void>): void;
}

/** A part of the shared memory that holds frames' samples. A frame that finds no room waits for it. */
export class SharedSamples {
  /** Samples of one frame at most: a quarter, so that one large picture never keeps all others waiting. */
  readonly most: number;
  readonly memory: WebAssembly.Memory;
  readonly #arena: Arena;

  constructor(memory: WebAssembly.Memory, arena: Arena) {
    this.memory = memory;
    this.#arena = arena;
    const quarter = arena.capacity / 4 - arena.capacity / 4 % Arena.alignment;
    this.most = Math.floor((quarter - TALLY_BYTES) / SAMPLE_BYTES);
  }

  async room(wanted: RoomFor, signal?: AbortSignal): Promise<Room> {
    const { width, height, iterations, fractions } = wanted;
    const half = 4 * width * height;
    const bytes = TALLY_BYTES + (fractions ? 2 : 1) * half;
    const region = await this.#arena.allocate(bytes, signal);
    new BigInt64Array(this.memory.buffer, region.at, 2).fill(0n);
    const counts = region.at + TALLY_BYTES;
    return {
      placed: { width, height, iterations, counts, fractions: fractions ? counts + half : 0 },
      tally: region.at,
      ...heldBy(region),
    };
  }

  /** The two numbers of a tally. */
  tallied({ tally }: Room): { readonly made: number; readonly skipped: number } {
    const sums = new BigInt64Array(this.memory.buffer, tally, 2);
    return { made: Number(sums[0]), skipped: Number(sums[1]) };
  }

  /** Room whose samples are all of points that do not escape. */
  async filled(wanted: RoomFor, signal?: AbortSignal): Promise<Room> {
    const room = await this.room(wanted, signal);
    this.#counts(room.placed).fill(wanted.iterations);
    this.#fractions(room.placed)?.fill(0);
    return room;
  }

  /** Counts where they lie. */
  countsOf(samples: Placed): Uint32Array {
    return this.#counts(samples);
  }

  /** Copies counts out of shared memory, row 0 first. */
  copyCounts(samples: Placed): Uint32Array<ArrayBuffer> {
    const counts = new Uint32Array(samples.width * samples.height);
    copyRows(this.#counts(samples), counts, samples);
    return counts;
  }

  /** Copies samples out of shared memory, row 0 first. */
  save(samples: Placed & { readonly arithmetic: Arithmetic }): SavedSamples {
    const { width, height, iterations, arithmetic } = samples;
    const fractions = this.#fractions(samples);
    const count = width * height;
    const bytes = new Uint8Array((fractions === undefined ? 4 : SAMPLE_BYTES) * count);
    copyRows(this.#counts(samples), new Uint32Array(bytes.buffer, 0, count), samples);
    if (fractions !== undefined) {
      copyRows(fractions, new Float32Array(bytes.buffer, 4 * count, count), samples);
    }
    return { width, height, iterations, fractions: fractions !== undefined, bytes, arithmetic };
  }

  /** Copies samples into shared memory; waits for room if need be. */
  async place(saved: SavedSamples, signal?: AbortSignal): Promise<Sampled> {
    const { bytes, arithmetic } = saved;
    const room = await this.room(saved, signal);
    const { placed } = room;
    new Uint8Array(this.memory.buffer, placed.counts, bytes.length).set(bytes);
    return { ...placed, milliseconds: 0, frames: 0, steps: 0, arithmetic, ...disposalOf(room) };
  }

  #counts({ width, height, counts }: Placed): Uint32Array {
    return new Uint32Array(this.memory.buffer, counts, width * height);
  }

  #fractions({ width, height, fractions }: Placed): Float32Array | undefined {
    return fractions === 0
      ? undefined
      : new Float32Array(this.memory.buffer, fractions, width * height);
  }
}

/** What passes the disposal of a room on. */
export function disposalOf(room: Room): Disposable {
  return { [Symbol.dispose]: () => room[Symbol.dispose]() };
}

function heldBy(region: Region): Pick<Room, "keepUntil"> & Disposable {
  let leakedThreads: Promise<void> | undefined;
  return {
    keepUntil: (ended) => leakedThreads = ended,
    [Symbol.dispose]: () => {
      if (leakedThreads === undefined) region[Symbol.dispose]();
      else void leakedThreads.then(() => region[Symbol.dispose]());
    },
  };
}

/** Copies a grid, row 0 first, whichever way it lies. */
function copyRows<T extends Uint32Array | Float32Array>(
  from: T,
  to: T,
  { width, height, flipped = false }: Placed,
): void {
  if (!flipped) return to.set(from);
  for (let row = 0; row < height; row++) {
    to.set(from.subarray(row * width, (row + 1) * width), (height - 1 - row) * width);
  }
}
