/** What a person at a terminal sees. Standard output is for results, standard error for the rest. */

/** Prints a line to standard error. */
export function say(line: string): void {
  const bytes = new TextEncoder().encode(`${line}\n`);
  // A write may take a part of them.
  for (let from = 0; from < bytes.length;) from += Deno.stderr.writeSync(bytes.subarray(from));
}

/** Prints a line to standard output. */
export function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

const WIDTH = 40;

/**
 * A progress bar on standard error that appears once something has taken `patience` milliseconds.
 * Silent where standard error is no terminal.
 */
export class ProgressBar implements Disposable {
  readonly #label: string;
  readonly #patience: number;
  readonly #began = performance.now();
  #drawn = false;

  constructor(label: string, patience = 1000) {
    this.#label = label;
    this.#patience = patience;
  }

  /** Draws the share that is done, 0 to 1. */
  update(share: number): void {
    const elapsed = performance.now() - this.#began;
    if (!Deno.stderr.isTerminal() || elapsed < this.#patience) return;
    this.#drawn = true;
    const filled = Math.round(share * WIDTH);
    const bar = "█".repeat(filled) + "░".repeat(WIDTH - filled);
    const left = share > 0 ? Math.ceil(elapsed / share * (1 - share) / 1000) : 0;
    const text = `\r${this.#label} ${bar} ${Math.floor(100 * share)} %, ${left} s left `;
    Deno.stderr.writeSync(new TextEncoder().encode(text));
  }

  /** Takes the bar away again, so that a line can stand in its place. */
  clear(): void {
    if (this.#drawn) Deno.stderr.writeSync(new TextEncoder().encode("\r\x1b[2K"));
    this.#drawn = false;
  }

  [Symbol.dispose](): void {
    this.clear();
  }
}
