import type { EngineEvent, Op, RunResult, Step as ShownStep } from "../../../ops/engine.ts";
import type { LogSeverity } from "../registration.ts";
import type { StackConfig } from "../state.ts";
import type { Step } from "../steps/step.ts";
import { isProviderType, nameOf, stackType } from "../urn.ts";
import type { Scrubber } from "./scrubber.ts";
import { eventState, stepState } from "./shown.ts";

type Diagnostic = RunResult["diagnostics"][number];

/** Tells the world what happens, in Pulumi's own events, and keeps what the run's result repeats. Nothing secret gets past it. */
export class Reporter {
  readonly steps: ShownStep[] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly timings: Record<string, number> = {};
  readonly changes: Partial<Record<Op, number>> = {};
  readonly scrubber: Scrubber;
  readonly #onEvent: ((event: EngineEvent) => void) | undefined;
  readonly #started = new Map<string, number>();
  readonly #seen = new Set<string>();
  readonly #scrub = (text: string) => this.scrubber.scrub(text);
  #sequence = 0;

  constructor(scrubber: Scrubber, onEvent: ((event: EngineEvent) => void) | undefined) {
    this.scrubber = scrubber;
    this.#onEvent = onEvent;
  }

  prelude(config: StackConfig): void {
    const shown = Object.entries(config).map(
      ([key, { value, secret }]) => [key, secret ? "[secret]" : this.scrubber.scrub(value)] as const,
    );
    this.#emit({ preludeEvent: { config: Object.fromEntries(shown.sort(([a], [b]) => (a < b ? -1 : 1))) } });
  }

  /** A step begins. */
  before(step: Step): void {
    if (isInternal(step)) return;
    this.#started.set(step.urn, this.#started.get(step.urn) ?? performance.now());
    if (step.logical && step.op !== "refresh" && (step.op !== "same" || step.type === stackType)) this.#keep(step);
    this.#emit({ resourcePreEvent: { metadata: this.#metadata(step, step.op) } });
  }

  /** A step succeeded; `op` is what a refresh found. */
  after(step: Step, op: Op = step.op): void {
    if (isInternal(step)) return;
    this.#time(step);
    if (step.op === "refresh" && op === "refresh") this.#keep({ ...step, detailedDiff: null });
    else if (step.op === "refresh") this.#keep(step, op === "same" ? "refresh" : op);
    this.#emit({ resOutputsEvent: { metadata: this.#metadata(step, op) } });
  }

  /** Counts a step for the summary. Halves of replacements, reads and a refresh before an update do not count. */
  count(op: Op): void {
    this.changes[op] = (this.changes[op] ?? 0) + 1;
  }

  failed(step: Step, partial: boolean, stepsDone: number): void {
    if (isInternal(step)) return;
    this.#time(step);
    this.#emit({ resOpFailedEvent: { metadata: this.#metadata(step, step.op), status: partial ? 1 : 0, steps: stepsDone } });
  }

  diagnostic(severity: LogSeverity, message: string, { urn, ephemeral = false }: { urn?: string; ephemeral?: boolean } = {}): void {
    const text = this.scrubber.scrub(message);
    const prefix = severity === "error" || severity === "warning" ? `${severity}: ` : undefined;
    this.#emit({
      diagnosticEvent: {
        urn,
        prefix,
        message: `${text}\n`,
        color: "never",
        severity: severity === "info" ? "info" : severity,
        ephemeral: ephemeral || undefined,
      },
    });
    const key = `${severity} ${urn} ${text}`;
    if (ephemeral || severity === "debug" || this.#seen.has(key)) return;
    this.#seen.add(key);
    this.diagnostics.push({ urn, severity, message: text });
  }

  summary(preview: boolean, seconds: number, result: RunResult["result"]): void {
    this.#emit({
      summaryEvent: {
        maybeCorrupt: false,
        durationSeconds: Math.round(seconds),
        resourceChanges: this.changes,
        PolicyPacks: {},
        isPreview: preview,
        result: result === "succeeded" ? "succeeded" : "failed",
      },
    });
    this.#emit({ cancelEvent: {} });
  }

  #keep(step: Step, op: Op = step.op): void {
    const entry: ShownStep = { op, urn: step.urn, detailedDiff: step.detailedDiff && { ...step.detailedDiff } };
    if (step.provider) entry.provider = step.provider;
    if (step.old !== undefined) entry.oldState = stepState(step.old, this.#scrub);
    if (step.new !== undefined) entry.newState = stepState(step.new, this.#scrub);
    if (step.diffs?.length) entry.diffReasons = step.diffs;
    if (step.keys?.length) entry.replaceReasons = step.keys;
    this.steps.push(entry);
  }

  #metadata(step: Step, op: Op): Record<string, unknown> {
    const detailedDiff =
      step.detailedDiff &&
      Object.fromEntries(Object.entries(step.detailedDiff).map(([key, { kind, inputDiff }]) => [key, { diffKind: kind, inputDiff }]));
    return {
      op,
      urn: step.urn,
      type: step.type,
      old: eventState(step.old, this.#scrub),
      new: eventState(step.new, this.#scrub),
      ...(step.keys?.length ? { keys: step.keys } : {}),
      ...(step.diffs?.length ? { diffs: step.diffs } : {}),
      detailedDiff,
      ...(step.logical ? { logical: true } : {}),
      provider: step.provider ?? "",
    };
  }

  #time(step: Step): void {
    const started = this.#started.get(step.urn);
    if (started !== undefined && step.op !== "same") this.timings[step.urn] = (performance.now() - started) / 1000;
  }

  #emit(body: Record<string, unknown>): void {
    if (this.#onEvent === undefined) return;
    this.#onEvent({ sequence: this.#sequence++, timestamp: Math.floor(Date.now() / 1000), ...body } as EngineEvent);
  }
}

/** Default providers are the engine's own business: no event shows them. */
export function isInternal(step: Step): boolean {
  return (
    isProviderType(step.type) && step.new?.parent === undefined && step.old?.parent === undefined && nameOf(step.urn).startsWith("default")
  );
}
