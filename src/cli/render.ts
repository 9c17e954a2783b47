/** `render`: one view to a file. */

import {
  AutoIterations,
  CachingRenderer,
  OrbitTooLongError,
  outputOf,
  renderView,
  RenderWorkers,
} from "../render/mod.ts";
import { isPictureFormat } from "../image/mod.ts";
import { emptyStore } from "../store/mod.ts";
import {
  BadRequestError,
  ENDINGS,
  type Limits,
  type Location,
  LocationLimitError,
  OFFERED,
  readLocation,
  readParams,
  readView,
  RENDER_PARAMETERS,
  requireFits,
  SETTING,
  widthOf,
  withIterationsWithin,
} from "../web/mod.ts";
import { readFlags, UsageError } from "./flags.ts";
import { CONFIG_FLAGS, NUMBERS } from "./settings.ts";
import { readSources, SOURCE_FLAGS } from "./sources.ts";
import { print, ProgressBar, say } from "./terminal.ts";
import { requireWritable, writeWhole } from "./whole_file.ts";

export const RENDER_HELP: string = `render: one view to a file

  deno task render --re=-0.7436 --im 0.1318 --span 0.004 --width 1200 --height 800 picture.png

  --from FILE              the place of a .kfr or .toml location file or of a picture made here;
                           what other flags say comes first, and iterations above
                           --max-iterations become that many
  --re, --im               centre (-0.75, 0)
  --span                   width of the view (4)
  --width, --height        pixels (1024, 768)
  --supersample            samples a pixel along each axis, pictures only (1)
  --set, --c               mandelbrot or julia, and the re,im of a Julia set's c (mandelbrot)
  --iterations             a number or auto (auto)
  --palette                a name or hex colours such as ff0000,00ff00
  --shading                smooth or bands (smooth)
  --json                   print what was done as one JSON object

The file's ending says what it is: .png, .webp or .jpeg a picture, .npy the counts for NumPy.`;

const DEFAULTS: Readonly<Record<string, string>> = {
  re: "-0.75",
  im: "0",
  span: "4",
  width: "1024",
  height: "768",
};

/** Flags that are parameters of a render; `v` only concerns caches. */
const PARAMETERS = RENDER_PARAMETERS.filter((name) => name !== "v");

/** Settings of the server that bound or speed up a rendering here. Some share a parameter's name. */
const SETTINGS = [...CONFIG_FLAGS, ...SOURCE_FLAGS].filter((name) => !PARAMETERS.includes(name));

/** Renders the view that the flags describe. Resolves to the exit code. */
export async function render(args: readonly string[]): Promise<number> {
  const { values, rest } = readFlags(args, {
    valued: [...PARAMETERS, ...SETTINGS, "from"],
    plain: ["json"],
  });
  const [path, ...more] = rest;
  if (path === undefined || more.length > 0) throw new UsageError("Cannot render: name one file");
  const format = ENDINGS.get(/\.([a-z]+)$/.exec(path)?.[1] ?? "");
  if (format === undefined) {
    throw new UsageError(`Cannot write ${path}: ${OFFERED} are offered, by its ending`);
  }
  const settings = new Map([...values].filter(([name]) => SETTINGS.includes(name)));
  const { config } = await readSources(settings);
  const { limits, workers: size, memory, references } = config;
  const given = new Map([...values].filter(([name]) => PARAMETERS.includes(name)));
  const source = values.get("from");
  const found = source === undefined
    ? undefined
    : withIterationsWithin(await readPlace(source, limits), limits.iterations);
  const parameters = found === undefined
    ? new Map([...Object.entries(DEFAULTS), ...given])
    : parametersFrom(found.location, given);
  const asked = given.has("iterations") ? undefined : found?.asked;
  // An array has no supersampling that a picture could hand down.
  if (!isPictureFormat(format) && !given.has("supersample")) parameters.delete("supersample");
  const { view, params } = readRequest(() => {
    const params = readParams(parameters, limits);
    const view = readView(parameters, limits, params.set);
    requireFits(format, view);
    return { view, params };
  });
  const output = outputOf(format, params.look);
  await reaching(path, () => requireWritable(path));
  if (asked !== undefined) say(`${source} ${cutIterations(asked, limits)}`);

  await using local = await RenderWorkers.start({
    workers: size,
    memoryBytes: memory,
    referenceBytes: references,
  });
  // As the server does it, but there is nothing to remember for.
  const frames = new CachingRenderer(local, { memory: emptyStore, disk: emptyStore });
  const rendered = await underProgress((onProgress) =>
    renderView(
      { frames, auto: new AutoIterations(frames) },
      { view, iterations: params.iterations, output },
      { iterationsLimit: limits.iterations, onProgress },
    )
  );
  await reaching(path, () => writeWhole(path, rendered.bytes));
  const { width, height } = view;
  const { iterations, capped, elapsed } = rendered;
  if (values.has("json")) {
    const milliseconds = Math.round(elapsed);
    const facts = { file: path, width, height, iterations, capped, milliseconds };
    print(JSON.stringify({ ...facts, ...(asked !== undefined && { iterationsAsked: asked }) }));
  } else {
    const seconds = (elapsed / 1000).toFixed(2);
    const within = capped ? `${iterations} iterations (capped)` : `${iterations} iterations`;
    say(`${path}: ${width} x ${height}, ${within}, ${seconds} s`);
  }
  return 0;
}

/** Shows how far it is until it is done; what is said then, or of its failure, has the line to itself. */
async function underProgress<T>(
  work: (onProgress: (share: number) => void) => Promise<T>,
): Promise<T> {
  using bar = new ProgressBar("Rendering");
  try {
    return await work((share) => bar.update(share));
  } catch (error) {
    // What a server answers with a 400 once it knows how long an orbit is.
    if (error instanceof OrbitTooLongError) {
      throw new UsageError(`${error.message}; --reference-memory gives more`);
    }
    throw error;
  }
}

async function readPlace(path: string, limits: Limits): Promise<Location> {
  try {
    return readLocation(await Deno.readFile(path), limits);
  } catch (error) {
    const more = error instanceof LocationLimitError
      ? `; --${SETTING[error.limit]} gives more`
      : "";
    throw new UsageError(`Cannot render from ${path}: ${(error as Error).message}${more}`);
  }
}

/** What is said of a file that asks for more iterations than it gets. */
function cutIterations(asked: number, { iterations }: Limits): string {
  const { flag, most } = NUMBERS.iterations;
  const more = iterations < most ? `; --${flag} allows up to ${most}` : "";
  return `asks for ${asked} iterations and gets ${iterations}, the limit${more}`;
}

/** The parameters of a location, below those given. A given width or height changes the view's shape. */
function parametersFrom(
  { span, pixels, ...as }: Location,
  given: ReadonlyMap<string, string>,
): Map<string, string> {
  const width = given.get("width") ?? String(pixels?.width ?? DEFAULTS.width);
  const height = given.get("height") ?? String(pixels?.height ?? DEFAULTS.height);
  // What is no size at all is refused where every size is read.
  const sized = [width, height].every((size) => /^[1-9]\d{0,8}$/.test(size));
  const sides = sized ? { width: Number(width), height: Number(height) } : { width: 4, height: 3 };
  const found = { ...as, span: widthOf(span, sides), width, height };
  const known = Object.entries(found).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as const]
  );
  return new Map([...known, ...given]);
}

/** @throws {UsageError} when the file cannot be had */
async function reaching(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new UsageError(`Cannot write ${path}: ${(error as Error).message}`);
  }
}

function readRequest<T>(reader: () => T): T {
  try {
    return reader();
  } catch (error) {
    // Whatever a server would refuse as unreadable or too much is a matter of usage here.
    if (error instanceof BadRequestError || error instanceof RangeError) {
      throw new UsageError(error.message);
    }
    throw error;
  }
}
