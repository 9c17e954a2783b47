/** All workers that a test starts, so that it can end them. */

/** Keeps hold of all workers that are started while it is there. */
export class WorkerWatch implements Disposable {
  readonly started: Worker[] = [];
  readonly #real = globalThis.Worker;

  constructor() {
    const { started } = this;
    globalThis.Worker = class extends this.#real {
      constructor(module: string | URL, options?: WorkerOptions) {
        super(module, options);
        started.push(this);
      }
    };
  }

  [Symbol.dispose](): void {
    globalThis.Worker = this.#real;
  }
}
