/** A reader of NumPy's array files, written from the format's description and for these tests alone. */

import assert from "node:assert/strict";

/** A two-dimensional array of counts. */
export interface CountArray {
  readonly height: number;
  readonly width: number;
  /** The count of column i, row j. */
  at(i: number, j: number): number;
}

const HEADER =
  /^\{'descr': '([^']+)', 'fortran_order': (True|False), 'shape': \((\d+), (\d+)\), \} *\n$/;

/**
 * Reads a file of format 1.0 with little-endian u32 in C order, and asserts that it is one.
 * The format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function readNpy(bytes: Uint8Array<ArrayBuffer>): CountArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  assert.deepEqual([...bytes.subarray(0, 8)], [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  const start = 10 + view.getUint16(8, true);
  assert.equal(start % 64, 0, "the data are aligned");
  const header = HEADER.exec(new TextDecoder("ascii").decode(bytes.subarray(10, start)));
  assert.ok(header !== null, "the header is a Python dictionary and ends in a line feed");
  const [, type, fortran, rows, columns] = header;
  assert.deepEqual([type, fortran], ["<u4", "False"]);
  const height = Number(rows);
  const width = Number(columns);
  assert.equal(bytes.length, start + 4 * width * height);
  return { height, width, at: (i, j) => view.getUint32(start + 4 * (j * width + i), true) };
}
