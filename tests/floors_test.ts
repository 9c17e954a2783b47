// Tests of the house: imports run down the floors, through each folder's door, and files keep its habits.

import assert from "node:assert/strict";

/** What each folder may import from; `main.ts` is the roof. */
const FLOORS: Readonly<Record<string, readonly string[]>> = {
  plane: [],
  fractal: ["plane"],
  pool: [],
  image: [],
  store: ["plane"],
  render: ["plane", "fractal", "pool", "image", "store"],
  lesson: ["plane", "fractal", "pool", "render"],
  web: ["lesson", "render", "plane", "image"],
  cli: ["plane", "fractal", "pool", "image", "store", "render", "lesson", "web"],
  "main.ts": ["cli"],
};

/** Doors of a floor besides `mod.ts`: what loads apart. */
const SECOND_DOORS: Readonly<Record<string, readonly string[]>> = { pool: ["processes.ts"] };

/** Lines of a file at most. */
const MOST_LINES = 400;

/** AssemblyScript, and what runs in a browser: neither is Deno's TypeScript. */
const ELSEWHERE = ["fractal/kernel/", "web/page/"];

const SRC = new URL("../src/", import.meta.url);

/** Every import of a file: `import`, `import type`, `export ... from`, and `import()` of a literal. */
function importsOf(text: string): string[] {
  const code = withoutComments(text);
  const patterns = [
    /^\s*(?:import|export)\b[^"';]*?\bfrom\s*["']([^"']+)["']/gm,
    /^\s*import\s*["']([^"']+)["']/gm,
    /\bimport\s*\(\s*["']([^"']+)["']/g,
  ];
  return patterns.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1]!));
}

/** Block comments hold examples with imports of their own. */
function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/^\s*\/\/.*$/gm, "");
}

/** What is wrong with a file's imports; `path` is relative to src. */
function wrongImports(path: string, text: string): string[] {
  const floor = path.split("/")[0]!;
  const allowed = FLOORS[floor];
  if (allowed === undefined) return [`${path} lies on no floor`];
  const wrong: string[] = [];
  for (const name of importsOf(text)) {
    if (/^(?:https?|jsr):/.test(name)) {
      wrong.push(`${path} imports ${name}, which is not in deno.json`);
    }
    if (!name.startsWith(".")) continue;
    const target = new URL(name, new URL(path, SRC)).href;
    if (!target.startsWith(SRC.href)) {
      wrong.push(`${path} imports ${name}, which is not in src`);
      continue;
    }
    const [folder = "", ...rest] = target.slice(SRC.href.length).split("/");
    if (folder === floor) continue;
    const doors = ["mod.ts", ...SECOND_DOORS[folder] ?? []];
    if (!allowed.includes(folder)) wrong.push(`${path} must not import from ${folder}: ${name}`);
    else if (!doors.includes(rest.join("/"))) {
      wrong.push(`${path} goes past ${folder}/mod.ts: ${name}`);
    }
  }
  return wrong;
}

/** The TypeScript files of src, relative to it. */
async function* sources(folder = ""): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(new URL(`./${folder}`, SRC))) {
    const path = folder + entry.name;
    if (entry.isDirectory) yield* sources(`${path}/`);
    else if (path.endsWith(".ts") && !ELSEWHERE.some((start) => path.startsWith(start))) yield path;
  }
}

const files = new Map<string, string>();
for await (const path of sources()) files.set(path, await Deno.readTextFile(new URL(path, SRC)));

/** Checks every file and lists all that is wrong, not only the first. */
function assertEvery(wrongWith: (path: string, text: string) => string[]): void {
  const wrong = [...files].flatMap(([path, text]) => wrongWith(path, text));
  assert.equal(wrong.join("\n"), "");
}

Deno.test("the whole of src is looked at", () => {
  for (const path of ["main.ts", "plane/mod.ts", "render/local/worker.ts", "fractal/kernel.ts"]) {
    assert.ok(files.has(path), path);
  }
  assert.ok(![...files.keys()].some((path) => path.startsWith("fractal/kernel/")));
});

Deno.test("imports run down the floors, through the folders' doors", () => {
  assertEvery(wrongImports);
});

Deno.test("every file opens with a line that says what it is", () => {
  assertEvery((path, text) => /^(?:\/\/ \S|\/\*\*? \S|\/\*\*\n \* \S)/.test(text) ? [] : [path]);
});

Deno.test("there is no default export", () => {
  assertEvery((path, text) =>
    /^\s*export\s+default\b|\bas\s+default\b/m.test(withoutComments(text)) ? [path] : []
  );
});

Deno.test("no file is too long to be read", () => {
  assertEvery((path, text) => {
    const lines = text.trimEnd().split("\n").length;
    return lines > MOST_LINES ? [`${path} has ${lines} lines`] : [];
  });
});

Deno.test("a wrong import is found in every form that an import has", () => {
  const found = (path: string, text: string) => wrongImports(path, text).length;
  assert.equal(found("plane/a.ts", 'import { x } from "./b.ts";\nimport y from "npm:y";'), 0);
  assert.equal(found("render/a.ts", 'import { x } from "../pool/mod.ts";'), 0);
  assert.equal(found("plane/a.ts", '/**\n * import { x } from "../web/mod.ts";\n */'), 0);
  for (
    const text of [
      'import { x } from "../web/mod.ts";',
      'import type { X } from "../web/mod.ts";',
      'import * as all from "../web/mod.ts";',
      'import {\n  type X,\n  y,\n} from "../web/mod.ts";',
      'export { x } from "../web/mod.ts";',
      'export type { X } from "../web/mod.ts";',
      'export * from "../web/mod.ts";',
      'import "../web/mod.ts";',
      'const x = await import("../web/mod.ts");',
    ]
  ) {
    assert.equal(found("plane/a.ts", text), 1, text);
    assert.equal(found("render/a.ts", text), 1, text);
    assert.equal(found("cli/a.ts", text), 0, text);
  }
  assert.equal(found("render/a.ts", 'import { x } from "../pool/lock.ts";'), 1, "past the door");
  assert.equal(found("lesson/a.ts", 'import { x } from "../pool/processes.ts";'), 0);
  assert.equal(found("fractal/a.ts", 'import { x } from "../plane/processes.ts";'), 1);
  assert.equal(found("pool/a.ts", 'import { x } from "../image/mod.ts";'), 1, "sideways");
  assert.equal(found("pool/a.ts", 'import { x } from "../../tests/plane/random.ts";'), 1);
  assert.equal(found("pool/a.ts", 'import { x } from "https://deno.land/x/x.ts";'), 1);
  assert.equal(found("cellar/a.ts", ""), 1, "a folder that is on no floor");
});

/** The relative imports of every file of src, kernel and pages included. */
async function importGraph(): Promise<ReadonlyMap<string, readonly string[]>> {
  const paths: string[] = [];
  const collect = async (folder: string) => {
    for await (const { name, isDirectory } of Deno.readDir(new URL(`./${folder}`, SRC))) {
      if (isDirectory) await collect(`${folder}${name}/`);
      else if (/\.(?:ts|js)$/.test(name)) paths.push(folder + name);
    }
  };
  await collect("");
  const known = new Set(paths);
  const graph = new Map<string, readonly string[]>();
  for (const path of paths) {
    const text = await Deno.readTextFile(new URL(path, SRC));
    const names = importsOf(text).filter((name) => name.startsWith("."));
    const targets = names.map((name) =>
      new URL(name, new URL(path, SRC)).href.slice(SRC.href.length)
    );
    // AssemblyScript leaves the ending out.
    graph.set(path, targets.map((target) => known.has(target) ? target : `${target}.ts`));
  }
  return graph;
}

/** A way from a file back to itself; empty when there is none. */
function cycleIn(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]): readonly string[] => {
    if (way.includes(path)) return [...way.slice(way.indexOf(path)), path];
    if (done.has(path)) return [];
    for (const target of graph.get(path) ?? []) {
      const cycle = visit(target, [...way, path]);
      if (cycle.length > 0) return cycle;
    }
    done.add(path);
    return [];
  };
  for (const path of graph.keys()) {
    const cycle = visit(path, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}

Deno.test("no file imports itself, by whatever way, the kernel's and the pages' included", async () => {
  const graph = await importGraph();
  assert.ok(graph.size > 250, `${graph.size} files`);
  assert.ok(graph.get("fractal/kernel/direct.ts")?.includes("fractal/kernel/job.ts"));
  assert.deepEqual(cycleIn(graph), []);
  const ring = new Map([["a", ["b"]], ["b", ["c"]], ["c", ["b"]]]);
  assert.deepEqual(cycleIn(ring), ["b", "c", "b"]);
});
