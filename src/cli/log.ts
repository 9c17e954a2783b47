/** The log: one JSON object a line on standard error. */

import type { RequestLine } from "../web/mod.ts";

/** What is written: nothing, what went wrong, or every request. */
export const LOG_LEVELS = ["off", "error", "info"] as const;
export type LogLevel = typeof LOG_LEVELS[number];

/** Milliseconds for which lines are gathered: a write each would cost an answer a tenth of its time. */
const GATHERED = 50;

/** Characters of a target that are written. */
const TARGET = 500;

/** Statuses of requests that went wrong on this side. */
const SERVERS_OWN = 500;

/** A line without its time: the rest of a JSON object. */
type Rest = string;

/** Writes lines in the background. Disposing of it writes what is left. */
export class Log implements Disposable {
  readonly #level: LogLevel;
  readonly #write: (text: string) => void;
  /**
   * The texts of lines, as the response cache brings the same line each time (experiment cli-1).
   */
  readonly #known = new WeakMap<RequestLine, Rest>();
  #waiting = "";
  /** The time of the last line, ms since 1970, and as it is written. */
  #at = NaN;
  #time = "";
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Lines that could not be written since the last that were. */
  #lost = 0;

  /**
   * @param write writes lines without the last one's end. Where it throws, as for a full disk, the server
   * goes on: lines that could not be written are counted, and reported before the next that can
   */
  constructor(level: LogLevel, write: (text: string) => void) {
    this.#level = level;
    this.#write = write;
  }

  /** Writes the line of a request; undefined when the log is off. */
  get requests(): ((line: RequestLine) => void) | undefined {
    return this.#level === "off" ? undefined : (line) => this.#request(line);
  }

  /** Writes that something happened as it should. */
  note(message: string): void {
    if (this.#level === "info") this.#add({ level: "info", message });
  }

  /** Writes what an operator should see to. */
  warn(message: string): void {
    if (this.#level !== "off") this.#add({ level: "warning", message });
  }

  /** Writes an error of the server that belongs to no request. */
  fault(error: unknown): void {
    if (this.#level !== "off") this.#add({ level: "error", ...described(error) });
  }

  #request(line: RequestLine): void {
    const wrong = line.status >= SERVERS_OWN;
    if (!wrong && this.#level === "error") return;
    const known = this.#known.get(line);
    if (known !== undefined) return this.#append(known);
    const { method, target, milliseconds, error, ...rest } = line;
    const text = restOf({
      level: wrong ? "error" : "info",
      method,
      target: target.length <= TARGET ? target : `${target.slice(0, TARGET)}...`,
      ...rest,
      milliseconds: Number(milliseconds.toFixed(2)),
      ...(error && described(error)),
    });
    this.#known.set(line, text);
    this.#append(text);
  }

  #add(line: Readonly<Record<string, unknown>>): void {
    this.#append(restOf(line));
  }

  #append(text: Rest): void {
    const now = Date.now();
    if (now !== this.#at) [this.#at, this.#time] = [now, new Date(now).toISOString()];
    this.#waiting += `{"time":"${this.#time}",${text}\n`;
    this.#timer ??= setTimeout(() => this.flush(), GATHERED);
  }

  /** Writes what waits. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const text = this.#waiting.trimEnd();
    this.#waiting = "";
    if (text === "") return;
    try {
      if (this.#lost > 0) this.#write(this.#lossLine());
      this.#lost = 0;
      this.#write(text);
    } catch {
      this.#lost += text.split("\n").length;
    }
  }

  #lossLine(): string {
    const message = `${this.#lost} lines before this one could not be written`;
    return `{"time":"${new Date().toISOString()}",${restOf({ level: "warning", message })}`;
  }

  [Symbol.dispose](): void {
    this.flush();
  }
}

function restOf(line: Readonly<Record<string, unknown>>): Rest {
  return JSON.stringify(line).slice(1);
}

function described(error: unknown): { message: string; stack?: string } {
  if (!(error instanceof Error)) return { message: String(error) };
  return { message: error.message, ...(error.stack !== undefined && { stack: error.stack }) };
}
