import { isDeepStrictEqual } from "node:util";
import type { DiffResult } from "../provider.ts";
import { common, type RunContext } from "../run/context.ts";
import type { ResourceState } from "../state.ts";
import { isProviderType, nameOf, parseReference } from "../urn.ts";
import type { PropertyMap } from "../values.ts";
import { noDiff, someDiff } from "./diff.ts";

/** Compares a resource's state with new inputs, by its provider's rules. */
export async function diffResource(
  context: RunContext,
  old: ResourceState,
  newInputs: PropertyMap,
  ignoreChanges: readonly string[],
  reference: string | undefined,
): Promise<DiffResult> {
  if (!old.custom) return isDeepStrictEqual(old.inputs, newInputs) ? noDiff : someDiff;
  if (isProviderType(old.type)) return context.registry.diff(old.type, old.inputs, newInputs);
  const provider = await context.registry.ensure(reference ?? "", context.store.base);
  return provider.diff({
    ...common(context, old),
    id: old.id ?? "",
    oldInputs: old.inputs,
    oldOutputs: old.outputs,
    newInputs,
    ignoreChanges,
  });
}

/** The replacement that another provider means, or undefined when the same provider goes on managing the resource. */
export async function providerChanged(context: RunContext, old: ResourceState, next: ResourceState): Promise<DiffResult | undefined> {
  if (!next.custom || isProviderType(next.type) || old.provider === next.provider || !old.provider || !next.provider) return undefined;
  const before = parseReference(old.provider);
  const after = parseReference(next.provider);
  // A provider that was renamed by an alias keeps its id.
  if (before.id === after.id) return undefined;
  const replace: DiffResult = { ...someDiff, replaces: ["provider"], diffs: ["provider"] };
  const isDefault = (urn: string) => nameOf(urn).startsWith("default");
  if (!isDefault(before.urn) || !isDefault(after.urn)) return replace;
  const find = ({ urn, id }: { urn: string; id: string }) => context.store.basedAs(urn).find((state) => state.id === id);
  const oldProvider = find(before);
  const newProvider = context.store.find(after.urn);
  if (oldProvider === undefined || newProvider === undefined) return replace;
  const diff = await context.registry.diff(oldProvider.type, oldProvider.inputs, newProvider.inputs);
  return diff.replaces.length > 0 ? replace : undefined;
}
