/** The command line, as a program of its own or called here: run to its end, with what it printed. */

import { main } from "../../src/cli/mod.ts";

const program = new URL("../../src/main.ts", import.meta.url).pathname;

/** What a command left behind. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in a folder, with these variables beside the ones that are set already. */
export async function runCommand(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Record<string, string> } = {},
): Promise<Ended> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", program, ...args],
    // Errors are compared as text.
    env: { NO_COLOR: "1", ...options.env },
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

/**
 * Calls a command line in this process, which takes no half second to start. One at a time, and with the variables
 * and the folder that are set already.
 */
export async function callCommand(args: readonly string[]): Promise<Ended> {
  const text = new TextDecoder();
  const printed = { stdout: "", stderr: "" };
  const originals = (["stdout", "stderr"] as const).map((name) => {
    const { writeSync } = Deno[name];
    Deno[name].writeSync = (bytes) => {
      printed[name] += text.decode(bytes);
      return bytes.length;
    };
    return () => Deno[name].writeSync = writeSync;
  });
  try {
    return { code: await main(args), ...printed };
  } finally {
    for (const restore of originals) restore();
  }
}
