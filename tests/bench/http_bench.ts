/**
 * A cached tile over HTTP, against bare servers in the same run: `deno task bench:http`. Needs wrk, and
 * measures nginx too where it is installed. Every server runs in a process of its own, without an
 * access log but for the one that says so, and they are asked in turns: short ones, so that the two
 * sides of a ratio meet the same machine. wrk has one thread, which leaves a core of two to the server.
 *
 * 2026-11-28: turns of 2 s, 5 rounds: the ratio of 304s came out between 0.48 and 1.04 in one run.
 */

import { median } from "./clock.ts";
import { startNginx } from "./nginx.ts";

const CONNECTIONS = 16;
const SECONDS = 1;
const ROUNDS = 15;
const TILE = "tiles/3/2/3.png?iterations=1000&v=1";

/** A server to be asked, how, and where its request rates go. */
interface Contender {
  readonly name: string;
  readonly url: string;
  /** A header besides wrk's own. */
  readonly header?: string;
  readonly rates: number[];
}

/**
 * A bare server that hands out the file and headers it is given, whatever it is asked. Told of a header,
 * it looks whether the request has it: what Deno takes for that bounds whoever answers with care.
 */
const BARE = `
const [status, headers, file, asked] = Deno.args;
const body = file === "" ? null : Deno.readFileSync(file);
const init = { status: Number(status), headers: JSON.parse(headers) };
Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: ({ port }) =>
  console.log("http://127.0.0.1:" + port + "/") }, asked === undefined
  ? () => new Response(body, init)
  : (request) => request.headers.get(asked) === null
    ? new Response(null, { status: 400 })
    : new Response(body, init));
`;

const ROOT = new URL("../../", import.meta.url).pathname;

/** A process that prints its address, and is stopped when the block is left. */
async function start(args: readonly string[]): Promise<{ url: string } & AsyncDisposable> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: ROOT,
    stdout: "piped",
    // A log is written, but nobody has to read it.
    stderr: "null",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`Cannot measure ${args.join(" ")}: it ended`);
    text += value;
    const url = /http:\/\/127\.0\.0\.1:\d+\//.exec(text)?.[0];
    if (url === undefined) continue;
    return {
      url,
      async [Symbol.asyncDispose]() {
        child.kill("SIGTERM");
        await reader.cancel();
        await child.status;
      },
    };
  }
}

/** Requests a second. */
async function ask({ url, header }: Contender): Promise<number> {
  const args = [`-c${CONNECTIONS}`, "-t1", `-d${SECONDS}`, ...(header ? ["-H", header] : []), url];
  const { stdout } = await new Deno.Command("wrk", { args }).output();
  const text = new TextDecoder().decode(stdout);
  const rate = /Requests\/sec:\s*([\d.]+)/.exec(text)?.[1];
  if (rate === undefined || /Non-2xx/.test(text)) throw new Error(`Cannot measure ${url}: ${text}`);
  return Number(rate);
}

async function hasWrk(): Promise<boolean> {
  try {
    // Without arguments it prints its usage.
    await new Deno.Command("wrk", { stdout: "null", stderr: "null" }).output();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function main(): Promise<void> {
  const folder = await Deno.makeTempDir();
  const [bare, tileFile] = [`${folder}/bare.ts`, `${folder}/tile.png`];
  await Deno.writeTextFile(bare, BARE);
  const serve = "run -A src/main.ts serve --port 0 --cache memory --log".split(" ");
  await using server = await start([...serve, "off"]);
  await using logging = await start([...serve, "info"]);
  await (await fetch(logging.url + TILE)).bytes();
  const answer = await fetch(server.url + TILE);
  await Deno.writeFile(tileFile, await answer.bytes());
  const again = await fetch(server.url + TILE);
  const headers = Object.fromEntries(again.headers);
  await again.body?.cancel();
  // What Deno adds by itself.
  for (const name of ["date", "content-length", "vary"]) delete headers[name];
  const etag = headers.etag ?? "";
  const short = { etag, "cache-control": headers["cache-control"] };

  const bareServer = (status: number, headers: object, file: string, ...asked: string[]) =>
    start(["run", "-A", bare, String(status), JSON.stringify(headers), file, ...asked]);
  await using plain = await bareServer(200, { "content-type": "image/png" }, tileFile);
  await using same = await bareServer(200, headers, tileFile);
  await using notModified = await bareServer(304, short, "");
  await using reading = await bareServer(304, short, "", "if-none-match");
  await using nginx = await startNginx(`${folder}/nginx`, "/tiles/3/2/3.png", tileFile);

  const contender = (name: string, url: string, header?: string): Contender => ({
    ...{ name, url: url + TILE, rates: [] },
    ...(header !== undefined && { header }),
  });
  const tile = contender("mandeltile, cached tile", server.url);
  const logged = contender("mandeltile, cached tile, a log line each", logging.url);
  const tag = contender("mandeltile, 304", server.url, `if-none-match: ${etag}`);
  const barePlain = contender("bare Deno.serve, same bytes", plain.url);
  const bareSame = contender("bare Deno.serve, same bytes and headers", same.url);
  const bareTag = contender("bare Deno.serve, 304", notModified.url, `if-none-match: ${etag}`);
  const readTag = contender(
    "bare Deno.serve, 304, reads the tag",
    reading.url,
    `if-none-match: ${etag}`,
  );
  const fromDisk = nginx && contender("nginx, same bytes from disk", nginx.url);
  const pairs: (readonly [what: string, one: Contender, other: Contender])[] = [
    ["cached tile to bare, same bytes", tile, barePlain],
    ["cached tile with a log line to bare, same bytes", logged, barePlain],
    ["cached tile to bare, same bytes and headers", tile, bareSame],
    ["304 to bare 304", tag, bareTag],
    ["bare 304 that reads the tag to bare 304", readTag, bareTag],
  ];
  if (fromDisk) pairs.push(["cached tile to nginx, same bytes", tile, fromDisk]);
  const all = [
    ...[barePlain, tile, logged, bareSame, bareTag, tag, readTag],
    ...(fromDisk ? [fromDisk] : []),
  ];
  for (let round = -1; round < ROUNDS; round++) {
    for (const one of all) {
      const rate = await ask(one);
      // The first round warms up.
      if (round >= 0) one.rates.push(rate);
    }
  }
  for (const { name, rates } of all) print(`${name.padEnd(42)} ${median(rates).toFixed(0)} /s`);
  print("\nmedian of each round's ratio (middle half; least and most)");
  for (const [what, one, other] of pairs) {
    const ratios = one.rates.map((rate, round) => rate / other.rates[round]!).toSorted((a, b) =>
      a - b
    );
    const at = (share: number) => ratios[Math.floor(share * (ratios.length - 1))]!.toFixed(2);
    print(
      `${what.padEnd(48)} ${at(0.5)} (${at(0.25)} to ${at(0.75)}; ${at(0)} and ${at(1)})`,
    );
  }
  if (!fromDisk) print("nginx is not installed (Debian: apt-get install nginx-light)");
  await Deno.remove(folder, { recursive: true });
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(line + "\n"));
}

if (await hasWrk()) await main();
else print("Skipped: wrk is not installed (Debian: apt-get install wrk)");
