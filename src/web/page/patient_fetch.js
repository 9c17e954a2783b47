// @ts-check
/// <reference lib="dom" />
/** Fetching from a server that may be busy: ask again when it says so, and not for ever. */

/** How often to ask, all in all. */
const tries = 5;
/** Longest wait between two tries, in ms, whatever the server says. */
const longestWait = 30_000;
/** First wait, in ms, when the server says nothing; doubled every time. */
const firstWait = 1000;

/**
 * Fetches what must be there. A 503 or 429 is asked again when its Retry-After is over, a broken
 * connection after 1, 2, 4 and 8 s; any other answer that is not OK is final.
 *
 * @param {string} url
 * @param {AbortSignal} signal ends the waiting as well
 * @param {{ ask?: (url: string, init: { signal: AbortSignal }) => Promise<Response>,
 *           wait?: (ms: number, signal: AbortSignal) => Promise<void>,
 *           onWait?: () => void }} [by] how to ask and to wait; onWait is called before every wait
 * @returns {Promise<Response>}
 * @throws {Error} the last failure, or the signal's reason
 */
export async function fetchPatiently(url, signal, { ask = fetch, wait = pause, onWait } = {}) {
  for (let attempt = 0;; attempt++) {
    const [response, failure] = await ask(url, { signal })
      .then((response) => [response, null], (failure) => [null, failure]);
    signal.throwIfAborted();
    if (response?.ok) return response;
    const worthwhile = response === null || response.status === 503 || response.status === 429;
    if (!worthwhile || attempt + 1 >= tries) {
      throw failure ?? new Error(await reasonIn(response));
    }
    onWait?.();
    await response?.text(); // so that its connection serves the next request
    await wait(waitBefore(attempt, response?.headers.get("retry-after") ?? null), signal);
  }
}

/**
 * What a refusal says about itself, which is a problem document's detail (RFC 9457).
 *
 * @param {Response | null} response
 * @returns {Promise<string>}
 */
async function reasonIn(response) {
  const text = await response?.text() ?? "";
  try {
    const { detail } = JSON.parse(text);
    if (typeof detail === "string") return detail;
  } catch {
    // Something between here and the server has answered in its own words.
  }
  return `the answer was ${response?.status}`;
}

/**
 * How long to wait before the next try, in ms: what the server says or a doubling time, and up to a
 * quarter more by chance, so that a screen full of tiles does not come back all at once.
 *
 * @param {number} attempt 0 after the first
 * @param {string | null} retryAfter seconds
 * @param {() => number} [chance] 0 to 1
 * @returns {number}
 */
export function waitBefore(attempt, retryAfter, chance = Math.random) {
  const said = retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : null;
  const wait = Math.max(said ?? firstWait * 2 ** attempt, firstWait / 4);
  return Math.min(wait, longestWait) * (1 + chance() / 4);
}

/**
 * Resolves after a while, or rejects with the signal's reason.
 *
 * @param {number} ms
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
export function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", stop, { once: true });
    function done() {
      signal.removeEventListener("abort", stop);
      resolve();
    }
    function stop() {
      clearTimeout(timer);
      reject(signal.reason);
    }
  });
}
