/** What a server tells of itself. */

import assert from "node:assert/strict";

/** Numbers of a server's metrics, all of one moment. */
export async function metricsOf(url: string, ...names: readonly string[]): Promise<number[]> {
  const text = await (await fetch(`${url}metrics`)).text();
  return names.map((name) => {
    const value = new RegExp(`^mandeltile_${name} (\\S+)$`, "m").exec(text)?.[1];
    return Number(value ?? assert.fail(`no ${name} in ${text}`));
  });
}
