// Writing an array of small arrays of one shape, such as a thousand points, column by column.

import { isInt32, TAG } from "./format.ts";
import type { Output } from "./output.ts";
import { hintOfNumbers, type Seen } from "./seen.ts";

/** Fewer elements than this are written no faster by columns. */
const FEWEST_ROWS = 16;
/** A longer row of numbers is written fast as a list of its own. */
const LONGEST_ROW = 8;
/** Rows in rows in rows: how deep. It bounds what is done in vain when some row is different. */
const DEEPEST = 4;

type Rows = readonly (readonly unknown[])[];

/** The tag of the array and its count, at most, in bytes. */
const HEAD_SIZE = 6;
/** A row of one integer. */
const SMALLEST_ROW = 4;

/**
 * Writes the array by columns; false, and nothing is written or remembered, when its elements are
 * not arrays of one shape with only numbers in the end, when one of them occurs elsewhere in the
 * message, or when it would not fit.
 *
 * The array itself has been met; its parts are met here, each row after all that is in the rows.
 */
export function writeColumns(array: readonly unknown[], out: Output, seen: Seen): boolean {
  const length = array.length;
  if (length < FEWEST_ROWS || !out.fits(HEAD_SIZE + SMALLEST_ROW * length)) return false;
  if (!mayBeRow(array[0], DEEPEST) || !mayBeRow(array[length - 1], DEEPEST)) return false;
  const start = out.at;
  const met = seen.count;
  out.head(TAG.COLUMNS, length);
  // Copied, so that what is met is what is written, even if the array has getters.
  if (writeRows(copyOf(array), out, seen)) return true;
  out.at = start;
  seen.forget(met);
  return false;
}

/** Whether it is an array of numbers and of such arrays. */
function mayBeRow(row: unknown, deepest: number): boolean {
  if (!Array.isArray(row) || row.length === 0 || row.length > LONGEST_ROW) return false;
  for (let j = 0; j < row.length; j++) {
    const part: unknown = row[j];
    if (typeof part !== "number" && (deepest === 1 || !mayBeRow(part, deepest - 1))) return false;
  }
  return true;
}

function copyOf(array: readonly unknown[]): unknown[] {
  const copy = new Array<unknown>(array.length);
  for (let i = 0; i < array.length; i++) copy[i] = array[i];
  return copy;
}

function writeRows(rows: readonly unknown[], out: Output, seen: Seen): boolean {
  const first = rows[0];
  if (!mayBeRow(first, DEEPEST) || !Array.isArray(first) || !out.fits(2)) return false;
  const width = first.length;
  out.byte(width);
  if (first.every(isNumber)) return writeNumbers(rows, width, out, seen);
  const columns = columnsOf(rows, width);
  if (columns === undefined) return false;
  out.byte(TAG.COLUMNS);
  for (const parts of columns) {
    if (typeof parts[0] === "number") {
      if (!writeInts(parts, out) && !writeDoubles(parts, out)) return false;
    } else {
      if (!out.fits(1)) return false;
      out.byte(TAG.COLUMNS);
      if (!writeRows(parts, out, seen)) return false;
    }
  }
  // Each holds an array that was met just now as new.
  seen.addRows(rows as Rows);
  return true;
}

function isNumber(part: unknown): boolean {
  return typeof part === "number";
}

/** The columns of the rows; undefined when they are not arrays, all of this length. */
function columnsOf(rows: readonly unknown[], width: number): unknown[][] | undefined {
  const count = rows.length;
  const columns: unknown[][] = [];
  for (let j = 0; j < width; j++) columns.push(new Array<unknown>(count));
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

/**
 * Writes a column of integers; false, and nothing is written, when it holds anything else or would
 * not fit.
 */
function writeInts(parts: readonly unknown[], out: Output): boolean {
  const start = out.at;
  const place = placeInts(parts.length, out);
  if (place < 0) {
    out.at = start;
    return false;
  }
  const ints = out.ints;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    if (typeof part !== "number" || !isInt32(part)) {
      out.at = start;
      return false;
    }
    ints[place + i] = part;
  }
  return true;
}

function writeDoubles(parts: readonly unknown[], out: Output): boolean {
  const place = placeDoubles(parts.length, out);
  if (place < 0) return false;
  const doubles = out.doubles;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    if (typeof part !== "number") return false;
    doubles[place + i] = part;
  }
  return true;
}

function placeInts(count: number, out: Output): number {
  if (!out.fits(1)) return -1;
  out.byte(TAG.INTS);
  return out.placeInts(count);
}

function placeDoubles(count: number, out: Output): number {
  if (!out.fits(1)) return -1;
  out.byte(TAG.DOUBLES);
  return out.placeDoubles(count);
}

/** Writes rows of numbers, row by row: all as integers, or else all as doubles. */
function writeNumbers(
  rows: readonly unknown[],
  width: number,
  out: Output,
  seen: Seen,
): boolean {
  const count = rows.length;
  const start = out.at;
  const hints = seen.hints(count);
  let place = placeInts(count * width, out);
  if (place < 0 || copyInts(rows, out.ints, { width, place, hints }) < count) {
    out.at = start;
    place = placeDoubles(count * width, out);
    if (place < 0 || copyDoubles(rows, out.doubles, { width, place, hints }) < count) {
      return false;
    }
  }
  return seen.meetRows(rows as Rows, hints);
}

/** Where rows of so many numbers go: the first number's place, and the hints of the rows. */
interface Target {
  readonly width: number;
  readonly place: number;
  readonly hints: Int32Array;
}

// The two functions below read numbers of one kind each: V8 then neither boxes doubles nor asks for
// each array what it holds. Points, which are pairs, are worth a loop without a loop inside. They
// return how many rows they copied before one that does not belong there.

function copyInts(rows: readonly unknown[], ints: Int32Array, target: Target): number {
  const count = rows.length;
  const { width, place, hints } = target;
  for (let i = 0, at = place; i < count; i++, at += width) {
    const row = rows[i];
    if (!Array.isArray(row) || row.length !== width) return i;
    const first = row[0];
    if (typeof first !== "number" || !isInt32(first)) return i;
    ints[at] = first;
    let last = first;
    if (width === 2) {
      last = row[1];
      if (typeof last !== "number" || !isInt32(last)) return i;
      ints[at + 1] = last;
    } else {
      for (let j = 1; j < width; j++) {
        last = row[j];
        if (typeof last !== "number" || !isInt32(last)) return i;
        ints[at + j] = last;
      }
    }
    hints[i] = hintOfNumbers(first, last, width);
  }
  return count;
}

function copyDoubles(rows: readonly unknown[], doubles: Float64Array, target: Target): number {
  const count = rows.length;
  const { width, place, hints } = target;
  for (let i = 0, at = place; i < count; i++, at += width) {
    const row = rows[i];
    if (!Array.isArray(row) || row.length !== width) return i;
    const first = row[0];
    if (typeof first !== "number") return i;
    doubles[at] = first;
    let last = first;
    if (width === 2) {
      last = row[1];
      if (typeof last !== "number") return i;
      doubles[at + 1] = last;
    } else {
      for (let j = 1; j < width; j++) {
        last = row[j];
        if (typeof last !== "number") return i;
        doubles[at + j] = last;
      }
    }
    hints[i] = hintOfNumbers(first, last, width);
  }
  return count;
}
