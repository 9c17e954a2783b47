// main.ts
import { DeadlineError, Pool } from "../../../src/pool/mod.ts";
import type { Squares } from "./squares.ts";

await using pool = await Pool.start<Squares>(new URL("./squares.ts", import.meta.url), { size: 2 });

console.log(await pool.apply("square", [12]));
console.log(await pool.map("square", [1, 2, 3]));
for await (const square of pool.imap("square", [4, 5])) console.log(square);

const shared = new SharedArrayBuffer(8 * 1000);
await pool.parallelFor("fill", shared, { batches: 1000 });
console.log(new Float64Array(shared)[999]);

try {
  await pool.apply("search", [], { deadline: 100 });
} catch (error) {
  console.log(error instanceof DeadlineError);
}
