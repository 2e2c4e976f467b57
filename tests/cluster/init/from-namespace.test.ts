import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { AppsV1Api, KubernetesObjectApi } from "@kubernetes/client-node";
import picocolors from "picocolors";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { parse } from "yaml";
import { main } from "../../../ops/main.ts";
import { clusterClient, eventually, temporaryNamespace } from "../setup.ts";
import { byHand } from "./by-hand.ts";

/** A namespace that a team made by hand, taken over. Each test goes on from where the one before left it. */
const root = path.resolve(import.meta.dirname, "../../..");
const PLANTED = "pl4nted-v4lue-nobody-may-see";
const parent = mkdtempSync(path.join(os.tmpdir(), "liftlock-adopt-"));
const dir = path.join(parent, "shop");
let namespace = "";
let remove = async () => {};
const said: string[] = [];

const client = () => clusterClient().config;
const objects = () => KubernetesObjectApi.makeApiClient(client());
const context = () => client().getCurrentContext();

async function liftlock(args: readonly string[], cwd = dir, env: Record<string, string> = {}) {
  const lines: { out: string[]; err: string[] } = { out: [], err: [] };
  const exitCode = await main(args, {
    cwd,
    env: { PATH: process.env.PATH, HOME: parent, LIFTLOCK_COMMAND: "./liftlock", KUBECONFIG: inject("controlPlane").kubeconfig, ...env },
    colors: picocolors.createColors(false),
    interactive: false,
    screen: undefined,
    out: (text) => lines.out.push(text),
    err: (text) => lines.err.push(text),
    ask: async () => "",
    onInterrupt: () => () => {},
    kill: () => {
      throw new Error("a command of this test ended the process");
    },
  });
  const ended = { exitCode, out: lines.out.join("\n"), err: lines.err.join("\n") };
  said.push(ended.out, ended.err);
  return ended;
}
const there = () => ["--local", "--context", context(), "--confirm-context", context()];
const init = (...more: string[]) =>
  liftlock(["init", dir, "--no-install", "--package", "1.0.0", "--from-namespace", namespace, ...there(), ...more], parent);

type Kind = [apiVersion: string, kind: string, name: string];
const read = async ([apiVersion, kind, name]: Kind) =>
  (await objects().read({ apiVersion, kind, metadata: { name, namespace } })) as unknown as Live;
interface Live {
  metadata: { uid: string; generation?: number; labels?: Record<string, string> };
  spec: Record<string, never> & {
    replicas: number;
    template: { spec: { containers: { name: string }[] } };
    ports: { port: number }[];
    hostnames: string[];
  };
}
const kept: Kind[] = byHand("", "").map(({ apiVersion, kind, metadata }) => [
  String(apiVersion),
  String(kind),
  (metadata as { name: string }).name,
]);
const uids = async () =>
  Object.fromEntries(await Promise.all(kept.map(async (one) => [one.slice(1).join(" "), (await read(one)).metadata.uid])));
const pods = async (selector: string) =>
  (await clusterClient().core.listNamespacedPod({ namespace, labelSelector: selector })).items
    .filter(({ metadata }) => metadata?.deletionTimestamp === undefined)
    .map(({ metadata }) => metadata!.uid!)
    .sort();

/** Every file of the project's folder that holds what nobody may see. */
const leaking = (folder: string): string[] =>
  readdirSync(folder).flatMap((name) => {
    const file = path.join(folder, name);
    if (name === "node_modules" || name === ".git") return [];
    if (statSync(file).isDirectory()) return leaking(file);
    return readFileSync(file, "utf8").includes(PLANTED) ? [file] : [];
  });

let before: Record<string, string>;
let webPods: string[];

beforeAll(async () => {
  const made = await temporaryNamespace("by-hand");
  ({ namespace, remove } = made);
  // Not all tools call themselves kubectl.
  for (const object of byHand(namespace, PLANTED))
    await objects().create(object as never, undefined, undefined, object.kind === "StatefulSet" ? "terraform" : "kubectl-create");
  const apps = client().makeApiClient(AppsV1Api);
  await eventually("everything made by hand runs", async () => {
    const deployments = (await apps.listNamespacedDeployment({ namespace })).items;
    const sets = (await apps.listNamespacedStatefulSet({ namespace })).items;
    const isUp = [...deployments, ...sets].every(({ spec, status }) => (status?.readyReplicas ?? 0) === spec?.replicas);
    return isUp && deployments.length === 2 && sets.length === 1 ? true : undefined;
  });
  before = await uids();
  webPods = await pods("app.kubernetes.io/name=web");
});
afterAll(async () => {
  await remove();
  rmSync(parent, { recursive: true, force: true });
});

test("init reads the namespace, proposes settings, says what they cannot say, and shows no secret", async () => {
  const { exitCode, out, err } = await init();
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
  for (const words of [
    "3 services (api: web, web: web, files: stateful)",
    "secrets: API_TOKEN, DATABASE_URL, LEGACY_PASSWORD",
    "database: PostgreSQL, its URL in DATABASE_URL",
    "Deployment api spec.template.spec.imagePullSecrets:",
    "nginx.conf is no name of a variable",
    "POD_IP is told by the pod itself",
    "LEGACY_PASSWORD looks like a credential and lay open: it becomes a secret",
    "CronJob cleanup: a service has none",
    "ConfigMap notes: no service reads it",
    "Service api-old: no service of the project bears its name",
    "extend.ts keeps it open",
  ])
    expect(out).toContain(words);
  const { value } = parse(readFileSync(path.join(dir, "Pulumi.yaml"), "utf8")).config.application;
  const { config } = parse(readFileSync(path.join(dir, "Pulumi.production.yaml"), "utf8"));
  const environment = config["shop:environment"];
  expect(value.services.map(({ name, kind, port }: never) => [name, kind, port])).toEqual([
    ["api", "web", 8080],
    ["web", "web", 8080],
    ["files", "stateful", 8080],
  ]);
  expect(value.services[0]).toMatchObject({
    config: ["api-env", "app-settings"],
    secrets: ["api-credentials", "api-env-secrets"],
    calls: ["web"],
  });
  expect(value.database).toMatchObject({ kind: "postgresql", secret: "DATABASE_URL", port: 6432 });
  expect(environment).toMatchObject({
    namespace,
    host: `${namespace}.example.com`,
    gateway: { name: "edge", namespace: "gateways", listener: "tls" },
    services: {
      api: {
        replicas: { min: 2, max: 5 },
        cpuTarget: 70,
        adopted: { selector: { app: "api" }, ports: [8080], autoscaler: "api-scaler", disruptionBudget: "api-budget" },
      },
      web: { replicas: { min: 2, max: 2 }, adopted: { route: "public" } },
      files: { adopted: { selector: { app: "files" }, serviceName: "files", claims: { store: "store" } } },
    },
  });
  expect(environment.services.web.adopted).not.toHaveProperty("selector");
  expect(config["shop:release"]).toMatchObject({ version: "2.3.0" });
});

test("a second init changes nothing; what is there with other content is refused by name", async () => {
  const text = readFileSync(path.join(dir, "Pulumi.yaml"), "utf8");
  expect((await init()).exitCode).toBe(0);
  expect(readFileSync(path.join(dir, "Pulumi.yaml"), "utf8")).toBe(text);
  writeFileSync(path.join(dir, "Pulumi.yaml"), `${text}# ours\n`);
  expect(await init()).toMatchObject({ exitCode: 2, err: expect.stringMatching(/other content: Pulumi\.yaml/) });
});

test("import takes over what the settings declare, and nothing that runs is touched", async () => {
  // The package, as `npm install` would put it there.
  symlinkSync(path.join(root, "node_modules"), path.join(dir, "node_modules"));
  const own = readFileSync(path.join(dir, "index.ts"), "utf8");
  writeFileSync(path.join(dir, "index.ts"), own.replace('"liftlock/program"', JSON.stringify(path.join(root, "index.ts"))));
  const generations = await Promise.all(kept.map(async (one) => (await read(one)).metadata.generation));
  const { exitCode, out, err } = await liftlock(["import", "production", "--declared", ...there()]);
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
  for (const title of [
    "Deployment api",
    "Deployment web",
    "StatefulSet files",
    "Service files",
    "HTTPRoute public",
    "HorizontalPodAutoscaler api-scaler",
    "PodDisruptionBudget api-budget",
    `Namespace ${namespace}`,
  ])
    expect(out).toContain(title);
  expect(await Promise.all(kept.map(async (one) => (await read(one)).metadata.generation))).toEqual(generations);
  expect(await liftlock(["import", "production", "--declared", ...there()])).toMatchObject({
    exitCode: 0,
    out: expect.stringContaining("nothing to take over"),
  });

  const { out: json } = await liftlock(["preview", "production", ...there(), "--json"]);
  const { steps } = JSON.parse(json) as { steps: { op: string; urn: string }[] };
  expect(steps.filter(({ op }) => /replace|delete/.test(op)).map(({ op, urn }) => `${op} ${urn}`)).toEqual([]);
  const { out: preview } = await liftlock(["preview", "production", ...there()]);
  expect(preview).toMatch(/^production: .*\d+ updated, \d+ created/m);
  expect(preview).not.toContain("rule violation");
  expect(preview).not.toMatch(/replaced|deleted/);
});

test("up leaves every object the one that it was; pods with the same template run on, and a second up has nothing to do", async () => {
  const { exitCode, err, out } = await liftlock(["up", "production", ...there()]);
  expect({ exitCode, err, out }).toMatchObject({ exitCode: 0, err: "" });
  expect(await uids()).toEqual(before);
  expect(await pods("app.kubernetes.io/name=web")).toEqual(webPods);
  const api = await read(["apps/v1", "Deployment", "api"]);
  expect(api.spec.template.spec.containers.map(({ name }) => name)).toEqual(["api"]);
  // The autoscaler had nothing to say: the number is what it was, not one.
  expect(api.spec.replicas).toBe(3);
  expect(api.metadata.labels).toMatchObject({ team: "shop", "app.kubernetes.io/name": "api" });
  expect((await read(["v1", "Service", "api"])).spec.ports.map(({ port }) => port)).toEqual([80, 8080]);
  const claims = (await clusterClient().core.listNamespacedPersistentVolumeClaim({ namespace })).items;
  expect(claims.map(({ metadata }) => metadata?.name)).toContain("store-files-0");
  expect(await liftlock(["preview", "production", ...there(), "--expect-no-changes"])).toMatchObject({ exitCode: 0 });
});

test("the values of secrets are in the cluster, and in clear nowhere else", async () => {
  const { items } = await clusterClient().core.listNamespacedSecret({ namespace });
  const values = items.filter(({ metadata }) => metadata?.name?.startsWith("api-")).flatMap(({ data }) => Object.values(data ?? {}));
  const opened = values.map((value) => Buffer.from(value, "base64").toString("utf8"));
  expect(opened.filter((value) => value === PLANTED)).toHaveLength(2); // of before, and the stack's own
  expect(opened).toContain(`${PLANTED}-open`);
  expect(leaking(parent)).toEqual([]);
  expect(said.join("\n")).not.toContain(PLANTED);
});

test("refuses what is not there, what it may not read and what somebody else keeps, and writes nothing", async () => {
  const elsewhere = path.join(parent, "other");
  const other = (...args: string[]) =>
    liftlock(["init", elsewhere, "--no-install", "--package", "1.0.0", "--from-namespace", ...args], parent);
  expect(await other("nowhere", ...there())).toMatchObject({ exitCode: 2, err: expect.stringContaining('no namespace "nowhere"') });
  expect(await other(namespace, "--local", "--context", context())).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining(`add --confirm-context ${context()}`),
  });
  expect(await other(namespace)).toMatchObject({ exitCode: 2, err: expect.stringContaining("--local --context NAME") });
  const anonymous = path.join(parent, "anonymous.yaml");
  const { cluster } = { cluster: client().getCurrentCluster()! };
  const entry = { server: cluster.server, "certificate-authority": cluster.caFile, "certificate-authority-data": cluster.caData };
  writeFileSync(
    anonymous,
    JSON.stringify({
      "current-context": "nobody",
      clusters: [{ name: "here", cluster: entry }],
      users: [{ name: "nobody", user: { token: "none" } }],
      contexts: [{ name: "nobody", context: { cluster: "here", user: "nobody" } }],
    }),
  );
  expect(await other(namespace, "--local", "--kubeconfig", anonymous, "--confirm-context", "nobody")).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining("You may not read"),
  });
  const empty = await temporaryNamespace("empty");
  expect(await other(empty.namespace, ...there())).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining("Nothing runs in namespace"),
  });
  const metadata = { name: "chart", namespace: empty.namespace, annotations: { "meta.helm.sh/release-name": "shop" } };
  await objects().create({ apiVersion: "v1", kind: "ConfigMap", metadata } as never);
  expect(await other(empty.namespace, ...there())).toMatchObject({
    exitCode: 1,
    err: expect.stringMatching(/Helm, release shop: ConfigMap chart/),
  });
  await empty.remove();
  // By now the namespace is a stack's, and only that stack may look at it as its own.
  expect(await other(namespace, ...there())).toMatchObject({ exitCode: 1, err: expect.stringContaining("a stack of Pulumi's: ") });
  expect(readdirSync(parent)).not.toContain("other");
});
