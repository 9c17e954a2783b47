// Tests of the README and its pages, and of what is deployed: they name what is there.

import assert from "node:assert/strict";

const ROOT = new URL("../", import.meta.url);

async function pages(): Promise<ReadonlyMap<string, string>> {
  const texts = new Map([["README.md", await Deno.readTextFile(new URL("README.md", ROOT))]]);
  for await (const { name } of Deno.readDir(new URL(".readme", ROOT))) {
    if (!name.endsWith(".md")) continue;
    texts.set(`.readme/${name}`, await Deno.readTextFile(new URL(`.readme/${name}`, ROOT)));
  }
  return texts;
}

Deno.test("every link between pages, and every file that they name, leads somewhere", async () => {
  let named = 0;
  for (const [path, text] of await pages()) {
    const links = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, link]) =>
      new URL(link!, new URL(path, ROOT))
    );
    const files = [...text.matchAll(/`((?:src|tests|\.deploy|\.ci)\/[\w./-]+)`/g)].map(([, file]) =>
      new URL(file!, ROOT)
    );
    for (const url of [...links, ...files]) {
      await assert.doesNotReject(Deno.stat(url), `${path} names ${url.pathname}`);
      named++;
    }
  }
  assert.ok(named > 40, `${named} names were looked at`);
});

Deno.test("the front door has two screens at most", async () => {
  const readme = await Deno.readTextFile(new URL("README.md", ROOT));
  assert.ok(readme.split("\n").length <= 120);
});

Deno.test("whatever starts a server gives it the flags and variables of the task", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const words = (tasks.start as string).split(" ");
  const wanted = words.filter((word) =>
    /^(?:MALLOC_|--v8-flags|--allow-(?:net|sys|env))/.test(word)
  );
  assert.equal(wanted.length, 6);
  for (const name of ["Containerfile", "mandeltile.service"]) {
    const text = await Deno.readTextFile(new URL(`.deploy/${name}`, ROOT));
    for (const word of wanted) assert.ok(text.includes(word), `${name} lacks ${word}`);
    assert.match(text, /deno@2\.9\.6|Deno 2\.9\.6/);
  }
});
