// Reading an array of small arrays of one shape: the other half of columns_out.ts.

import { TAG } from "./format.ts";
import type { Input } from "./input.ts";

/**
 * The array that `writeColumns` wrote, after its tag and its count; all its parts are added to
 * `objects`, in the order in which they were met there.
 */
export function readColumns(
  input: Input,
  count: number,
  objects: object[] | undefined,
): unknown[][] {
  const width = input.byte();
  const rows = readRows(input, width, count, objects);
  if (objects !== undefined) { for (const row of rows) objects.push(row); }
  return rows;
}

function readRows(
  input: Input,
  width: number,
  count: number,
  objects: object[] | undefined,
): unknown[][] {
  const tag = input.byte();
  switch (tag) {
    case TAG.INTS:
      return rowsOfInts(input.ints, input.intsFrom(count * width), width, count);
    case TAG.DOUBLES:
      return rowsOfDoubles(input.doubles, input.doublesFrom(count * width), width, count);
    case TAG.COLUMNS: {
      const columns: (readonly unknown[])[] = [];
      for (let left = width; left > 0; left--) columns.push(readColumn(input, count, objects));
      return rowsOfParts(columns, count);
    }
  }
  throw unknownKind(tag);
}

function readColumn(input: Input, count: number, objects: object[] | undefined): unknown[] {
  const tag = input.byte();
  switch (tag) {
    case TAG.INTS: {
      const place = input.intsFrom(count);
      return Array.from(input.ints.subarray(place, place + count));
    }
    case TAG.DOUBLES: {
      const place = input.doublesFrom(count);
      return Array.from(input.doubles.subarray(place, place + count));
    }
    case TAG.COLUMNS:
      return readColumns(input, count, objects);
  }
  throw unknownKind(tag);
}

function unknownKind(tag: number): SyntaxError {
  return new SyntaxError(`Cannot read the message as there are no rows of kind ${tag}`);
}

// A literal makes an array faster than anything else. Each function has its own, as V8 remembers
// for each literal what its arrays held: where one held an object, doubles become objects too.

function rowsOfInts(ints: Int32Array, place: number, width: number, count: number): number[][] {
  const rows = new Array<number[]>(count);
  let at = place;
  for (let i = 0; i < count; i++, at += width) {
    if (width === 2) {
      rows[i] = [ints[at]!, ints[at + 1]!];
    } else {
      const row = [ints[at]!];
      for (let j = 1; j < width; j++) row.push(ints[at + j]!);
      rows[i] = row;
    }
  }
  return rows;
}

function rowsOfDoubles(
  doubles: Float64Array,
  place: number,
  width: number,
  count: number,
): number[][] {
  const rows = new Array<number[]>(count);
  let at = place;
  for (let i = 0; i < count; i++, at += width) {
    if (width === 2) {
      rows[i] = [doubles[at]!, doubles[at + 1]!];
    } else {
      const row = [doubles[at]!];
      for (let j = 1; j < width; j++) row.push(doubles[at + j]!);
      rows[i] = row;
    }
  }
  return rows;
}

function rowsOfParts(columns: readonly (readonly unknown[])[], count: number): unknown[][] {
  const rows = new Array<unknown[]>(count);
  const [first, second] = columns as [unknown[], unknown[]];
  for (let i = 0; i < count; i++) {
    if (columns.length === 2) {
      rows[i] = [first[i], second[i]];
    } else {
      const row = [first[i]];
      for (let j = 1; j < columns.length; j++) row.push(columns[j]![i]);
      rows[i] = row;
    }
  }
  return rows;
}
