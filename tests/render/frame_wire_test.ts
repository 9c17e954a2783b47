/** Frames as text: what comes back is the request that was written, to the last bit. */

import assert from "node:assert/strict";
import { defaultPalette } from "../../src/image/mod.ts";
import { columnsOf, Exact, frameOfTile, frameOfView, rowsOf } from "../../src/plane/mod.ts";
import {
  type FrameRequest,
  frameRequestFromJson,
  frameRequestToJson,
} from "../../src/render/mod.ts";
import { heavyView, tileOfPlace, TILES } from "./frames.ts";
import { sharedWorkers } from "./shared_workers.ts";

const PICTURE = {
  factor: 1,
  iterations: 300,
  output: { format: "png", look: { palette: defaultPalette, shading: "smooth" } },
  notes: { capped: true, digits: "pixel" },
  budget: 9000,
} as const;

const REQUESTS: readonly FrameRequest[] = [
  ...TILES.map((address) => ({ frame: frameOfTile(address, 32), ...PICTURE })),
  // Below the axis, and a span whose third is no short fraction.
  { frame: frameOfTile(TILES[2]!.mirror(), 33), ...PICTURE },
  {
    frame: frameOfView({ ...heavyView(), span: Exact.of(1).dividedBy(Exact.of(3)), width: 96 }),
    ...PICTURE,
    factor: 2,
  },
  {
    frame: frameOfView({
      ...heavyView(32),
      set: { id: "julia", c: { re: Exact.parse("-0.8"), im: Exact.parse("0.156") } },
    }),
    ...PICTURE,
  },
  {
    frame: frameOfTile(tileOfPlace("deep-1e50").address, 8),
    ...{ factor: 1, iterations: 99, output: { format: "npy" } },
  },
];

Deno.test("a request comes back from its text, and has the same points and bytes", async () => {
  const workers = await sharedWorkers();
  for (const request of REQUESTS) {
    const json = frameRequestToJson(request);
    const { frame, ...rest } = frameRequestFromJson(json);
    const { frame: expected, ...others } = request;
    assert.deepEqual(rest, others);
    assert.equal(frameRequestToJson({ frame, ...rest }), json);
    assert.deepEqual(columnsOf(frame), columnsOf(expected));
    assert.deepEqual(rowsOf(frame), rowsOf(expected));
    const [there, here] = [await workers.render({ frame, ...rest }), await workers.render(request)];
    assert.deepEqual(there.bytes, here.bytes);
  }
});

Deno.test("a text that is no request is refused", () => {
  const json = frameRequestToJson(REQUESTS[0]!);
  for (
    const text of [
      "",
      json.replace('"format":"png"', '"format":"gif"'),
      json.replace(/"re":"[^"]*"/, '"re":"1e9"'),
    ]
  ) {
    assert.throws(() => frameRequestFromJson(text), SyntaxError);
  }
  assert.throws(() => frameRequestFromJson(json.replace(/"step":"/, '"step":"-')), RangeError);
});
