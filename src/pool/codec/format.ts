// The format of a message: what encode.ts writes and decode.ts reads.

/**
 * What stands in front of each value. Integers are little-endian; a count is one byte, or 255 and
 * then four. The message begins with one byte: whether it holds any REFERENCE.
 *
 * Lists and columns of numbers are in the machine's own order, from the next multiple of their size
 * on, counted from the beginning of the message: typed arrays read and write them there, faster
 * than a DataView.
 */
export const TAG = {
  UNDEFINED: 0,
  NULL: 1,
  TRUE: 2,
  FALSE: 3,
  /** An integer from 0 to 255: one byte. */
  BYTE: 4,
  /** Any other integer of 32 bits: four bytes. */
  INT32: 5,
  /** Any other number: eight bytes. */
  DOUBLE: 6,
  /** A text of characters up to U+00FF: count, a byte each. */
  LATIN1: 7,
  /** Any other text: count, two bytes for each UTF-16 unit, so that lone surrogates survive. */
  UTF16: 8,
  /** A text of hexadecimal digits, and whether it is negative. */
  BIGINT: 9,
  /** Count, then the elements. */
  ARRAY: 10,
  /** A missing element of an array. */
  HOLE: 11,
  /** An array of 32-bit integers only: count, up to the next multiple of 4, four bytes each. */
  INTS: 12,
  /** An array of numbers only: count, up to the next multiple of 8, eight bytes each. */
  DOUBLES: 13,
  /**
   * Count, then keys and values. A key is 0 and a text, or the number, from 1, of a key that came
   * before.
   */
  OBJECT: 14,
  /** Count, then keys and values. */
  MAP: 15,
  /** Count, then the members. */
  SET: 16,
  /** Eight bytes of milliseconds. */
  DATE: 17,
  /** Source and flags. */
  REGEXP: 18,
  /** Name, message, stack, whether there is a cause, the cause. */
  ERROR: 19,
  /** Name and message. */
  DOM_EXCEPTION: 20,
  /** An object around a primitive, such as `Object(1)`. */
  BOXED: 21,
  /** Place in {@linkcode BUFFER_TYPES}, count of bytes, the bytes. */
  BUFFER: 22,
  /** The number of an object that came before. */
  REFERENCE: 23,
  /** An array of two 32-bit integers: four bytes each. */
  INT_PAIR: 24,
  /** An array of two numbers: eight bytes each. */
  DOUBLE_PAIR: 25,
  /**
   * An array of arrays of one shape: count, then the rows. Rows are: how many parts each has (one
   * byte), and then INTS or DOUBLES and their numbers, row by row, or COLUMNS and each column. A
   * column is INTS or DOUBLES and its numbers, or COLUMNS and the rows it consists of.
   */
  COLUMNS: 26,
} as const;

/** The types whose content is bytes, in the order of the format. */
export const BUFFER_TYPES = [
  "ArrayBuffer",
  "DataView",
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "Float16Array",
  "Float32Array",
  "Float64Array",
  "BigInt64Array",
  "BigUint64Array",
] as const;

/** A count below this is one byte. */
export const LONG_COUNT = 255;

/**
 * The names by which structured clone keeps the class of an error; any other becomes a plain Error.
 */
export const ERROR_NAMES: readonly string[] = [
  "EvalError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "TypeError",
  "URIError",
];

/** Whether the number is an integer of 32 bits; -0 is not, as an integer has no sign of zero. */
export function isInt32(value: number): boolean {
  return (value | 0) === value && (value !== 0 || 1 / value > 0);
}
