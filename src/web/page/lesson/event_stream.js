// @ts-check
/// <reference lib="dom" />
/** Server-sent events read from an answer, so that a refusal can be read as well. */

/**
 * @typedef {object} ServerEvent
 * @property {string} event its name; "message" when it has none
 * @property {string} data
 */

/**
 * The events of a stream, as they come. What is cut off at its end is left out.
 *
 * @param {ReadableStream<Uint8Array<ArrayBuffer>>} body
 * @returns {AsyncGenerator<ServerEvent>}
 */
export async function* eventsOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  const splitter = new EventSplitter();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      yield* splitter.split(value);
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** Cuts text, piece by piece, into events. */
export class EventSplitter {
  #rest = "";

  /**
   * The events that are complete with this piece.
   *
   * @param {string} text
   * @returns {ServerEvent[]}
   */
  split(text) {
    const blocks = (this.#rest + text).split("\n\n");
    this.#rest = blocks.pop() ?? "";
    return blocks.map(eventOf).filter(({ data }) => data !== "");
  }
}

/**
 * @param {string} block lines of `field: value`
 * @returns {ServerEvent}
 */
function eventOf(block) {
  let event = "message";
  const data = [];
  for (const line of block.split("\n")) {
    const [, field, value = ""] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (field === "event") event = value;
    if (field === "data") data.push(value);
  }
  return { event, data: data.join("\n") };
}
