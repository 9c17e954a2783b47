// Writing an array of small arrays of one shape, such as a thousand points, column by column.

import { isInt32, TAG } from "./format.ts";
import type { Output } from "./output.ts";
import { hintOfNumbers, type Seen } from "./seen.ts";

/** Below this many elements the general way is as fast. */
const FEWEST_ROWS = 16;
/** A longer row of numbers is written fast as a list of its own. */
const LONGEST_ROW = 8;
/** Rows in rows in rows: how deep. It bounds what is done in vain when some row is different. */
const DEEPEST = 4;

type Rows = readonly (readonly unknown[])[];

/** The tag of the array and its count, at most. */
const HEAD_SIZE = 6;

/**
 * Writes the array by columns; false, and nothing is written or remembered, when its elements are
 * not arrays of one shape with only numbers in the end, when one of them occurs elsewhere in the
 * message, or when it would not fit.
 *
 * The array itself has been met; its parts are met here, each row after all that is in the rows.
 */
export function writeColumns(array: readonly unknown[], out: Output, seen: Seen): boolean {
  if (array.length < FEWEST_ROWS || !Array.isArray(array[0])) return false;
  const start = out.at;
  const met = seen.count;
  if (out.fits(HEAD_SIZE)) {
    out.head(TAG.COLUMNS, array.length);
    // Copied, so that what is met is what is written, even if the array has getters.
    if (writeRows(Array.from(array), DEEPEST, out, seen)) return true;
  }
  out.at = start;
  seen.forget(met);
  return false;
}

function writeRows(rows: readonly unknown[], deepest: number, out: Output, seen: Seen): boolean {
  const first = rows[0];
  if (!Array.isArray(first) || first.length === 0 || first.length > LONGEST_ROW) return false;
  const width = first.length;
  if (!out.fits(1 + width)) return false;
  if (first.every((part) => typeof part === "number")) {
    return writeNumbers(rows, first.map(isInt32), out, seen);
  }
  if (deepest === 1) return false;
  const columns = columnsOf(rows, width);
  if (columns === undefined) return false;
  out.byte(width);
  for (const parts of columns) {
    if (typeof parts[0] !== "number") {
      if (!out.fits(1)) return false;
      out.byte(TAG.COLUMNS);
      if (!writeRows(parts, deepest - 1, out, seen)) return false;
    } else if (!(isInt32(parts[0]) && writeInts(parts, out)) && !writeDoubles(parts, out)) {
      return false;
    }
  }
  // Each holds an array that was met just now as new.
  seen.addRows(rows as Rows);
  return true;
}

/** The columns of the rows; undefined when they are not arrays, all of this length. */
function columnsOf(rows: readonly unknown[], width: number): unknown[][] | undefined {
  const count = rows.length;
  const columns = Array.from({ length: width }, () => new Array<unknown>(count));
  const [first, second] = columns;
  for (let i = 0; i < count; i++) {
    const row = rows[i];
    if (!Array.isArray(row) || row.length !== width) return undefined;
    first![i] = row[0];
    if (width > 1) second![i] = row[1];
    for (let j = 2; j < width; j++) columns[j]![i] = row[j];
  }
  return columns;
}

function writeInts(parts: readonly unknown[], out: Output): boolean {
  const start = out.at;
  const place = beginColumn(true, parts.length, out);
  const ints = out.ints;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    if (place < 0 || typeof part !== "number" || !isInt32(part)) {
      out.at = start;
      return false;
    }
    ints[place + i] = part;
  }
  return true;
}

function writeDoubles(parts: readonly unknown[], out: Output): boolean {
  const place = beginColumn(false, parts.length, out);
  const doubles = out.doubles;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    if (place < 0 || typeof part !== "number") return false;
    doubles[place + i] = part;
  }
  return true;
}

/** The place of a column's first number, -1 when the column does not fit. */
function beginColumn(ints: boolean, count: number, out: Output): number {
  if (!out.fits(1)) return -1;
  out.byte(ints ? TAG.INTS : TAG.DOUBLES);
  return ints ? out.placeInts(count) : out.placeDoubles(count);
}

/**
 * Writes rows of numbers, row by row, as each row is fetched from memory once then: that is what
 * takes the time. Where a column said to be of integers is not, it begins again.
 */
function writeNumbers(
  rows: readonly unknown[],
  areInts: readonly boolean[],
  out: Output,
  seen: Seen,
): boolean {
  const start = out.at;
  const count = rows.length;
  const width = areInts.length;
  if (!out.fits(1)) return false;
  out.byte(width);
  const places = areInts.map((ints) => beginColumn(ints, count, out));
  if (places.includes(-1)) return false;
  const hints = seen.hints(count);
  const { ints, doubles } = out;
  let i = 0;
  if (width === 2 && areInts[0] === areInts[1]) {
    const [first, second] = places as [number, number];
    i = areInts[0]
      ? writeIntPairs(rows, ints.subarray(first), ints.subarray(second), hints)
      : writeDoublePairs(rows, doubles.subarray(first), doubles.subarray(second), hints);
  }
  for (; i < count; i++) {
    const row = rows[i];
    if (!Array.isArray(row) || row.length !== width) return false;
    let first = 0;
    let last = 0;
    for (let j = 0; j < width; j++) {
      const part = row[j];
      if (typeof part !== "number") return false;
      if (!areInts[j]) {
        doubles[places[j]! + i] = part;
      } else if (isInt32(part)) {
        ints[places[j]! + i] = part;
      } else {
        out.at = start;
        return writeNumbers(rows, areInts.with(j, false), out, seen);
      }
      if (j === 0) first = part;
      last = part;
    }
    hints[i] = hintOfNumbers(first, last, width);
  }
  return seen.meetRows(rows as Rows, hints);
}

// Points are pairs of numbers: these two are `writeNumbers` for them, three times as fast. They
// return how many rows they wrote before one that is not such a pair.

function writeIntPairs(
  rows: readonly unknown[],
  firsts: Int32Array,
  seconds: Int32Array,
  hints: Int32Array,
): number {
  const count = rows.length;
  for (let i = 0; i < count; i++) {
    const row = rows[i];
    if (!Array.isArray(row) || row.length !== 2) return i;
    const first = row[0];
    const second = row[1];
    if (typeof first !== "number" || !isInt32(first)) return i;
    if (typeof second !== "number" || !isInt32(second)) return i;
    firsts[i] = first;
    seconds[i] = second;
    hints[i] = hintOfNumbers(first, second, 2);
  }
  return count;
}

function writeDoublePairs(
  rows: readonly unknown[],
  firsts: Float64Array,
  seconds: Float64Array,
  hints: Int32Array,
): number {
  const count = rows.length;
  for (let i = 0; i < count; i++) {
    const row = rows[i];
    if (!Array.isArray(row) || row.length !== 2) return i;
    const first = row[0];
    const second = row[1];
    if (typeof first !== "number" || typeof second !== "number") return i;
    firsts[i] = first;
    seconds[i] = second;
    hints[i] = hintOfNumbers(first, second, 2);
  }
  return count;
}
