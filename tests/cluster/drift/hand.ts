import { type ClusterApi, Refused } from "../../../ops/drift/cluster-api.ts";
import type { Json } from "../../../ops/report/diff.ts";

const GROUPS: Readonly<Record<string, string>> = {
  deployments: "/apis/apps/v1",
  statefulsets: "/apis/apps/v1",
  replicasets: "/apis/apps/v1",
  daemonsets: "/apis/apps/v1",
  jobs: "/apis/batch/v1",
  cronjobs: "/apis/batch/v1",
  horizontalpodautoscalers: "/apis/autoscaling/v2",
  poddisruptionbudgets: "/apis/policy/v1",
  networkpolicies: "/apis/networking.k8s.io/v1",
  ingresses: "/apis/networking.k8s.io/v1",
  roles: "/apis/rbac.authorization.k8s.io/v1",
  rolebindings: "/apis/rbac.authorization.k8s.io/v1",
  clusterroles: "/apis/rbac.authorization.k8s.io/v1",
  clusterrolebindings: "/apis/rbac.authorization.k8s.io/v1",
  endpointslices: "/apis/discovery.k8s.io/v1",
  leases: "/apis/coordination.k8s.io/v1",
};
const CLUSTER = ["namespaces", "clusterroles", "clusterrolebindings"];

/** Somebody at the API, under a field manager of their own. */
export class Hand {
  readonly #api: ClusterApi;
  readonly namespace: string;
  constructor(api: ClusterApi, namespace: string) {
    this.#api = api;
    this.namespace = namespace;
  }

  path(kind: string, name?: string, namespace = this.namespace): string {
    const place = CLUSTER.includes(kind) ? "" : `/namespaces/${namespace}`;
    return `${GROUPS[kind] ?? "/api/v1"}${place}/${kind}${name === undefined ? "" : `/${name}`}`;
  }
  get(kind: string, name: string): Promise<Json> {
    return this.#api.call({ method: "GET", path: this.path(kind, name) });
  }
  async list(kind: string): Promise<Json[]> {
    return (await this.#api.call({ method: "GET", path: this.path(kind) })).items as Json[];
  }
  /** `kubectl edit` and `kubectl set`: a strategic merge patch. */
  edit(kind: string, name: string, body: unknown, manager = "kubectl-edit", subresource = ""): Promise<Json> {
    const path = `${this.path(kind, name)}${subresource === "" ? "" : `/${subresource}`}?fieldManager=${manager}`;
    return this.#api.call({ method: "PATCH", path, body, contentType: "application/strategic-merge-patch+json" });
  }
  /** `kubectl patch --type=json`. */
  patch(kind: string, name: string, body: unknown[], manager = "kubectl-patch"): Promise<Json> {
    const path = `${this.path(kind, name)}?fieldManager=${manager}`;
    return this.#api.call({ method: "PATCH", path, body, contentType: "application/json-patch+json" });
  }
  /** `kubectl scale`: through the subresource. */
  scale(kind: string, name: string, replicas: number, manager = "kubectl"): Promise<Json> {
    const path = `${this.path(kind, name)}/scale?fieldManager=${manager}`;
    return this.#api.call({ method: "PATCH", path, body: { spec: { replicas } }, contentType: "application/merge-patch+json" });
  }
  /** Server-side apply with force, as another tool would. */
  apply(kind: string, name: string, body: Json, manager: string): Promise<Json> {
    const path = `${this.path(kind, name)}?fieldManager=${manager}&force=true`;
    return this.#api.call({ method: "PATCH", path, body, contentType: "application/apply-patch+yaml" });
  }
  create(kind: string, body: Json, manager = "kubectl-create", namespace = this.namespace): Promise<Json> {
    return this.#api.call({ method: "POST", path: `${this.path(kind, undefined, namespace)}?fieldManager=${manager}`, body });
  }
  async remove(kind: string, name: string, namespace = this.namespace): Promise<void> {
    const body = { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy: "Background" };
    await this.#api.call({ method: "DELETE", path: this.path(kind, name, namespace), body }).catch((error: unknown) => {
      if (!(error instanceof Refused && error.code === 404)) throw error;
    });
  }
}
