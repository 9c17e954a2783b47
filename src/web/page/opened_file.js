// @ts-check
/** Where an opened file leads on this server's map, and what has to be said of it. */

import { readLocation, widthOf, withIterationsWithin, zoomOf } from "./location.js";

/** @typedef {import("./places_panel.js").Destination} Destination */
/** @typedef {Pick<import("./settings.js").Settings, "deepest" | "iterationsLimit">} Limits */

/**
 * Reads a location file or a picture. More iterations than the server allows become as many as it
 * allows, and a place below its deepest zoom is shown from there: either is said.
 *
 * @param {Uint8Array} bytes
 * @param {{ readonly x: number, readonly y: number }} size of the map, in pixels
 * @param {Limits} limits
 * @returns {{ destination: Destination, notice: string }} the notice is empty when there is nothing to say
 * @throws {SyntaxError} when there is no place in it, or it asks for what is not drawn here
 */
export function openedFile(bytes, { x: width, y: height }, { deepest, iterationsLimit }) {
  const { location, asked } = withIterationsWithin(readLocation(bytes), iterationsLimit);
  const { re, im, span, ...params } = location;
  const zoom = zoomOf(widthOf(span, { width, height }), width);
  const notices = [
    ...(asked === undefined ? [] : [
      `asks for ${grouped(asked)} iterations and gets ${grouped(iterationsLimit)}, ` +
      "this server's limit",
    ]),
    ...(zoom <= deepest ? [] : [
      `lies at zoom ${grouped(zoom)} and is shown at ${grouped(deepest)}, this server's deepest`,
    ]),
  ];
  return { destination: { place: { re, im, zoom }, params }, notice: notices.join("; ") };
}

/** @param {number} number */
function grouped(number) {
  return number.toLocaleString("en", { maximumSignificantDigits: 17 });
}
