/** The benchmarks, one after the other: `deno task bench`; with `--json`, one object and nothing else. */

import { benchCursor, cursorTable } from "./cursor_bench.ts";
import { benchEncoders, encodersTable } from "./encoders_bench.ts";
import { benchKernel, kernelTable } from "./kernel_bench.ts";
import { benchPerturbed, perturbedTable } from "./perturbed_bench.ts";
import { benchQueue, queueTable } from "./queue_bench.ts";
import { benchHeavyTile, benchLightTiles, tileTables } from "./tile_bench.ts";

const json = Deno.args.includes("--json");

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

function show(title: string, table: string): void {
  if (!json) print(`${title}\n\n${table}\n`);
}

const kernel = await benchKernel();
show("# The kernel", kernelTable(kernel));
const perturbed = await benchPerturbed();
show("# Perturbation", perturbedTable(perturbed));
const light = await benchLightTiles();
const heavy = await benchHeavyTile();
show("# A tile", tileTables(light, heavy));
const encoders = benchEncoders();
show("# The encoders", encodersTable(encoders));
const cursor = await benchCursor();
show("# A batch", cursorTable(cursor));
const queue = await benchQueue();
show("# The queue", queueTable(queue));
if (json) {
  print(JSON.stringify({ kernel, perturbed, light, heavy, encoders, cursor, queue }) + "\n");
}
