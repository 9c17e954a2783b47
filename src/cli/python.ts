/** The lesson's workload by Python, run beside ours. */

import { fileURLToPath } from "node:url";
import type { LessonWindow } from "../lesson/mod.ts";

/** A way of Python's, done. */
export interface PythonRow {
  readonly way: string;
  readonly processes: number;
  /** Milliseconds of work, of the best run; starting the processes is not part of it. */
  readonly milliseconds: number;
  readonly runs: number;
  /** Milliseconds until the processes were ready. */
  readonly startUp: number;
  /** Of its canvas. */
  readonly sha256: string;
}

/** There is no `python3` here, or it did not do the lesson; the message says which. */
export class PythonError extends Error {
  override readonly name = "PythonError";
}

/**
 * Runs `lesson.py` and gives its rows as they come. A way is repeated for so many rounds, as long as its
 * share of the patience (milliseconds for all rounds of all ways) is not over.
 *
 * @throws {PythonError}
 */
export async function* runPython(
  window: LessonWindow & { readonly processes: number },
  repeat: { readonly rounds: number; readonly patience: number },
): AsyncGenerator<PythonRow> {
  const script = fileURLToPath(new URL("./lesson.py", import.meta.url));
  const command = new Deno.Command("python3", {
    args: [script, JSON.stringify({ ...window, ...repeat })],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  let child: Deno.ChildProcess;
  try {
    child = command.spawn();
  } catch (error) {
    throw new PythonError(`Cannot run python3: ${firstLine((error as Error).message)}`);
  }
  const complaint = new Response(child.stderr).text();
  let rest = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) yield JSON.parse(line) as PythonRow;
  }
  const { code } = await child.status;
  if (code === 0) return;
  const last = (await complaint).trim().split("\n").at(-1) ?? "";
  throw new PythonError(`Cannot compare with python3: it ended with ${code}: ${last}`);
}

function firstLine(text: string): string {
  return text.split("\n")[0]!;
}
