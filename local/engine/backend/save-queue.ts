import type { Snapshot } from "../state.ts";

/**
 * Writes snapshots one after the other. Of those that arrive while one is being written only the newest is written next: each holds
 * everything that the ones before it held. A save resolves when its snapshot, or a newer one, is on disk.
 */
export class SaveQueue {
  readonly #write: (snapshot: Snapshot) => Promise<void>;
  #waiting: { snapshot: Snapshot; done: Promise<void> } | undefined;
  #current: Promise<void> = Promise.resolve();

  constructor(write: (snapshot: Snapshot) => Promise<void>) {
    this.#write = write;
  }

  save(snapshot: Snapshot): Promise<void> {
    if (this.#waiting !== undefined) {
      this.#waiting.snapshot = snapshot;
      return this.#waiting.done;
    }
    const next = { snapshot, done: Promise.resolve() };
    next.done = this.#current
      .catch(() => {}) // its own caller hears of it
      .then(() => {
        this.#waiting = undefined;
        return this.#write(next.snapshot);
      });
    this.#waiting = next;
    this.#current = next.done;
    return next.done;
  }
}
