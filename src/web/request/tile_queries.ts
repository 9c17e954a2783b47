/** What the queries of tiles say: read once, as all tiles of a map come with the same. */

import { LRUCache } from "lru-cache";
import type { Scheme } from "./fields.ts";
import type { Limits } from "./limits.ts";
import {
  parametersOfTile,
  type Params,
  readParams,
  readScheme,
  TILE_PARAMETERS,
  TILE_WISHES,
} from "./parameters.ts";

/** A tile's query, read. */
export interface TileQuery {
  readonly scheme: Scheme;
  readonly params: Params;
}

/** Queries remembered, and the characters of the longest of them: a few lists of colours. */
const REMEMBERED = 256;
const LONGEST = 1024;

/**
 * Reads queries and keeps what was read: to read one takes 0.2 ms on a server that is not busy
 * (experiment web-3).
 */
export class TileQueries {
  readonly #limits: Limits;
  readonly #read = new LRUCache<string, TileQuery>({ max: REMEMBERED });

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /**
   * What the query of a URL says.
   *
   * @param fixed the scheme of the path, where the query has no choice
   * @throws {BadRequestError} for what no tile's query may say
   */
  of(url: string, fixed?: Scheme): TileQuery {
    const begin = url.indexOf("?");
    const query = `${fixed ?? ""}${begin < 0 ? "" : url.slice(begin)}`;
    const known = this.#read.get(query);
    if (known !== undefined) return known;
    const names = fixed === undefined ? TILE_PARAMETERS : TILE_WISHES;
    const parameters = parametersOfTile(new URL(url).searchParams, names);
    const scheme = fixed ?? readScheme(parameters);
    const read = { scheme, params: readParams(parameters, this.#limits) };
    if (query.length <= LONGEST) this.#read.set(query, read);
    return read;
  }
}
