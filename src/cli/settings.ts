/** Every setting: its name, its default, its bounds, and what a request beyond it is answered. */

import { MOST_ITERATIONS } from "../fractal/mod.ts";
import { DEEPEST_ZOOM } from "../plane/mod.ts";
import { DEFAULT_LIMITS, SETTING } from "../web/mod.ts";
import { LOG_LEVELS } from "./log.ts";

/** What all settings have. */
interface About {
  readonly flag: string;
  readonly about: string;
}

/** A whole number. */
export interface NumberSetting extends About {
  readonly unit?: string;
  readonly fallback: number;
  /** The default in words, where it depends on the machine. */
  readonly inWords?: string;
  readonly least: number;
  readonly most: number;
  /** What a request beyond the number is answered; the problem document names the flag as its `limit`. */
  readonly beyond?: string;
}

/** A text. */
export interface TextSetting extends About {
  /** What may stand there, in a word for the help. */
  readonly shape: string;
  readonly fallback: string;
  readonly inWords?: string;
  /** The only values, where there are few. */
  readonly oneOf?: readonly string[];
}

/** All settings that are whole numbers. */
export const NUMBERS = {
  port: { flag: "port", about: "port; 0 for any free one", fallback: 8000, least: 0, most: 65535 },
  workers: {
    flag: "workers",
    about: "worker threads",
    fallback: navigator.hardwareConcurrency,
    inWords: "one a core",
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
    flag: SETTING.references,
    about: "memory for reference orbits",
    unit: "MiB",
    fallback: 256,
    least: 1,
    most: 2047,
    beyond: "400",
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
    beyond: "503, `Retry-After`",
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
  deepest: limit("deepest", "deepest zoom", { most: DEEPEST_ZOOM, least: 0, beyond: "404" }),
  iterations: limit("iterations", "largest iterations", { most: MOST_ITERATIONS }),
  side: limit("side", "longest side of a render, pixels"),
  pixels: limit("pixels", "most pixels of a render"),
  supersample: limit("supersample", "largest supersample", { most: 64 }),
  samples: limit("samples", "most samples of a render"),
  url: limit("url", "longest URL, characters", { most: 60_000 }),
  body: limit("body", "largest POST body, bytes"),
  digits: limit("digits", "most digits of a number"),
  exponent: limit("exponent", "largest exponent of a number"),
  budget: limit("budget", "compute time of a request, core-seconds", {
    beyond: "503, `Retry-After`",
  }),
  queue: limit("queue", "requests that may wait", {
    least: 0,
    beyond: "503, `Retry-After`",
  }),
  concurrency: {
    flag: "concurrency",
    about: "requests computed at a time",
    fallback: 2 * navigator.hardwareConcurrency,
    inWords: "two a core",
    least: 1,
    most: 4096,
    beyond: "waits in the queue",
  },
  rate: {
    flag: SETTING.rate,
    about: "requests a second of one client address; 0 for any number",
    fallback: 0,
    least: 0,
    most: 1_000_000,
    beyond: "429, `Retry-After`",
  },
} satisfies Record<string, NumberSetting>;

/** All settings that are texts. */
export const TEXTS = {
  host: { flag: "host", about: "address to listen on", shape: "ADDRESS", fallback: "127.0.0.1" },
  basePath: {
    flag: "base-path",
    about: "what stands before every path, such as /fractal",
    shape: "PATH",
    fallback: "",
    inWords: "nothing",
  },
  cache: {
    flag: "cache",
    about: "none, memory, or a folder",
    shape: "PLACE",
    fallback: "",
    inWords: "mandeltile in the user's cache folder",
  },
  log: {
    flag: "log",
    about: "off, error, or info for a line a request",
    shape: "LEVEL",
    fallback: "info",
    oneOf: LOG_LEVELS,
  },
  trustedProxies: {
    flag: "trusted-proxies",
    about: "addresses or subnets, by commas, whose X-Forwarded-For is believed",
    shape: "LIST",
    fallback: "",
    inWords: "none",
  },
} satisfies Record<string, TextSetting>;

/** Flags that every command with workers takes. */
export const CONFIG_FLAGS: readonly string[] = [
  ...Object.values(TEXTS).map(({ flag }) => flag),
  ...Object.values(NUMBERS).map(({ flag }) => flag),
];

/** The environment's name of a flag. */
export function variableOf(flag: string): string {
  return `MANDELTILE_${flag.toUpperCase().replaceAll("-", "_")}`;
}

/** Lines of help on the configuration's flags. */
export function configHelp(): string {
  const texts = Object.values(TEXTS).map((setting: TextSetting) => {
    const { flag, shape, about } = setting;
    return `  ${`--${flag} ${shape}`.padEnd(24)} ${about} (${defaultOf(setting)})`;
  });
  const numbers = Object.values(NUMBERS).map((setting: NumberSetting) =>
    `  ${`--${setting.flag} N`.padEnd(24)} ${setting.about} (${defaultOf(setting)})`
  );
  return [...texts, ...numbers].join("\n");
}

/** The table of all settings, as the page for operators has it. */
export function settingsTable(): string {
  const texts = Object.values(TEXTS).map((setting: TextSetting) => [
    ...[`--${setting.flag}`, setting.about, defaultOf(setting)],
    ...["", ""],
  ]);
  const numbers = Object.values(NUMBERS).map((setting: NumberSetting) => [
    ...[`--${setting.flag}`, setting.about, defaultOf(setting)],
    ...[`${setting.least} to ${bound(setting.most)}`, setting.beyond ?? ""],
  ]);
  const rows = [
    ["flag", "says", "default", "allowed", "beyond it"],
    ...[...texts, ...numbers].map(([flag, ...others]) => [`\`${flag}\``, ...others]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lineOf = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  const [head, ...body] = rows.map(lineOf);
  return [head, rule, ...body].join("\n");
}

function defaultOf(setting: NumberSetting | TextSetting): string {
  const unit = "unit" in setting && setting.unit !== undefined ? ` ${setting.unit}` : "";
  return setting.inWords ?? `${setting.fallback}${unit}`;
}

function bound(most: number): string {
  return most === Number.MAX_SAFE_INTEGER ? "2^53 - 1" : String(most);
}

function limit(
  name: keyof typeof DEFAULT_LIMITS,
  about: string,
  { least = 1, most = Number.MAX_SAFE_INTEGER, beyond = "400" }: {
    least?: number;
    most?: number;
    beyond?: string;
  } = {},
): NumberSetting {
  return { flag: SETTING[name], about, fallback: DEFAULT_LIMITS[name], least, most, beyond };
}
