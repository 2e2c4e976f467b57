import { type ClusterApi, Refused, type Served } from "../../drift/cluster-api.ts";
import type { Json } from "../../report/diff.ts";
import { UserError } from "../../user-error.ts";
import { at, groupOf, listAt, nameOf, textAt } from "./objects.ts";

/** What is in a namespace, without what Kubernetes puts and keeps there by itself. */
export interface Found {
  readonly namespace: string;
  readonly objects: readonly Json[];
  /** Kinds that could not be listed, and why. */
  readonly unread: readonly string[];
}

/** They come and go by themselves, or are another view of what is listed anyway. */
const PASSING = new Set([
  "/Event",
  "events.k8s.io/Event",
  "coordination.k8s.io/Lease",
  "metrics.k8s.io/PodMetrics",
  "/Endpoints",
  "discovery.k8s.io/EndpointSlice",
  "apps/ControllerRevision",
]);
/** Without these nothing can be proposed. */
const NEEDED = ["/ConfigMap", "/Secret", "/Service", "/Pod", "apps/Deployment", "apps/StatefulSet"];

/** @throws UserError when the namespace is not there, is empty, or may not be read */
export async function readNamespace(api: ClusterApi, namespace: string): Promise<Found> {
  const refusal = (what: string, error: Refused) =>
    new UserError(
      error.code === 401 || error.code === 403
        ? `You may not read ${what} of namespace ${namespace}: ${error.message}. It takes the rights of the cluster role "admin" there (kubectl create rolebinding … --clusterrole admin), for Secrets are read, too. Nothing was written.`
        : `${what} of namespace ${namespace} cannot be read: ${error.message}. Nothing was written.`,
    );
  const all = await api.served().catch((error: unknown) => {
    throw error instanceof Refused ? refusal("the kinds of objects", error) : error;
  });
  const kinds = preferred(all);
  const own = kinds.find(({ apiVersion, kind }) => apiVersion === "v1" && kind === "Namespace");
  const found = own === undefined ? undefined : await namespaceOf(api, own, namespace, refusal);
  if (found === undefined) throw new UserError(`There is no namespace "${namespace}" in this cluster. ${await known(api, own)}`, 2);
  const unread: string[] = [];
  const lists = kinds
    .filter((kind) => kind.namespaced && kind.verbs.includes("list") && !PASSING.has(idOf(kind)))
    .map(async (kind) => {
      try {
        return await api.list(kind, namespace);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        if (NEEDED.includes(idOf(kind))) throw refusal(kind.plural, error);
        if (error.code !== 404 && error.code !== 405) unread.push(kind.plural);
        return [];
      }
    });
  const objects = (await Promise.all(lists)).flat().filter((object) => !isKubernetesOwn(object));
  if (objects.length === 0)
    throw new UserError(
      `Nothing runs in namespace ${namespace}: there is nothing to read. \`init\` without --from-namespace begins anew.`,
      2,
    );
  return { namespace, objects: [found, ...objects], unread };
}

async function namespaceOf(api: ClusterApi, kind: Served, name: string, refusal: (what: string, error: Refused) => UserError) {
  try {
    return await api.get(kind, undefined, name).then((object) => object && { apiVersion: "v1", kind: "Namespace", ...object });
  } catch (error) {
    throw error instanceof Refused ? refusal("the object", error) : error;
  }
}

async function known(api: ClusterApi, kind: Served | undefined): Promise<string> {
  const all = kind === undefined ? [] : await api.list(kind).catch(() => []);
  const names = all.map(nameOf).filter((name) => !name.startsWith("kube-"));
  return names.length === 0 ? "" : `There are: ${names.slice(0, 20).join(", ")}${names.length > 20 ? ", …" : ""}.`;
}

const idOf = ({ apiVersion, kind }: Served): string => `${apiVersion.includes("/") ? apiVersion.split("/")[0] : ""}/${kind}`;

function preferred(all: readonly Served[]): Served[] {
  const chosen = new Map<string, Served>();
  for (const kind of all) if (!kind.plural.includes("/") && !chosen.has(idOf(kind))) chosen.set(idOf(kind), kind);
  return [...chosen.values()];
}

/** What no person made: it belongs to another object of the namespace, or every namespace has it. */
function isKubernetesOwn(object: Json): boolean {
  const id = `${groupOf(object)}/${String(object.kind)}`;
  if (listAt(object, "metadata", "ownerReferences").some((owner) => owner.controller === true)) return true;
  if (id === "/ConfigMap" && nameOf(object) === "kube-root-ca.crt") return true;
  if (id === "/ServiceAccount" && nameOf(object) === "default") return true;
  if (id === "/Secret" && textAt(object, "type") === "kubernetes.io/service-account-token") return true;
  // Claims of a StatefulSet are its own, though nothing says so before Kubernetes 1.27.
  return id === "/Pod" && at(object, "metadata", "annotations", "kubernetes.io/config.mirror") !== undefined;
}
