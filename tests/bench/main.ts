/** The benchmarks, one after the other: `deno task bench`; with `--json`, one object and nothing else. */

import { benchEncoders, encodersTable } from "./encoders_bench.ts";
import { benchKernel, kernelTable } from "./kernel_bench.ts";
import { benchHeavyTile, benchLightTile, tileTables } from "./tile_bench.ts";

const json = Deno.args.includes("--json");

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

function show(title: string, table: string): void {
  if (!json) print(`${title}\n\n${table}\n`);
}

const kernel = await benchKernel();
show("# The kernel", kernelTable(kernel));
const light = await benchLightTile();
const heavy = await benchHeavyTile();
show("# A tile", tileTables(light, heavy));
const encoders = benchEncoders();
show("# The encoders", encodersTable(encoders));
if (json) print(JSON.stringify({ kernel, light, heavy, encoders }) + "\n");
