import { bound, type Change, create, edit, patch, remove, template } from "./steps.ts";

/** To network, rights, bounds and metadata. */
export const accessChanges: readonly Change[] = [
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
