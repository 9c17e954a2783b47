/** A worker that paints and encodes the samples it is sent. */

/// <reference lib="deno.worker" />

import {
  encodeNpy,
  encodePng,
  type Look,
  paintAveraged,
  paintIndexed,
  type Samples,
} from "../../src/image/mod.ts";

/** The three kinds of file a server makes: indexed, averaged, and the counts. */
export function filesOf(samples: Samples, look: Look): Uint8Array[] {
  const { width, height } = samples;
  const pixels = paintAveraged(samples, 2, look);
  const averaged = { width: width / 2, height: height / 2, channels: 3, pixels } as const;
  return [
    encodePng(paintIndexed(samples, look), { text: { Software: "mandeltile" } }),
    encodePng({ kind: "true colour", ...averaged }),
    encodeNpy(samples.counts, { width, height }),
  ];
}

// Imported for its function, it is no worker and listens to nobody.
if (typeof DedicatedWorkerGlobalScope !== "undefined") {
  self.onmessage = ({ data: { samples, look } }) => self.postMessage(filesOf(samples, look));
}
