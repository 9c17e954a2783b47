/** The real page over tiles that are not computed: each is one colour, and the colour says which tile. */

import { encodePng } from "../../src/image/mod.ts";
import { appOver, CountedWorkers } from "../web/fixtures.ts";

/** Answers a tile in its own way; nothing leaves it to the stub. */
export type Interference = (path: string) => Response | Promise<void> | undefined;

/** A server whose tiles go as deep as an address can. */
export class StubTiles implements AsyncDisposable {
  readonly #stopping = new AbortController();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  /** Every tile's path at the number that its colour is. */
  readonly #paths: string[] = [];
  readonly #numbers = new Map<string, number>();
  /** Paths of tiles asked for, in order. */
  readonly asked: string[] = [];
  /** Comes before every answer. */
  interfere: Interference = () => undefined;

  constructor(deepest = 30_000) {
    const app = appOver(new CountedWorkers(), { deepest });
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {}, signal: this.#stopping.signal },
      (request) => {
        const { pathname } = new URL(request.url);
        return pathname.startsWith("/tiles/") ? this.#answer(pathname) : app.fetch(request);
      },
    );
  }

  /** Where it listens, ending in a slash. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/`;
  }

  /** The path of the tile that has this colour, or undefined. */
  pathOf(colour: number): string | undefined {
    return this.#paths[colour];
  }

  async #answer(path: string): Promise<Response> {
    this.asked.push(path);
    const answer = await this.interfere(path);
    if (answer !== undefined) return answer;
    return this.#picture(path, path.includes("@2x") ? 512 : 256);
  }

  /** What stands in for a tile on a busy server, in a colour of its own. */
  coarse(path: string): Response {
    const response = this.#picture(`coarse ${path}`, 256);
    response.headers.set("mandeltile-fallback", "parent; levels=2");
    response.headers.set("cache-control", "public, max-age=5");
    return response;
  }

  #picture(path: string, side: number): Response {
    let number = this.#numbers.get(path);
    if (number === undefined) {
      number = this.#paths.push(path) - 1;
      this.#numbers.set(path, number);
    }
    const png = encodePng({
      kind: "indexed",
      width: side,
      height: side,
      indices: new Uint8Array(side * side),
      colours: Uint8Array.of(number >> 16, (number >> 8) & 255, number & 255),
    });
    return new Response(png, { headers: { "content-type": "image/png" } });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // At once: a tile may be held back for ever.
    this.#stopping.abort();
    await this.#server.finished;
  }
}
