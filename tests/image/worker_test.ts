/** Painting and encoding work where they will be done: in a worker that may do nothing else. */

import assert from "node:assert/strict";
import { type Look, parsePalette } from "../../src/image/mod.ts";
import { assertSameBytes, mandelbrotSamples, seahorses } from "./fixtures.ts";
import { filesOf } from "./paint_worker.ts";

Deno.test("a worker without permissions makes the same files", async () => {
  const samples = mandelbrotSamples({ ...seahorses, side: 64 }, 300);
  const look: Look = { palette: parsePalette("#012,#fa0,#fff"), shading: "smooth" };
  const worker = new Worker(new URL("./paint_worker.ts", import.meta.url), {
    type: "module",
    deno: { permissions: "none" },
  });
  const answer = Promise.withResolvers<Uint8Array[]>();
  worker.onmessage = ({ data }) => answer.resolve(data);
  worker.onerror = (event) => {
    event.preventDefault();
    answer.reject(new Error(event.message));
  };
  worker.postMessage({ samples, look });
  try {
    const files = await answer.promise;
    const expected = await filesOf(samples, look);
    assert.equal(files.length, expected.length);
    files.forEach((file, i) => assertSameBytes(file, expected[i]!));
  } finally {
    worker.terminate();
  }
});
