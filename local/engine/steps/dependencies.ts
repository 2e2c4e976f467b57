import type { ResourceState } from "../state.ts";
import { parseReference } from "../urn.ts";

/** URNs that a resource cannot be without: parent, provider, dependencies, and what it is deleted with. */
export function needs(state: ResourceState): Set<string> {
  const urns = new Set(state.dependencies);
  for (const list of Object.values(state.propertyDependencies ?? {})) for (const urn of list) urns.add(urn);
  if (state.parent !== undefined && state.parent !== "") urns.add(state.parent);
  if (state.provider !== undefined && state.provider !== "") urns.add(parseReference(state.provider).urn);
  if (state.deletedWith !== undefined && state.deletedWith !== "") urns.add(state.deletedWith);
  urns.delete(state.urn);
  return urns;
}

/** What needs `root`, directly or not, in the order of the state; `without` leaves resources out. */
export function dependents(root: ResourceState, states: readonly ResourceState[], without: ReadonlySet<string>): ResourceState[] {
  const reached = new Set([root.urn]);
  const result: ResourceState[] = [];
  for (const state of states) {
    if (state === root || state.delete || without.has(state.urn)) continue;
    const needed = needs(state);
    // A child of a replaced parent is not replaced for that alone: only what depends on it.
    if (state.parent !== undefined && !dependsOn(state, state.parent)) needed.delete(state.parent);
    for (const urn of state.replaceWith ?? []) needed.add(urn);
    if ([...needed].some((urn) => reached.has(urn))) {
      reached.add(state.urn);
      result.push(state);
    }
  }
  return result;
}

function dependsOn(state: ResourceState, urn: string): boolean {
  return (
    state.dependencies?.includes(urn) === true ||
    Object.values(state.propertyDependencies ?? {}).some((list) => list.includes(urn)) ||
    state.deletedWith === urn ||
    (state.provider !== undefined && state.provider !== "" && parseReference(state.provider).urn === urn)
  );
}
