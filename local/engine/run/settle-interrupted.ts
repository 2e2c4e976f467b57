import type { PendingKind, ResourceState } from "../state.ts";
import { common, providerOf, type RunContext } from "./context.ts";
import { orInterrupted } from "./interrupted.ts";

/** Asks the live system what became of every operation that an earlier run began and never ended, before this run decides anything. */
export async function settleInterrupted(context: RunContext): Promise<void> {
  const outcomes = await Promise.allSettled(
    context.store.pending.map(async ({ type, resource }) => {
      if (type === "creating") await settleCreate(context, resource);
      if (type === "updating" || type === "deleting") await settleChange(context, resource, type);
    }),
  );
  const failure = outcomes.find((outcome) => outcome.status === "rejected");
  if (failure !== undefined) throw failure.reason;
}

/** What was made becomes a resource of the state, which the run then brings to what is declared, or takes away. */
async function settleCreate(context: RunContext, wanted: ResourceState): Promise<void> {
  const { store } = context;
  const provider = await providerOf(context, wanted);
  if (provider.find === undefined) return;
  say(context, wanted.urn, "creating");
  const found = await orInterrupted(provider.find({ ...common(context, wanted), inputs: wanted.inputs }), context.signal);
  store.end(wanted.urn);
  if (found !== undefined && !store.base.some(({ urn, id }) => urn === wanted.urn && id === found.id)) {
    const now = new Date().toISOString();
    const initErrors = ["an earlier run was interrupted while creating it"];
    const made = { ...wanted, id: found.id, outputs: found.outputs, initErrors, created: now, modified: now };
    context.reporter.scrubber.learn(made.outputs);
    const former = store.base.find(({ urn, delete: waits }) => urn === wanted.urn && !waits);
    if (former?.pendingReplacement) store.refresh(former, made);
    // The one that it was to replace lives on: whether it is still to be replaced is for this run to say.
    else store.take(former === undefined ? made : { ...made, delete: true });
  }
  await store.write();
}

async function settleChange(context: RunContext, under: ResourceState, type: PendingKind): Promise<void> {
  const { store } = context;
  const old = store.base.find(({ urn, id }) => urn === under.urn && id === under.id);
  if (old !== undefined) {
    say(context, old.urn, type);
    const provider = await providerOf(context, old);
    const request = { ...common(context, old), id: old.id ?? "", inputs: old.inputs, outputs: old.outputs };
    const live = await orInterrupted(provider.read(request), context.signal);
    store.refresh(old, live && { ...old, inputs: live.inputs, outputs: live.outputs, initErrors: live.initErrors });
    if (live === undefined) store.prune();
  }
  store.end(under.urn);
  await store.write();
}

function say({ reporter }: RunContext, urn: string, type: PendingKind): void {
  reporter.diagnostic("warning", `${urn}: an earlier run was interrupted while ${type} it; reading what became of it.`, { urn });
}

/** In a preview, which asks nothing: what was being changed is shown as to be worked on again. */
export function suspected({ store, preview }: RunContext, old: ResourceState): ResourceState {
  const pending = preview ? store.pendingOf(old.urn) : undefined;
  if (pending?.type !== "updating" && pending?.type !== "deleting") return old;
  const suspect = { ...old, initErrors: [`interrupted while ${pending.type}`] };
  store.refresh(old, suspect);
  return suspect;
}
