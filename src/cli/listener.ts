/** Listening for connections, for as long as the server runs. */

/** Milliseconds between attempts to listen again. */
const RETRY = 200;

/** Milliseconds between two reports of the same trouble. */
const REPORT_EVERY = 60_000;

/** Where to listen, and what is called once at the beginning. */
export interface ListenOptions {
  readonly hostname: string;
  readonly port: number;
  readonly onListen: (address: Deno.NetAddr) => void;
  /** Called with a sentence for the operator when connections cannot be accepted. */
  readonly report: (message: string) => void;
}

/**
 * A server that listens again when the system refuses to accept connections, as when there are no file
 * descriptors left: Deno's own ends then. Connections that are open stay, and requests under way are
 * answered.
 */
export class Listener {
  readonly #handler: Deno.ServeHandler<Deno.NetAddr>;
  readonly #options: ListenOptions;
  #server: Deno.HttpServer<Deno.NetAddr>;
  #isStopping = false;
  #failures = 0;
  #reportedAt = -Infinity;

  /** @throws when the address cannot be listened on */
  constructor(options: ListenOptions, handler: Deno.ServeHandler<Deno.NetAddr>) {
    const { hostname, port, onListen } = options;
    this.#handler = handler;
    this.#server = Deno.serve({ hostname, port, onListen }, handler);
    this.#options = { ...options, port: this.#server.addr.port };
    this.#watch();
  }

  /** How often connections could not be accepted. */
  get failures(): number {
    return this.#failures;
  }

  /** Takes no more connections. Resolves when requests under way have been answered. */
  async shutdown(): Promise<void> {
    this.#isStopping = true;
    await this.#server.shutdown();
  }

  #watch(): void {
    this.#server.finished.catch((error) => {
      if (this.#isStopping) return;
      this.#failures++;
      this.#report(error);
      setTimeout(() => this.#listenAgain(), RETRY);
    });
  }

  #listenAgain(): void {
    if (this.#isStopping) return;
    const { hostname, port } = this.#options;
    try {
      this.#server = Deno.serve({ hostname, port, onListen: () => {} }, this.#handler);
      this.#watch();
    } catch {
      setTimeout(() => this.#listenAgain(), RETRY);
    }
  }

  #report(error: unknown): void {
    if (performance.now() - this.#reportedAt < REPORT_EVERY) return;
    this.#reportedAt = performance.now();
    const reason = error instanceof Error ? error.message : String(error);
    this.#options.report(`Cannot accept connections at present: ${reason}. Trying again.`);
  }
}
