import type { Io } from "./terminal/io.ts";

/** The first Ctrl-C asks a run to end cleanly, the second ends it at once. */
export class Interrupt {
  readonly #controller = new AbortController();
  readonly #dispose: () => void;

  constructor(io: Io) {
    this.#dispose = io.onInterrupt(() => {
      if (this.#controller.signal.aborted) io.kill(130);
      io.err(
        "\nStopping: what is under way is ended and recorded. Ctrl-C again ends at once; the next run then starts from what is recorded.",
      );
      this.#controller.abort();
    });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  dispose(): void {
    this.#dispose();
  }
}
