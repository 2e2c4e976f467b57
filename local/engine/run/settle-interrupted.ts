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
  const known = store.base.some(({ urn, id, pendingReplacement }) => urn === wanted.urn && id === found?.id && !pendingReplacement);
  if (found !== undefined && !known) {
    const now = new Date().toISOString();
    const initErrors = ["an earlier run was interrupted while creating it"];
    const made = { ...wanted, id: found.id, outputs: found.outputs, initErrors, created: now, modified: now };
    context.reporter.scrubber.learn(made.outputs);
    const deleted = store.base.filter((state) => state.pendingReplacement && state.type === wanted.type);
    const replaced = deleted.find(({ urn }) => urn === wanted.urn) ?? deleted.find(({ id }) => id === found.id);
    const former = store.base.find(({ urn, delete: waits }) => urn === wanted.urn && !waits);
    if (replaced !== undefined) {
      store.refresh(replaced, made);
      if (replaced.urn !== made.urn) store.rename(replaced.urn, made.urn);
    }
    // The one that it was to replace lives on: whether it is still to be replaced is for this run to say.
    else store.take(former === undefined ? made : { ...made, delete: true });
  }
  await store.write();
}

async function settleChange(context: RunContext, under: ResourceState, type: PendingKind): Promise<void> {
  const { store } = context;
  // Its URN may be one that an alias was about to give it.
  const same = store.base.filter((state) => state.type === under.type && state.id === under.id && !state.pendingReplacement);
  const old = same.find(({ urn }) => urn === under.urn) ?? same[0];
  if (old !== undefined) {
    say(context, under.urn, type);
    const provider = await providerOf(context, old);
    const request = { ...common(context, old), id: old.id ?? "", inputs: old.inputs, outputs: old.outputs };
    const live = await orInterrupted(provider.read(request), context.signal);
    store.refresh(old, live && { ...eitherWay(store.base, old, under), ...live, id: old.id, initErrors: live.initErrors });
    if (live === undefined) store.prune();
  }
  store.end(under.urn);
  await store.write();
}

/** Whether the change took effect or not: what it needs of either, and a deletion of its own unless both go with the same holder. */
function eitherWay(states: readonly ResourceState[], old: ResourceState, under: ResourceState): ResourceState {
  const before = new Set(states.slice(0, states.indexOf(old)).map(({ urn }) => urn));
  const added = (under.dependencies ?? []).filter((urn) => before.has(urn));
  const dependencies = [...new Set([...(old.dependencies ?? []), ...added])];
  return { ...old, dependencies, deletedWith: old.deletedWith === under.deletedWith ? old.deletedWith : undefined };
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
