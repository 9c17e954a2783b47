/** What was asked and answered, counted by route and status. */

/** One request, answered. */
export interface RequestLine {
  readonly method: string;
  /** Path and query, as they were sent. */
  readonly target: string;
  /** The route's pattern: one of a few, whatever was asked. */
  readonly route: string;
  readonly status: number;
  /** Milliseconds until the answer's headers; 0 for an answer out of memory. */
  readonly milliseconds: number;
  /** Length of the answer, where it is a file. */
  readonly bytes: number;
  /** What went wrong, when it was the server's fault or load. */
  readonly error?: Error;
}

/** Sums over the requests of one route and status. */
export interface RequestSums {
  readonly route: string;
  readonly status: number;
  requests: number;
  milliseconds: number;
  bytes: number;
}

/**
 * Sums by route and status. Plain numbers, as an answer out of memory takes some 20 us and a metric's
 * labels would take one of them; Prometheus' own objects are filled when `/metrics` is asked for.
 */
export class RequestTally {
  readonly #routes = new Map<string, Map<number, RequestSums>>();

  /** The sums of a route and status, to be added to. */
  of(route: string, status: number): RequestSums {
    return this.#routes.get(route)?.get(status) ?? this.#add(route, status);
  }

  #add(route: string, status: number): RequestSums {
    const statuses = this.#routes.get(route) ?? new Map<number, RequestSums>();
    const sums = { route, status, requests: 0, milliseconds: 0, bytes: 0 };
    statuses.set(status, sums);
    this.#routes.set(route, statuses);
    return sums;
  }

  *[Symbol.iterator](): Generator<RequestSums> {
    for (const statuses of this.#routes.values()) yield* statuses.values();
  }
}
