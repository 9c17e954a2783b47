/** GDAL as a client: what it reads by XYZ, TMS and WMTS is, pixel for pixel, what /render answers. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { coloursOf } from "../e2e/colours.ts";
import { type RunningServer, startServer } from "../e2e/server.ts";

const mustRun = Deno.env.get("CI") === "true";
const isThere = await hasGdal();

if (!isThere && !mustRun) {
  // deno-lint-ignore no-console
  console.warn("NOT TESTED: GDAL as a client, as no gdal_translate was found here (gdal-bin)");
}

/** Half the side of EPSG:3857's square, metres, as every map client writes it. */
const EDGE = 20037508.342789244;

/** At this zoom the world is 2^30 pixels wide, the most that GDAL counts. */
const ZOOM = 22;

/** Pixels of a window on a busy place; it lies on the corners of several tiles. */
const WINDOW = { x: 471_468_130, y: 501_484_010, width: 300, height: 270 };

/** So that tiles and renders have the same, whatever their zoom. */
const ITERATIONS = 3000;

async function hasGdal(): Promise<boolean> {
  try {
    return (await new Deno.Command("gdal_translate", { args: ["--version"] }).output()).success;
  } catch {
    return false;
  }
}

/** GDAL's programs in a folder of their own, where they may keep tiles. */
class Gdal implements AsyncDisposable {
  readonly folder: string;

  constructor() {
    this.folder = Deno.makeTempDirSync({ prefix: "mandeltile-gdal-" });
  }

  /** Runs a program to its end. Resolves to what it printed. */
  async run(program: "gdalinfo" | "gdal_translate", args: readonly string[]): Promise<string> {
    const { success, stdout, stderr } = await new Deno.Command(program, {
      args: [...args],
      cwd: this.folder,
      env: { GDAL_DEFAULT_WMS_CACHE_PATH: join(this.folder, "cache"), NO_PROXY: "127.0.0.1" },
    }).output();
    const text = new TextDecoder().decode(stdout);
    assert.ok(success, `${program} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}${text}`);
    return text;
  }

  /** Writes a file. Returns its path. */
  file(name: string, text: string): string {
    const path = join(this.folder, name);
    Deno.writeTextFileSync(path, text);
    return path;
  }

  /** Colours of a part of a data set, three bytes a pixel. */
  async pixels(dataset: string, choice: readonly string[]): Promise<Uint8Array> {
    const path = join(this.folder, "out.png");
    await this.run("gdal_translate", ["-q", "-of", "PNG", ...choice, dataset, path]);
    return coloursOf(await Deno.readFile(path));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** What /render shows of the same pixels of a world that is 256 * 2^zoom pixels wide. */
async function rendered(
  server: RunningServer,
  { x, y, width, height, zoom }: typeof WINDOW & { zoom: number },
): Promise<Uint8Array> {
  const step = 4 / 256 / 2 ** zoom;
  const query = new URLSearchParams({
    re: String(-2.5 + (x + width / 2) * step),
    im: String(2 - (y + height / 2) * step),
    span: String(width * step),
    width: String(width),
    height: String(height),
    iterations: String(ITERATIONS),
  });
  const response = await fetch(`${server.url}render.png?${query}`);
  assert.equal(response.status, 200);
  return coloursOf(await response.bytes());
}

function assertSamePixels(actual: Uint8Array, expected: Uint8Array): void {
  assert.equal(actual.length, expected.length);
  const wrong = actual.findIndex((value, i) => value !== expected[i]);
  assert.equal(wrong, -1, `byte ${wrong} is ${actual[wrong]}, not ${expected[wrong]}`);
}

/** The description of tiles that GDAL's WMS driver takes, on the square of EPSG:3857. */
function tileService(url: string, origin: "top" | "bottom"): string {
  return `<GDAL_WMS>
  <Service name="TMS"><ServerUrl>${url}?iterations=${ITERATIONS}</ServerUrl></Service>
  <DataWindow>
    <UpperLeftX>-${EDGE}</UpperLeftX><UpperLeftY>${EDGE}</UpperLeftY>
    <LowerRightX>${EDGE}</LowerRightX><LowerRightY>-${EDGE}</LowerRightY>
    <TileLevel>${ZOOM}</TileLevel><TileCountX>1</TileCountX><TileCountY>1</TileCountY>
    <YOrigin>${origin}</YOrigin>
  </DataWindow>
  <Projection>EPSG:3857</Projection>
  <BlockSizeX>256</BlockSizeX><BlockSizeY>256</BlockSizeY><BandsCount>3</BandsCount>
</GDAL_WMS>`;
}

Deno.test({
  name: "GDAL reads the tiles by every standard, and they are what /render answers",
  ignore: !isThere && !mustRun,
  async fn(t) {
    assert.ok(isThere, "Cannot test with GDAL as there is no gdal_translate and CI is true");
    await using server = await startServer(["--base-path", "/fractal"]);
    assert.match(server.url, /\/fractal\/$/);
    await using gdal = new Gdal();
    const window = await rendered(server, { ...WINDOW, zoom: ZOOM });
    const colours = new Set(
      Array.from({ length: 300 }, (_, i) => String(window.slice(3 * i, 3 * i + 3))),
    );
    assert.ok(colours.size > 20, "there is something to see");
    const world = await rendered(server, { x: 0, y: 0, width: 512, height: 512, zoom: 1 });

    const windowChoice = ["-srcwin", ...Object.values(WINDOW).map(String)];
    const isWhole = async (dataset: string) => {
      assertSamePixels(await gdal.pixels(dataset, windowChoice), window);
      // The whole world comes of the tiles of zoom 1, which are its overview.
      assertSamePixels(await gdal.pixels(dataset, ["-outsize", "512", "512"]), world);
    };
    const tiles = [
      ["xyz", "tiles/${z}/${x}/${y}.png", "top"],
      ["tms", "tms/${z}/${x}/${y}.png", "bottom"],
      ["xyz in WebP", "tiles/${z}/${x}/${y}.webp", "top"],
    ] as const;
    for (const [name, path, origin] of tiles) {
      await t.step(name, async () => {
        const dataset = gdal.file(`${name}.xml`, tileService(server.url + path, origin));
        const said = await gdal.run("gdalinfo", [dataset]);
        assert.match(said, /Size is 1073741824, 1073741824/);
        assert.match(said, /ID\["EPSG",3857\]/);
        await isWhole(dataset);
      });
    }

    const capabilities =
      `${server.url}wmts?SERVICE=WMTS&REQUEST=GetCapabilities&iterations=${ITERATIONS}`;
    await t.step("WMTS by resource, as its capabilities say", async () => {
      const said = await gdal.run("gdalinfo", [`WMTS:${capabilities}`]);
      assert.match(said, /Size is 1073741824, 1073741824/);
      assert.match(said, /ID\["EPSG",3857\]/);
      assert.match(said, /SUBDATASET_\d+_NAME=\S+,tilematrixset=ComplexPlane,style=viridis/);
      await isWhole(`WMTS:${capabilities},tilematrixset=WebMercatorQuad,style=classic`);
    });

    await t.step("WMTS by key-value pairs, where there is nothing else", async () => {
      const text = await (await fetch(capabilities)).text();
      const dataset = gdal.file("kvp.xml", text.replaceAll(/ *<ResourceURL[^>]*>\n/g, ""));
      await isWhole(`WMTS:${dataset},tilematrixset=WebMercatorQuad,style=classic`);
    });

    await t.step("WMTS in the plane's own units", async () => {
      const dataset = `WMTS:${capabilities},tilematrixset=ComplexPlane,style=classic`;
      const said = await gdal.run("gdalinfo", [dataset]);
      assert.match(said, /ENGCRS\["Complex plane"/);
      assert.match(said, /Origin = \(-2\.50*,2\.0*\)/);
      await isWhole(dataset);
      const choice = ["-projwin", "-1", "0.5", "-0.5", "0", "-outsize", "256", "256"];
      const part = await rendered(server, { x: 768, y: 768, width: 256, height: 256, zoom: 3 });
      assertSamePixels(await gdal.pixels(dataset, choice), part);
    });
  },
});
