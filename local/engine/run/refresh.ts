import type { Op } from "../../../ops/engine.ts";
import { stackReferenceType } from "../providers/stack-reference.ts";
import type { ResourceState } from "../state.ts";
import { diffResource } from "../steps/diff-resource.ts";
import { sameState } from "../steps/same.ts";
import { makeStep, type Step } from "../steps/step.ts";
import { isProviderType } from "../urn.ts";
import { common, providerOf, type RunContext } from "./context.ts";
import { StepFailure } from "./executor.ts";
import { orInterrupted } from "./interrupted.ts";
import { isInternal } from "./reporter.ts";

/**
 * Reads one resource and puts what was read in place of what state said. `report` names the outcome in events: a refresh of its own
 * says what changed; one before an update stays a refresh.
 */
export async function refreshOne(context: RunContext, old: ResourceState, ownRun: boolean): Promise<void> {
  const { reporter, store } = context;
  const step = makeStep("refresh", old, old);
  reporter.before(step);
  let op: Op;
  try {
    op = await read(context, step, old);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    reporter.diagnostic("error", message, { urn: old.urn });
    reporter.failed(step, false, 0);
    throw new StepFailure(step, message);
  }
  if (op === "delete" || step.new !== old) {
    store.refresh(old, op === "delete" ? undefined : step.new);
    if (op === "delete") store.prune();
    await store.write();
  }
  if (ownRun && !isInternal(step)) reporter.count(op);
  reporter.after(step, ownRun ? op : "refresh");
}

async function read(context: RunContext, step: Step, old: ResourceState): Promise<Op> {
  if (!old.custom || isProviderType(old.type) || old.type === stackReferenceType || old.pendingReplacement) return "same";
  const provider = await providerOf(context, old);
  const request = { ...common(context, old), id: old.id ?? "", inputs: old.inputs, outputs: old.outputs };
  const live = await orInterrupted(provider.read(request), context.signal);
  if (live === undefined) {
    step.new = undefined;
    return "delete";
  }
  const next: ResourceState = { ...old, id: live.id, inputs: live.inputs, outputs: live.outputs, initErrors: live.initErrors };
  context.reporter.scrubber.learn(next.outputs);
  const diff = await diffResource(context, old, live.inputs, [], old.provider);
  step.detailedDiff = diff.detailedDiff;
  if (!sameState(old, next)) {
    next.modified = new Date().toISOString();
    step.new = next;
  }
  return diff.changes ? "update" : "same";
}
