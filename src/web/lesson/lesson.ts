/** The lesson on the server: one run as server-sent events, bounded and ended with its client. */

import type { Context } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import {
  type LessonEvent,
  type LessonWindow,
  NOTEBOOK_WINDOW,
  previewOf,
  runLesson,
  SPIRALS_WINDOW,
} from "../../lesson/mod.ts";
import type { Admission } from "../admission/admission.ts";
import { oneOf, wholeNumber } from "../request/fields.ts";
import { type Parameters, parametersOfQuery, readField } from "../request/parameters.ts";
import { BadRequestError, BusyError, shown } from "../http/problem.ts";

/** What a run may ask for, by name. */
export const LESSON_LIMITS = {
  /** Most workers. They come beside the server's own, which the system serves in turn with them. */
  workers: 8,
  /** Points a side: as many as the notebook has. */
  pixdim: 1600,
  /** Iterations: all ways together take some 25 s on two cores where the picture is the usual one. */
  escape: 10_000,
  /** Points along a side of a batch: what the kernel takes at once. */
  side: 64,
  /** Batches of the grid; each is sent to the client ten times, some 25 bytes a time. */
  batches: 16_384,
  /** Seconds that a run may take. */
  seconds: 90,
  /** Runs at a time, and those that wait for it: moving a slider leaves a run behind. */
  concurrency: 1,
  queue: 2,
} as const;

/**
 * The pictures to choose from: one that takes each way some seconds, so that a room can watch it, and the
 * notebook's own, which is done in the blink of an eye.
 */
const PICTURES = { spirals: SPIRALS_WINDOW, notebook: NOTEBOOK_WINDOW } as const;
type Picture = keyof typeof PICTURES;
const NAMES = ["spirals", "notebook"] as const satisfies readonly Picture[];

/** What a run is that asks for nothing else. */
const USUAL = {
  picture: "spirals" satisfies Picture as Picture,
  workers: Math.min(navigator.hardwareConcurrency, 4),
  side: 32,
};

/** Its parameters. */
export const LESSON_FIELDS = {
  picture: oneOf(NAMES, (text) => `Cannot draw ${shown(text)}: ${NAMES.join(" and ")} are offered`)
    .meta({ description: "What is computed." }),
  workers: field("workers", "Workers."),
  pixdim: field("pixdim", "Points along a side of the grid."),
  escape: field("escape", "The count of a point that does not escape."),
  side: field("side", "Points along a side of a batch."),
};

function field(name: "workers" | "pixdim" | "escape" | "side", description: string) {
  return wholeNumber(LESSON_LIMITS[name]).meta({ description });
}

/** Settings of the page. */
export const lessonSettings = {
  limits: LESSON_LIMITS,
  usual: USUAL,
  cores: navigator.hardwareConcurrency,
};

/** Seconds after which to try a server again that is shutting down. */
const LATER = 30;

/** What a run is about. */
interface Wanted {
  readonly window: LessonWindow;
  readonly workers: number;
  readonly side: number;
}

/** What the handler needs of the server. */
export interface LessonDoor {
  /** Admits one run at a time. */
  readonly lessons: Admission;
  /** Whether the server is shutting down. */
  readonly isClosing: () => boolean;
  readonly report: (error: unknown) => void;
}

/**
 * `GET /lesson/run`: `picture`, `workers`, `side`, `pixdim` and `escape`; the events of `runLesson`, as it
 * goes.
 */
export async function answerLesson(c: Context, door: LessonDoor): Promise<Response> {
  const query = new URL(c.req.url).searchParams;
  const wanted = readWanted(parametersOfQuery(query, Object.keys(LESSON_FIELDS)));
  if (c.req.method === "HEAD") return c.body(null, 200, { "content-type": "text/event-stream" });
  if (door.isClosing()) throw new BusyError("The server is shutting down", LATER);
  const { signal } = c.req.raw;
  signal.throwIfAborted();
  const leave = await enter(door.lessons, signal);
  return streamSSE(c, async (stream) => {
    const gone = new AbortController();
    stream.onAbort(() => gone.abort());
    const late = AbortSignal.timeout(LESSON_LIMITS.seconds * 1000);
    try {
      await run(stream, wanted, AbortSignal.any([signal, gone.signal, late]));
    } catch (error) {
      if (signal.aborted || gone.signal.aborted) return;
      const message = late.aborted
        ? `The lesson was stopped after ${LESSON_LIMITS.seconds} s`
        : "The server failed.";
      if (!late.aborted) door.report(error);
      await stream.writeSSE({ event: "failed", data: JSON.stringify({ message }) });
    } finally {
      leave();
    }
  });
}

/** Goes through admission and resolves to how to leave it: the answer is under way for longer than its handler. */
async function enter(lessons: Admission, signal: AbortSignal): Promise<() => void> {
  const inside = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  const request = lessons.run(() => {
    inside.resolve();
    return left.promise;
  }, signal);
  await Promise.race([inside.promise, request]);
  return left.resolve;
}

async function run(
  stream: SSEStreamingApi,
  { window, workers, side }: Wanted,
  signal: AbortSignal,
): Promise<void> {
  // One after the other, in this order; together no more than a few megabytes.
  let written = Promise.resolve();
  const send = (event: string, data: unknown) => {
    written = written.then(() => stream.writeSSE({ event, data: JSON.stringify(data) }));
  };
  const { pixdim, escape } = window;
  const cores = navigator.hardwareConcurrency;
  send("run", { workers, side, pixdim, escape, cores, preview: previewOf(window) });
  await runLesson(window, {
    workers,
    side,
    signal,
    tell: (event) => {
      send(event.kind, dataOf(event));
      if (event.kind === "batches" && event.counts !== undefined) {
        for (const counts of event.counts()) send("counts", base64Of(counts));
      }
    },
  });
  send("end", {});
  await written;
}

/** An event as JSON can say it: times in whole microseconds, flat lists. */
function dataOf(event: LessonEvent): unknown {
  const { kind: _, ...data } = event;
  if (event.kind !== "batches") return data;
  return event.batches.flatMap(([batch, worker, began, ended]) => [
    batch,
    worker,
    Math.round(1000 * began),
    Math.round(1000 * ended),
  ]);
}

/** The bytes of an array. */
function base64Of({ buffer, byteOffset, byteLength }: ArrayBufferView<ArrayBuffer>): string {
  return new Uint8Array(buffer, byteOffset, byteLength).toBase64();
}

function readWanted(parameters: Parameters): Wanted {
  const read = <K extends keyof typeof LESSON_FIELDS>(name: K) =>
    readField(parameters, name, LESSON_FIELDS);
  const picture = PICTURES[read("picture") ?? USUAL.picture];
  const window: LessonWindow = {
    ...picture,
    pixdim: read("pixdim") ?? picture.pixdim,
    escape: read("escape") ?? picture.escape,
  };
  const side = read("side") ?? USUAL.side;
  const batches = Math.ceil(window.pixdim / side) ** 2;
  if (batches <= LESSON_LIMITS.batches) {
    return { window, side, workers: read("workers") ?? USUAL.workers };
  }
  throw new BadRequestError(
    `Cannot cut ${window.pixdim} x ${window.pixdim} points into ${batches} batches: ` +
      `at most ${LESSON_LIMITS.batches}`,
    { parameter: "side", allowed: LESSON_LIMITS.batches },
  );
}
