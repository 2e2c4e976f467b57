import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { AppsV1Api, CoreV1Api, CustomObjectsApi } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { declaredSecrets } from "../../../components/secrets.ts";
import { createEmbeddedEngine } from "../../../local/engine/embedded.ts";
import type { StackConfig } from "../../../local/engine/state.ts";
import { azureNativeFactory } from "../../../local/providers/azure-native/index.ts";
import { kubernetesFactory } from "../../../local/providers/kubernetes/index.ts";
import { studysphere, type Written, written } from "../../azure/support.ts";
import { stepList, succeeded } from "../../engine/support/stack.ts";
import { clusterClient, eventually } from "../setup.ts";

/** StudySphere's platform with its Gateway, and an environment that takes its secrets from a vault, on a real API server. */
const id = `azure-${process.pid}`;
const dir = mkdtempSync(path.join(os.tmpdir(), "liftlock-azure-"));
const values: Record<string, string> = {
  DATABASE_URL: "postgresql://shop:planted-4711@db.invalid:5432/shop",
  JWT_SECRET: "planted-word-4711",
};

const platform = written("platform");
delete platform.platform.github;
platform.platform.protect = false;
platform.platform.azure.lock = false;
platform.platform.gateway.namespace = `gateway-${id}`;
platform.platform.gateway.classes = { [id]: { replicas: 3, internal: true } };
platform.platform.gateway.gateways.public.class = id;

const development = written("development");
Object.assign(development.environment, { namespace: id, protect: false, host: "dev.azure.example.com" });
development.environment.gateway.namespace = `gateway-${id}`;
development.environment.azure.vault = { name: "studysphere-dev", sets: ["azure-secrets"], values: "stack" };
delete development.environment.github;
for (const service of development.application.services) service.settle = "1s";

const engine = (stack: string, settings: Written) =>
  createEmbeddedEngine({
    projectDir: studysphere,
    stack,
    backendDir: path.join(dir, "backend"),
    passphrase: "test",
    providers: [
      kubernetesFactory({ kind: "cluster", kubeconfig: inject("controlPlane").kubeconfig }),
      azureNativeFactory({
        kind: "stand-in",
        dir: path.join(dir, "azure"),
        credentials: async () => readFileSync(inject("controlPlane").kubeconfig, "utf8"),
      }),
    ],
    extraConfig: Object.fromEntries([
      ...Object.entries(settings).map(([key, value]) => [
        `studysphere:${key}`,
        { value: JSON.stringify(value), secret: false, object: true },
      ]),
      ...declaredSecrets(settings.application, stack, settings.environment).map(({ key }) => [
        `studysphere:${key}`,
        { value: values[key] ?? `planted-${key}`, secret: true },
      ]),
    ]) as StackConfig,
  });
const onPlatform = () => engine("platform", platform);
const onDevelopment = () => engine("development", development);
const changes = (steps: string[]) => steps.filter((step) => !/^(same|refresh|read) /.test(step));

const client = () => clusterClient().config;
const custom = (group: string, version: string, plural: string, name: string, namespace?: string): Promise<Written> => {
  const api = client().makeApiClient(CustomObjectsApi);
  const of = { group, version, plural, name };
  return namespace === undefined ? api.getClusterCustomObject(of) : api.getNamespacedCustomObject({ ...of, namespace });
};
const gateways = "gateway.networking.k8s.io";
const secretClass = () => custom("secrets-store.csi.x-k8s.io", "v1", "secretproviderclasses", "azure-secrets", id);
const template = async () =>
  (await client().makeApiClient(AppsV1Api).readNamespacedDeployment({ namespace: id, name: "api" })).spec!.template;
const gone = (read: () => Promise<unknown>): Promise<true> =>
  eventually("it is gone", () =>
    read().then(
      () => undefined,
      () => true as const,
    ),
  );
const files = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [readFileSync(path.join(entry.parentPath, entry.name), "utf8")] : [],
  );

afterAll(async () => {
  await client()
    .makeApiClient(CoreV1Api)
    .deleteNamespace({ name: id })
    .catch(() => {});
  rmSync(dir, { recursive: true, force: true });
});

describe("the platform's Gateway", () => {
  test("can be previewed before there is a cluster, and comes up with it", async () => {
    expect(stepList(succeeded(await (await onPlatform()).preview({})))).toContain(`create class-${id}`);
    const result = succeeded(await (await onPlatform()).up({}));
    expect(result.outputs?.gateways).toEqual({ public: { namespace: `gateway-${id}`, class: id, listeners: ["http", "https"] } });
    const parameters = (await custom(gateways, "v1", "gatewayclasses", id)).spec.parametersRef;
    expect(parameters).toEqual({ group: "gateway.envoyproxy.io", kind: "EnvoyProxy", name: id, namespace: `gateway-${id}` });
    const { provider } = (await custom("gateway.envoyproxy.io", "v1alpha1", "envoyproxies", id, `gateway-${id}`)).spec;
    expect(provider.kubernetes).toMatchObject({
      envoyDeployment: { replicas: 3 },
      envoyService: { type: "LoadBalancer", annotations: { "service.beta.kubernetes.io/azure-load-balancer-internal": "true" } },
    });
    await eventually("the Gateway has its listeners", async () => {
      const { status } = await custom(gateways, "v1", "gateways", "public", `gateway-${id}`);
      return status?.listeners?.length === 2 ? true : undefined;
    });
  });

  test("stands in a cluster that may pull from the registry", () => {
    const roles = files(path.join(dir, "azure")).filter((text) => text.includes("7f951dda-4ed3-4680-a7ca-43fe172d538d"));
    expect(roles).toHaveLength(1); // AcrPull
    const { scope, principalId } = JSON.parse(roles[0]!).properties;
    expect(scope).toMatch(/registries\/studysphere$/);
    const clusters = files(path.join(dir, "azure")).map((text) => JSON.parse(text).properties.identityProfile?.kubeletidentity.objectId);
    expect(clusters.filter(Boolean)).toEqual([principalId]);
  });

  test("is as it was when it comes up again", async () => {
    expect(changes(stepList(succeeded(await (await onPlatform()).up({ refresh: true }))))).toEqual([]);
  });
});

describe("an environment whose secrets come from a vault", () => {
  beforeAll(async () => {
    succeeded(await (await onDevelopment()).up({}));
  });

  test("comes up; its route is taken by the platform's Gateway, its Secret kept under the name that the application expects", async () => {
    const { parentRefs } = (await custom(gateways, "v1", "httproutes", "frontend", id)).spec;
    expect(parentRefs).toMatchObject([{ name: "public", namespace: `gateway-${id}` }]);
    const { labels } = (await clusterClient().core.readNamespace({ name: id })).metadata!;
    const { selector } = (await custom(gateways, "v1", "gateways", "public", `gateway-${id}`)).spec.listeners[0].allowedRoutes.namespaces;
    expect(labels).toMatchObject(selector.matchLabels);
    const secret = await eventually("the Secret is kept", () =>
      clusterClient()
        .core.readNamespacedSecret({ namespace: id, name: "azure-secrets" })
        .catch(() => undefined),
    );
    expect(Object.keys(secret.data!)).toEqual(["DATABASE_URL", "JWT_SECRET"]);
    expect(secret.metadata?.ownerReferences?.[0]).toMatchObject({ kind: "SecretProviderClass", name: "azure-secrets" });
  });

  test("may read that vault and nothing else, by an identity that trusts its accounts alone", async () => {
    const roles = files(path.join(dir, "azure")).filter((text) => text.includes("4633458b-17de-408a-b874-0445c86b69e6"));
    expect(roles).toHaveLength(1);
    expect(JSON.parse(roles[0]!).properties.scope).toMatch(/vaults\/studysphere-dev$/);
    const { clientID } = (await secretClass()).spec.parameters;
    const account = await clusterClient().core.readNamespacedServiceAccount({ namespace: id, name: "api" });
    expect(account.metadata?.annotations?.["azure.workload.identity/client-id"]).toBe(clientID);
    expect((await template()).metadata?.labels?.["azure.workload.identity/use"]).toBe("true");
  });

  test("is found and mended when somebody points it at another vault", async () => {
    const api = client().makeApiClient(CustomObjectsApi);
    const of = {
      group: "secrets-store.csi.x-k8s.io",
      version: "v1",
      plural: "secretproviderclasses",
      name: "azure-secrets",
      namespace: id,
    };
    await api.patchNamespacedCustomObject({ ...of, body: [{ op: "replace", path: "/spec/parameters/keyvaultName", value: "another" }] });
    const mended = succeeded(await (await onDevelopment()).up({ refresh: true }));
    expect(changes(stepList(mended))).toEqual(["update vault-azure-secrets"]);
    expect((await secretClass()).spec.parameters.keyvaultName).toBe("studysphere-dev");
  });

  test("starts its readers anew when a value changes, and only them; no value is shown or kept in clear", async () => {
    const before = (await template()).metadata?.annotations?.["liftlock.dev/vault-azure-secrets"];
    values.JWT_SECRET = "planted-word-4712";
    const shown: string[] = [];
    const rotated = succeeded(await (await onDevelopment()).up({ onEvent: (event) => void shown.push(JSON.stringify(event)) }));
    expect(changes(stepList(rotated)).sort()).toEqual([
      "replace smoke",
      "update api",
      "update auth-service",
      "update azure-vault-JWT-SECRET",
    ]);
    expect((await template()).metadata?.annotations?.["liftlock.dev/vault-azure-secrets"]).not.toBe(before);
    for (const text of [...files(dir), ...shown, JSON.stringify(rotated)]) expect(text).not.toContain("planted-");
  });
});

test("both are taken down again: the environment, then what it shared", async () => {
  succeeded(await (await onDevelopment()).destroy({}));
  succeeded(await (await onPlatform()).destroy({}));
  await gone(() => custom(gateways, "v1", "gatewayclasses", id));
  await gone(() => clusterClient().core.readNamespace({ name: `gateway-${id}` }));
});
