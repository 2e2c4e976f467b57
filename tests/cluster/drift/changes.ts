import type { Json } from "../../../ops/report/diff.ts";
import type { Hand } from "./hand.ts";
import { planted } from "./world.ts";

export interface Change {
  readonly name: string;
  /** `Kind/name` of the object that must be named, `path` of a field of it, when there is one. */
  readonly where: string;
  readonly path?: string;
  readonly make: (hand: Hand) => Promise<unknown>;
}

const base64 = (text: string) => Buffer.from(text).toString("base64");
const pods = (spec: Json) => ({ spec: { template: { spec } } });
const container = (fields: Json) => pods({ containers: [{ name: "api", ...fields }] });
const ofApi = "spec.template.spec.containers[api]";
const edit =
  (kind: string, name: string, body: unknown, manager?: string) =>
  (hand: Hand): Promise<unknown> =>
    hand.edit(kind, name, body, manager);
const patch =
  (kind: string, name: string, ...operations: unknown[]) =>
  (hand: Hand): Promise<unknown> =>
    hand.patch(kind, name, operations);
const remove =
  (kind: string, name: string) =>
  (hand: Hand): Promise<unknown> =>
    hand.remove(kind, name);
const create =
  (kind: string, apiVersion: string, type: string, body: Json) =>
  (hand: Hand): Promise<unknown> =>
    hand.create(kind, { apiVersion, kind: type, metadata: { name: "extra" }, ...body });
/** Deletes an immutable object and makes it anew, as people do who want to change it. */
const remake = (kind: string, logical: string, data: Json) => async (hand: Hand) => {
  const found = (await hand.list(kind)).find(({ metadata }) => (metadata as { name: string }).name.startsWith(`${logical}-`))!;
  const { name, labels, annotations } = found.metadata as Json;
  await hand.remove(kind, String(name));
  await hand.create(kind, { ...found, metadata: { name, labels, annotations }, data });
};
const bound = (name: string, kind: string, role: string, hand: Hand) => ({
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind,
  metadata: { name },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
  subjects: [{ kind: "ServiceAccount", name: "api", namespace: hand.namespace }],
});
const template = { metadata: { labels: { app: "extra" } }, spec: { containers: [{ name: "x", image: "registry.example.com/x:1" }] } };
const job = { template: { spec: { ...template.spec, restartPolicy: "Never" } } };

/** Changes by hand that must be found: each a call of the API under another field manager. */
export const changes: readonly Change[] = [
  // Workloads
  {
    name: "an image replaced",
    where: "Deployment/api",
    path: `${ofApi}.image`,
    make: edit("deployments", "api", container({ image: "registry.example.com/shop/api:evil" }), "kubectl-set"),
  },
  {
    name: "a variable changed",
    where: "Deployment/api",
    path: `${ofApi}.env[FIRST].value`,
    make: edit("deployments", "api", container({ env: [{ name: "FIRST", value: "9" }] })),
  },
  {
    name: "a variable appended",
    where: "Deployment/api",
    path: `${ofApi}.env[DEBUG]`,
    make: edit("deployments", "api", container({ env: [{ name: "DEBUG", value: "1" }] }), "kubectl-set"),
  },
  {
    name: "a variable put in front",
    where: "Deployment/api",
    path: `${ofApi}.env[ZERO]`,
    make: patch("deployments", "api", { op: "add", path: "/spec/template/spec/containers/0/env/0", value: { name: "ZERO", value: "0" } }),
  },
  {
    name: "a variable removed",
    where: "Deployment/api",
    path: `${ofApi}.env[FIRST]`,
    make: patch("deployments", "api", { op: "remove", path: "/spec/template/spec/containers/0/env/0" }),
  },
  {
    name: "variables in another order",
    where: "Deployment/api",
    path: `${ofApi}.env`,
    make: patch("deployments", "api", {
      op: "move",
      from: "/spec/template/spec/containers/0/env/0",
      path: "/spec/template/spec/containers/0/env/1",
    }),
  },
  {
    name: "a secret written into a variable",
    where: "Deployment/api",
    path: `${ofApi}.env[COPY]`,
    make: edit("deployments", "api", container({ env: [{ name: "COPY", value: planted }] })),
  },
  {
    name: "a source of variables appended",
    where: "Deployment/api",
    path: `${ofApi}.envFrom`,
    make: patch("deployments", "api", {
      op: "add",
      path: "/spec/template/spec/containers/0/envFrom/-",
      value: { configMapRef: { name: "extra", optional: true } },
    }),
  },
  {
    name: "a sidecar appended",
    where: "Deployment/api",
    path: "spec.template.spec.containers[spy]",
    make: edit("deployments", "api", pods({ containers: [{ name: "spy", image: "registry.example.com/spy:1" }] })),
  },
  {
    name: "a sidecar put in front",
    where: "Deployment/api",
    path: "spec.template.spec.containers[spy]",
    make: patch("deployments", "api", {
      op: "add",
      path: "/spec/template/spec/containers/0",
      value: { name: "spy", image: "registry.example.com/spy:1" },
    }),
  },
  {
    name: "an init container added",
    where: "Deployment/api",
    path: "spec.template.spec.initContainers",
    make: edit("deployments", "api", pods({ initContainers: [{ name: "spy", image: "registry.example.com/spy:1" }] })),
  },
  {
    name: "a memory limit raised",
    where: "Deployment/api",
    path: `${ofApi}.resources.limits.memory`,
    make: edit("deployments", "api", container({ resources: { limits: { memory: "1Gi" } } })),
  },
  {
    name: "a CPU request removed",
    where: "Deployment/api",
    path: `${ofApi}.resources.requests.cpu`,
    make: patch("deployments", "api", { op: "remove", path: "/spec/template/spec/containers/0/resources/requests/cpu" }),
  },
  {
    name: "a readiness probe removed",
    where: "Deployment/api",
    path: `${ofApi}.readinessProbe`,
    make: patch("deployments", "api", { op: "remove", path: "/spec/template/spec/containers/0/readinessProbe" }),
  },
  {
    name: "a defaulted probe timeout changed",
    where: "Deployment/api",
    path: `${ofApi}.readinessProbe.timeoutSeconds`,
    make: edit("deployments", "api", container({ readinessProbe: { timeoutSeconds: 9 } })),
  },
  {
    name: "a liveness probe added",
    where: "Deployment/api",
    path: `${ofApi}.livenessProbe`,
    make: edit("deployments", "api", container({ livenessProbe: { httpGet: { path: "/", port: "http" } } })),
  },
  {
    name: "a command set",
    where: "Deployment/api",
    path: `${ofApi}.command`,
    make: edit("deployments", "api", container({ command: ["sleep", "1d"] })),
  },
  {
    name: "privilege escalation allowed",
    where: "Deployment/api",
    path: `${ofApi}.securityContext.allowPrivilegeEscalation`,
    make: edit("deployments", "api", container({ securityContext: { allowPrivilegeEscalation: true } })),
  },
  {
    name: "a capability added",
    where: "Deployment/api",
    path: `${ofApi}.securityContext.capabilities`,
    make: edit("deployments", "api", container({ securityContext: { capabilities: { add: ["NET_ADMIN"] } } })),
  },
  {
    name: "a host path mounted",
    where: "Deployment/api",
    path: "spec.template.spec.volumes[host]",
    make: edit(
      "deployments",
      "api",
      pods({
        volumes: [{ name: "host", hostPath: { path: "/" } }],
        containers: [{ name: "api", volumeMounts: [{ name: "host", mountPath: "/host" }] }],
      }),
    ),
  },
  {
    name: "the host's network used",
    where: "Deployment/worker",
    path: "spec.template.spec.hostNetwork",
    make: edit("deployments", "worker", pods({ hostNetwork: true })),
  },
  {
    name: "another service account",
    where: "Deployment/api",
    path: "spec.template.spec.serviceAccountName",
    make: edit("deployments", "api", pods({ serviceAccountName: "worker" })),
  },
  {
    name: "a node selector",
    where: "Deployment/api",
    path: "spec.template.spec.nodeSelector",
    make: edit("deployments", "api", pods({ nodeSelector: { disk: "fast" } })),
  },
  {
    name: "a toleration",
    where: "Deployment/worker",
    path: "spec.template.spec.tolerations",
    make: edit("deployments", "worker", pods({ tolerations: [{ operator: "Exists" }] })),
  },
  {
    name: "a rollout restarted",
    where: "Deployment/api",
    path: "spec.template.metadata.annotations",
    make: edit(
      "deployments",
      "api",
      { spec: { template: { metadata: { annotations: { "kubectl.kubernetes.io/restartedAt": "2026-01-01T00:00:00Z" } } } } },
      "kubectl-rollout",
    ),
  },
  {
    name: "a rollout paused",
    where: "Deployment/api",
    path: "spec.paused",
    make: edit("deployments", "api", { spec: { paused: true } }, "kubectl-rollout"),
  },
  {
    name: "a fixed workload scaled",
    where: "Deployment/worker",
    path: "spec.replicas",
    make: (hand) => hand.scale("deployments", "worker", 3),
  },
  {
    name: "an autoscaled workload scaled to nothing",
    where: "Deployment/api",
    path: "spec.replicas",
    make: (hand) => hand.scale("deployments", "api", 0),
  },
  {
    name: "the strategy changed",
    where: "Deployment/worker",
    path: "spec.strategy.type",
    make: patch("deployments", "worker", { op: "replace", path: "/spec/strategy", value: { type: "Recreate" } }),
  },
  {
    name: "a kept history shortened",
    where: "Deployment/worker",
    path: "spec.revisionHistoryLimit",
    make: edit("deployments", "worker", { spec: { revisionHistoryLimit: 0 } }),
  },
  {
    name: "a label of pods added",
    where: "Deployment/worker",
    path: "spec.template.metadata.labels.exposed",
    make: edit("deployments", "worker", { spec: { template: { metadata: { labels: { exposed: "yes" } } } } }),
  },
  {
    name: "a stateful set scaled",
    where: "StatefulSet/store",
    path: "spec.replicas",
    make: (hand) => hand.scale("statefulsets", "store", 2),
  },
  {
    name: "a stateful set's image replaced by another tool's apply",
    where: "StatefulSet/store",
    path: "spec.template.spec.containers[worker].image",
    make: (hand) =>
      hand.apply(
        "statefulsets",
        "store",
        {
          apiVersion: "apps/v1",
          kind: "StatefulSet",
          metadata: { name: "store" },
          ...pods({ containers: [{ name: "worker", image: "registry.example.com/other:2" }] }),
        },
        "argocd-controller",
      ),
  },
  { name: "a workload deleted", where: "Deployment/worker", make: remove("deployments", "worker") },
  // Scale and disruption
  {
    name: "an autoscaler's maximum raised",
    where: "HorizontalPodAutoscaler/api",
    path: "spec.maxReplicas",
    make: edit("horizontalpodautoscalers", "api", { spec: { maxReplicas: 40 } }),
  },
  {
    name: "an autoscaler's target changed",
    where: "HorizontalPodAutoscaler/api",
    path: "spec.metrics[0].resource.target.averageUtilization",
    make: patch("horizontalpodautoscalers", "api", {
      op: "replace",
      path: "/spec/metrics/0/resource/target/averageUtilization",
      value: 95,
    }),
  },
  {
    name: "an autoscaler that never scales down",
    where: "HorizontalPodAutoscaler/api",
    path: "spec.behavior",
    make: edit("horizontalpodautoscalers", "api", { spec: { behavior: { scaleDown: { selectPolicy: "Disabled" } } } }),
  },
  { name: "an autoscaler deleted", where: "HorizontalPodAutoscaler/api", make: remove("horizontalpodautoscalers", "api") },
  {
    name: "a second autoscaler",
    where: "HorizontalPodAutoscaler/extra",
    make: create("horizontalpodautoscalers", "autoscaling/v2", "HorizontalPodAutoscaler", {
      spec: { scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "worker" }, minReplicas: 1, maxReplicas: 9 },
    }),
  },
  {
    name: "a disruption budget loosened",
    where: "PodDisruptionBudget/api",
    path: "spec.maxUnavailable",
    make: edit("poddisruptionbudgets", "api", { spec: { maxUnavailable: "100%" } }),
  },
  { name: "a disruption budget deleted", where: "PodDisruptionBudget/api", make: remove("poddisruptionbudgets", "api") },
  // Batch
  {
    name: "a cron job suspended",
    where: "CronJob/nightly",
    path: "spec.suspend",
    make: edit("cronjobs", "nightly", { spec: { suspend: true } }),
  },
  {
    name: "a schedule changed",
    where: "CronJob/nightly",
    path: "spec.schedule",
    make: edit("cronjobs", "nightly", { spec: { schedule: "0 3 * * *" } }),
  },
  {
    name: "a cron job's image replaced",
    where: "CronJob/nightly",
    path: "spec.jobTemplate.spec.template.spec.containers[run].image",
    make: edit("cronjobs", "nightly", {
      spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: "run", image: "registry.example.com/other:1" }] } } } } },
    }),
  },
  { name: "a cron job deleted", where: "CronJob/nightly", make: remove("cronjobs", "nightly") },
  { name: "a job deleted", where: "Job/migrate", make: remove("jobs", "migrate") },
  { name: "a job added", where: "Job/extra", make: create("jobs", "batch/v1", "Job", { spec: job }) },
  {
    name: "a cron job added",
    where: "CronJob/extra",
    make: create("cronjobs", "batch/v1", "CronJob", { spec: { schedule: "0 1 * * *", jobTemplate: { spec: job } } }),
  },
  // Configuration and secrets
  {
    name: "a setting changed",
    where: "ConfigMap/settings",
    path: "data.LEVEL",
    make: edit("configmaps", "settings", { data: { LEVEL: "debug" } }),
  },
  {
    name: "a setting added",
    where: "ConfigMap/settings",
    path: "data.EXTRA",
    make: edit("configmaps", "settings", { data: { EXTRA: "1" } }),
  },
  {
    name: "a setting removed",
    where: "ConfigMap/settings",
    path: "data.LEVEL",
    make: patch("configmaps", "settings", { op: "remove", path: "/data/LEVEL" }),
  },
  {
    name: "a secret copied into a ConfigMap",
    where: "ConfigMap/settings",
    path: "data.NOTE",
    make: edit("configmaps", "settings", { data: { NOTE: `it is ${planted}` } }),
  },
  {
    name: "an immutable ConfigMap made anew",
    where: "ConfigMap/fixed",
    path: "data.LEVEL",
    make: remake("configmaps", "fixed", { LEVEL: "debug" }),
  },
  { name: "a ConfigMap deleted", where: "ConfigMap/settings", make: remove("configmaps", "settings") },
  { name: "a ConfigMap added", where: "ConfigMap/extra", make: create("configmaps", "v1", "ConfigMap", { data: { a: "b" } }) },
  {
    name: "a secret value edited",
    where: "Secret/credentials",
    path: "data.PASSWORD",
    make: edit("secrets", "credentials", { stringData: { PASSWORD: `${planted}-other` } }),
  },
  {
    name: "a secret key added",
    where: "Secret/credentials",
    path: "data.TOKEN",
    make: edit("secrets", "credentials", { data: { TOKEN: base64(`${planted}-token`) } }),
  },
  {
    name: "a secret key removed",
    where: "Secret/credentials",
    path: "data.USER",
    make: patch("secrets", "credentials", { op: "remove", path: "/data/USER" }),
  },
  {
    name: "an immutable Secret made anew",
    where: "Secret/sealed",
    path: "data.PASSWORD",
    make: remake("secrets", "sealed", { PASSWORD: base64(`${planted}-new`) }),
  },
  { name: "a Secret deleted", where: "Secret/credentials", make: remove("secrets", "credentials") },
  { name: "a Secret added", where: "Secret/extra", make: create("secrets", "v1", "Secret", { stringData: { KEY: `${planted}-extra` } }) },
  {
    name: "kubectl apply's own annotation, with a secret in it",
    where: "Secret/credentials",
    path: "metadata.annotations",
    make: edit(
      "secrets",
      "credentials",
      {
        metadata: {
          annotations: { "kubectl.kubernetes.io/last-applied-configuration": JSON.stringify({ data: { PASSWORD: base64(planted) } }) },
        },
      },
      "kubectl-client-side-apply",
    ),
  },
  // Network
  {
    name: "a service retargeted",
    where: "Service/api",
    path: 'spec.selector["app.kubernetes.io/name"]',
    make: edit("services", "api", { spec: { selector: { "app.kubernetes.io/name": "worker" } } }),
  },
  {
    name: "a service opened to the outside",
    where: "Service/api",
    path: "spec.type",
    make: edit("services", "api", { spec: { type: "NodePort" } }),
  },
  {
    name: "a service port added",
    where: "Service/api",
    path: "spec.ports[debug]",
    make: edit("services", "api", { spec: { ports: [{ name: "debug", port: 9229 }] } }),
  },
  { name: "a service deleted", where: "Service/api", make: remove("services", "api") },
  {
    name: "a service added",
    where: "Service/extra",
    make: create("services", "v1", "Service", { spec: { selector: { a: "b" }, ports: [{ port: 80 }] } }),
  },
  {
    name: "endpoints added to a service",
    where: "EndpointSlice/extra",
    make: create("endpointslices", "discovery.k8s.io/v1", "EndpointSlice", {
      metadata: { name: "extra", labels: { "kubernetes.io/service-name": "api" } },
      addressType: "IPv4",
      endpoints: [{ addresses: ["203.0.113.9"] }],
      ports: [{ name: "http", port: 80 }],
    }),
  },
  {
    name: "a network policy loosened",
    where: "NetworkPolicy/api",
    path: "spec.ingress",
    make: patch("networkpolicies", "api", { op: "add", path: "/spec/ingress/-", value: {} }),
  },
  {
    name: "a network policy no longer about egress",
    where: "NetworkPolicy/deny-all",
    path: "spec.policyTypes",
    make: patch("networkpolicies", "deny-all", { op: "replace", path: "/spec/policyTypes", value: ["Ingress"] }),
  },
  { name: "a network policy deleted", where: "NetworkPolicy/deny-all", make: remove("networkpolicies", "deny-all") },
  {
    name: "a network policy added",
    where: "NetworkPolicy/extra",
    make: create("networkpolicies", "networking.k8s.io/v1", "NetworkPolicy", { spec: { podSelector: {}, ingress: [{}] } }),
  },
  {
    name: "an ingress added",
    where: "Ingress/extra",
    make: create("ingresses", "networking.k8s.io/v1", "Ingress", {
      spec: { defaultBackend: { service: { name: "api", port: { number: 80 } } } },
    }),
  },
  // Rights
  {
    name: "rights given by a role binding",
    where: "RoleBinding/extra",
    make: (hand) => hand.create("rolebindings", bound("extra", "RoleBinding", "edit", hand)),
  },
  {
    name: "rights given in the whole cluster",
    where: "ClusterRoleBinding/extra",
    make: (hand) => hand.create("clusterrolebindings", bound(`${hand.namespace}-extra`, "ClusterRoleBinding", "cluster-admin", hand)),
  },
  {
    name: "rights given in another namespace",
    where: "RoleBinding/extra",
    make: (hand) => hand.create("rolebindings", bound(`${hand.namespace}-extra`, "RoleBinding", "view", hand), "kubectl-create", "default"),
  },
  {
    name: "a role widened",
    where: "Role/reader",
    path: "rules",
    make: patch("roles", "reader", { op: "add", path: "/rules/-", value: { apiGroups: [""], resources: ["secrets"], verbs: ["*"] } }),
  },
  {
    name: "a cluster role widened",
    where: "ClusterRole/",
    path: "rules[0].verbs",
    make: (hand) => hand.patch("clusterroles", hand.namespace, [{ op: "add", path: "/rules/0/verbs/-", value: "delete" }]),
  },
  {
    name: "a subject added to a binding",
    where: "RoleBinding/reader",
    path: "subjects",
    make: patch("rolebindings", "reader", {
      op: "add",
      path: "/subjects/-",
      value: { kind: "User", name: "mallory", apiGroup: "rbac.authorization.k8s.io" },
    }),
  },
  { name: "a role added", where: "Role/extra", make: create("roles", "rbac.authorization.k8s.io/v1", "Role", { rules: [] }) },
  { name: "a service account added", where: "ServiceAccount/extra", make: create("serviceaccounts", "v1", "ServiceAccount", {}) },
  {
    name: "a service account's token mounted again",
    where: "ServiceAccount/api",
    path: "automountServiceAccountToken",
    make: edit("serviceaccounts", "api", { automountServiceAccountToken: true }),
  },
  {
    name: "a pull secret added to a service account",
    where: "ServiceAccount/worker",
    path: "imagePullSecrets",
    make: edit("serviceaccounts", "worker", { imagePullSecrets: [{ name: "extra" }] }),
  },
  // Namespace and bounds
  {
    name: "a namespace relabelled",
    where: "Namespace/",
    path: "metadata.labels.team",
    make: (hand) => hand.edit("namespaces", hand.namespace, { metadata: { labels: { team: "other" } } }, "kubectl-label"),
  },
  {
    name: "a namespace's Pod Security set",
    where: "Namespace/",
    path: "metadata.labels",
    make: (hand) =>
      hand.edit(
        "namespaces",
        hand.namespace,
        { metadata: { labels: { "pod-security.kubernetes.io/enforce": "privileged" } } },
        "kubectl-label",
      ),
  },
  {
    name: "a quota raised",
    where: "ResourceQuota/quota",
    path: 'spec.hard["requests.cpu"]',
    make: edit("resourcequotas", "quota", { spec: { hard: { "requests.cpu": "800" } } }),
  },
  { name: "a quota deleted", where: "ResourceQuota/quota", make: remove("resourcequotas", "quota") },
  {
    name: "a limit range changed",
    where: "LimitRange/limits",
    path: "spec.limits[0].default.cpu",
    make: patch("limitranges", "limits", { op: "replace", path: "/spec/limits/0/default/cpu", value: "900m" }),
  },
  { name: "a pod added", where: "Pod/extra", make: create("pods", "v1", "Pod", { spec: { ...template.spec } }) },
  {
    name: "a workload added",
    where: "Deployment/extra",
    make: create("deployments", "apps/v1", "Deployment", { spec: { replicas: 0, selector: { matchLabels: { app: "extra" } }, template } }),
  },
  {
    name: "a volume claim added",
    where: "PersistentVolumeClaim/extra",
    make: create("persistentvolumeclaims", "v1", "PersistentVolumeClaim", {
      spec: { accessModes: ["ReadWriteOnce"], storageClassName: "none", resources: { requests: { storage: "1Gi" } } },
    }),
  },
  // Metadata
  {
    name: "an annotation added",
    where: "Service/api",
    path: "metadata.annotations",
    make: edit("services", "api", { metadata: { annotations: { "example.com/owner": "nobody" } } }, "kubectl-annotate"),
  },
  {
    name: "a label removed",
    where: "Service/api",
    path: 'metadata.labels["app.kubernetes.io/name"]',
    make: patch("services", "api", { op: "remove", path: "/metadata/labels/app.kubernetes.io~1name" }),
  },
  {
    name: "a finalizer added",
    where: "ConfigMap/settings",
    path: "metadata.finalizers",
    make: edit("configmaps", "settings", { metadata: { finalizers: ["example.com/hold"] } }),
  },
  {
    name: "an owner put over an object",
    where: "ConfigMap/settings",
    path: "metadata.ownerReferences",
    make: async (hand) => {
      const { metadata } = (await hand.get("services", "api")) as { metadata: { uid: string } };
      return hand.edit("configmaps", "settings", {
        metadata: { ownerReferences: [{ apiVersion: "v1", kind: "Service", name: "api", uid: metadata.uid }] },
      });
    },
  },
];

/** What happens by itself or is nobody's drift: none of it may be reported. */
export const harmless: readonly { readonly name: string; readonly make: (hand: Hand) => Promise<unknown> }[] = [
  { name: "nothing", make: async () => {} },
  { name: "the autoscaler scales within its bounds", make: (hand) => hand.scale("deployments", "api", 3, "kube-controller-manager") },
  { name: "somebody scales within the autoscaler's bounds", make: (hand) => hand.scale("deployments", "api", 2) },
  {
    name: "a pod deleted, and made anew",
    make: async (hand) => {
      const [pod] = await hand.list("pods");
      if (pod !== undefined) await hand.remove("pods", String((pod.metadata as Json).name));
    },
  },
  {
    name: "a status written",
    make: (hand) => hand.edit("deployments", "api", { status: { observedGeneration: 1 } }, "some-operator", "status"),
  },
  { name: "the same value set again", make: edit("deployments", "worker", { spec: { replicas: 1 } }) },
  {
    name: "the same manifest applied by another tool",
    make: (hand) =>
      hand.apply(
        "configmaps",
        "settings",
        { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "settings" }, data: { LEVEL: "info" } },
        "other-tool",
      ),
  },
  {
    name: "a controller's annotation",
    make: edit("services", "api", { metadata: { annotations: { "cloud.example.com/lb": "1" } } }, "cloud-controller-manager"),
  },
  {
    name: "a lease taken",
    make: create("leases", "coordination.k8s.io/v1", "Lease", { metadata: { name: "leader" }, spec: { holderIdentity: "api-1" } }),
  },
  {
    name: "an event",
    make: (hand) =>
      hand.create("events", {
        apiVersion: "v1",
        kind: "Event",
        metadata: { name: "seen" },
        involvedObject: { kind: "Service", name: "api", namespace: hand.namespace },
        reason: "Seen",
        type: "Normal",
      }),
  },
  { name: "the default service account gone, and made anew", make: remove("serviceaccounts", "default") },
  { name: "the cluster's certificate authority gone, and made anew", make: remove("configmaps", "kube-root-ca.crt") },
  {
    name: "a cron job's run",
    make: async (hand) => {
      const { metadata } = (await hand.get("cronjobs", "nightly")) as { metadata: { uid: string } };
      const owner = { apiVersion: "batch/v1", kind: "CronJob", name: "nightly", uid: metadata.uid, controller: true };
      return hand.create(
        "jobs",
        { apiVersion: "batch/v1", kind: "Job", metadata: { name: "nightly-1", ownerReferences: [owner] }, spec: job },
        "kube-controller-manager",
      );
    },
  },
];
