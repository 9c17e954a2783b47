/** The real command, started as a person would start it, and stopped when a test is done. */

/** A running server. Disposing of it stops it. */
export interface RunningServer extends AsyncDisposable {
  /** Where it listens, ending in a slash. */
  readonly url: string;
  readonly pid: number;
  /** Asks it to stop, as an operator would, and waits until it has. Resolves to its exit code. */
  stop(): Promise<number>;
  /** What it wrote to standard error by its end, where that was to be kept; else nothing. */
  readonly stderr: Promise<string>;
}

/** Longest time to be ready, in ms: workers warm up, and the first run may compile everything. */
const longestStart = 60_000;

/** A line a request would hide what a test says. */
const QUIET = { MANDELTILE_LOG: "error" };

const root = new URL("../../", import.meta.url);

/** A task's command: what stands before it, and what follows `deno`. */
interface Task {
  readonly variables: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

/**
 * `deno task start` without the task runner between, so that a signal reaches the server itself; its
 * variables come from this environment.
 */
function startTask(environment: Readonly<Record<string, string>>): Task {
  const { tasks } = JSON.parse(Deno.readTextFileSync(new URL("deno.json", root)));
  const task = (tasks.start as string).replaceAll(/\$(\w+)/g, (_, name) => environment[name] ?? "");
  const words = task.split(" ");
  const deno = words.indexOf("deno");
  const variables = words.slice(0, Math.max(0, deno)).map((word) => word.split("="));
  if (deno < 0 || variables.some(({ length }) => length !== 2)) {
    throw new Error(`Cannot start "${tasks.start}": it does not run deno`);
  }
  return { variables: Object.fromEntries(variables), args: words.slice(deno + 1) };
}

/**
 * Starts `serve` on a free port, with these flags and variables, and waits until it has printed its address.
 *
 * @throws {Error} when it ends, or a minute passes, before it has
 */
export async function startServer(
  flags: readonly string[] = [],
  // No test finds in the user's own cache what another has left there.
  variables: Readonly<Record<string, string>> = { MANDELTILE_CACHE: "memory" },
  stderr: "inherit" | "piped" = "inherit",
): Promise<RunningServer> {
  // Deno's own files stay where they are, wherever the server's caches go.
  const environment = {
    ...Deno.env.toObject(),
    DENO_DIR: await denoFolder(),
    ...QUIET,
    ...variables,
  };
  const task = startTask(environment);
  const child = new Deno.Command(Deno.execPath(), {
    args: [...task.args, "--port", "0", ...flags],
    cwd: root,
    env: { ...environment, ...task.variables },
    stdout: "piped",
    stderr,
  }).spawn();
  const errors = stderr === "piped" ? new Response(child.stderr).text() : Promise.resolve("");
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
  let stopped: Promise<number> | undefined;
  const stop = async () => {
    child.kill("SIGTERM");
    const [{ code }] = await Promise.all([child.status, drained]);
    return code;
  };
  const stopOnce = () => stopped ??= stop();
  return {
    url,
    pid: child.pid,
    stop: stopOnce,
    stderr: errors,
    async [Symbol.asyncDispose]() {
      await stopOnce();
    },
  };
}

async function denoFolder(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return (JSON.parse(new TextDecoder().decode(stdout)) as { denoDir: string }).denoDir;
}

async function readAddress(output: ReadableStreamDefaultReader<string>): Promise<string | null> {
  let text = "";
  for (;;) {
    const { value, done } = await output.read();
    if (done) return null;
    text += value;
    const url = /http:\/\/127\.0\.0\.1:\d+\/(?:\S+\/)?(?=\s)/.exec(text)?.[0];
    if (url !== undefined) return url;
  }
}

async function drain(output: ReadableStreamDefaultReader<string>): Promise<void> {
  while (!(await output.read()).done);
}
