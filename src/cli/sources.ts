/** Brings the configuration's sources together: the command line, the environment, a file. */

import { resolve } from "node:path";
import { type Config, configOf, resolveSettings, type Settings, settingsOfFile } from "./config.ts";
import { type Flags, UsageError } from "./flags.ts";
import { CONFIG_FLAGS, variableOf } from "./settings.ts";

/** Flags about the configuration besides those that are settings: with a value, and without. */
export const SOURCE_FLAGS: readonly string[] = ["config"];
export const PRINT_FLAG = "print-config";

/** Help on these flags. */
export const SOURCES_HELP = `  --config FILE            JSON object of flags without their dashes
  --print-config           print every setting as such an object, and end`;

/** Reads every source once. @throws {UsageError} for what cannot be read or is not allowed */
export async function readSources(
  flags: Flags["values"],
): Promise<{ readonly settings: Settings; readonly config: Config }> {
  const environment = (name: string) => Deno.env.get(name);
  const path = flags.get("config") ?? environment(variableOf("config"));
  const own = new Map([...flags].filter(([name]) => CONFIG_FLAGS.includes(name)));
  const settings = resolveSettings({
    flags: own,
    environment,
    ...(path !== undefined && { file: settingsOfFile(await readFile(path), path) }),
  });
  return { settings, config: configOf(settings) };
}

async function readFile(path: string): Promise<string> {
  // In a terminal Deno asks for what it was not started with.
  await Deno.permissions.request({ name: "read", path: resolve(path) });
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    const reason = error instanceof Deno.errors.NotCapable
      ? `Deno was not started with --allow-read=${path}`
      : (error as Error).message;
    throw new UsageError(`Cannot read ${path}: ${reason}`);
  }
}
