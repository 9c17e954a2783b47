/** Counts to NumPy's array files. */

/** Bytes before the header's text: the magic string, the version, the length of the text. */
const preamble = 10;

/** The header's end is aligned to this, as NumPy writes it since 1.14. */
const alignment = 64;

/**
 * A grid of numbers as a NumPy file: format 1.0, C order, shape (height, width), row 0 first,
 * `<u4` from a Uint32Array and `|u1` from a Uint8Array.
 * The format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 *
 * @throws {TypeError} when there are not width x height numbers
 *
 * @example
 * ```ts
 * import { encodeNpy } from "./mod.ts";
 * const file = encodeNpy(Uint32Array.of(7, 8), { width: 2, height: 1 });
 * console.assert(file.length === 128 + 2 * 4);
 * ```
 */
export function encodeNpy(
  counts: Uint32Array | Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
): Uint8Array<ArrayBuffer> {
  if (counts.length !== width * height) {
    throw new TypeError(
      `Cannot write ${counts.length} numbers as an array of ${height} x ${width}`,
    );
  }
  const descr = counts instanceof Uint32Array ? "<u4" : "|u1";
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${height}, ${width}), }`;
  const start = Math.ceil((preamble + text.length + 1) / alignment) * alignment;
  const file = new Uint8Array(start + counts.byteLength);
  file.set([0x93, ...ascii("NUMPY"), 1, 0]);
  new DataView(file.buffer).setUint16(8, start - preamble, true);
  file.set(ascii(text.padEnd(start - preamble - 1) + "\n"), preamble);
  // Memory is little-endian wherever Deno runs, and so is the file.
  file.set(new Uint8Array(counts.buffer, counts.byteOffset, counts.byteLength), start);
  return file;
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
