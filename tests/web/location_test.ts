/** Location files of other programs, and pictures that tell their place. */

import assert from "node:assert/strict";
import { Exact } from "../../src/plane/mod.ts";
import { RenderWorkers } from "../../src/render/mod.ts";
import {
  LocationLimitError,
  readLocation,
  widthOf,
  withIterationsWithin,
  zoomOf,
} from "../../src/web/page/location.js";
import { openedFile } from "../../src/web/page/opened_file.js";
import { appOver, bytesOf } from "./fixtures.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const place = { re: "-1.25066", im: "0.02012" };

Deno.test("Kalles Fraktaler: lines of key and value, 4/zoom high", () => {
  const text =
    "Re: -1.25066\r\nIm: 0.02012\r\nZoom: 1.6E400\r\nIterations: 5000\r\nColors: 1,2,3,\r\n";
  const span = { of: "height", size: "2.5e-400" };
  assert.deepEqual(readLocation(bytes(text)), { ...place, span, iterations: 5000 });
});

Deno.test("Fraktaler-3 and rust-fractal: TOML, with sections or without", () => {
  const span = { of: "height", size: "4e-50" };
  const texts = [
    `program = "fraktaler-3"\nlocation.real = "-1.25066"\nlocation.imag = "0.02012"\n` +
    `location.zoom = "1e50"\nbailout.iterations = 1000\n`,
    `# a comment\n[location]\nreal = '-1.25066' # here\nimag = '0.02012'\nzoom = "1e50"\n` +
    `[bailout]\niterations = 1000`,
    `image_width = 1920\nreal = "-1.25066"\nimag = "0.02012"\nzoom = "1e50"\niterations = 1000\n`,
  ];
  for (const text of texts) {
    assert.deepEqual(readLocation(bytes(text)), { ...place, span, iterations: 1000 }, text);
  }
});

Deno.test("what holds no place is refused, with the reason", () => {
  const wrong = [
    ["", /Cannot find a place/],
    ["Re: 1\nIm: 2", /Cannot find a place/],
    ["Re: 1\nIm: two\nZoom: 1", /imaginary part "two"/],
    ["Re: 1\nIm: 2\nZoom: 0", /zoom "0"/],
    ["Re: 1\nIm: 2\nZoom: -3", /zoom "-3"/],
    [`Re: ${"1".repeat(30_000)}\nIm: 2\nZoom: 3`, /real part "1{37}\.\.\."/],
  ] as const;
  for (const [text, why] of wrong) {
    assert.throws(() => readLocation(bytes(text)), { name: "SyntaxError", message: why });
  }
  const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 255, 255);
  assert.throws(() => readLocation(png), /this picture/);
});

/** A row that the readers of the table below put into a file with a place. */
const otherWishes = [
  ["FractalType: 1", /FractalType = 1 asks for another formula/],
  ["Power: 3", /Power = 3 asks for another formula \(supported: 2\)/],
  ["UseHybridFormula: 1", /UseHybridFormula = 1 asks for another formula/],
  ["SeedR: 0.1", /SeedR = 0\.1 asks for an orbit that starts elsewhere/],
  ["RotateAngle: 30", /RotateAngle = 30 asks for a rotation \(supported: 0\)/],
  ["RotateAngle: -359.5", /RotateAngle = -359\.5 asks for a rotation/],
  ["Rotate: 12.5", /Rotate = 12\.5 asks for a rotation/],
  ["Ratio: 300.000000", /Ratio = 300\.000000 asks for a stretched view \(supported: 360\)/],
  ["StretchAmount: 0.5", /StretchAmount = 0\.5 asks for a stretched view/],
  [
    "TransformMatrix: 1, 0.5, 0, 1",
    /TransformMatrix = 1, 0\.5, 0, 1 asks for a turned or stretched/,
  ],
  ["JuliaMode: 1", /JuliaMode = 1 asks for a Julia set/],
  ["JuliaReal: -0.8", /JuliaReal = -0\.8 asks for a Julia set/],
  ["rotate = 45.0", /rotate = 45\.0 asks for a rotation/],
  ["rotate = north", /rotate = north asks for a rotation/],
  ["transform.rotate = 45.0", /transform\.rotate = 45\.0 asks for a rotation/],
  ["transform.stretch_amount = -12.5", /transform\.stretch_amount = -12\.5 asks for a stretched/],
  ["transform.reflect = true", /transform\.reflect = true asks for a mirrored view/],
  ["transform.exponential_map = true", /exponential_map = true asks for an exponential map/],
  ["[transform]\nrotate = 45.0", /transform\.rotate = 45\.0 asks for a rotation/],
  ["[[formula]]\npower = 3", /formula\.power = 3 asks for another formula/],
  ["[[formula]]\npower = 2\n\n[[formula]]\nabs_y = true", /formula\.abs_y = true asks for another/],
  ["[[formula]]\nneg_y = true", /formula\.neg_y = true asks for another formula/],
  ['[[formula]]\nopcodes = "store sqr mul add"', /opcodes = store sqr mul add asks for another/],
  ['formula = "burning ship"', /formula = burning ship asks for another formula/],
  ['fractal_type = "julia"', /fractal_type = julia asks for another formula/],
  ['julia = "-0.8+0.156i"', /julia = -0\.8\+0\.156i asks for a Julia set/],
  ["[julia]\nenabled = true\nreal = 0", /julia\.enabled = true asks for a Julia set/],
] as const;

Deno.test("another formula, a turned or stretched view: refused by name", () => {
  for (const [row, why] of otherWishes) {
    assert.throws(
      () => readLocation(bytes(`Re: -1.25\nIm: 0.5\nZoom: 100\n${row}\n`)),
      { name: "SyntaxError", message: why },
      row,
    );
  }
});

Deno.test("what asks for nothing special passes", () => {
  const rows = [
    "FractalType: 0\nPower: 2\nSeedR: 0\nSeedI: 0\nFactorAR: 1\nimag: 1\nreal: 1",
    "Rotate: 0.000000\nRatio: 360.000000\nSlopeAngle: 45\nSlopePower: 50",
    "RotateAngle: 0\nStretchAngle: 30\nStretchAmount: 0\nImagPointsUp: 1",
    "RotateAngle: -360\nStretchAmount: 2.5e-17\nUseHybridFormula: 0",
    "RotateAngle: 359.99999999999994",
    "TransformMatrix: 1, 0, 0, 1",
    "TransformMatrix: [[1.0, 0.0], [0.0, 1.0]]",
    "JuliaMode: 0\nJuliaReal: -0.8\nJuliaImag: 0.156",
    "rotate = 0.0\nzoom_scale = 2.0",
    "newton.power = 0.5\ncolour.rotate = 30",
    "[transform]\nreflect = false\nrotate = 0.0\nstretch_amount = 0.0\nexponential_map = false",
    "[[formula]]\nabs_x = false\nabs_y = false\nneg_x = false\nneg_y = false\npower = 2",
    '[[formula]]\nopcodes = "sqr add"',
    'formula = "z^2 + c"\nfractal_type = "Mandelbrot"',
  ];
  for (const row of rows) {
    const found = readLocation(bytes(`Re: -1.25\nIm: 0.5\nZoom: 100\n${row}\n`));
    const span = { of: "height", size: "4e-2" };
    assert.deepEqual(found, { re: "-1.25", im: "0.5", span }, row);
  }
});

Deno.test("space within quotes, underscores of TOML, strings over several lines", () => {
  const place = { re: "-1.25066", im: "0.02012", span: { of: "height", size: "4e-50" } };
  const texts = [
    'real = " -1.25066 "\nimag = "\t0.02012"\nzoom = " 1e50 "\niterations = 1_000',
    "real = '-1.25_066'\nimag = 0.020_12\nzoom = 1e5_0\niterations = 1_0_00 # many",
    "Re:   -1.25066  \nIm:\t0.02012\t\nZoom: 1e50 \nIterations: 1000 ",
    'program = "fraktaler-3"\nlocation.real = """\n-1.2\\\n5066\\\n"""\n' +
    "location.imag = '''\n0.02012'''\nlocation.zoom = \"1e50\"\nbailout.iterations = 1000",
  ];
  for (const text of texts) {
    assert.deepEqual(readLocation(bytes(text)), { ...place, iterations: 1000 }, text);
  }
  for (const odd of ["1__000", "_1000", "1000_"]) {
    const text = `Re: 0\nIm: 0\nZoom: 1\nIterations: ${odd}`;
    assert.throws(() => readLocation(bytes(text)), { message: new RegExp(`iterations "${odd}"`) });
  }
});

Deno.test("Fraktaler-3 leaves out what a new file has", () => {
  const text = 'program = "fraktaler-3"\nversion = "3.1"\nlocation.real = "-1.5"\n';
  const expected = { re: "-1.5", im: "0", span: { of: "height", size: "4" } };
  assert.deepEqual(readLocation(bytes(text)), expected);
  const other = text.replace("fraktaler-3", "something else");
  assert.throws(() => readLocation(bytes(other)), { message: /Cannot find a place/ });
});

Deno.test("too many digits, or too large an exponent, is said with the limit", () => {
  const ones = "1".repeat(300);
  const limits = { digits: 250, exponent: 200 };
  const cases = [
    [
      `Re: 0.${ones}\nIm: 2\nZoom: 3`,
      "digits",
      /real part "0\.1{35}\.{3}" as it has 301 digits and the limit is 250/,
    ],
    [`Re: 1\nIm: -${ones}\nZoom: 3`, "digits", /imaginary part .* 300 digits and the limit is 250/],
    [`Re: 1\nIm: 2\nZoom: ${ones}`, "digits", /zoom .* 300 digits and the limit is 250/],
    [
      "Re: 1\nIm: 2\nZoom: 1e201",
      "exponent",
      /zoom "1e201" .* exponent must be within -200 and 200/,
    ],
  ] as const;
  for (const [text, limit, why] of cases) {
    assert.throws(() => readLocation(bytes(text), limits), (error) => {
      assert.ok(error instanceof LocationLimitError);
      assert.equal(error.limit, limit);
      assert.match(error.message, why);
      return true;
    });
    readLocation(bytes(text));
  }
  const long = `Re: 0.${"1".repeat(20_000)}\nIm: 2\nZoom: 3`;
  assert.throws(() => readLocation(bytes(long)), {
    message: /20001 digits and the limit is 20000/,
  });
  const deep = readLocation(bytes("Re: 1\nIm: 2\nZoom: 5e30000"), { digits: 9, exponent: 30_000 });
  assert.equal(widthOf(deep.span, { width: 4, height: 1 }), "3.2e-30000");
});

Deno.test("UTF-16 of either order, and UTF-8 with a mark", () => {
  const text = 'real = "-1.25066"\r\nimag = "0.02012"\r\nzoom = "1e50"\r\n# ünïcode\r\n';
  const words = Uint16Array.from(`\ufeff${text}`, (letter) => letter.charCodeAt(0));
  const little = new Uint8Array(2 * words.length);
  words.forEach((word, at) => new DataView(little.buffer).setUint16(2 * at, word, true));
  const big = little.map((_, at) => little[at ^ 1]!);
  const expected = { ...place, span: { of: "height", size: "4e-50" } };
  for (const file of [little, big, bytes(`\ufeff${text}`), bytes(text)]) {
    assert.deepEqual(readLocation(file), expected);
  }
});

Deno.test("a file too long for a location is not read in part", () => {
  const text = `Re: 0\nIm: 0\nZoom: 1\n${"#".repeat(1_000_000)}\nPower: 3\n`;
  assert.throws(() => readLocation(bytes(text)), {
    name: "SyntaxError",
    message: /Cannot find a place in this file: it has 1000030 bytes, .* 1000000$/,
  });
});

Deno.test("iterations are read as written, however many, and cut to a limit", () => {
  const asking = (iterations: string) =>
    readLocation(bytes(`Re: 0\nIm: 0\nZoom: 1\nIterations: ${iterations}\n`));
  const cases = [
    ["10000000000", 10 ** 10],
    ["10_000_000_000", 10 ** 10],
    ["1e10", 10 ** 10],
    ["1.0E+10", 10 ** 10],
    ["12345678901234", 12_345_678_901_234],
    ["5000000", 5_000_000],
    ["1e30", 1e30],
  ] as const;
  for (const [text, iterations] of cases) assert.equal(asking(text).iterations, iterations, text);
  for (const text of ["0", "-5", "1.5", "15e-1", "many", "1e400", "0x10", '""']) {
    assert.throws(() => asking(text), { name: "SyntaxError", message: /iterations .* above 0/ });
  }
  const location = asking("1e10");
  const cut = { ...location, iterations: 5_000_000 };
  assert.deepEqual(withIterationsWithin(location, 5_000_000), { location: cut, asked: 10 ** 10 });
  assert.deepEqual(withIterationsWithin(cut, 5_000_000), { location: cut });
  const none = readLocation(bytes("Re: 0\nIm: 0\nZoom: 1"));
  assert.deepEqual(withIterationsWithin(none, 1), { location: none });
});

Deno.test("the page says what an opened file does not get", () => {
  const size = { x: 1000, y: 500 };
  const limits = { deepest: 1000, iterationsLimit: 5_000_000 };
  const opened = (text: string) => openedFile(bytes(text), size, limits);
  const here = { re: "-1.25", im: "0.5", zoom: 3 };
  const text = "Re: -1.25\nIm: 0.5\nZoom: 5\n";
  assert.deepEqual(opened(text), { destination: { place: here, params: {} }, notice: "" });
  assert.deepEqual(opened(`${text}Iterations: 5000000`), {
    destination: { place: here, params: { iterations: 5_000_000 } },
    notice: "",
  });
  assert.deepEqual(opened(`${text}Iterations: 1e10`), {
    destination: { place: here, params: { iterations: 5_000_000 } },
    notice: "asks for 10,000,000,000 iterations and gets 5,000,000, this server's limit",
  });
  const deep = opened("Re: -1.25\nIm: 0.5\nZoom: 1e500\nIterations: 6_000_000");
  assert.equal(
    deep.notice,
    "asks for 6,000,000 iterations and gets 5,000,000, this server's limit; " +
      "lies at zoom 1,661 and is shown at 1,000, this server's deepest",
  );
  assert.throws(() => opened(`${text}RotateAngle: 30`), {
    name: "SyntaxError",
    message: /RotateAngle = 30/,
  });
});

Deno.test("pictures of /render and of tiles tell their place", async () => {
  await using workers = await RenderWorkers.start({ workers: 1 });
  const app = appOver(workers);
  const digits = "-0.74364388703715870475219150611477412345678901234567890123456789";
  const query = `re=${digits}&im=0.1318&span=4e-3&width=40&height=30&palette=magma&shading=bands`;
  const picture = await bytesOf(app.request(`/render.png?${query}`));
  const found = readLocation(picture);
  assert.equal(found.re, digits, "every digit, though the pixels do not need them");
  const { iterations, ...rest } = found;
  assert.deepEqual(rest, {
    re: digits,
    im: "0.1318",
    span: { of: "width", size: "0.004" },
    pixels: { width: 40, height: 30 },
    palette: "magma",
    shading: "bands",
  });
  const again = `/render.png?${query}&iterations=${iterations}`;
  assert.deepEqual(await bytesOf(app.request(again)), picture);

  const tile = readLocation(await bytesOf(app.request("/tiles/3/2/3@2x.png")));
  assert.deepEqual([tile.re, tile.im, tile.span.size], ["-1.25", "0.25", "0.5"]);
  assert.deepEqual(tile.pixels, { width: 512, height: 512 });
  const deep = readLocation(await bytesOf(app.request("/tiles/40/274877906944/549755813887.png")));
  // The centre is half a tile right of -1.5 and above 0: to 10^-4 of a pixel.
  const off = Exact.parse(deep.re).minus(Exact.of(-1.5 + 2 ** -39));
  assert.ok(off.isZero() || off.log2Floor() < -46 - 12);
});

Deno.test("a view's width and the zoom that shows it", () => {
  assert.equal(widthOf({ of: "width", size: "1e-9" }, { width: 4, height: 3 }), "1e-9");
  assert.equal(widthOf({ of: "height", size: "3e-999" }, { width: 4, height: 3 }), "4e-999");
  assert.equal(widthOf({ of: "height", size: "4" }, { width: 1, height: 3 }), "1.3333333333333333");
  assert.equal(zoomOf("4", 256), 0);
  assert.equal(zoomOf("2", 256), 1);
  assert.equal(zoomOf("2.1", 256), 0);
  assert.equal(zoomOf("400", 256), 0);
  assert.equal(zoomOf("9.513808e-1001", 256), 3324);
});
