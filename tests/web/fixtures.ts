/** Apps to ask without a server, the workers behind them, and readers of what they answer. */

import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { promisify } from "node:util";
import { NUMBERS } from "../../src/cli/settings.ts";
import { enlargePng } from "../../src/image/mod.ts";
import {
  AutoIterations,
  FileCache,
  type FrameRenderer,
  type Oracle,
  type RenderedFrame,
} from "../../src/render/mod.ts";
import { emptyStore, type TileStore } from "../../src/store/mod.ts";
import {
  type App,
  type AppOptions,
  createApp,
  DEFAULT_LIMITS,
  type Limits,
  type ServerState,
} from "../../src/web/mod.ts";

/** Seconds that the apps of these tests let caches keep an answer. */
export const MAX_AGE = 3600;

/** A server around an app that has done nothing yet. */
export const IDLE: ServerState = {
  workers: { alive: 2, lost: 0, leakedThreads: 0, pending: 0 },
  work: {
    ...{ frames: 0, milliseconds: 0, iterations: 0, files: 0 },
    checked: { passed: 0, unchecked: 0, recomputed: 0 },
  },
  caches: [],
  storeOpen: true,
  acceptFailures: 0,
};

/** Enlarges without a worker. */
export const enlarge: AppOptions["enlarge"] = (png, part) => Promise.resolve(enlargePng(png, part));

/** An app over these workers. An error of the server's own rejects the request, and so fails the test. */
export function appOver(
  workers: FrameRenderer & Partial<Oracle>,
  { basePath = "", ...limits }: Partial<Limits> & { readonly basePath?: string } = {},
  store: TileStore = emptyStore,
  options: Partial<AppOptions> = {},
): App {
  return createApp({
    renderer: { frames: workers, auto: new AutoIterations(workers) },
    oracle: { exact: workers.exact?.bind(workers) ?? (() => Promise.reject(new Error("nobody"))) },
    files: new FileCache(store),
    limits: { ...DEFAULT_LIMITS, concurrency: 4, ...limits },
    maxAge: MAX_AGE,
    enlarge,
    state: () => Promise.resolve(IDLE),
    basePath,
    report: (error) => {
      throw error;
    },
    ...options,
  });
}

/** A renderer that counts what it is asked for, and refuses it where there is none behind it. */
export class CountedWorkers implements FrameRenderer {
  protected readonly workers: FrameRenderer | undefined;
  calls = 0;

  constructor(workers?: FrameRenderer) {
    this.workers = workers;
  }

  render(...args: Parameters<FrameRenderer["render"]>): Promise<RenderedFrame> {
    this.calls++;
    if (this.workers === undefined) throw new Error("Cannot compute: nobody should have asked");
    return this.workers.render(...args);
  }
}

/** A renderer whose one answer is an empty file, given when the test says so. */
export class HeldWorkers extends CountedWorkers {
  readonly #entered = Promise.withResolvers<void>();
  readonly #released = Promise.withResolvers<void>();

  /** Settles when the first request is inside. */
  readonly entered: Promise<void> = this.#entered.promise;

  /** Lets everything out, now and from now on. */
  release(): void {
    this.#released.resolve();
  }

  /** Waits to be let out, whatever the signal says. */
  override async render(..._: Parameters<FrameRenderer["render"]>): Promise<RenderedFrame> {
    this.calls++;
    this.#entered.resolve();
    await this.#released.promise;
    return {
      ...{ bytes: new Uint8Array(), compute: 0, colour: 0, encode: 0, frames: 1, steps: 0 },
      arithmetic: { kind: "double" },
    };
  }
}

/** Resolves a turn of the event loop later. An app has stored, counted and learnt its answers by then. */
export const endOfTurn = promisify(setImmediate);

/** Asks and expects a file. Resolves to its bytes, no sooner than a client on a wire would have them. */
export async function bytesOf(
  answer: Response | Promise<Response>,
): Promise<Uint8Array<ArrayBuffer>> {
  const response = await answer;
  if (response.status !== 200) assert.fail(`${response.status}: ${await response.text()}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  await endOfTurn();
  return bytes;
}

/** What an operator can set: a limit that is named is one of these. */
const FLAGS: readonly string[] = Object.values(NUMBERS).map(({ flag }) => flag);

/** A problem document (RFC 9457): the members every one has, and those of its own. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly [member: string]: unknown;
}

/** Asks and expects a refusal with this status. Resolves to its problem document. */
export async function problemOf(
  answer: Response | Promise<Response>,
  status: number,
): Promise<ProblemDocument> {
  const response = await answer;
  const text = await response.text();
  assert.equal(response.status, status, text.slice(0, 200));
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  assert.equal(response.headers.get("cache-control"), "no-store");
  const problem = JSON.parse(text) as ProblemDocument;
  assert.equal(problem.status, status);
  assert.equal(problem.type, "about:blank");
  if ("limit" in problem) assert.ok(FLAGS.includes(problem.limit as string), `${problem.limit}`);
  assert.ok(problem.title.length > 0 && problem.detail.length > 0, text);
  return problem;
}

/** A POST of this value as JSON, or of this text as it stands. */
export function posted(body: unknown): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  };
}
