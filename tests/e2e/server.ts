/** The real command, started as a person would start it, and stopped when a test is done. */

/** A running server. Disposing of it asks it to stop and waits until it has. */
export interface RunningServer extends AsyncDisposable {
  /** Where it listens, ending in a slash. */
  readonly url: string;
}

/** Longest time to be ready, in ms: workers warm up, and the first run may compile everything. */
const longestStart = 60_000;

const root = new URL("../../", import.meta.url);

/**
 * Starts `serve` on a free port and waits until it has printed its address.
 *
 * @throws {Error} when it ends, or a minute passes, before it has
 */
export async function startServer(): Promise<RunningServer> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "src/main.ts", "serve", "--port", "0"],
    cwd: root,
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const tooLate = setTimeout(() => child.kill("SIGKILL"), longestStart);
  const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const url = await readAddress(output);
  clearTimeout(tooLate);
  if (url === null) {
    const { code } = await child.status;
    throw new Error(`Cannot test the server as it ended with ${code} before it was ready`);
  }
  // A pipe nobody reads fills up and stops whoever writes.
  const drained = drain(output);
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await Promise.all([child.status, drained]);
    },
  };
}

async function readAddress(output: ReadableStreamDefaultReader<string>): Promise<string | null> {
  let text = "";
  for (;;) {
    const { value, done } = await output.read();
    if (done) return null;
    text += value;
    const url = /http:\/\/127\.0\.0\.1:\d+\//.exec(text)?.[0];
    if (url !== undefined) return url;
  }
}

async function drain(output: ReadableStreamDefaultReader<string>): Promise<void> {
  while (!(await output.read()).done);
}
