/** Flags as people type them: `--y=-0.6` and `--y -0.6` alike. */

import { parseArgs } from "node:util";

/** A command line that cannot be understood; the message says what and why. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Flags by name, and what is left. */
export interface Flags {
  readonly values: ReadonlyMap<string, string>;
  readonly rest: readonly string[];
}

/** How the flags of a command may look. */
export interface FlagNames {
  /** Flags with a value. */
  readonly valued: readonly string[];
  /** Flags that are there or not; their value is "true". */
  readonly plain: readonly string[];
}

/**
 * Reads flags.
 *
 * @throws {UsageError} for a flag that is unknown, comes twice or lacks its value
 */
export function readFlags(args: readonly string[], { valued, plain }: FlagNames): Flags {
  const options = Object.fromEntries([
    ...valued.map((name) => [name, { type: "string", multiple: true }] as const),
    ...plain.map((name) => [name, { type: "boolean", multiple: true }] as const),
  ]);
  let parsed;
  try {
    parsed = parseArgs({
      args: withNumbersAttached(args, valued),
      options,
      allowPositionals: true,
    });
  } catch (error) {
    // The parser may explain itself over several lines; the first says what is wrong.
    throw new UsageError((error as Error).message.split("\n")[0]!);
  }
  const values = new Map<string, string>();
  for (const [name, given] of Object.entries(parsed.values)) {
    const [value, ...more] = given as (string | boolean)[];
    if (more.length > 0) throw new UsageError(`Cannot read --${name}: it is given more than once`);
    values.set(name, String(value));
  }
  return { values, rest: parsed.positionals };
}

/** Turns `--y -0.6` into `--y=-0.6`, which the parser would else take for two flags. */
function withNumbersAttached(args: readonly string[], valued: readonly string[]): string[] {
  const attached: string[] = [];
  for (const arg of args) {
    const last = attached.at(-1);
    if (/^-[\d.]/.test(arg) && last?.startsWith("--") && valued.includes(last.slice(2))) {
      attached[attached.length - 1] = `${last}=${arg}`;
    } else {
      attached.push(arg);
    }
  }
  return attached;
}
