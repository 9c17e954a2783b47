// @ts-check
/** The command that fetches a picture from a shell. */

/**
 * A text as one word of a POSIX shell: inside single quotes nothing is special but the quote itself.
 *
 * @param {string} text
 * @returns {string}
 */
export function quoted(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * The command that saves a picture as `mandelbrot.png`.
 *
 * @param {string} url with its origin
 * @returns {string}
 */
export function curlCommand(url) {
  return `curl -o mandelbrot.png ${quoted(url)}`;
}
