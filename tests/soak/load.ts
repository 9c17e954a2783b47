/** The soak's clients: each asks for whatever comes to its mind, and some hang up. */

import { integerIn, randomFrom } from "../plane/random.ts";

/** Points near which there is something to see. */
const PLACES = [[-0.7436, 0.1318], [-1.7549, 0], [0.2926, 0.015], [-0.1011, 0.9563], [
  -2,
  0,
]] as const;
const PALETTES = ["classic", "magma", "viridis", "twilight", "ff0000,00ff00,0000ff"];
const BAD = [
  "tiles/3/9/3.png",
  "tiles/3/2/3.gif",
  "tiles/99999999/0/0.png",
  "tiles/3/2/3.png?iterations=1e999999999",
  "tiles/3/2/3.png?palette=nothing",
  "tiles/%/../..",
  "render.png?re=x",
  `render.png?re=${"3".repeat(20_000)}&im=0&span=1&width=9&height=9`,
  "render.png?re=0&im=0&span=1&width=999999&height=999999",
  "nowhere",
];

/** Share of requests that are bad, that hang up, and that were asked before. */
const SHARES = { bad: 0.1, hangUp: 0.1, again: 0.3 };

/** Addresses that are asked for again. */
const FAVOURITES = 500;

/** What became of requests. */
export interface Tally {
  readonly statuses: Map<number, number>;
  hungUp: number;
  /** 5xx that are no 503 with `Retry-After`, and answers that broke off: none are right. */
  readonly faults: string[];
}

/** Lets so many clients ask until the signal aborts. */
export async function load(
  url: string,
  { connections, seed, signal }: { connections: number; seed: number; signal: AbortSignal },
): Promise<Tally> {
  const tally: Tally = { statuses: new Map(), hungUp: 0, faults: [] };
  const favourites: string[] = [];
  const client = async (_: unknown, number: number) => {
    const random = randomFrom(seed + number);
    while (!signal.aborted) {
      const path = pathOf(random, favourites);
      await ask(url + path, { hangsUp: random() < SHARES.hangUp, random, tally });
    }
  };
  await Promise.all(Array.from({ length: connections }, client));
  return tally;
}

async function ask(
  target: string,
  { hangsUp, random, tally }: { hangsUp: boolean; random: () => number; tally: Tally },
): Promise<void> {
  const signal = hangsUp ? AbortSignal.timeout(integerIn(random, 1, 60)) : undefined;
  try {
    const response = await fetch(target, signal && { signal });
    await response.arrayBuffer();
    const { status, headers } = response;
    tally.statuses.set(status, (tally.statuses.get(status) ?? 0) + 1);
    if (status >= 500 && (status !== 503 || !/^[1-9]\d*$/.test(headers.get("retry-after") ?? ""))) {
      tally.faults.push(`${status}: ${target.slice(0, 200)}`);
    }
  } catch (error) {
    if (signal?.aborted) tally.hungUp++;
    else tally.faults.push(`${(error as Error).message}: ${target.slice(0, 200)}`);
  }
}

function pathOf(random: () => number, favourites: string[]): string {
  const pick = <T>(list: readonly T[]): T => list[integerIn(random, 0, list.length - 1)]!;
  if (random() < SHARES.bad) return pick(BAD);
  if (favourites.length > 0 && random() < SHARES.again) return pick(favourites);
  const path = random() < 0.9 ? tileOf(random, pick) : renderOf(random, pick);
  if (favourites.length < FAVOURITES) favourites.push(path);
  else favourites[integerIn(random, 0, FAVOURITES - 1)] = path;
  return path;
}

type Pick = <T>(list: readonly T[]) => T;

function tileOf(random: () => number, pick: Pick): string {
  const z = integerIn(random, 0, 44);
  const [re, im] = pick(PLACES);
  // Where the point's own column and row are, and a few beside them.
  const near = (place: number) => {
    const world = 2n ** BigInt(z);
    const at = BigInt(Math.floor(place * 2 ** 50)) * world >> 52n;
    const beside = at + BigInt(integerIn(random, -3, 3));
    return beside < 0n ? 0n : beside >= world ? world - 1n : beside;
  };
  const size = random() < 0.2 ? "@2x" : "";
  const format = random() < 0.1 ? "npy" : "png";
  const fallback = random() < 0.5 ? "&fallback=parent" : "";
  const place = `${z}/${near(re + 2.5)}/${near(2 - im)}`;
  return `tiles/${place}${size}.${format}?${looks(random, pick)}${fallback}`;
}

function renderOf(random: () => number, pick: Pick): string {
  const [re, im] = pick(PLACES);
  const span = 2 ** -integerIn(random, 0, 30);
  const [width, height] = [integerIn(random, 1, 700), integerIn(random, 1, 700)];
  const format = random() < 0.3 ? "npy" : "png";
  return `render.${format}?re=${re}&im=${im}&span=${
    span.toFixed(30)
  }&width=${width}&height=${height}&${looks(random, pick)}`;
}

function looks(random: () => number, pick: Pick): string {
  const iterations = random() < 0.5 ? "auto" : integerIn(random, 1, 20_000);
  const shading = pick(["smooth", "bands"]);
  return `iterations=${iterations}&palette=${pick(PALETTES)}&shading=${shading}`;
}
