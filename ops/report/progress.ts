import type { EngineEvent } from "../engine.ts";
import { isChange, label } from "./changes.ts";
import { duration, printable, withoutSubject } from "./text.ts";
import { isProvider, kindOf, parseUrn } from "./urn.ts";

type Metadata = NonNullable<EngineEvent["resourcePreEvent"]>["metadata"];

const DONE: Record<string, string> = {
  create: "created",
  update: "updated",
  delete: "deleted",
  "create-replacement": "created anew",
  "delete-replaced": "old one deleted",
  import: "adopted",
  "import-replacement": "adopted",
  discard: "left in place",
};

/** How the run is watched. */
export interface Watch {
  /** Seconds. */
  clock(): number;
  /** Was the run asked to end? What ends then did not fail by itself. */
  stopping(): boolean;
  /** A moving line shows what is under way; otherwise each new status is a line of its own. */
  readonly live: boolean;
}

/** Turns the engine's events into what a person watches: a line for each resource done, and what is under way now. */
export class Progress {
  readonly #running = new Map<string, { label: string; since: number; status?: string }>();
  readonly #labels = new Map<string, string>();
  readonly #said = new Map<string, string>();
  #done = 0;

  readonly #watch: Watch;

  constructor(watch: Partial<Watch> = {}) {
    this.#watch = { clock: () => performance.now() / 1000, stopping: () => false, live: false, ...watch };
  }

  /** Lines that stay. */
  add(event: EngineEvent): string[] {
    if (event.resourcePreEvent) return this.#begin(event.resourcePreEvent.metadata);
    if (event.resOutputsEvent) return this.#end(event.resOutputsEvent.metadata);
    if (event.resOpFailedEvent) return this.#failed(event.resOpFailedEvent.metadata);
    if (event.diagnosticEvent) return this.#message(event.diagnosticEvent);
    return [];
  }

  get busy(): boolean {
    return this.#running.size > 0;
  }

  /** What is under way, the longest first. */
  now(): string {
    const running = [...this.#running.values()].sort((a, b) => a.since - b.since);
    const first = running[0];
    if (!first) return this.#done === 0 ? "comparing" : `${this.#done} done`;
    const others = running.length > 1 ? `, and ${running.length - 1} more` : "";
    return `${first.label}${first.status ? `: ${first.status}` : ""} (${duration(this.#watch.clock() - first.since)})${others}`;
  }

  #begin(metadata: Metadata): string[] {
    this.#labels.set(metadata.urn, this.#label(metadata));
    if (isChange(metadata.op) && metadata.op !== "replace" && isStep(metadata))
      this.#running.set(metadata.urn, { label: this.#label(metadata), since: this.#watch.clock() });
    return [];
  }

  #end(metadata: Metadata): string[] {
    const running = this.#running.get(metadata.urn);
    const done = DONE[metadata.op];
    if (!running || !done) return [];
    this.#running.delete(metadata.urn);
    this.#done++;
    const seconds = this.#watch.clock() - running.since;
    return [`  ${running.label} ${done}${seconds >= 0.5 ? ` (${duration(seconds)})` : ""}`];
  }

  #failed(metadata: Metadata): string[] {
    const running = this.#running.get(metadata.urn);
    this.#running.delete(metadata.urn);
    const how = this.#watch.stopping() ? "stopped" : "failed";
    return [`  ${running?.label ?? this.#label(metadata)} ${how}${running ? ` (${duration(this.#watch.clock() - running.since)})` : ""}`];
  }

  /** Status is shown once; what is told for good comes again in the closing report. */
  #message(diagnostic: NonNullable<EngineEvent["diagnosticEvent"]>): string[] {
    if (!diagnostic.ephemeral || diagnostic.urn === undefined) return [];
    const text = withoutSubject(printable(diagnostic.message).trim());
    if (text === "") return [];
    const running = this.#running.get(diagnostic.urn);
    if (running) running.status = text;
    if (this.#watch.live || this.#said.get(diagnostic.urn) === text) return [];
    this.#said.set(diagnostic.urn, text);
    return [`    ${this.#labels.get(diagnostic.urn) ?? kindOf(parseUrn(diagnostic.urn).type)}: ${text}`];
  }

  #label(metadata: Metadata): string {
    const state = (metadata.new ?? metadata.old) as Parameters<typeof label>[0]["new"];
    return label({ urn: metadata.urn, kind: kindOf(metadata.type), new: state, old: undefined });
  }
}

/** Components and providers hold what is told already. */
const isStep = (metadata: Metadata): boolean => (metadata.new ?? metadata.old)?.custom === true && !isProvider(metadata.type);
