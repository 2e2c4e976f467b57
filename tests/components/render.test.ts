import { beforeAll, describe, expect, test } from "vitest";
import type { RenderedResource } from "../../local/engine/embedded.ts";
import { Secret } from "../../local/engine/values.ts";
import { find, leaks, readable, render } from "./support.ts";

type Resources = readonly RenderedResource[];
const kinds = (resources: Resources, kind: string) => resources.filter(({ type }) => type.endsWith(`:${kind}`)).map(({ name }) => name);
/** Pod specifications of everything that runs pods. */
// biome-ignore lint/suspicious/noExplicitAny: manifests
const podsOf = (resources: Resources): [string, any][] =>
  resources.flatMap(({ type, name }) => {
    const kind = type.split(":")[2]!;
    if (!["Deployment", "StatefulSet", "Job", "CronJob"].includes(kind)) return [];
    const { spec } = find(resources, kind, name).inputs;
    const { template } = kind === "CronJob" ? spec.jobTemplate.spec : spec;
    return [[`${kind} ${name}`, template]];
  });

describe("StudySphere in production", () => {
  let resources: Resources;
  beforeAll(async () => {
    resources = await render("studysphere", "production");
  }, 60_000);

  test("has a namespace of its name, which admits only restricted pods of a pinned version, and is protected", () => {
    const namespace = find(resources, "Namespace", "environment");
    expect(namespace.protect).toBe(true);
    expect(namespace.inputs.metadata).toMatchObject({
      name: "production",
      labels: { "pod-security.kubernetes.io/enforce": "restricted", "pod-security.kubernetes.io/enforce-version": "v1.36" },
    });
    expect(find(resources, "PersistentVolumeClaim", "backup").protect).toBe(true);
  });

  test("runs every pod without root, privileges, API token or a root file system that can be written", () => {
    const pods = podsOf(resources);
    expect(pods.map(([name]) => name).sort()).toEqual([
      "CronJob backup",
      "CronJob drill",
      "CronJob restore",
      "Deployment api",
      "Deployment auth-service",
      "Deployment frontend",
      "Job backup-20261030101500-add-user-interests-4b5046",
      "Job migrate-20261030101500-add-user-interests-4b5046",
      "Job smoke",
    ]);
    for (const [name, { spec }] of pods) {
      expect(spec, name).toMatchObject({
        automountServiceAccountToken: false,
        serviceAccountName: expect.stringMatching(/^(api|auth-service|frontend|backup|migrate|smoke)$/),
        securityContext: { runAsNonRoot: true, runAsUser: 10_001, runAsGroup: 10_001, seccompProfile: { type: "RuntimeDefault" } },
      });
      expect(spec.containers, name).toHaveLength(1);
      expect(spec.containers[0], name).toMatchObject({
        image: expect.stringMatching(/:[\w.-]+@sha256:[0-9a-f]{64}$/),
        imagePullPolicy: "Always",
        resources: { requests: { "ephemeral-storage": expect.any(String) }, limits: { "ephemeral-storage": expect.any(String) } },
        securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
      });
      expect(spec.containers[0].volumeMounts, name).toContainEqual({ name: "tmp", mountPath: "/tmp" });
    }
  });

  test("gives the autoscaler the number of replicas, with the strategy's bounds", () => {
    for (const name of ["api", "auth-service", "frontend"]) {
      const { spec } = find(resources, "Deployment", name).inputs;
      expect(spec).not.toHaveProperty("replicas");
      expect(spec).toMatchObject({ strategy: { rollingUpdate: { maxUnavailable: 0 } }, minReadySeconds: 10, progressDeadlineSeconds: 600 });
      const autoscaler = find(resources, "HorizontalPodAutoscaler", name).inputs.spec;
      expect(autoscaler).toMatchObject({ minReplicas: 2, maxReplicas: 10, scaleTargetRef: { kind: "Deployment", name } });
      expect(autoscaler.metrics[0].resource).toEqual({ name: "cpu", target: { type: "Utilization", averageUtilization: 50 } });
      expect(find(resources, "PodDisruptionBudget", name).inputs.spec).toMatchObject({
        maxUnavailable: 1,
        unhealthyPodEvictionPolicy: "AlwaysAllow",
      });
    }
  });

  test("asks different things at start, for traffic and for life, and stops gracefully", () => {
    const { spec } = find(resources, "Deployment", "api").inputs.spec.template;
    const [container] = spec.containers;
    expect(container.readinessProbe.httpGet.path).not.toBe(container.livenessProbe.httpGet.path);
    expect(container.startupProbe.failureThreshold * container.startupProbe.periodSeconds).toBe(60);
    expect(container.lifecycle.preStop.sleep.seconds).toBeLessThan(spec.terminationGracePeriodSeconds);
  });

  test("lets the application find its configuration and secrets under the names it knows", () => {
    const config = find(resources, "ConfigMap", "app-config").inputs;
    expect(config).toMatchObject({
      immutable: true,
      data: { NODE_ENV: "production", LOG_LEVEL: "warn", CORS_ORIGIN: "https://studysphere.example.com" },
    });
    const store = find(resources, "SecretProviderClass", "vault-azure-secrets").inputs;
    expect(store.spec.secretObjects[0].secretName).toBe("azure-secrets");
    const [container] = find(resources, "Deployment", "api").inputs.spec.template.spec.containers;
    expect(container.envFrom).toEqual([{ configMapRef: { name: config.metadata.name } }]);
    expect(container.volumeMounts).toContainEqual({
      name: "secret-azure-secrets",
      mountPath: "/var/run/secrets/azure-secrets",
      readOnly: true,
    });
    const { volumes } = find(resources, "Deployment", "api").inputs.spec.template.spec;
    const csi = { driver: "secrets-store.csi.k8s.io", readOnly: true, volumeAttributes: { secretProviderClass: "azure-secrets" } };
    expect(volumes).toContainEqual({ name: "secret-azure-secrets", csi });
    expect(find(resources, "Deployment", "frontend").inputs.spec.template.spec.volumes.map(({ name }: { name: string }) => name)).toEqual([
      "tmp",
      "flags",
    ]);
  });

  test("mounts flags as a directory of a map that keeps its name, so that a running pod sees a change", () => {
    const flags = find(resources, "ConfigMap", "flags").inputs;
    expect(flags.metadata.name).toBe("flags");
    expect(flags).not.toHaveProperty("immutable");
    for (const [name, { spec }] of podsOf(resources).filter(([name]) => name.startsWith("Deployment"))) {
      const mount = spec.containers[0].volumeMounts.find(({ name: volume }: { name: string }) => volume === "flags");
      expect(mount, name).toEqual({ name: "flags", mountPath: "/etc/flags", readOnly: true });
    }
  });

  test("is reached under its host, each service under its path", () => {
    const routes = ["frontend", "api", "auth-service"].map((name) => find(resources, "HTTPRoute", name).inputs.spec);
    expect(routes.map(({ hostnames }) => hostnames)).toEqual(Array(3).fill(["studysphere.example.com"]));
    expect(routes.map(({ rules }) => rules[0].matches[0].path.value)).toEqual(["/", "/api", "/auth"]);
    expect(routes[0].parentRefs).toEqual([{ name: "public", namespace: "gateway", sectionName: "https" }]);
  });

  test("is closed to the network but for what is declared", () => {
    expect(find(resources, "NetworkPolicy", "environment-deny-all").inputs.spec).toEqual({
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
    });
    const policy = (name: string) => find(resources, "NetworkPolicy", name).inputs.spec;
    const named = (...names: string[]) => names.map((name) => ({ podSelector: { matchLabels: { "app.kubernetes.io/name": name } } }));
    const gateway = { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "envoy-gateway-system" } } };
    expect(policy("auth-service").ingress).toEqual([
      { from: [gateway, ...named("frontend", "api", "smoke")], ports: [{ protocol: "TCP", port: 4001 }] },
    ]);
    // What each reaches beside the resolver.
    const reached = (name: string) => policy(name).egress.slice(1);
    const database = { to: [{ ipBlock: { cidr: "10.40.2.0/24" } }], ports: [{ protocol: "TCP", port: 5432 }] };
    const service = (name: string, port: number) => ({ to: named(name), ports: [{ protocol: "TCP", port }] });
    expect(reached("frontend")).toEqual([service("api", 4000), service("auth-service", 4001)]);
    expect(reached("api")).toEqual([service("auth-service", 4001), database]);
    expect(reached("backup")).toEqual([database]);
    expect(policy("backup")).not.toHaveProperty("ingress");
    expect(policy("backup").policyTypes).toContain("Ingress");
    expect(reached("smoke")).toEqual([service("frontend", 3000), service("api", 4000), service("auth-service", 4001)]);
  });

  test("backs up every night, keeps seven days, and hands the Job one secret only", () => {
    const { spec } = find(resources, "CronJob", "backup").inputs;
    expect(spec).toMatchObject({ schedule: "0 2 * * *", timeZone: "Etc/UTC", concurrencyPolicy: "Forbid", startingDeadlineSeconds: 3600 });
    const pod = spec.jobTemplate.spec.template.spec;
    const env = Object.fromEntries(pod.containers[0].env.map(({ name, value }: { name: string; value?: string }) => [name, value]));
    expect(env).toMatchObject({
      KIND: "postgresql",
      URL_FILE: "/var/run/secrets/azure-secrets/DATABASE_URL",
      BACKUPS: "/backups",
      KEEP_DAYS: "7",
      SCHEMA: "20261030101500_add_user_interests",
    });
    const mounted = pod.containers[0].volumeMounts.filter(({ mountPath }: { mountPath: string }) =>
      mountPath.startsWith("/var/run/secrets"),
    );
    expect(mounted.map(({ subPath }: { subPath?: string }) => subPath)).toEqual(["DATABASE_URL"]);
  });

  test("limits its Jobs in time and tries, and leaves their removal to the next release", () => {
    for (const name of kinds(resources, "Job")) {
      const { spec } = find(resources, "Job", name).inputs;
      expect(spec.activeDeadlineSeconds, name).toBeGreaterThan(0);
      expect(spec.backoffLimit, name).toBeLessThanOrEqual(1);
      expect(spec, name).not.toHaveProperty("ttlSecondsAfterFinished");
    }
  });

  test("keeps what must be in order in the graph itself", () => {
    const dependenciesOf = (kind: string, name: string) =>
      find(resources, kind, name).dependencies.map((urn) => urn.split("::").slice(-2).join("::").split("$").at(-1));
    const key = "20261030101500-add-user-interests-4b5046";
    expect(dependenciesOf("Job", `backup-${key}`)).toContain("kubernetes:core/v1:PersistentVolumeClaim::backup");
    expect(dependenciesOf("Job", `migrate-${key}`)).toContain(`kubernetes:batch/v1:Job::backup-${key}`);
    for (const name of ["api", "auth-service", "frontend"]) {
      expect(dependenciesOf("Deployment", name)).toContain(`kubernetes:batch/v1:Job::migrate-${key}`);
      expect(dependenciesOf("Job", "smoke")).toContain(`kubernetes:apps/v1:Deployment::${name}`);
    }
    expect(dependenciesOf("ConfigMap", "release")).toContain("kubernetes:batch/v1:Job::smoke");
  });

  test("marks secrets, and shows them nowhere else", () => {
    const secret = resources.find(({ type }) => type === "azure-native:keyvault:Secret");
    expect(leaks(JSON.stringify(secret?.inputs))).toBe(true);
    expect(Object.values(secret?.inputs ?? {}).some((value) => value instanceof Secret || hasSecret(value))).toBe(true);
    expect(leaks(readable(resources))).toBe(false);
  });
});

const hasSecret = (value: unknown): boolean =>
  value instanceof Secret || (typeof value === "object" && value !== null && Object.values(value).some(hasSecret));

test("StudySphere in development: no backups, a weekly reset, nothing protected", async () => {
  const resources = await render("studysphere", "development");
  expect(kinds(resources, "CronJob")).toEqual(["reset"]);
  expect(find(resources, "CronJob", "reset").inputs.spec).toMatchObject({ schedule: "0 4 * * 1", timeZone: "Etc/UTC" });
  expect(kinds(resources, "Job").filter((name) => name.startsWith("backup"))).toEqual([]);
  expect(resources.filter(({ protect }) => protect)).toEqual([]);
});

test("a worker, a service with a volume, a fixed number of replicas, secrets as variables, and a way to the internet", async () => {
  const resources = await render("ferry", "production", ({ application, environment, release }) => {
    const image = (name: string) => `registry.example.com/ferry/${name}`;
    application.services.push(
      {
        name: "mailer",
        kind: "worker",
        image: image("mailer"),
        probes: { readiness: ["ready"], liveness: ["alive"] },
        egress: [{ port: 443 }],
      },
      { name: "store", kind: "stateful", image: image("store"), volumes: [{ name: "data", path: "/data", size: "1Gi" }] },
    );
    application.secrets["api-secrets"].as = "both";
    for (const name of ["mailer", "store"]) release.images[name] = `${image(name)}:1@sha256:${"5".repeat(64)}`;
    environment.services.web = { replicas: { min: 2, max: 2 } };
  });

  expect(find(resources, "Deployment", "mailer").inputs.spec.template.spec.containers[0]).toMatchObject({
    readinessProbe: { exec: { command: ["ready"] } },
  });
  expect(kinds(resources, "Service").sort()).toEqual(["api", "store", "store-pods", "web"]);
  const internet = find(resources, "NetworkPolicy", "mailer").inputs.spec.egress[1];
  expect(internet.to[0].ipBlock).toMatchObject({ cidr: "0.0.0.0/0", except: expect.arrayContaining(["10.0.0.0/8", "169.254.0.0/16"]) });

  const store = find(resources, "StatefulSet", "store").inputs.spec;
  expect(store).toMatchObject({ replicas: 1, serviceName: "store-pods" });
  expect(store.template.spec.volumes).toContainEqual({ name: "data-data", persistentVolumeClaim: { claimName: "store-data" } });
  expect(find(resources, "PersistentVolumeClaim", "store-data").protect).toBe(true);
  expect(kinds(resources, "HorizontalPodAutoscaler").sort()).toEqual(["api", "mailer"]);
  expect(find(resources, "Deployment", "web").inputs.spec.replicas).toBe(2);

  const [api] = find(resources, "Deployment", "api").inputs.spec.template.spec.containers;
  expect(api.envFrom).toContainEqual({ secretRef: { name: find(resources, "Secret", "api-secrets").inputs.metadata.name } });
  expect(api.volumeMounts.map(({ name }: { name: string }) => name)).toContain("secret-api-secrets");
});

test("settings that are not valid stop the program before it declares anything, in words and without a stack trace", async () => {
  const broken = render("ferry", "production", ({ environment, release }) => {
    environment.defaults.replicas = { min: 9, max: 3 };
    release.images.api = "registry.example.com/ferry/api:1.4.2";
  });
  await expect(broken).rejects.toThrow(
    /^Pulumi\.production\.yaml is not valid:\n {2}environment\.defaults\.replicas: min \(9\) must not exceed max \(3\)\n {2}release\.images\.api: has a tag but no digest: [^\n]+$/,
  );
});
