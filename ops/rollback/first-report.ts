import type { EngineEvent } from "../engine.ts";

/** Notices when the cluster first reported a fault against something that a run works on. */
export class FirstReport {
  readonly #clock: () => number;
  #at: number | undefined;
  readonly #reported = new Map<string, number>();

  /** `clock`: seconds. */
  constructor(clock: () => number = () => performance.now() / 1000) {
    this.#clock = clock;
  }

  /** A passing warning is what the cluster reports while its grace runs; a failed step is the report that ended the run. */
  add({ diagnosticEvent, resOpFailedEvent, resOutputsEvent }: EngineEvent): void {
    const { urn, ephemeral, severity } = diagnosticEvent ?? {};
    if (urn !== undefined && ephemeral && severity === "warning" && !this.#reported.has(urn)) this.#reported.set(urn, this.#clock());
    // What came right after all did not fail the run.
    if (resOutputsEvent) this.#reported.delete(resOutputsEvent.metadata.urn);
    if (resOpFailedEvent) {
      const at = this.#reported.get(resOpFailedEvent.metadata.urn) ?? this.#clock();
      this.#at = Math.min(this.#at ?? at, at);
    }
  }

  /** Seconds of the clock; undefined as long as nothing failed. */
  get at(): number | undefined {
    return this.#at;
  }
}
