/** Requests that cannot be read, by the hundred, with what their refusal must say. */

import { integerIn, randomFrom } from "../plane/random.ts";
import { posted } from "./fixtures.ts";

const view = { re: "-0.75", im: "0.1", span: "1e-2", width: "16", height: "9" };

/** Values that no whole number, decimal, palette or shading is written as. */
const NONSENSE = [
  "",
  " ",
  "-1",
  "0",
  "0.5",
  "1.5",
  "1e3",
  "1e999999999",
  "-1e-999999999",
  "NaN",
  "Infinity",
  "-Infinity",
  "0x10",
  "0b1",
  "1_000",
  "1,000",
  "1n",
  "00",
  "+1",
  "--1",
  "1-",
  "1 ",
  " 1",
  "1\n",
  "\t1",
  "\0",
  "1\0",
  "null",
  "undefined",
  "true",
  "[]",
  "{}",
  "[object Object]",
  "one",
  "٣",
  "３",
  "½",
  "−1",
  "∞",
  "é",
  "\u200b1",
  "😀",
  "\ufeff1",
  "%",
  "%00",
  "../1",
  "1/2",
  "<script>alert(1)</script>",
  "' OR 1=1 --",
  "${7*7}",
  "{{7*7}}",
  "99999999999999999999999999",
  "1000000001",
  "9".repeat(400),
  "1".repeat(20_001),
];

/** Values of the list that do say something for a parameter, and how they are read. */
const SENSIBLE: Readonly<Record<string, readonly string[]>> = {
  z: ["0"],
  x: ["0"],
  y: ["0"],
  re: ["-1", "0", "0.5", "1.5", "1e3", "00", "+1", "99999999999999999999999999", "1000000001"],
  span: ["0.5", "1.5", "1e3", "+1", "99999999999999999999999999", "1000000001"],
};

function nonsenseFor(name: string): string[] {
  const sensible = SENSIBLE[name === "im" ? "re" : name] ?? [];
  const long = ["re", "im", "span"].includes(name) ? ["9".repeat(400)] : [];
  return NONSENSE.filter((value) => !sensible.includes(value) && !long.includes(value));
}

/** A request, and how it is to be refused. */
export interface BadRequest {
  readonly path: string;
  readonly init?: RequestInit;
  /** The parameter that the answer must name. */
  readonly parameter?: string;
  /** Statuses that are right; default 400. */
  readonly statuses?: readonly number[];
}

function withQuery(path: string, query: Record<string, string>): string {
  return `${path}?${new URLSearchParams(query)}`;
}

function badTiles(): BadRequest[] {
  const statuses = [400, 404, 406];
  return ["z", "x", "y"].flatMap((name, position) =>
    nonsenseFor(name).map((value) => {
      const parts = ["5", "3", "2"].with(position, encodeURIComponent(value));
      return { path: `/tiles/${parts.join("/")}.png`, statuses };
    })
  );
}

function badParameters(): BadRequest[] {
  const tile = ["iterations", "palette", "shading"];
  const render = [...tile, ...Object.keys(view), "supersample"];
  return [
    ...tile.flatMap((parameter) =>
      nonsenseFor(parameter).map((value) => ({
        path: withQuery("/tiles/5/3/2.png", { [parameter]: value }),
        parameter,
      }))
    ),
    ...render.flatMap((parameter) =>
      nonsenseFor(parameter).flatMap((value) => {
        const parameters = { ...view, [parameter]: value };
        return [
          { path: withQuery("/render.png", parameters), parameter },
          { path: "/render.png", init: posted(parameters), parameter },
        ];
      })
    ),
  ];
}

function badNames(): BadRequest[] {
  const names = [
    "Iterations",
    "iteration",
    "pallete",
    "ver",
    "constructor",
    "__proto__",
    "é",
    "😀",
    "",
  ];
  const usual = withQuery("/render.png", view);
  return [
    ...names.flatMap((parameter) => [
      { path: withQuery("/tiles/5/3/2.png", { [parameter]: "1" }), parameter },
      { path: withQuery("/render.npy", { ...view, [parameter]: "1" }), parameter },
      { path: "/render.png", init: posted(`{${JSON.stringify(parameter)}:"1"}`), parameter },
    ]),
    ...["iterations", "palette", "shading", "v"].flatMap((parameter) => [
      {
        path: `/tiles/5/3/2.png?${parameter}=7&${parameter}=7`.replaceAll("=7&v", "=8&v"),
        parameter,
      },
    ]),
    ...Object.entries(view).flatMap(([parameter, value]) => {
      const { [parameter as keyof typeof view]: _, ...others } = view;
      const text = JSON.stringify(view);
      return [
        { path: `${usual}&${parameter}=${value}`, parameter },
        { path: withQuery("/render.png", others), parameter },
        { path: "/render.png", init: posted(others), parameter },
        {
          path: "/render.png",
          init: posted(text.replace("{", `{"${parameter}": "${value}",`)),
          parameter,
        },
      ];
    }),
    { path: "/render.png", init: posted(`{"r\\u0065":"0","re":"1","im":"0"}`), parameter: "re" },
    { path: "/render.png?palette=magma", init: posted(view), parameter: "palette" },
    { path: "/tiles/5/3/2.png?re=0", parameter: "re" },
    { path: withQuery("/render.npy", { ...view, supersample: "2" }), parameter: "supersample" },
  ];
}

function badColours(): BadRequest[] {
  const palettes = [
    "viridis2",
    "VIRIDIS",
    "ff0000",
    "ff0000,",
    ",",
    ",,",
    "ff0000,gg0000",
    "ff000,00ff00",
    "#,#",
    "##fff,000",
    "rgb(0,0,0)",
    "red,blue",
    "fff000ff,000000",
    Array(17).fill("fff").join(),
    "a,".repeat(3000),
  ];
  return palettes.map((palette) => ({
    path: withQuery("/tiles/5/3/2.png", { palette }),
    parameter: "palette",
  }));
}

function badPaths(): BadRequest[] {
  const nowhere = [
    "/tiles",
    "/tiles/",
    "/tiles/5",
    "/tiles/5/3",
    "/tiles/5/3/2.png/",
    "/tiles/5/3/2/1.png",
    "/tiles//3/2.png",
    "/tiles/5//2.png",
    "/tiles/5%2F3%2F2.png",
    "/tiles/5/3%2F2.png",
    "//tiles/5/3/2.png",
    "/Tiles/5/3/2.png",
    "/tile/5/3/2.png",
    "/render",
    "/renders.png",
    "/render.png/5",
    "/assets/",
    "/assets/%2e%2e/app.ts",
    "/assets/constructor",
    "/%",
    "/%ff",
    "/%00",
    "/.env",
  ];
  const outside = [
    "5/32/0",
    "5/0/32",
    "0/1/0",
    "0/0/1",
    "40/1099511627776/0",
    `5/${"9".repeat(5000)}/0`,
  ];
  const deep = ["30001/0/0", "1000000/0/0", `${"9".repeat(5000)}/0/0`];
  const unreadable = [
    "5/3/2@3x.png",
    "5/3/2@.png",
    "5/3/@2x.png",
    "5/3/2@2x@2x.png",
    "5/3/2@2X.png",
    "5/3/.png",
    "5/3/2%2F1.png",
    "5/3/2%40.png",
    "5/3/%00.png",
    "05/3/2.png",
    "5/03/2.png",
    "5/3/2%20.png",
    "5/%E0%A4%A/2.png",
    "5/3/%ff.png",
    "5/3/+2.png",
  ];
  const formats = ["5/3/2.gif", "5/3/2.PGM", "5/3/2.png.exe", "5/3/2.", "5/3/2", "5/3/2.png%00"];
  return [
    ...nowhere.map((path) => ({ path, statuses: [404] })),
    ...[...outside, ...deep].map((tile) => ({ path: `/tiles/${tile}.png`, statuses: [404] })),
    ...unreadable.map((tile) => ({ path: `/tiles/${tile}`, statuses: [400] })),
    ...formats.map((tile) => ({ path: `/tiles/${tile}`, statuses: [406] })),
  ];
}

function badBodies(): BadRequest[] {
  const whole = JSON.stringify({ ...view, width: 16 });
  const texts = [
    ...Array.from({ length: whole.length }, (_, end) => whole.slice(0, end)),
    "null",
    "true",
    "7",
    `"re"`,
    "[]",
    "[[]]",
    `[${whole}]`,
    "{}",
    `${whole}${whole}`,
    `${whole},`,
    whole.replaceAll(`"`, "'"),
    "re=-0.75&im=0.1",
    "\0",
    "\ufeff",
    "NaN",
    "[".repeat(60_000),
    `{"re":`.repeat(10_000),
  ];
  const values: unknown[] = [null, true, [], ["1"], {}, { valueOf: "1" }];
  return [
    ...texts.map((text) => ({ path: "/render.png", init: posted(text) })),
    { path: "/render.png", init: { method: "POST" } },
    { path: "/render.npy", init: { method: "POST", body: Uint8Array.of(0xff, 0xfe, 0x7b) } },
    ...["re", "im", "span"].flatMap((parameter) =>
      [...values, 0, -0.75, 1e300].map((value) => ({
        path: "/render.png",
        init: posted({ ...view, [parameter]: value }),
        parameter,
      }))
    ),
    ...["width", "height", "supersample", "iterations"].flatMap((parameter) =>
      [...values, 0, -1, 1.5, 1e9 + 1, 1e21, 1e300].map((value) => ({
        path: "/render.png",
        init: posted({ ...view, [parameter]: value }),
        parameter,
      }))
    ),
    ...["palette", "shading"].flatMap((parameter) =>
      [...values, 0].map((value) => ({
        path: "/render.png",
        init: posted({ ...view, [parameter]: value }),
        parameter,
      }))
    ),
  ];
}

/** Characters that stand in no address and in no value; with one of them, anything is nonsense. */
const POISON = ["$", "~", "é", "😀", "\0", "\n", "'", '"', "<", "\\", "\u202e", "=", "&", "?", "%"];
const HARMLESS = [..."0123456789abcdef.,-+eE#@ "];

function randomNonsense(random: () => number): string {
  const characters = Array.from(
    { length: integerIn(random, 0, 30) },
    () => HARMLESS[integerIn(random, 0, HARMLESS.length - 1)],
  );
  const poison = POISON[integerIn(random, 0, POISON.length - 1)] ?? "$";
  characters.splice(integerIn(random, 0, characters.length), 0, poison);
  return characters.join("");
}

function randomRequests(count: number): BadRequest[] {
  const random = randomFrom(7);
  const names = [...Object.keys(view), "supersample", "iterations", "palette", "shading"];
  return Array.from({ length: count }, (_, n) => {
    const value = randomNonsense(random);
    const parameter = names[integerIn(random, 0, names.length - 1)] ?? "re";
    switch (n % 4) {
      case 0: {
        const parts = ["5", "3", "2"];
        parts[integerIn(random, 0, 2)] = encodeURIComponent(value);
        return { path: `/tiles/${parts.join("/")}.png`, statuses: [400, 406] };
      }
      case 1:
        return { path: withQuery("/render.png", { ...view, [parameter]: value }), parameter };
      case 2:
        return { path: "/render.npy", init: posted({ ...view, [parameter]: value }), parameter };
      default:
        return { path: withQuery("/tiles/5/3/2.png", { [value]: "1" }), parameter: value };
    }
  });
}

/** All of them, by what is wrong. */
export const badRequests: Readonly<Record<string, readonly BadRequest[]>> = {
  "tile addresses": badTiles(),
  "values of parameters": badParameters(),
  "names of parameters": badNames(),
  "palettes": badColours(),
  "paths": badPaths(),
  "bodies": badBodies(),
  "seeded nonsense": randomRequests(400),
};
