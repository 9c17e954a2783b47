/** nginx with a configuration of its own, serving one file from disk. */

/** Milliseconds between two looks whether it listens, and how often. */
const LOOK = 20;
const LOOKS = 250;

/**
 * One worker a core, as its Debian package says; connections may go on for ever, as those of Deno do.
 * Whatever it writes goes into its folder.
 */
function configured(folder: string, port: number): string {
  const kept = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((kind) => `${kind}_temp_path ${folder}/${kind};`).join("\n  ");
  return `daemon off;
worker_processes auto;
pid ${folder}/pid;
error_log ${folder}/error.log;
events { worker_connections 768; }
http {
  types { image/png png; }
  ${kept}
  sendfile on;
  tcp_nopush on;
  access_log off;
  keepalive_requests 1000000000;
  server {
    listen 127.0.0.1:${port};
    root ${folder}/files;
  }
}
`;
}

/**
 * Starts it where it is installed, in a folder that it makes; it is stopped when the block is left.
 *
 * @param path where it serves the file
 * @throws {Error} when it ends at once or does not listen
 */
export async function startNginx(
  folder: string,
  path: string,
  file: string,
): Promise<({ url: string } & AsyncDisposable) | undefined> {
  const served = `${folder}/files${path}`;
  await Deno.mkdir(served.slice(0, served.lastIndexOf("/")), { recursive: true });
  await Deno.copyFile(file, served);
  // Started by root, its workers are somebody else.
  await Deno.chmod(folder.slice(0, folder.lastIndexOf("/")), 0o755);
  const port = freePort();
  await Deno.writeTextFile(`${folder}/nginx.conf`, configured(folder, port));
  const args = ["-c", `${folder}/nginx.conf`, "-e", `${folder}/error.log`];
  let child: Deno.ChildProcess;
  try {
    // Where Debian puts it is not on everybody's path.
    const env = { PATH: `${Deno.env.get("PATH") ?? ""}:/usr/sbin` };
    child = new Deno.Command("nginx", { args, env, stdout: "null", stderr: "null" }).spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const url = `http://127.0.0.1:${port}/`;
  await listening(url, child);
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
    },
  };
}

/** A port that nobody listens on now: nginx cannot choose one. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function listening(url: string, child: Deno.ChildProcess): Promise<void> {
  const ended = child.status.then(() => true);
  for (let look = 0; look < LOOKS; look++) {
    try {
      await (await fetch(url)).body?.cancel();
      return;
    } catch {
      const pause = new Promise<false>((resolve) => setTimeout(() => resolve(false), LOOK));
      if (await Promise.race([ended, pause])) throw new Error("Cannot measure nginx: it ended");
    }
  }
  child.kill("SIGTERM");
  throw new Error(`Cannot measure nginx: ${url} does not answer`);
}
