import { type Change, container, create, edit, ofApi, patch, pods, remove } from "./steps.ts";
import { planted } from "./world.ts";

/** To what runs. */
export const workloadChanges: readonly Change[] = [
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
];
