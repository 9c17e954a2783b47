// cli: The commands, by name.

import { UsageError } from "./flags.ts";
import { lesson, LESSON_HELP } from "./lesson.ts";
import { render, RENDER_HELP } from "./render.ts";
import { VERSION } from "../web/mod.ts";
import { serve, SERVE_HELP } from "./serve.ts";
import { print, say } from "./terminal.ts";

interface Command {
  /** Runs the command and resolves to the exit code. */
  readonly run: (args: readonly string[]) => Promise<number>;
  readonly help: string;
}

const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ["serve", { run: serve, help: SERVE_HELP }],
  ["render", { run: render, help: RENDER_HELP }],
  ["lesson", { run: lesson, help: LESSON_HELP }],
]);

const HELP = `mandeltile: a map of the Mandelbrot set, computed as you go

${[...COMMANDS.values()].map(({ help }) => help).join("\n\n")}`;

const HELP_FLAGS = ["--help", "-h"];
const VERSION_FLAGS = ["--version", "-V"];

/** Runs a command line. Resolves to the exit code: 2 for one that cannot be understood. */
export async function main(args: readonly string[]): Promise<number> {
  const [name = "", ...rest] = args;
  const command = COMMANDS.get(name);
  if (name === "" || name === "help" || HELP_FLAGS.includes(name)) {
    print(HELP);
    return name === "" ? 2 : 0;
  }
  if (VERSION_FLAGS.includes(name)) {
    print(VERSION);
    return 0;
  }
  if (command === undefined) {
    say(`Cannot run ${name}: the commands are ${[...COMMANDS.keys()].join(", ")}`);
    return 2;
  }
  if (rest.some((arg) => HELP_FLAGS.includes(arg))) {
    print(command.help);
    return 0;
  }
  try {
    return await command.run(rest);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    say(error.message);
    return 2;
  }
}
