import type { EngineEvent, RunOptions, RunResult } from "../engine.ts";
import { CliFailure } from "./cli.ts";
import { Recorder } from "./recorder.ts";
import { type Look, RolloutWatch } from "./rollout-watch.ts";

export interface Running {
  readonly options: RunOptions;
  /** Absent: the cluster is not looked at. */
  readonly look?: { readonly at: Look; readonly namespaces: readonly string[] } | undefined;
  /** Takes out what nobody may see. */
  readonly scrub: (text: string) => string;
  /** Runs the CLI. Rejects with a CliFailure. */
  run(options: { onEvent: (event: EngineEvent) => void; signal: AbortSignal }): Promise<unknown>;
}

export interface Ran {
  readonly recorder: Recorder;
  /** Undefined when the CLI ended well. */
  readonly failure: CliFailure | undefined;
  readonly result: RunResult["result"];
}

/** One run of the CLI with its events, beside it the watch that ends it on the cluster's first final report. */
export async function watchedRun({ options, look, scrub, run }: Running): Promise<Ran> {
  const recorder = new Recorder();
  const stop = new AbortController();
  const blamed = new Set<string>();
  const metadata = new Map<string, unknown>();
  let sequence = 0;
  const emit = (event: EngineEvent): void => {
    const numbered = { ...event, sequence: sequence++ };
    recorder.add(numbered);
    options.onEvent?.(numbered);
  };
  const tell = (body: object): void => emit({ timestamp: Math.floor(Date.now() / 1000), ...body } as EngineEvent);
  const diagnose = (severity: "warning" | "error", message: string, urn?: string, ephemeral?: boolean): void =>
    tell({ diagnosticEvent: { urn, prefix: `${severity}: `, message: `${scrub(message)}\n`, color: "never", severity, ephemeral } });
  const watch =
    look &&
    new RolloutWatch(look.at, {
      reported: (urn, message) => diagnose("warning", message, urn, true),
      blind: (reason) => diagnose("warning", `The cluster cannot be asked (${reason}): a failure is seen when Pulumi's own timeouts end.`),
      failed: (urn, messages) => {
        if (stop.signal.aborted) return;
        blamed.add(urn);
        diagnose("error", messages.join("\n"), urn);
        // As the provider's own end of a rollout that did not get ready: the object has changed, and is not ready.
        tell({ resOpFailedEvent: { metadata: metadata.get(urn), status: 1, steps: 0 } });
        stop.abort();
      },
    });
  const seen = watch === undefined || (await watch.begin(look!.namespaces));
  const onEvent = (event: EngineEvent): void => {
    const { resourcePreEvent, resOpFailedEvent, diagnosticEvent } = event;
    if (resourcePreEvent) metadata.set(resourcePreEvent.metadata.urn, resourcePreEvent.metadata);
    if (blamed.size > 0 && (blamed.has(resOpFailedEvent?.metadata.urn ?? "") || isAftermath(diagnosticEvent))) return;
    emit(diagnosticEvent ? { ...event, diagnosticEvent: { ...diagnosticEvent, message: scrub(diagnosticEvent.message) } } : event);
    if (seen) watch?.add(event);
  };
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  try {
    await run({ onEvent, signal });
    return { recorder, failure: undefined, result: "succeeded" };
  } catch (error) {
    if (!(error instanceof CliFailure)) throw error;
    return { recorder, failure: error, result: blamed.size === 0 && signal.aborted ? "cancelled" : "failed" };
  } finally {
    watch?.stop();
  }
}

/** What the CLI says of having been ended by us is no news. */
const isAftermath = (diagnostic: EngineEvent["diagnosticEvent"]): boolean => diagnostic?.severity === "error";
