/** Configuration: the only place that reads the environment and the flags, once. */

import { isAbsolute, resolve } from "node:path";
import { DEEPEST_ZOOM } from "../plane/mod.ts";
import { BASE_PATH, DEFAULT_LIMITS, type Limits } from "../web/mod.ts";
import { type Flags, UsageError } from "./flags.ts";

/** Everything that a server or a rendering is told, with nothing left open. */
export interface Config {
  readonly host: string;
  /** What stands before every path: empty, or `/somewhere` without a slash at its end. */
  readonly basePath: string;
  readonly port: number;
  readonly workers: number;
  /** Bytes of memory shared with the workers. */
  readonly memory: number;
  /** Bytes more of it for reference orbits and their tables. */
  readonly references: number;
  /** Seconds that caches may keep an answer. */
  readonly maxAge: number;
  /** Seconds in which requests under way may be finished when the server stops. */
  readonly grace: number;
  readonly cache: CachePlace;
  /** Bounds of what is kept of answers and samples, bytes. */
  readonly cacheMemory: number;
  readonly cacheDisk: number;
  readonly limits: Limits;
}

/** Where answers are kept: nowhere, in memory alone, or in memory and in a folder. */
export type CachePlace =
  | { readonly kind: "none" }
  | { readonly kind: "memory" }
  | { readonly kind: "disk"; readonly folder: string };

interface Setting {
  readonly flag: string;
  readonly about: string;
  readonly unit?: string;
  readonly fallback: number;
  readonly least: number;
  readonly most: number;
}

const MEBIBYTE = 2 ** 20;

/** All settings that are whole numbers. */
const NUMBERS = {
  port: { flag: "port", about: "port; 0 for any free one", fallback: 8000, least: 0, most: 65535 },
  workers: {
    flag: "workers",
    about: "worker threads",
    fallback: navigator.hardwareConcurrency,
    least: 1,
    most: 256,
  },
  memory: {
    flag: "memory",
    about: "memory shared with the workers",
    unit: "MiB",
    fallback: 256,
    least: 32,
    most: 2047,
  },
  references: {
    flag: "reference-memory",
    about: "memory for reference orbits",
    unit: "MiB",
    fallback: 192,
    least: 1,
    most: 2047,
  },
  maxAge: {
    flag: "max-age",
    about: "how long caches may keep an answer",
    unit: "s",
    fallback: 86_400,
    least: 0,
    most: 31_536_000,
  },
  grace: {
    flag: "grace",
    about: "time to finish requests when the server stops",
    unit: "s",
    fallback: 10,
    least: 0,
    most: 3600,
  },
  cacheMemory: {
    flag: "cache-memory",
    about: "memory for answers and samples computed before",
    unit: "MiB",
    fallback: 256,
    least: 1,
    most: 2 ** 20,
  },
  cacheDisk: {
    flag: "cache-disk",
    about: "bound of the file that keeps them",
    unit: "MiB",
    fallback: 1024,
    least: 1,
    most: 2 ** 30,
  },
  deepest: limit("deepest", "deepest zoom", { most: DEEPEST_ZOOM, least: 0 }),
  iterations: limit("iterations", "largest iterations", {
    flag: "max-iterations",
    most: 2 ** 31 - 1,
  }),
  side: limit("side", "longest side of a render, pixels", { flag: "max-side" }),
  pixels: limit("pixels", "most pixels of a render", { flag: "max-pixels" }),
  supersample: limit("supersample", "largest supersample", { flag: "max-supersample", most: 64 }),
  samples: limit("samples", "most samples of a render", { flag: "max-samples" }),
  url: limit("url", "longest URL, characters", { flag: "max-url", most: 60_000 }),
  body: limit("body", "largest POST body, bytes", { flag: "max-body" }),
  digits: limit("digits", "most digits of a number", { flag: "max-digits" }),
  exponent: limit("exponent", "largest exponent of a number", { flag: "max-exponent" }),
  budget: limit("budget", "compute time of a request, core-seconds", {}),
  queue: limit("queue", "requests that may wait", { least: 0 }),
  concurrency: {
    flag: "concurrency",
    about: "requests computed at a time",
    fallback: 2 * navigator.hardwareConcurrency,
    least: 1,
    most: 4096,
  },
} satisfies Record<string, Setting>;

/** Flags that every command with workers takes. */
export const CONFIG_FLAGS: readonly string[] = [
  "host",
  "base-path",
  "cache",
  ...Object.values(NUMBERS).map(({ flag }) => flag),
];

/**
 * Resolves the configuration: flags before the environment (`MANDELTILE_PORT` for `--port`) before the
 * defaults.
 *
 * @throws {UsageError} for a value that is not allowed
 */
export function resolveConfig(
  flags: Flags["values"],
  environment: (name: string) => string | undefined,
): Config {
  const text = (flag: string) => flags.get(flag) ?? environment(variableOf(flag));
  const number = (setting: Setting) => {
    const given = text(setting.flag);
    if (given === undefined) return setting.fallback;
    const value = /^\d+$/.test(given) ? Number(given) : NaN;
    if (value >= setting.least && value <= setting.most) return value;
    throw new UsageError(
      `Cannot take --${setting.flag} ${given}: a whole number from ${setting.least} to ${setting.most}`,
    );
  };
  const { port, workers, memory, references, maxAge, grace, cacheMemory, cacheDisk, ...limits } =
    NUMBERS;
  return {
    host: text("host") ?? "127.0.0.1",
    basePath: basePath(text("base-path") ?? ""),
    port: number(port),
    workers: number(workers),
    memory: number(memory) * MEBIBYTE,
    references: number(references) * MEBIBYTE,
    maxAge: number(maxAge),
    grace: number(grace),
    cache: cachePlace(text("cache"), environment),
    cacheMemory: number(cacheMemory) * MEBIBYTE,
    cacheDisk: number(cacheDisk) * MEBIBYTE,
    limits: {
      deepest: number(limits.deepest),
      iterations: number(limits.iterations),
      side: number(limits.side),
      pixels: number(limits.pixels),
      supersample: number(limits.supersample),
      samples: number(limits.samples),
      url: number(limits.url),
      body: number(limits.body),
      digits: number(limits.digits),
      exponent: number(limits.exponent),
      budget: number(limits.budget),
      queue: number(limits.queue),
      concurrency: number(limits.concurrency),
    },
  };
}

/** Lines of help on the configuration's flags. */
export function configHelp(): string {
  const lines = Object.values(NUMBERS).map((setting: Setting) => {
    const unit = setting.unit === undefined ? "" : ` ${setting.unit}`;
    return `  ${`--${setting.flag} N`.padEnd(24)} ${setting.about} (${setting.fallback}${unit})`;
  });
  return [
    `  ${"--host ADDRESS".padEnd(24)} address to listen on (127.0.0.1)`,
    `  ${"--base-path PATH".padEnd(24)} what stands before every path, such as /fractal (nothing)`,
    `  ${
      "--cache PLACE".padEnd(24)
    } none, memory, or a folder (mandeltile in the user's cache folder)`,
    ...lines,
  ].join("\n");
}

/**
 * `none`, `memory`, or a folder; by default `mandeltile` in the user's cache folder, which the XDG
 * base directory specification places. A user without a home gets memory alone.
 */
function cachePlace(
  text: string | undefined,
  environment: (name: string) => string | undefined,
): CachePlace {
  if (text === "none" || text === "memory") return { kind: text };
  if (text === "") throw new UsageError("Cannot take --cache without none, memory or a folder");
  if (text !== undefined) return { kind: "disk", folder: resolve(text) };
  const [caches, home] = [environment("XDG_CACHE_HOME") ?? "", environment("HOME") ?? ""];
  // The specification: a path that is not absolute is to be ignored.
  if (isAbsolute(caches)) return { kind: "disk", folder: resolve(caches, "mandeltile") };
  if (isAbsolute(home)) return { kind: "disk", folder: resolve(home, ".cache", "mandeltile") };
  return { kind: "memory" };
}

/** With a slash in front and none at the end, however it was written. */
function basePath(text: string): string {
  const path = text.replace(/^(?=[^/])/, "/").replace(/\/$/, "");
  if (BASE_PATH.test(path)) return path;
  throw new UsageError(
    `Cannot take --base-path ${text}: it must be names of letters, digits and .-_~ between slashes`,
  );
}

/** The environment's name of a flag. */
export function variableOf(flag: string): string {
  return `MANDELTILE_${flag.toUpperCase().replaceAll("-", "_")}`;
}

function limit(
  name: keyof typeof DEFAULT_LIMITS,
  about: string,
  { flag = name, least = 1, most = Number.MAX_SAFE_INTEGER }: {
    flag?: string;
    least?: number;
    most?: number;
  },
): Setting {
  return { flag, about, fallback: DEFAULT_LIMITS[name], least, most };
}
