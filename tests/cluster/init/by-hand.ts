/** What a team has in a namespace of its own, as kubectl would send it. `secret`: a value that must never be seen. */
export function byHand(namespace: string, secret: string): Record<string, unknown>[] {
  const metadata = (name: string, labels?: Record<string, string>) => ({ name, namespace, ...(labels && { labels }) });
  const probe = (path: string) => ({ httpGet: { path, port: "http" }, timeoutSeconds: 3 });
  const resources = {
    requests: { cpu: "50m", memory: "64Mi", "ephemeral-storage": "64Mi" },
    limits: { cpu: "100m", memory: "128Mi", "ephemeral-storage": "256Mi" },
  };
  const plain = (name: string, more: Record<string, unknown> = {}) => ({
    name: "server",
    image: `registry.example.com/team/${name}:2.3.0@sha256:${"1".repeat(64)}`,
    ports: [{ name: "http", containerPort: 8080 }],
    resources,
    readinessProbe: { httpGet: { path: "/ready", port: 8080 } },
    livenessProbe: { tcpSocket: { port: 8080 } },
    ...more,
  });
  return [
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: metadata("app-settings"),
      data: { LOG_LEVEL: "info", "nginx.conf": "worker_processes 1;" },
    },
    { apiVersion: "v1", kind: "ConfigMap", metadata: metadata("notes"), data: { README: "by hand" } },
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: metadata("api-credentials"),
      stringData: { DATABASE_URL: `postgresql://app:${secret}@db.example.com:6432/app`, API_TOKEN: secret },
    },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: metadata("web"), automountServiceAccountToken: false },
    { apiVersion: "apps/v1", kind: "Deployment", metadata: metadata("web", { team: "shop" }), spec: hardened("web", resources, probe) },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: metadata("api", { app: "api", team: "shop" }),
      spec: {
        replicas: 3,
        minReadySeconds: 1,
        selector: { matchLabels: { app: "api" } },
        template: {
          metadata: { labels: { app: "api", tier: "backend" } },
          spec: {
            imagePullSecrets: [{ name: "registry" }],
            containers: [
              plain("api", {
                env: [
                  { name: "WEB_URL", value: "http://web/" },
                  { name: "LEGACY_PASSWORD", value: `${secret}-open` },
                  { name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
                ],
                envFrom: [{ configMapRef: { name: "app-settings" } }, { secretRef: { name: "api-credentials" } }],
              }),
            ],
          },
        },
      },
    },
    {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: metadata("files"),
      spec: {
        replicas: 1,
        minReadySeconds: 1,
        serviceName: "files",
        selector: { matchLabels: { app: "files" } },
        template: {
          metadata: { labels: { app: "files" } },
          spec: { containers: [plain("files", { volumeMounts: [{ name: "store", mountPath: "/data" }] })] },
        },
        volumeClaimTemplates: [
          { metadata: { name: "store" }, spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } } },
        ],
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: metadata("web"),
      spec: { selector: { "app.kubernetes.io/name": "web" }, ports: [{ port: 80, targetPort: "http" }] },
    },
    { apiVersion: "v1", kind: "Service", metadata: metadata("api"), spec: { selector: { app: "api" }, ports: [{ port: 8080 }] } },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: metadata("files"),
      spec: { clusterIP: "None", selector: { app: "files" }, ports: [{ port: 8080 }] },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: metadata("api-old"),
      spec: { selector: { app: "api" }, ports: [{ port: 80, targetPort: 8080 }] },
    },
    {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "HTTPRoute",
      metadata: metadata("public"),
      spec: {
        parentRefs: [{ name: "edge", namespace: "gateways", sectionName: "tls" }],
        hostnames: [`${namespace}.example.com`],
        rules: [{ matches: [{ path: { type: "PathPrefix", value: "/" } }], backendRefs: [{ name: "web", port: 80 }] }],
      },
    },
    {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata: metadata("api-scaler"),
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "api" },
        minReplicas: 2,
        maxReplicas: 5,
        metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } }],
      },
    },
    {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: metadata("api-budget"),
      spec: { maxUnavailable: 1, selector: { matchLabels: { app: "api" } } },
    },
    {
      apiVersion: "batch/v1",
      kind: "CronJob",
      metadata: metadata("cleanup"),
      spec: {
        schedule: "0 3 * * *",
        jobTemplate: { spec: { template: { spec: { restartPolicy: "Never", containers: [{ name: "cleanup", image: "busybox:1.36" }] } } } },
      },
    },
  ];
}

/** As Liftlock itself writes it: a team that hardens its pods may well have arrived there. */
function hardened(name: string, resources: object, probe: (path: string) => object): Record<string, unknown> {
  const labels = { "app.kubernetes.io/name": name, "app.kubernetes.io/instance": name, "app.kubernetes.io/part-of": "shop" };
  const labelSelector = { matchLabels: { "app.kubernetes.io/name": name } };
  const spread = (topologyKey: string) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector,
    matchLabelKeys: ["pod-template-hash"],
  });
  const user = { runAsNonRoot: true, runAsUser: 10001, runAsGroup: 10001, seccompProfile: { type: "RuntimeDefault" } };
  return {
    replicas: 2,
    minReadySeconds: 1,
    selector: labelSelector,
    template: {
      metadata: { labels },
      spec: {
        serviceAccountName: name,
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        terminationGracePeriodSeconds: 45,
        securityContext: { ...user, fsGroup: 10001, fsGroupChangePolicy: "OnRootMismatch" },
        affinity: {
          podAntiAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              { weight: 100, podAffinityTerm: { topologyKey: "kubernetes.io/hostname", labelSelector } },
            ],
          },
        },
        topologySpreadConstraints: [spread("topology.kubernetes.io/zone"), spread("kubernetes.io/hostname")],
        containers: [
          {
            name,
            image: `registry.example.com/team/${name}:2.3.0@sha256:${"1".repeat(64)}`,
            imagePullPolicy: "Always",
            ports: [{ name: "http", containerPort: 8080, protocol: "TCP" }],
            resources,
            startupProbe: { ...probe("/live"), periodSeconds: 5, failureThreshold: 12 },
            readinessProbe: { ...probe("/ready"), periodSeconds: 5, failureThreshold: 3 },
            livenessProbe: { ...probe("/live"), periodSeconds: 10, failureThreshold: 3 },
            lifecycle: { preStop: { sleep: { seconds: 10 } } },
            securityContext: {
              ...user,
              allowPrivilegeEscalation: false,
              privileged: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ["ALL"] },
            },
            volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
          },
        ],
        volumes: [{ name: "tmp", emptyDir: { sizeLimit: "64Mi" } }],
      },
    },
  };
}
