import type { ResourceState } from "../state.ts";
import { common, providerOf, type RunContext } from "./context.ts";
import { orInterrupted } from "./interrupted.ts";

/**
 * What a resource is like after an update or delete of it was begun and never ended: the live system knows. A preview asks nothing and
 * shows the resource as one to be worked on again.
 */
export async function settleInterrupted(context: RunContext, old: ResourceState): Promise<ResourceState | undefined> {
  const { store, preview, reporter } = context;
  const pending = store.pendingOf(old.urn);
  if (pending === undefined || !old.custom || (pending.type !== "updating" && pending.type !== "deleting")) return old;
  reporter.diagnostic("warning", `${old.urn}: an earlier run was interrupted while ${pending.type} it; reading what became of it.`, {
    urn: old.urn,
  });
  if (preview) {
    const suspect = { ...old, initErrors: [`interrupted while ${pending.type}`] };
    store.refresh(old, suspect);
    return suspect;
  }
  const provider = await providerOf(context, old);
  const request = { ...common(context, old), id: old.id ?? "", inputs: old.inputs, outputs: old.outputs };
  const live = await orInterrupted(provider.read(request), context.signal);
  const settled = live && { ...old, inputs: live.inputs, outputs: live.outputs, initErrors: live.initErrors };
  store.end(old.urn);
  store.refresh(old, settled);
  if (settled === undefined) store.prune();
  await store.write();
  return settled;
}
