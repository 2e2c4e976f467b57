import type { EngineEvent, Op, RunResult, Step } from "../engine.ts";
import { blinded, type Metadata, stepOf } from "./shown.ts";

const STACK = "pulumi:pulumi:Stack";

type Diagnostic = RunResult["diagnostics"][number];

/** Makes the result of a run from its events, as the embedded engine tells it. */
export class Recorder {
  readonly steps: Step[] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly timings: Record<string, number> = {};
  readonly #clock: () => number;
  readonly #began: number;
  readonly #started = new Map<string, number>();
  readonly #refreshed = new Set<string>();
  readonly #seen = new Set<string>();
  readonly #counted: Partial<Record<Op, number>> = {};
  #summary: Partial<Record<Op, number>> | undefined;
  #outputs: Record<string, unknown> = {};
  #resources = 0;

  /** `clock`: seconds. */
  constructor(clock: () => number = () => performance.now() / 1000) {
    this.#clock = clock;
    this.#began = clock();
  }

  add({ resourcePreEvent, resOutputsEvent, resOpFailedEvent, diagnosticEvent, summaryEvent }: EngineEvent): void {
    if (resourcePreEvent) this.#before(resourcePreEvent.metadata);
    if (resOutputsEvent) this.#after(resOutputsEvent.metadata);
    if (resOpFailedEvent) this.#time(resOpFailedEvent.metadata);
    if (diagnosticEvent) this.#diagnostic(diagnosticEvent);
    if (summaryEvent) this.#summary = (summaryEvent.resourceChanges ?? {}) as Partial<Record<Op, number>>;
  }

  /** Did the run get as far as a resource, or to its own end? Otherwise it was refused before it began. */
  get began(): boolean {
    return this.#resources > 0 || this.#summary !== undefined;
  }

  result(result: RunResult["result"]): RunResult {
    const { steps, diagnostics, timings } = this;
    const changeSummary = this.#summary ?? this.#counted;
    return { result, steps, changeSummary, outputs: this.#outputs, durationSeconds: this.#clock() - this.#began, diagnostics, timings };
  }

  #before(metadata: Metadata): void {
    this.#resources++;
    const { urn, op, logical, type } = metadata;
    if (!this.#started.has(urn)) this.#started.set(urn, this.#clock());
    if (op === "refresh") this.#refreshed.add(urn);
    else if (logical && (op !== "same" || type === STACK)) this.steps.push(stepOf(metadata));
  }

  #after(metadata: Metadata): void {
    this.#time(metadata);
    const { urn, op, logical, type } = metadata;
    if (this.#refreshed.delete(urn))
      this.steps.push(op === "refresh" ? { ...stepOf(metadata), detailedDiff: null } : stepOf(metadata, found(op)));
    if (logical && op !== "refresh") this.#counted[op as Op] = (this.#counted[op as Op] ?? 0) + 1;
    if (type === STACK && metadata.new) this.#outputs = blinded((metadata.new.outputs ?? {}) as Record<string, unknown>);
  }

  #diagnostic({ urn, severity, message, ephemeral }: NonNullable<EngineEvent["diagnosticEvent"]>): void {
    if (ephemeral || (severity as string) === "debug") return;
    const text = message.trimEnd();
    const kept = severity === "error" || severity === "warning" ? severity : "info";
    const key = `${kept} ${urn} ${text}`;
    if (text === "" || this.#seen.has(key)) return;
    this.#seen.add(key);
    this.diagnostics.push({ ...(urn ? { urn } : {}), severity: kept, message: text });
  }

  #time({ urn, op }: Metadata): void {
    const started = this.#started.get(urn);
    if (started !== undefined && op !== "same") this.timings[urn] = this.#clock() - started;
  }
}

/** What a refresh found of a resource; that nothing moved is told as `refresh`. */
const found = (op: string): Op => (op === "same" ? "refresh" : (op as Op));
