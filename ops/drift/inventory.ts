import { isRecord, type Json } from "../report/diff.ts";
import type { Applied } from "./baseline.ts";
import { ownedNamespaces } from "./baseline.ts";
import { type ClusterApi, Refused, type Served } from "./cluster-api.ts";
import type { Unread } from "./finding.ts";

/** What is in the cluster: of every kind, in every namespace that the stack owns, and each of its objects elsewhere. */
export interface Inventory {
  readonly objects: ReadonlyMap<string, Json>;
  /** Role bindings of the whole cluster that do not lie in a namespace of the stack. */
  readonly bindings: readonly Json[];
  readonly unread: readonly Unread[];
  /** Could the place of this object be read? Only then does its absence mean that it was deleted. */
  wasRead(object: Pick<Applied, "apiVersion" | "kind" | "namespace">): boolean;
  kindOf(apiVersion: string, kind: string): Served | undefined;
}

export const key = (apiVersion: string, kind: string, namespace: string | undefined, name: string): string =>
  [groupOf(apiVersion), kind, namespace ?? "", name].join("/");
export const keyOf = (object: Json): string => {
  const metadata = isRecord(object.metadata) ? object.metadata : {};
  return key(
    String(object.apiVersion),
    String(object.kind),
    typeof metadata.namespace === "string" ? metadata.namespace : undefined,
    String(metadata.name),
  );
};
const groupOf = (apiVersion: string): string => (apiVersion.includes("/") ? apiVersion.split("/")[0]! : "");

/** They come and go by themselves, or are another view of what is listed anyway. */
const PASSING = new Set(["/Event", "events.k8s.io/Event", "coordination.k8s.io/Lease", "metrics.k8s.io/PodMetrics"]);

/** Lists kind by kind, side by side, instead of asking for object after object. */
export async function readInventory(api: ClusterApi, applied: readonly Applied[]): Promise<Inventory> {
  const all = await api.served();
  const serves = (apiVersion: string, kind: string) => all.find((s) => s.apiVersion === apiVersion && s.kind === kind);
  const owned = ownedNamespaces(applied);
  const objects = new Map<string, Json>();
  const unread: Unread[] = [];
  const missed = new Set<string>();
  const place = (apiVersion: string, kind: string, namespace: string | undefined) => `${groupOf(apiVersion)}/${kind}/${namespace ?? ""}`;
  const isDeclared = (kind: Served, namespace: string | undefined) =>
    applied.some((o) => place(o.apiVersion, o.kind, o.namespace) === place(kind.apiVersion, kind.kind, namespace));
  const read = async (kind: Served, namespace: string | undefined, load: () => Promise<Json[]>): Promise<Json[]> => {
    try {
      const found = await load();
      for (const object of found) objects.set(keyOf(object), object);
      return found;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      // A definition that went meanwhile took its objects along.
      if (error.code === 404 || error.code === 405) return [];
      missed.add(place(kind.apiVersion, kind.kind, namespace));
      unread.push({
        what: namespace === undefined ? kind.plural : `${kind.plural} in ${namespace}`,
        why: error.message,
        declared: isDeclared(kind, namespace),
      });
      return [];
    }
  };
  const reads = owned.flatMap((namespace) => listed(all, applied).map((kind) => read(kind, namespace, () => api.list(kind, namespace))));
  const elsewhere = applied.filter(({ namespace }) => namespace === undefined || !owned.includes(namespace));
  const single = elsewhere.map(async ({ apiVersion, kind, namespace, name }) => {
    const served = serves(apiVersion, kind);
    if (served !== undefined)
      await read(served, namespace, async () => [await api.get(served, namespace, name)].filter((o) => o !== undefined));
  });
  const bindings = ["ClusterRoleBinding", "RoleBinding"].map(async (kind) => {
    const served = all.find((s) => s.kind === kind && s.apiVersion.startsWith("rbac.authorization.k8s.io/"));
    if (served === undefined || owned.length === 0) return [];
    try {
      return await api.list(served);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      unread.push({ what: `${served.plural} of the whole cluster`, why: error.message, declared: false });
      return [];
    }
  });
  const [found] = await Promise.all([Promise.all(bindings), ...reads, ...single]);
  return {
    objects,
    bindings: found.flat().filter(({ metadata }) => !(isRecord(metadata) && owned.includes(String(metadata.namespace)))),
    unread,
    wasRead: ({ apiVersion, kind, namespace }) => !missed.has(place(apiVersion, kind, namespace)),
    kindOf: serves,
  };
}

/** Namespaced kinds that can be listed, each once: in the version that the stack uses, or else the preferred one. */
function listed(all: readonly Served[], applied: readonly Applied[]): Served[] {
  const chosen = new Map<string, Served>();
  for (const kind of all) {
    const id = `${groupOf(kind.apiVersion)}/${kind.kind}`;
    if (!kind.namespaced || !kind.verbs.includes("list") || PASSING.has(id)) continue;
    const used = applied.some((o) => o.apiVersion === kind.apiVersion && o.kind === kind.kind);
    if (used || !chosen.has(id)) chosen.set(id, kind);
  }
  return [...chosen.values()];
}
