import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Context } from "../../ops/context.ts";
import { checkFiles } from "../../ops/init/check.ts";
import { settingsFiles } from "../../ops/init/files.ts";
import { choicesOf } from "../../ops/init/flags.ts";
import { clusterOf } from "../../ops/init/namespace/cluster.ts";
import { refuseOwned } from "../../ops/init/namespace/owners.ts";
import { propose } from "../../ops/init/namespace/propose.ts";
import { settingsOf } from "../../ops/init/namespace/settings.ts";
import { proposalLines } from "../../ops/init/namespace/words.ts";
import { byHand } from "../cluster/init/by-hand.ts";

type Json = Record<string, unknown>;
const SECRET = "pl4nted-v4lue";
const of = (apiVersion: string, kind: string, name: string, more: Json = {}): Json => ({
  apiVersion,
  kind,
  ...more,
  metadata: { name, ...(more.metadata as Json) },
});
const container = (more: Json = {}): Json => ({ name: "c", image: "ghcr.io/acme/web:1.2.3", ports: [{ containerPort: 8080 }], ...more });
const deployment = (name: string, pod: Json = {}, spec: Json = {}): Json =>
  of("apps/v1", "Deployment", name, {
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      ...spec,
      template: { metadata: { labels: { app: name } }, spec: { containers: [container()], ...pod } },
    },
  });
const read = (...objects: Json[]) => propose({ namespace: "shop", unread: [], objects });
const why = (...objects: Json[]) => read(...objects).beside.map(({ object, why: text }) => `${object}: ${text}`);
const noted = (...objects: Json[]) => read(...objects).notes.map(({ field, why: text }) => `${field}: ${text}`);

describe("what cannot be a service stays beside, and says which field keeps it there", () => {
  test.each<[string, Json, RegExp]>([
    [
      "two containers",
      deployment("web", { containers: [container(), container({ name: "proxy" })] }),
      /spec\.template\.spec\.containers: it has 2/,
    ],
    ["an init container", deployment("web", { initContainers: [container()] }), /initContainers: .*application\.database\.migration/],
    ["the node's network", deployment("web", { hostNetwork: true }), /hostNetwork: the restricted Pod Security standard/],
    ["a folder of the node", deployment("web", { volumes: [{ name: "x", hostPath: { path: "/" } }] }), /volumes\[0\]\.hostPath/],
    [
      "a claim",
      deployment("web", { volumes: [{ name: "x", persistentVolumeClaim: { claimName: "c" } }] }),
      /what keeps data is a StatefulSet/,
    ],
    ["a low port", deployment("web", { containers: [container({ ports: [{ containerPort: 80 }] })] }), /80 takes root/],
    [
      "no version",
      deployment("web", { containers: [container({ image: "nginx" })] }),
      /says no version, and no running pod says its digest/,
    ],
    ["a name of ours", deployment("backup"), /kept for a Job of the environment/],
    [
      "a selector of expressions",
      deployment("web", {}, { selector: { matchExpressions: [{ key: "a", operator: "Exists" }] } }),
      /matchExpressions/,
    ],
    [
      "what speaks no HTTP",
      deployment("cache", { containers: [container({ ports: [{ containerPort: 6379 }] })] }),
      /answers Redis, and .* by HTTP/,
    ],
    ["a StatefulSet without volumes", { ...deployment("web"), kind: "StatefulSet" }, /keeps no volume/],
  ])("%s", (_, object, text) => {
    expect(read(object).services).toEqual([]);
    expect(why(object)).toEqual([expect.stringMatching(text)]);
  });
});

test("a port of a database's is no obstacle where the pods are asked by HTTP", () => {
  const http = container({ ports: [{ containerPort: 6379 }], readinessProbe: { httpGet: { path: "/ready", port: 6379 } } });
  expect(read(deployment("odd", { containers: [http] })).services).toHaveLength(1);
});

test("whoever names a kubeconfig finds it in the commands that follow", async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "liftlock kube-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, "kubeconfig");
  const named = (name: string, key: string, value: Json) => [{ name, [key]: value }];
  writeFileSync(
    file,
    JSON.stringify({
      "current-context": "acme",
      clusters: named("here", "cluster", { server: "https://127.0.0.1:1" }),
      users: named("ann", "user", { token: "none" }),
      contexts: named("acme", "context", { cluster: "here", user: "ann" }),
    }),
  );
  const context = { options: { local: true }, io: { cwd: folder, env: {}, interactive: true } } as unknown as Context;
  expect(await clusterOf(context, folder, "kubeconfig")).toMatchObject({
    before: `KUBECONFIG='${file}' `,
    options: ["--local", "--context", "acme"],
    env: { KUBECONFIG: file },
  });
});

test("a field that settings have no word for is named; what is a default, or said, is not", () => {
  const pod = {
    restartPolicy: "Always",
    dnsPolicy: "ClusterFirst",
    nodeSelector: { disk: "ssd" },
    imagePullSecrets: [{ name: "registry" }],
    serviceAccountName: "reader",
    containers: [container({ workingDir: "/srv", env: [{ name: "A", value: "x-$(B)" }], readinessProbe: { tcpSocket: { port: 1 } } })],
  };
  const notes = noted(deployment("web", pod)).join("\n");
  for (const field of [
    "nodeSelector",
    "imagePullSecrets",
    "serviceAccountName: its pods get an account",
    "containers[0].workingDir",
    "readinessProbe",
    "env[0]: A is put together",
  ])
    expect(notes).toContain(field);
  for (const field of ["restartPolicy", "dnsPolicy"]) expect(notes).not.toContain(field);
});

test("a worker has no port; its commands are its probes, and one that never fails where it has none", () => {
  const exec = { exec: { command: ["test", "-e", "/tmp/up"] } };
  const { services } = read(deployment("jobs", { containers: [container({ ports: undefined, livenessProbe: exec })] }));
  expect(services[0]).toMatchObject({ kind: "worker", probes: { readiness: ["true"], liveness: ["test", "-e", "/tmp/up"] } });
  expect(services[0]).not.toHaveProperty("port");
});

test("amounts are written as settings want them", () => {
  const resources = { requests: { cpu: "0.25", memory: "128974848" }, limits: { cpu: "1", memory: "1G" } };
  const { environment } = read(deployment("web", { containers: [container({ resources })] }));
  expect((environment.services as Json).web).toMatchObject({
    resources: { requests: { cpu: "250m", memory: "123Mi" }, limits: { cpu: "1", memory: "954Mi" } },
    adopted: { selector: { app: "web" } },
  });
});

test("an Ingress gives host and path, and stays; what it leads to elsewhere is said", () => {
  const path = (service: string, text: string) => ({ path: text, backend: { service: { name: service, port: { number: 80 } } } });
  const ingress = of("networking.k8s.io/v1", "Ingress", "public", {
    spec: { rules: [{ host: "shop.example.com", http: { paths: [path("web", "/"), path("blog", "/blog")] } }] },
  });
  const service = of("v1", "Service", "web", { spec: { selector: { app: "web" }, ports: [{ port: 80, targetPort: 8080 }] } });
  const found = read(deployment("web"), service, ingress);
  expect(found.services[0]).toMatchObject({ route: { path: "/" } });
  expect(found.environment.host).toBe("shop.example.com");
  const notes = found.notes.map(({ why: text }) => text).join("\n");
  expect(notes).toContain("move DNS there, then delete this");
  expect(notes).toContain("leads to Service blog, which is no service's of the project");
  expect(found.beside.map(({ object }) => object)).toContain("Ingress public");
});

test("a Service with an outside address, or another port, says what becomes of it", () => {
  const service = of("v1", "Service", "web", {
    spec: {
      type: "LoadBalancer",
      selector: { app: "web" },
      ports: [
        { port: 80, targetPort: 8080 },
        { port: 9090, targetPort: 9090 },
      ],
    },
  });
  expect(noted(deployment("web"), service)).toEqual(
    expect.arrayContaining([
      expect.stringContaining("LoadBalancer becomes ClusterIP"),
      expect.stringContaining("9090 leads to another port of the pods"),
    ]),
  );
});

describe("variables", () => {
  const secret = (name: string, data: Record<string, string>) =>
    of("v1", "Secret", name, {
      data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString("base64")])),
    });
  const from = (...names: string[]) => ({ containers: [container({ envFrom: names.map((name) => ({ secretRef: { name } })) })] });

  test("no value of a secret is in settings or in what is said", () => {
    const open = { containers: [container({ env: [{ name: "DB_PASSWORD", value: SECRET }], envFrom: [{ secretRef: { name: "keys" } }] })] };
    const found = read(deployment("web", open), secret("keys", { TOKEN: SECRET }));
    expect(JSON.stringify([found.services, found.environment, found.sets.config, found.sets.secrets, found.sets.values])).not.toContain(
      SECRET,
    );
    expect(proposalLines(found, []).join("\n")).not.toContain(SECRET);
    expect([...found.sets.secretValues.keys()].sort()).toEqual(["DB_PASSWORD", "TOKEN"]);
  });
  test("two services whose secrets of one name differ cannot both be told: the second stays beside", () => {
    const found = read(deployment("web", from("a")), deployment("api", from("b")), secret("a", { KEY: "1" }), secret("b", { KEY: "2" }));
    expect(found.services.map(({ name }) => name)).toEqual(["web"]);
    expect(found.beside.find(({ object }) => object === "Deployment api")?.why).toContain("its secret KEY has another value");
  });
  test("the last word on a variable counts, as it does in the pod", () => {
    const settings = of("v1", "ConfigMap", "settings", { data: { LEVEL: "info", SIZE: "1" } });
    const pod = {
      containers: [container({ envFrom: [{ configMapRef: { name: "settings" } }], env: [{ name: "LEVEL", value: "debug" }] })],
    };
    const found = read(deployment("web", pod), settings);
    expect(found.sets.values).toEqual({ "web-env": { LEVEL: "debug", SIZE: "1" } });
    expect(found.services[0]).toMatchObject({ config: ["web-env"] });
  });
});

describe("objects that somebody else keeps are refused, with who does", () => {
  const managed = (manager: string) => ({ metadata: { managedFields: [{ manager, operation: "Apply", fieldsV1: {} }] } });
  test.each<[string, Json, RegExp]>([
    ["Helm", { metadata: { annotations: { "meta.helm.sh/release-name": "shop" } } }, /Helm, release shop: Service web\n.*helm uninstall/],
    [
      "Argo CD",
      { metadata: { annotations: { "argocd.argoproj.io/tracking-id": "shop:/Service:x" } } },
      /Argo CD, application shop: Service web\n.*--cascade=false/,
    ],
    ["Flux", { metadata: { labels: { "kustomize.toolkit.fluxcd.io/name": "shop" } } }, /Flux, shop: Service web/],
    ["Pulumi", managed("pulumi-kubernetes-0a"), /a stack of Pulumi's: Service web\n.*pulumi state delete/],
  ])("%s", (_, more, text) => expect(() => refuseOwned([of("v1", "Service", "web", more)], () => false)).toThrow(text));
  test("what is the stack's own, or nobody's, is not", () => {
    expect(() => refuseOwned([of("v1", "Service", "web", managed("pulumi-kubernetes-0a"))], () => true)).not.toThrow();
    expect(() => refuseOwned([of("v1", "Service", "web", managed("kubectl"))], () => false)).not.toThrow();
  });
});

describe("what is proposed passes schema and rules", () => {
  // As the API server has them: values of Secrets encoded.
  const live = byHand("shop", SECRET).map(
    ({ stringData, ...object }): Json => ({
      ...object,
      ...(stringData === undefined
        ? {}
        : {
            data: Object.fromEntries(
              Object.entries(stringData as Json).map(([key, value]) => [key, Buffer.from(String(value)).toString("base64")]),
            ),
          }),
    }),
  );
  const files = (environments: string, objects = live) => {
    const choices = choicesOf({ name: "shop", environments, soak: "24h" }, "/shop");
    const made = settingsFiles(choices, settingsOf(read(...objects), choices, "production", "1.36"));
    checkFiles(choices.name, made);
    return made;
  };
  test.each(["production", "staging,production"])("for %s, without a secret's value", (environments) =>
    expect(JSON.stringify(files(environments))).not.toContain(SECRET),
  );
  test("with the port at which the database's URL has it", () => {
    expect(files("production")["Pulumi.yaml"]).toMatch(/secret: DATABASE_URL\n +port: 6432\n/);
  });
  test("an image without a digest is for the first environment alone", () => {
    const bare = live.map((object) => JSON.parse(JSON.stringify(object).replaceAll(/@sha256:1+/g, "")) as Json);
    expect(() => files("production", bare)).not.toThrow();
    expect(() => files("staging,production", bare)).toThrow(/there an image goes by its digest.*--environments production/);
  });
});

test.each<[string, Json]>([
  ["Helm, release shop", { annotations: { "meta.helm.sh/release-name": "shop" } }],
  ["Helm, release (unnamed)", { labels: { "app.kubernetes.io/managed-by": "Helm" } }],
  ["Argo CD, application shop", { labels: { "argocd.argoproj.io/instance": "shop" } }],
  ["Argo CD, application shop", { annotations: { "argocd.argoproj.io/tracking-id": "shop:apps/Deployment:shop/web" } }],
  ["Flux, shop", { labels: { "kustomize.toolkit.fluxcd.io/name": "shop" } }],
  ["Flux, shop", { labels: { "helm.toolkit.fluxcd.io/name": "shop" } }],
])("what %s keeps is refused by every mark of it: %j", (who, metadata) => {
  expect(() => refuseOwned([of("v1", "ConfigMap", "x", { metadata })], () => false)).toThrow(`${who}: ConfigMap x`);
});

describe("what a StatefulSet stores", () => {
  const claim = (spec: Json = {}, metadata: Json = {}): Json => ({
    metadata: { name: "data", ...metadata },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } }, ...spec },
  });
  const stateful = (claims: Json[], spec: Json = {}): Json => {
    const volumeMounts = claims.map((one) => ({ name: (one.metadata as Json).name, mountPath: "/data" }));
    return {
      ...deployment("db", { containers: [container({ volumeMounts })] }, { volumeClaimTemplates: claims, ...spec }),
      kind: "StatefulSet",
    };
  };
  test("can be said where it is one writer's", () => {
    expect(read(stateful([claim()])).services).toMatchObject([
      { kind: "stateful", volumes: [{ name: "data", path: "/data", size: "1Gi" }] },
    ]);
  });
  test.each<[Json, RegExp]>([
    [stateful([claim()], { podManagementPolicy: "Parallel" }), /podManagementPolicy: Parallel cannot be said/],
    [stateful([claim({ accessModes: ["ReadWriteMany"] })]), /accessModes: must be ReadWriteOnce/],
    [stateful([claim({}, { labels: { a: "b" } })]), /metadata: its labels and annotations cannot be said/],
    [stateful([claim({ storageClassName: "a" }), claim({ storageClassName: "b" }, { name: "more" })]), /several storage classes/],
  ])("or stays beside: %#", (object, text) => {
    expect(why(object)).toEqual([expect.stringMatching(text)]);
  });
});

test("an autoscaler of something else with the same name scales nothing here; no pods become one", () => {
  const scaleTargetRef = { kind: "StatefulSet", name: "web" };
  const scaler = of("autoscaling/v2", "HorizontalPodAutoscaler", "web", { spec: { scaleTargetRef, minReplicas: 4, maxReplicas: 9 } });
  const proposal = read(deployment("web", {}, { replicas: 0 }), scaler);
  expect(proposal.environment).toMatchObject({ services: { web: { replicas: { min: 1, max: 1 } } } });
  expect(proposal.notes).toContainEqual(expect.objectContaining({ field: "spec.replicas", why: expect.stringMatching(/0 becomes 1/) }));
});

test("variables: a prefix belongs to the name, what is optional may be missing, and files move", () => {
  const map = of("v1", "ConfigMap", "base", { data: { LEVEL: "info" } });
  const one = container({
    envFrom: [{ prefix: "APP_", configMapRef: { name: "base" } }, { configMapRef: { name: "gone", optional: true } }],
    volumeMounts: [{ name: "files", mountPath: "/srv/conf" }],
  });
  const pod = { containers: [one], volumes: [{ name: "files", configMap: { name: "base" } }] };
  const { sets, notes } = read(map, deployment("web", pod));
  expect(Object.keys(sets.config.base!.keys)).toEqual(["APP_LEVEL", "LEVEL"]);
  expect(notes.map(({ why: text }) => text)).toContain("its files move from /srv/conf to /etc/config/base: tell the application");
  expect(notes.some(({ why: text }) => /there is no ConfigMap gone/.test(text))).toBe(false);
});

test("of one variable from two Secrets the last counts, as in Kubernetes", () => {
  const secret = (name: string, value: string) => of("v1", "Secret", name, { data: { TOKEN: Buffer.from(value).toString("base64") } });
  const envFrom = [{ secretRef: { name: "a" } }, { secretRef: { name: "b" } }];
  const { sets, services } = read(secret("a", "old"), secret("b", SECRET), deployment("web", { containers: [container({ envFrom })] }));
  expect(services).toMatchObject([{ secrets: ["b"] }]);
  expect([...sets.secretValues]).toEqual([["TOKEN", SECRET]]);
});

test("pods: a low user, a privileged one, one path for two probes, a slow start, and more than a pause before the end", () => {
  const http = (path: string, more: Json = {}) => ({ httpGet: { path, port: 8080 }, ...more });
  const one = container({
    image: "redis:7.2",
    securityContext: { runAsUser: 1000 },
    readinessProbe: http("/ok"),
    livenessProbe: http("/ok"),
    startupProbe: http("/start", { periodSeconds: 10, failureThreshold: 30 }),
    lifecycle: { preStop: { sleep: { seconds: 20 } }, postStart: { exec: { command: ["true"] } } },
  });
  const { services, notes } = read(deployment("web", { containers: [one] }, { strategy: { type: "Recreate" } }));
  expect(services).toMatchObject([
    { image: "docker.io/library/redis", probes: { readiness: "/ok", liveness: "/health/live", startup: "/start" }, boot: "300s" },
  ]);
  expect(services[0]).not.toHaveProperty("drain");
  const said = notes.map(({ field, why: text }) => `${field}: ${text}`).join("\n");
  for (const words of ["1000 becomes 10001", "containers[0].lifecycle:", "Recreate becomes RollingUpdate"]) expect(said).toContain(words);
  const privileged = deployment("web", { containers: [container({ securityContext: { privileged: true } })] });
  expect(why(privileged)).toEqual([expect.stringMatching(/privileged: the restricted Pod Security standard/)]);
});

test("a service has one host and one route: what leads there besides is said, and stays", () => {
  const backend = { service: { name: "web", port: { number: 80 } } };
  const rule = (host: string) => ({ host, http: { paths: [{ path: "/", pathType: "Prefix", backend }] } });
  const service = of("v1", "Service", "web", { spec: { selector: { app: "web" }, ports: [{ port: 80, targetPort: 8080 }] } });
  const ingress = of("networking.k8s.io/v1", "Ingress", "in", { spec: { rules: [rule("a.example.com"), rule("b.example.com")] } });
  expect(noted(deployment("web"), service, ingress).join("\n")).toMatch(
    /web has a route already.*b\.example\.com\/ stays with this object/,
  );
  const route = of("gateway.networking.k8s.io/v1", "HTTPRoute", "out", {
    spec: { hostnames: ["a.example.com", "b.example.com"], rules: [{ backendRefs: [{ name: "web", port: 80 }] }] },
  });
  expect(noted(deployment("web"), service, route).join("\n")).toMatch(/answers for b\.example\.com as well: a service has one host/);
});
