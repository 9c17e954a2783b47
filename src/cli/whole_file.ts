/** Files that are there whole or not at all. */

import { basename, dirname, join } from "node:path";

/** Fails before a long work where its file cannot be written; leaves nothing, and what is there as it is. */
export async function requireWritable(path: string): Promise<void> {
  const target = await realPathOf(path);
  if (target !== undefined) {
    const part = partOf(target);
    (await Deno.open(part, { write: true, createNew: true })).close();
    await Deno.remove(part);
  } else if (!(await Deno.stat(path)).isFifo) {
    // The reader of a pipe would take this for its end.
    (await Deno.open(path, { write: true })).close();
  }
}

/**
 * Writes a file beside its path and renames it: what was there stays until all of the new file is written,
 * and where that fails nothing is left of it. Pipes and devices are written to as they are.
 */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const target = await realPathOf(path);
  if (target === undefined) return await Deno.writeFile(path, bytes);
  const part = partOf(target);
  const remove = () => {
    try {
      Deno.removeSync(part);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  };
  const stop = () => {
    remove();
    Deno.exit(130);
  };
  Deno.addSignalListener("SIGINT", stop);
  try {
    await Deno.writeFile(part, bytes);
    await Deno.rename(part, target);
  } catch (error) {
    remove();
    throw error;
  } finally {
    Deno.removeSignalListener("SIGINT", stop);
  }
}

/** The name under which a file is written. */
function partOf(target: string): string {
  return join(dirname(target), `.${basename(target)}.${Deno.pid}.part`);
}

/** Where a regular file lies or is to lie, links followed; undefined for a pipe or a device. */
async function realPathOf(path: string): Promise<string | undefined> {
  try {
    const target = await Deno.realPath(path);
    return (await Deno.stat(target)).isFile ? target : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return path;
    throw error;
  }
}
