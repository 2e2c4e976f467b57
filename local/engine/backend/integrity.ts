import type { ResourceState, Snapshot } from "../state.ts";

/**
 * What would make a snapshot unusable, by Pulumi's own rules (pkg/resource/stack/snapshot/integrity.go): everything that a resource names
 * comes before it, and of resources with one URN at most one is alive. `undefined` when it is sound.
 */
export function integrityProblem(snapshot: Snapshot): string | undefined {
  const before = new Set<string>();
  const alive = new Set<string>();
  const providers = new Set<string>();
  const all = new Set(snapshot.resources.map((r) => r.urn));
  for (const resource of snapshot.resources) {
    const { urn, type, id, custom } = resource;
    if (!urn || !type) return `a resource has no ${urn ? "type" : "URN"}`;
    if (!custom && id) return `${urn} is a component, yet has the id "${id}"`;
    const missing = missingBefore(resource, before);
    if (missing) return `${urn} names ${missing.urn} (${missing.as}), which ${all.has(missing.urn) ? "comes after it" : "is not there"}`;
    if (type.startsWith("pulumi:providers:")) providers.add(`${urn}::${id ?? ""}`);
    if (resource.provider && !providers.has(resource.provider) && !resource.pendingReplacement)
      return `${urn} names the provider ${resource.provider}, which is not there`;
    if (!resource.delete) {
      if (alive.has(urn)) return `${urn} is there twice`;
      alive.add(urn);
    }
    before.add(urn);
  }
  return undefined;
}

function missingBefore(resource: ResourceState, before: ReadonlySet<string>): { urn: string; as: string } | undefined {
  if (resource.parent && !before.has(resource.parent)) return { urn: resource.parent, as: "its parent" };
  for (const urn of resource.dependencies ?? []) if (!before.has(urn)) return { urn, as: "a dependency" };
  for (const [property, urns] of Object.entries(resource.propertyDependencies ?? {})) {
    for (const urn of urns ?? []) if (!before.has(urn)) return { urn, as: `a dependency of its ${property}` };
  }
  if (resource.deletedWith && !before.has(resource.deletedWith)) return { urn: resource.deletedWith, as: "deleted with" };
  return undefined;
}
