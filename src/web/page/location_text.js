// @ts-check
/** The rows of a location file: `key: value` of a .kfr, `key = value` of TOML, in any Unicode encoding. */

/**
 * @typedef {object} Row
 * @property {string} key as the file has it, with its section before it
 * @property {string} value without quotes, comment and the space around it
 */

/** Far more than any location file has, bytes: 20,000 digits twice, in UTF-16, are 80,000. */
const longestFile = 1_000_000;

const header = /^\s*\[{1,2}\s*([\w.-]+)\s*\]{1,2}\s*(?:#.*)?$/;
const row = /^\s*([\w.-]+)\s*[:=]\s*(.*)$/;

/**
 * The text of a file: UTF-8, or UTF-16 of either order where a byte order mark says so.
 *
 * @param {Uint8Array} bytes
 * @returns {string}
 * @throws {SyntaxError} when it is too long for a location file: half a file may leave out what matters
 */
export function decodeText(bytes) {
  if (bytes.length > longestFile) {
    throw new SyntaxError(
      `Cannot find a place in this file: it has ${bytes.length} bytes, ` +
        `and a location file at most ${longestFile}`,
    );
  }
  const mark = (bytes[0] ?? 0) * 256 + (bytes[1] ?? 0);
  const encoding = mark === 0xfffe ? "utf-16le" : mark === 0xfeff ? "utf-16be" : "utf-8";
  // The decoder leaves the mark out.
  return new TextDecoder(encoding).decode(bytes);
}

/**
 * The rows of a text, as far as location files use either format: sections and tables, quotes of one
 * and of three, comments.
 *
 * @param {string} text
 * @returns {Row[]} in the order of the file
 */
export function rowsOf(text) {
  /** @type {Row[]} */
  const rows = [];
  const lines = text.split(/\r?\n|\r/);
  let section = "";
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const opened = header.exec(line);
    if (opened !== null) section = `${opened[1]}.`;
    const [, key, rest = ""] = row.exec(line) ?? [];
    if (key === undefined) continue;
    const quotes = /^(?:"""|''')/.exec(rest)?.[0];
    if (quotes === undefined) {
      rows.push({ key: section + key, value: valueOf(rest) });
      continue;
    }
    const parts = [rest.slice(quotes.length)];
    while (!parts.at(-1)?.includes(quotes) && at + 1 < lines.length) parts.push(lines[++at] ?? "");
    rows.push({ key: section + key, value: joined(parts, quotes) });
  }
  return rows;
}

/**
 * @param {string} rest of a line, after the sign between key and value
 * @returns {string}
 */
function valueOf(rest) {
  const [, , quoted] = /^(["'])(.*?)\1\s*(?:#.*)?$/.exec(rest) ?? [];
  return (quoted ?? rest.replace(/#.*$/, "")).trim();
}

/**
 * The value of a string over several lines. A backslash at a line's end takes the break after it away,
 * with the space that follows: so Fraktaler-3 writes long numbers.
 *
 * @param {string[]} lines from after the quotes that open it to the line with those that close it
 * @param {string} quotes
 * @returns {string}
 */
function joined(lines, quotes) {
  const text = lines.join("\n");
  const end = text.indexOf(quotes);
  const value = end < 0 ? text : text.slice(0, end);
  return (quotes === '"""' ? value.replace(/\\[ \t]*\n\s*/g, "") : value).trim();
}
