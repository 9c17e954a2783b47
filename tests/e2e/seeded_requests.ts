/** Requests of every kind, the same ones every time: tiles and renders, all formats and looks, every depth. */

import { Exact, tileAt } from "../../src/plane/mod.ts";
import { randomFrom } from "../plane/random.ts";

/** A view of `tests/data/generated_views.json` or `deep_views.json`. */
interface DeepView {
  readonly re: string;
  readonly im: string;
  readonly span: string;
  readonly iterations: number;
}

/** Places with something to see at every zoom up to 40. */
const PLACES = [
  ["-0.7436438870371587", "0.1318259042053120"],
  ["0.2925755", "0.0149977"],
  ["-1.7490812690237", "0.0000015"],
  ["-0.1011", "0.9563"],
  ["0.3524658166568457", "0.3921889908432554"],
  ["-1.25066", "-0.02012"],
] as const;

const FORMATS = ["png", "png", "webp", "jpeg", "npy"] as const;
const LOOKS = [
  "",
  "",
  "palette=magma",
  "palette=viridis&shading=bands",
  "shading=bands",
  "palette=ff0000,00ff00,0000ff",
];
const SCHEMES = ["", "", "", "scheme=tms"];

/** Paths and queries of `count` requests that a server of any version should answer alike. */
export async function seededRequests(count: number): Promise<readonly string[]> {
  const random = randomFrom(20261201);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const file = new URL("../data/generated_views.json", import.meta.url);
  const { views } = JSON.parse(await Deno.readTextFile(file)) as { views: DeepView[] };
  const cheap = views.filter(({ iterations }) => iterations <= 20_000);
  const query = (...parts: string[]) => parts.filter((part) => part !== "").join("&");
  const shallowTile = () => {
    const [re, im] = pick(PLACES);
    const z = Math.floor(random() * 41);
    const address = tileAt(z, Exact.parse(re), Exact.parse(im));
    const iterations = pick(["", "", "iterations=300", "iterations=2000"]);
    const ending = `${pick(["", "", "", "@2x"])}.${pick(FORMATS)}`;
    return `/tiles/${address}${ending}?${query(iterations, pick(LOOKS), pick(SCHEMES))}`;
  };
  const deepTile = () => {
    const { re, im, span, iterations } = pick(cheap);
    const z = Math.max(0, 2 - Exact.parse(span).log2Floor());
    const address = tileAt(z, Exact.parse(re), Exact.parse(im));
    return `/tiles/${address}.${pick(FORMATS)}?${query(`iterations=${iterations}`, pick(LOOKS))}`;
  };
  const render = () => {
    const deep = random() < 0.5;
    const [re, im] = pick(PLACES);
    const { iterations, ...view } = deep
      ? pick(cheap)
      : { re, im, span: `${(4 * 2 ** (-30 * random())).toPrecision(6)}`, iterations: "auto" };
    const format = pick(FORMATS);
    const supersample = format !== "npy" && random() < 0.3 ? "supersample=2" : "";
    const side = () => 16 + Math.floor(random() * 120);
    const place = `re=${view.re}&im=${view.im}&span=${view.span}&width=${side()}&height=${side()}`;
    return `/render.${format}?${
      query(place, `iterations=${iterations}`, supersample, pick(LOOKS))
    }`;
  };
  const others = [
    "/tiles.json",
    "/wmts?SERVICE=WMTS&REQUEST=GetCapabilities",
    "/wmts/tiles/classic/WebMercatorQuad/3/2/3.png",
    "/ogc/map/tiles/WebMercatorQuad/3/2/3",
    "/exact?re=-0.75&im=0.01&iterations=2000",
  ];
  const requests = new Set<string>(others);
  while (requests.size < count) requests.add(pick([shallowTile, shallowTile, deepTile, render])());
  return [...requests];
}
