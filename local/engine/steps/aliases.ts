import type { AliasSpec } from "../registration.ts";
import { makeUrn, nameOf, qualifiedType, stackType, typeOf } from "../urn.ts";

export interface AliasContext {
  stack: string;
  project: string;
  /** URN of today -> URN under which the old state was found, for resources registered before. */
  renamed: ReadonlyMap<string, string>;
}

/** Every URN that a resource may have had before: its own aliases, and its parent's multiplied out. */
export function earlierUrns(
  { name, type, parent, aliases }: { name: string; type: string; parent?: string; aliases: readonly AliasSpec[] },
  context: AliasContext,
): string[] {
  const own = aliases.map((alias) => resolveAlias({ name, type, parent }, alias, context));
  const result = new Set(own);
  const parentAlias = parent === undefined ? undefined : context.renamed.get(parent);
  if (parent !== undefined && parentAlias !== undefined) {
    result.add(inherited(type, name, nameOf(parent), parentAlias));
    for (const urn of own) result.add(inherited(typeOf(urn), nameOf(urn), nameOf(parent), parentAlias));
  }
  return [...result];
}

function resolveAlias(resource: { name: string; type: string; parent?: string }, alias: AliasSpec, context: AliasContext): string {
  if ("urn" in alias) return alias.urn;
  let parent = alias.parent === undefined ? resource.parent : (context.renamed.get(alias.parent) ?? alias.parent);
  if (alias.noParent || (parent !== undefined && qualifiedType(parent) === stackType)) parent = undefined;
  return makeUrn(
    alias.stack ?? context.stack,
    alias.project ?? context.project,
    parent,
    alias.type ?? resource.type,
    alias.name ?? resource.name,
  );
}

/** A child named after its parent (`web-config` of `web`) was named after the parent's old name. */
function inherited(type: string, name: string, parentName: string, parentAlias: string): string {
  const oldName = name.startsWith(parentName) ? nameOf(parentAlias) + name.slice(parentName.length) : name;
  const [head] = parentAlias.split(`::${qualifiedType(parentAlias)}::`);
  return `${head}::${qualifiedType(parentAlias)}$${type}::${oldName}`;
}
