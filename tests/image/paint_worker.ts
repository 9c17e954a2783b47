/** A worker that paints and encodes the samples it is sent. */

/// <reference lib="deno.worker" />

import {
  encodeNpy,
  encodePicture,
  encodePng,
  type Look,
  paintAveraged,
  paintIndexed,
  type Samples,
} from "../../src/image/mod.ts";

/** The kinds of file a server makes: indexed, averaged, the counts, and those of WASM encoders. */
export async function filesOf(samples: Samples, look: Look): Promise<Uint8Array[]> {
  const { width, height } = samples;
  const pixels = paintAveraged(samples, 2, look);
  const averaged = { width: width / 2, height: height / 2, channels: 3, pixels } as const;
  return [
    encodePng(paintIndexed(samples, look), { text: { Software: "mandeltile" } }),
    encodePng({ kind: "true colour", ...averaged }),
    encodeNpy(samples.counts, { width, height }),
    await encodePicture({ kind: "true colour", ...averaged }, { format: "webp" }),
    await encodePicture(paintIndexed(samples, look), { format: "jpeg" }),
  ];
}

// Imported for its function, it is no worker and listens to nobody.
if (typeof DedicatedWorkerGlobalScope !== "undefined") {
  self.onmessage = async ({ data: { samples, look } }) =>
    self.postMessage(await filesOf(samples, look));
}
