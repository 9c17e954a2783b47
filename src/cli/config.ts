/** Configuration: the only place that reads the environment, the file and the flags, once. */

import { isAbsolute, resolve } from "node:path";
import { BASE_PATH, compileProxies, type Limits } from "../web/mod.ts";
import { type Flags, UsageError } from "./flags.ts";
import type { LogLevel } from "./log.ts";
import {
  CONFIG_FLAGS,
  NUMBERS,
  type NumberSetting,
  TEXTS,
  type TextSetting,
  variableOf,
} from "./settings.ts";

/** The configuration of a server or a rendering, complete. */
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
  readonly log: LogLevel;
  /** Requests a second of one client's address; 0 for any number. */
  readonly rate: number;
  /** Addresses and subnets of proxies whose word on the client's address is taken. */
  readonly trustedProxies: readonly string[];
  readonly limits: Limits;
}

/** Where answers are kept: nowhere, in memory alone, or in memory and in a folder. */
export type CachePlace =
  | { readonly kind: "none" }
  | { readonly kind: "memory" }
  | { readonly kind: "disk"; readonly folder: string };

/** Where the values come from, besides the defaults. What stands first goes first. */
export interface Sources {
  readonly flags: Flags["values"];
  readonly environment: (name: string) => string | undefined;
  /** Of a configuration file, by flag. */
  readonly file?: ReadonlyMap<string, string>;
}

/** Settings by flag, in the flags' units: what `--print-config` prints and `--config` reads. */
export type Settings = Readonly<Record<string, string | number>>;

const MEBIBYTE = 2 ** 20;

/**
 * Resolves every setting: flags before the environment (`MANDELTILE_PORT` for `--port`) before the file
 * before the defaults.
 *
 * @throws {UsageError} for a value that is not allowed
 */
export function resolveSettings({ flags, environment, file }: Sources): Settings {
  const given = (flag: string) =>
    flags.get(flag) ?? environment(variableOf(flag)) ?? file?.get(flag);
  const settings: Record<string, string | number> = {};
  for (const setting of Object.values(TEXTS)) {
    settings[setting.flag] = textOf(setting, given(setting.flag));
  }
  for (const setting of Object.values(NUMBERS)) {
    settings[setting.flag] = numberOf(setting, given(setting.flag));
  }
  settings[TEXTS.cache.flag] = cachePlace(given(TEXTS.cache.flag), environment);
  return settings;
}

/** The configuration that settings say. */
export function configOf(settings: Settings): Config {
  const number = ({ flag }: NumberSetting) => settings[flag] as number;
  const text = ({ flag }: TextSetting) => settings[flag] as string;
  const cache = text(TEXTS.cache);
  return {
    host: text(TEXTS.host),
    basePath: basePath(text(TEXTS.basePath)),
    port: number(NUMBERS.port),
    workers: number(NUMBERS.workers),
    memory: number(NUMBERS.memory) * MEBIBYTE,
    references: number(NUMBERS.references) * MEBIBYTE,
    maxAge: number(NUMBERS.maxAge),
    grace: number(NUMBERS.grace),
    cache: cache === "none" || cache === "memory"
      ? { kind: cache }
      : { kind: "disk", folder: cache },
    cacheMemory: number(NUMBERS.cacheMemory) * MEBIBYTE,
    cacheDisk: number(NUMBERS.cacheDisk) * MEBIBYTE,
    log: text(TEXTS.log) as LogLevel,
    rate: number(NUMBERS.rate),
    trustedProxies: proxiesOf(text(TEXTS.trustedProxies)),
    limits: {
      deepest: number(NUMBERS.deepest),
      iterations: number(NUMBERS.iterations),
      side: number(NUMBERS.side),
      pixels: number(NUMBERS.pixels),
      supersample: number(NUMBERS.supersample),
      samples: number(NUMBERS.samples),
      url: number(NUMBERS.url),
      body: number(NUMBERS.body),
      digits: number(NUMBERS.digits),
      exponent: number(NUMBERS.exponent),
      budget: number(NUMBERS.budget),
      queue: number(NUMBERS.queue),
      concurrency: number(NUMBERS.concurrency),
    },
  };
}

/**
 * Reads the settings of a configuration file: a JSON object whose members are flags without their
 * dashes.
 *
 * @param path as it was given, for the messages
 * @throws {UsageError} for what is not such an object, or names a setting that there is not
 */
export function settingsOfFile(text: string, path: string): ReadonlyMap<string, string> {
  let settings: unknown;
  try {
    settings = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`Cannot read ${path} as JSON: ${(error as Error).message}`);
  }
  if (typeof settings !== "object" || settings === null || Array.isArray(settings)) {
    throw new UsageError(`Cannot read ${path}: it must be a JSON object`);
  }
  return new Map(
    Object.entries(settings).map(([name, value]) => {
      if (!CONFIG_FLAGS.includes(name)) {
        throw new UsageError(`Cannot read ${path}: there is no setting ${name}`);
      }
      if (typeof value !== "string" && typeof value !== "number") {
        throw new UsageError(`Cannot read ${path}: ${name} must be a string or a number`);
      }
      return [name, String(value)];
    }),
  );
}

function numberOf({ flag, fallback, least, most }: NumberSetting, given?: string): number {
  if (given === undefined) return fallback;
  const value = /^\d+$/.test(given) ? Number(given) : NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(`Cannot take --${flag} ${given}: a whole number from ${least} to ${most}`);
}

function textOf({ flag, fallback, oneOf }: TextSetting, given?: string): string {
  if (given === undefined || oneOf === undefined || oneOf.includes(given)) return given ?? fallback;
  throw new UsageError(`Cannot take --${flag} ${given}: one of ${oneOf.join(", ")}`);
}

function proxiesOf(list: string): string[] {
  const proxies = list.split(",").map((proxy) => proxy.trim()).filter((proxy) => proxy !== "");
  try {
    compileProxies(proxies);
  } catch (error) {
    throw new UsageError(`Cannot take --trusted-proxies ${list}: ${(error as Error).message}`);
  }
  return proxies;
}

/**
 * `none`, `memory`, or a folder; by default `mandeltile` in the user's cache folder, which the XDG
 * base directory specification places. A user without a home gets memory alone.
 */
function cachePlace(text: string | undefined, environment: Sources["environment"]): string {
  if (text === "none" || text === "memory") return text;
  if (text === "") throw new UsageError("Cannot take --cache without none, memory or a folder");
  if (text !== undefined) return resolve(text);
  const [caches, home] = [environment("XDG_CACHE_HOME") ?? "", environment("HOME") ?? ""];
  // The specification: a path that is not absolute is to be ignored.
  if (isAbsolute(caches)) return resolve(caches, "mandeltile");
  if (isAbsolute(home)) return resolve(home, ".cache", "mandeltile");
  return "memory";
}

/** With a slash in front and none at the end, however it was written. */
function basePath(text: string): string {
  const path = text.replace(/^(?=[^/])/, "/").replace(/\/$/, "");
  if (BASE_PATH.test(path)) return path;
  throw new UsageError(
    `Cannot take --base-path ${text}: it must be names of letters, digits and .-_~ between slashes`,
  );
}
