import type { DiffResult } from "../provider.ts";
import type { ResourceState } from "../state.ts";
import { parseReference } from "../urn.ts";
import { type PropertyMap, UNKNOWN } from "../values.ts";
import { dependents } from "./dependencies.ts";
import { applyReplaceOnChanges, replaces } from "./diff.ts";

export interface DependentReplacement {
  state: ResourceState;
  keys: string[];
}

/**
 * What must be replaced along with a resource that is deleted before its replacement exists: of its dependents those whose
 * provider says so when the properties that come from it (or from another one replaced) become unknown. In the state's order.
 */
export async function dependentReplacements(
  root: ResourceState,
  states: readonly ResourceState[],
  registered: ReadonlySet<string>,
  diff: (state: ResourceState, news: PropertyMap) => Promise<DiffResult>,
): Promise<DependentReplacement[]> {
  const replaced = new Set([root.urn]);
  const result: DependentReplacement[] = [];
  for (const state of dependents(root, states, registered)) {
    const keys = await replaceKeys(state, replaced, diff);
    if (keys === undefined) continue;
    replaced.add(state.urn);
    result.push({ state, keys });
  }
  return result;
}

async function replaceKeys(
  state: ResourceState,
  replaced: ReadonlySet<string>,
  diff: (state: ResourceState, news: PropertyMap) => Promise<DiffResult>,
): Promise<string[] | undefined> {
  if (!state.custom || state.external) return undefined;
  if (state.provider && replaced.has(parseReference(state.provider).urn)) return [];
  if (state.deletedWith !== undefined && replaced.has(state.deletedWith)) return [];
  if (state.replaceWith?.some((urn) => replaced.has(urn))) return [];
  const news: PropertyMap = { ...state.inputs };
  let touched = false;
  for (const key of Object.keys(news)) {
    if (!state.propertyDependencies?.[key]?.some((urn) => replaced.has(urn))) continue;
    news[key] = UNKNOWN;
    touched = true;
  }
  if (!touched) return undefined;
  const forced = applyReplaceOnChanges(await diff(state, news), state.replaceOnChanges ?? [], false);
  return replaces(forced) ? forced.replaces : undefined;
}
