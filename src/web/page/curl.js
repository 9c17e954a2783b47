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

/** Longest URL to hand to a shell: what stands between here and the server often takes 8 KiB. */
const longestUrl = 8000;

/**
 * The command that saves a picture as `mandelbrot.png`.
 *
 * A long address goes into the body of a POST, which takes the same parameters as JSON.
 *
 * @param {string} url with its origin
 * @returns {string}
 */
export function curlCommand(url) {
  if (url.length > longestUrl) {
    const { origin, pathname, searchParams } = new URL(url);
    const body = JSON.stringify(Object.fromEntries(searchParams));
    return `curl -o mandelbrot.png -H 'content-type: application/json' -d ${quoted(body)} ` +
      quoted(origin + pathname);
  }
  return `curl -o mandelbrot.png ${quoted(url)}`;
}
