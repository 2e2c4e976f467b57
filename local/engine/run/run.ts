import type { HistoryEntry, RunResult } from "../../../ops/engine.ts";
import type { Snapshot } from "../state.ts";
import { ProtectedRefusal } from "./deletes.ts";
import { destroy } from "./destroy.ts";
import { runEnvironment } from "./environment.ts";
import { StepFailure } from "./executor.ts";
import { importResources } from "./import.ts";
import { openSession, ownOutputs, type Session, type SessionOptions } from "./session.ts";
import { settleInterrupted } from "./settle-interrupted.ts";
import { showValues } from "./shown.ts";
import { refreshAll, update } from "./update.ts";

export type RunKind = Extract<HistoryEntry["kind"], "update" | "refresh" | "destroy" | "import">;

/** One run from the loaded state to its result and its history entry. The caller holds the lock. */
export async function runOn(kind: RunKind, options: SessionOptions, parallel: number): Promise<RunResult> {
  const started = new Date();
  const session = openSession(options);
  const { reporter, preview, context, run } = session;
  reporter.prelude(session.config);
  let succeeded = false;
  try {
    if (options.snapshot.pendingOperations.length > 0) warnOfPending(session, options.snapshot);
    succeeded = await perform(kind, session, parallel);
  } catch (error) {
    if (kind === "destroy" && error instanceof ProtectedRefusal) throw error;
    if (!(error instanceof StepFailure)) reporter.diagnostic("error", messageOf(error));
  } finally {
    await context.registry.close();
  }
  const result = resultOf(session, succeeded);
  if (result === "cancelled") reporter.diagnostic("error", cancelledMessage(session));
  else if (result === "failed" && !preview) reporter.diagnostic("error", `${kind} failed`);
  const endTime = new Date();
  const durationSeconds = (endTime.getTime() - started.getTime()) / 1000;
  reporter.summary(preview, durationSeconds, result);
  if (!preview) {
    await options.backend?.appendHistory({
      kind,
      startTime: started,
      endTime,
      message: run.message ?? "",
      result: result === "succeeded" ? "succeeded" : "failed",
      environment: runEnvironment(),
      config: session.config,
      resourceChanges: reporter.changes,
    });
  }
  return {
    result,
    steps: reporter.steps,
    changeSummary: reporter.changes,
    outputs: outputsOf(session),
    durationSeconds,
    diagnostics: reporter.diagnostics,
    timings: reporter.timings,
  };
}

async function perform(kind: RunKind, session: Session, parallel: number): Promise<boolean> {
  if (kind === "update") return (await update(session, parallel)) !== undefined;
  if (!session.preview) await settleInterrupted(session.context);
  if (kind === "import") return importResources(session, session.imports ?? []);
  if (kind === "refresh") {
    await refreshAll(session, parallel, true);
    return true;
  }
  if (session.run.refresh) await refreshAll(session, parallel, false);
  return destroy(session, parallel);
}

function resultOf({ context, reporter }: Session, succeeded: boolean): RunResult["result"] {
  if (context.signal.aborted) return "cancelled";
  return succeeded && !reporter.diagnostics.some(({ severity }) => severity === "error") ? "succeeded" : "failed";
}

function outputsOf({ store, stack, project, reporter }: Session): Record<string, unknown> {
  return showValues(ownOutputs(store.snapshot(), stack, project.name), (text) => reporter.scrubber.scrub(text));
}

function warnOfPending({ reporter, preview }: Session, { pendingOperations }: Snapshot): void {
  const list = pendingOperations.map(({ resource, type }) => `  ${resource.urn}, interrupted while ${type}`).join("\n");
  const next = preview ? "An `up` looks at each of them first." : "Each of them is looked at first.";
  reporter.diagnostic("warning", `An earlier run was interrupted with ${pendingOperations.length} operations under way:\n${list}\n${next}`);
}

function cancelledMessage({ store, preview }: Session): string {
  if (preview) return "cancelled";
  const pending = store.pending.map(({ resource, type }) => `  ${resource.urn}, while ${type}`);
  const under = pending.length === 0 ? "Nothing was under way." : `Under way were:\n${pending.join("\n")}`;
  return `cancelled. ${under}\nThe state is saved and can be loaded; run \`up\` again to go on.`;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
