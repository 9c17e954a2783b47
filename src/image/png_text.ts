/** Notes inside a PNG: text chunks put into a finished file. */

import { crc32 } from "node:zlib"; // exact arithmetic, the same on every machine

/** The signature (8 bytes) and the header chunk (25): text may follow, ahead of the pixels. */
const afterHeader = 33;

/** PNG keywords: 1 to 79 printable Latin-1 characters, no space at either end (PNG 3, 11.3.3). */
const keywordForm = /^(?! )[\x20-\x7e\xa1-\xff]{1,79}(?<! )$/;

/** What tEXt can hold; anything else needs iTXt, which is UTF-8. */
const latin1Form = /^[\n\x20-\x7e\xa0-\xff]*$/;

/**
 * A copy of a PNG with a text chunk for every entry, right behind the header.
 *
 * @throws {SyntaxError} when a keyword is none, or a text has a NUL in it
 */
export function withText(
  png: Uint8Array,
  text: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const chunks = Object.entries(text).map(([keyword, value]) => textChunk(keyword, value));
  const added = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const result = new Uint8Array(png.length + added);
  result.set(png.subarray(0, afterHeader));
  let at = afterHeader;
  for (const chunk of chunks) {
    result.set(chunk, at);
    at += chunk.length;
  }
  result.set(png.subarray(afterHeader), at);
  return result;
}

function textChunk(keyword: string, value: string): Uint8Array {
  if (!keywordForm.test(keyword) || keyword.includes("  ")) {
    throw new SyntaxError(
      `Cannot write PNG text under ${JSON.stringify(keyword)} as a keyword is 1 to 79 Latin-1` +
        ` characters without a space at either end or two together`,
    );
  }
  if (value.includes("\0")) {
    throw new SyntaxError(`Cannot write PNG text "${keyword}" as it contains a NUL`);
  }
  return latin1Form.test(value)
    ? chunkOf("tEXt", latin1(`${keyword}\0${value}`))
    // iTXt: keyword, then not compressed, method 0, no language, no translated keyword.
    : chunkOf("iTXt", latin1(`${keyword}\0\0\0\0\0`), new TextEncoder().encode(value));
}

/** Length, type, data, checksum over type and data; numbers big-endian. */
function chunkOf(type: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const chunk = new Uint8Array(length + 12);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, length);
  chunk.set(latin1(type), 4);
  let at = 8;
  for (const part of parts) {
    chunk.set(part, at);
    at += part.length;
  }
  view.setUint32(at, crc32(chunk.subarray(4, at)));
  return chunk;
}

function latin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
