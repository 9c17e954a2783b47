// Reading an array of small arrays of one shape: the other half of columns_out.ts.

import { TAG } from "./format.ts";
import type { Input } from "./input.ts";

/** The values of a column: numbers where they stand in the message, or rows already read. */
type Column =
  | { readonly kind: "ints" | "doubles"; readonly place: number }
  | { readonly kind: "rows"; readonly rows: readonly unknown[] };

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
  const columns: Column[] = [];
  for (let left = width; left > 0; left--) columns.push(readColumn(input, count, objects));
  const rows = rowsOf(columns, count, input);
  if (objects !== undefined) { for (const row of rows) objects.push(row); }
  return rows;
}

function readColumn(input: Input, count: number, objects: object[] | undefined): Column {
  const tag = input.byte();
  switch (tag) {
    case TAG.INTS:
      return { kind: "ints", place: input.intsFrom(count) };
    case TAG.DOUBLES:
      return { kind: "doubles", place: input.doublesFrom(count) };
    case TAG.COLUMNS:
      return { kind: "rows", rows: readColumns(input, count, objects) };
  }
  throw new SyntaxError(`Cannot read the message as there is no column of kind ${tag}`);
}

// A literal makes an array faster than anything else, and packed. Each literal has its own place for
// each kind of content, as V8 remembers for each place what its arrays hold: where one held an
// object, all doubles are made objects of their own.
function rowsOf(columns: readonly Column[], count: number, input: Input): unknown[][] {
  const kinds = new Set(columns.map((column) => column.kind));
  if (!kinds.has("rows")) {
    return kinds.has("doubles")
      ? rowsOfDoubles(columns.map((column) => doublesOf(column, count, input)), count)
      : rowsOfInts(columns.map((column) => intsOf(column, count, input)), count);
  }
  return rowsOfAnything(columns.map((column) => valuesOf(column, count, input)), count);
}

function rowsOfInts(columns: readonly Int32Array[], count: number): number[][] {
  const rows = new Array<number[]>(count);
  const [a, b, c] = columns;
  if (columns.length === 2) {
    for (let i = 0; i < count; i++) rows[i] = [a![i]!, b![i]!];
  } else if (columns.length === 3) {
    for (let i = 0; i < count; i++) rows[i] = [a![i]!, b![i]!, c![i]!];
  } else {
    for (let i = 0; i < count; i++) {
      const row: number[] = [];
      for (let j = 0; j < columns.length; j++) row.push(columns[j]![i]!);
      rows[i] = row;
    }
  }
  return rows;
}

function rowsOfDoubles(columns: readonly Float64Array[], count: number): number[][] {
  const rows = new Array<number[]>(count);
  const [a, b, c] = columns;
  if (columns.length === 2) {
    for (let i = 0; i < count; i++) rows[i] = [a![i]!, b![i]!];
  } else if (columns.length === 3) {
    for (let i = 0; i < count; i++) rows[i] = [a![i]!, b![i]!, c![i]!];
  } else {
    for (let i = 0; i < count; i++) {
      const row: number[] = [];
      for (let j = 0; j < columns.length; j++) row.push(columns[j]![i]!);
      rows[i] = row;
    }
  }
  return rows;
}

function rowsOfAnything(columns: readonly (readonly unknown[])[], count: number): unknown[][] {
  const rows = new Array<unknown[]>(count);
  const [a, b, c] = columns;
  if (columns.length === 2) {
    for (let i = 0; i < count; i++) rows[i] = [a![i], b![i]];
  } else if (columns.length === 3) {
    for (let i = 0; i < count; i++) rows[i] = [a![i], b![i], c![i]];
  } else {
    for (let i = 0; i < count; i++) {
      const row: unknown[] = [];
      for (let j = 0; j < columns.length; j++) row.push(columns[j]![i]);
      rows[i] = row;
    }
  }
  return rows;
}

function intsOf(column: Column, count: number, input: Input): Int32Array {
  return column.kind === "ints"
    ? input.ints.subarray(column.place, column.place + count)
    : new Int32Array(0);
}

function doublesOf(column: Column, count: number, input: Input): Float64Array {
  return column.kind === "doubles"
    ? input.doubles.subarray(column.place, column.place + count)
    : new Float64Array(intsOf(column, count, input));
}

function valuesOf(column: Column, count: number, input: Input): readonly unknown[] {
  switch (column.kind) {
    case "rows":
      return column.rows;
    case "ints":
      return Array.from(intsOf(column, count, input));
    case "doubles":
      return Array.from(doublesOf(column, count, input));
  }
}
