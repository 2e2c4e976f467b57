import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

/** An environment with the kinds that people touch, named as people would. Settle times are short: what is looked at is drift. */
export default function program() {
  const config = new pulumi.Config("shop");
  const ns = config.require("namespace");
  const password = config.requireSecret("password");
  const provider = new k8s.Provider("cluster", { enableConfigMapMutable: true, enableSecretMutable: true });
  const space = new k8s.core.v1.Namespace("space", { metadata: { name: ns, labels: { team: "shop" } } }, { provider });
  const options = { provider, dependsOn: [space] };
  const meta = (name: string) => ({ name, namespace: ns, labels: { "app.kubernetes.io/name": name } });

  new k8s.core.v1.ResourceQuota("quota", { metadata: meta("quota"), spec: { hard: { pods: "40", "requests.cpu": "8" } } }, options);
  new k8s.core.v1.LimitRange(
    "limits",
    { metadata: meta("limits"), spec: { limits: [{ type: "Container", default: { cpu: "100m", memory: "64Mi" } }] } },
    options,
  );
  new k8s.networking.v1.NetworkPolicy(
    "deny-all",
    { metadata: meta("deny-all"), spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] } },
    options,
  );
  new k8s.networking.v1.NetworkPolicy(
    "api",
    {
      metadata: meta("api"),
      spec: {
        podSelector: { matchLabels: { "app.kubernetes.io/name": "api" } },
        policyTypes: ["Ingress"],
        ingress: [{ from: [{ podSelector: { matchLabels: { "app.kubernetes.io/name": "web" } } }], ports: [{ port: 8080 }] }],
      },
    },
    options,
  );
  for (const name of ["api", "worker"])
    new k8s.core.v1.ServiceAccount(name, { metadata: meta(name), automountServiceAccountToken: false }, options);
  new k8s.rbac.v1.Role(
    "reader",
    { metadata: meta("reader"), rules: [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list"] }] },
    options,
  );
  new k8s.rbac.v1.RoleBinding(
    "reader",
    {
      metadata: meta("reader"),
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "reader" },
      subjects: [{ kind: "ServiceAccount", name: "api", namespace: ns }],
    },
    options,
  );
  new k8s.rbac.v1.ClusterRole(
    "nodes",
    { metadata: { name: ns }, rules: [{ apiGroups: [""], resources: ["nodes"], verbs: ["list"] }] },
    options,
  );
  new k8s.rbac.v1.ClusterRoleBinding(
    "nodes",
    {
      metadata: { name: ns },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: ns },
      subjects: [{ kind: "ServiceAccount", name: "api", namespace: ns }],
    },
    options,
  );
  new k8s.core.v1.ConfigMap("settings", { metadata: meta("settings"), data: { LEVEL: "info", "app.ini": "[a]\nb=1\n" } }, options);
  const fixed = new k8s.core.v1.ConfigMap("fixed", { metadata: { namespace: ns }, immutable: true, data: { LEVEL: "info" } }, options);
  new k8s.core.v1.Secret("credentials", { metadata: meta("credentials"), stringData: { PASSWORD: password, USER: "shop" } }, options);
  const sealed = new k8s.core.v1.Secret(
    "sealed",
    { metadata: { namespace: ns }, immutable: true, stringData: { PASSWORD: password } },
    options,
  );

  const pod = (name: string) => ({
    serviceAccountName: name,
    containers: [
      {
        name,
        image: `registry.example.com/shop/${name}:1.0.0@sha256:${"1".repeat(64)}`,
        env: [
          { name: "FIRST", value: "1" },
          { name: "SECOND", value: "2" },
        ],
        envFrom: [{ configMapRef: { name: fixed.metadata.name } }, { secretRef: { name: sealed.metadata.name } }],
        ports: [{ name: "http", containerPort: 8080 }],
        resources: { requests: { cpu: "50m", memory: "32Mi" }, limits: { cpu: "1000m", memory: "64Mi" } },
        readinessProbe: { httpGet: { path: "/", port: "http" }, periodSeconds: 5 },
        volumeMounts: [{ name: "settings", mountPath: "/etc/settings", readOnly: true }],
        securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
      },
    ],
    volumes: [{ name: "settings", configMap: { name: "settings" } }],
  });
  const labels = (name: string) => ({ "app.kubernetes.io/name": name });
  const workload = (name: string, spec: object) => ({
    metadata: meta(name),
    spec: { selector: { matchLabels: labels(name) }, template: { metadata: { labels: labels(name) }, spec: pod(name) }, ...spec },
  });
  const api = new k8s.apps.v1.Deployment("api", workload("api", {}), options);
  new k8s.apps.v1.Deployment("worker", workload("worker", { replicas: 1, revisionHistoryLimit: 3 }), options);
  new k8s.autoscaling.v2.HorizontalPodAutoscaler(
    "api",
    {
      metadata: meta("api"),
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: api.metadata.name },
        minReplicas: 2,
        maxReplicas: 4,
        metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } }],
      },
    },
    options,
  );
  new k8s.policy.v1.PodDisruptionBudget(
    "api",
    { metadata: meta("api"), spec: { maxUnavailable: 1, selector: { matchLabels: labels("api") } } },
    options,
  );
  new k8s.core.v1.Service(
    "api",
    {
      metadata: { ...meta("api"), annotations: { "pulumi.com/skipAwait": "true" } },
      spec: { selector: labels("api"), ports: [{ name: "http", port: 80, targetPort: "http" }] },
    },
    options,
  );
  new k8s.apps.v1.StatefulSet(
    "store",
    {
      metadata: meta("store"),
      spec: {
        serviceName: "api",
        replicas: 1,
        selector: { matchLabels: labels("store") },
        template: { metadata: { labels: labels("store") }, spec: pod("worker") },
        volumeClaimTemplates: [
          { metadata: { name: "data" }, spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } } },
        ],
      },
    },
    options,
  );
  const jobPod = { spec: { restartPolicy: "Never", containers: [{ name: "run", image: "registry.example.com/shop/job:1.0.0" }] } };
  new k8s.batch.v1.Job("migrate", { metadata: meta("migrate"), spec: { backoffLimit: 0, template: jobPod } }, options);
  new k8s.batch.v1.CronJob(
    "nightly",
    {
      metadata: meta("nightly"),
      spec: { schedule: "0 2 * * *", concurrencyPolicy: "Forbid", jobTemplate: { spec: { template: jobPod } } },
    },
    options,
  );
  return { namespace: ns };
}
