/** The operators' table of limits is true: each number is reached, and answered as its last column says. */

import assert from "node:assert/strict";
import { NUMBERS, type NumberSetting } from "../../src/cli/settings.ts";
import { RenderWorkers } from "../../src/render/mod.ts";
import { SETTING } from "../../src/web/mod.ts";
import { appOver, bytesOf, HeldWorkers, posted } from "./fixtures.ts";

/** Asks for more than a limit allows. */
type Reach = () => Promise<Response> | Response;

const view = { re: "-0.75", im: "0.1", span: "1e-2", width: "8", height: "8" };

/** A render that every server takes, but for these changes. */
function render(changes: Record<string, string>): string {
  return `/render.npy?${new URLSearchParams({ ...view, ...changes })}`;
}

/** Asks an app that has one small limit, and workers whose answer to anything is empty. */
function beyond(limit: string, value: number, path: string, init?: RequestInit): Reach {
  return () => {
    const held = new HeldWorkers();
    held.release();
    return appOver(held, { [limit]: value }).request(path, init);
  };
}

/** A tile at zoom 60 where two discs of the set touch: orbits are as long as there are iterations. */
const LONG_ORBIT = `/tiles/60/${7n * 2n ** 56n}/${2n ** 59n}.npy?iterations=2000000`;

/** At -3/4 + d i an orbit takes about pi / d steps to escape: here 300,000 for each of 65,536 points. */
const DEAR = render({
  ...{ re: "-0.75", im: "1e-5", span: "2e-11", width: "256", height: "256" },
  iterations: "5000000",
});

async function withWorkers(
  options: { referenceBytes?: number },
  ask: (workers: RenderWorkers) => Promise<Response> | Response,
): Promise<Response> {
  await using workers = await RenderWorkers.start({ workers: 1, ...options });
  return await ask(workers);
}

const reached: Readonly<Record<string, Reach>> = {
  references: () =>
    withWorkers({ referenceBytes: 2 ** 20 }, (workers) => appOver(workers).request(LONG_ORBIT)),
  deepest: beyond("deepest", 3, "/tiles/4/0/0.npy"),
  iterations: beyond("iterations", 9, "/tiles/4/0/0.npy?iterations=10"),
  side: beyond("side", 7, render({})),
  pixels: beyond("pixels", 63, render({})),
  supersample: beyond("supersample", 1, render({ supersample: "2" })),
  samples: beyond("samples", 63, render({})),
  url: beyond("url", 30, render({})),
  body: beyond("body", 30, "/render.npy", posted(view)),
  digits: beyond("digits", 3, render({ re: "-0.755" })),
  exponent: beyond("exponent", 3, render({ re: "1e-4" })),
  budget: () => withWorkers({}, (workers) => appOver(workers, { budget: 0.01 }).request(DEAR)),
  queue: async () => {
    const held = new HeldWorkers();
    const app = appOver(held, { concurrency: 1, queue: 0 });
    const inside = app.request("/tiles/4/0/0.npy?iterations=9");
    await held.entered;
    const refused = await app.request("/tiles/4/0/1.npy?iterations=9");
    held.release();
    await bytesOf(inside);
    return refused;
  },
  rate: async () => {
    const held = new HeldWorkers();
    held.release();
    const app = appOver(held, {}, undefined, { rate: { perSecond: 1, trustedProxies: [] } });
    const remoteAddr = { transport: "tcp", hostname: "192.0.2.1", port: 1 } as const;
    const ask = () => app.fetch(new Request("http://localhost/tiles.json"), { remoteAddr });
    await (await ask()).body?.cancel();
    return await ask();
  },
};

/** Told of elsewhere: what waits is no answer, and the grace time ends with the command's own test. */
const ELSEWHERE = ["concurrency", "grace"];

/** An answer as the table says it. */
function toldAs(response: Response): string {
  const retry = response.headers.get("retry-after");
  if (retry !== null) assert.match(retry, /^[1-9]\d*$/);
  return `${response.status}${retry === null ? "" : ", `Retry-After`"}`;
}

Deno.test("every limit of the table is reached and gives the answer that the table tells", async (t) => {
  const limits = Object.entries<NumberSetting>(NUMBERS)
    .filter(([name, { beyond }]) => beyond !== undefined && !ELSEWHERE.includes(name));
  assert.deepEqual(limits.map(([name]) => name).toSorted(), Object.keys(reached).toSorted());
  for (const [name, { beyond, flag }] of limits) {
    await t.step(name, async () => {
      const response = await reached[name]!();
      assert.equal(toldAs(response), beyond);
      assert.equal((await response.json()).limit, flag);
    });
  }
});

Deno.test("every limit that an answer may name is a flag", () => {
  const flags = Object.values<NumberSetting>(NUMBERS).map(({ flag }) => flag);
  for (const name of Object.values(SETTING)) assert.ok(flags.includes(name), name);
});
