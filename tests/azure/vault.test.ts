import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { declaredSecrets } from "../../components/secrets.ts";
import type { RenderedResource } from "../../local/engine/embedded.ts";
import { redact, Secret } from "../../local/engine/values.ts";
import { leaks, readable } from "../components/support.ts";
import { inputsOf, rendered, type Written, written } from "./support.ts";

const called = (resources: readonly RenderedResource[], kind: string, name: string): Written => {
  const found = resources.filter(({ type, inputs }) => type.endsWith(`:${kind}`) && (redact(inputs) as Written).metadata?.name === name);
  if (found.length !== 1) throw new Error(`${found.length} objects ${kind} ${name}`);
  return redact(found[0]!.inputs);
};
const podOf = (object: Written): Written => (object.spec.jobTemplate?.spec ?? object.spec).template;
const volume = { name: "secret-azure-secrets", csi: { driver: "secrets-store.csi.k8s.io", readOnly: true } };
const inVault = (more: object = {}) => ({ name: "studysphere-prod", sets: ["azure-secrets"], ...more });

describe("a set of secrets that people keep in the vault", () => {
  let resources: RenderedResource[];
  beforeAll(async () => {
    resources = await rendered("production", ({ environment, application }) => {
      environment.azure.vault = inVault({ revision: "2026-11-21" });
      application.services.find(({ name }: Written) => name === "auth-service").secrets = ["azure-secrets", "own"];
      application.secrets.own = { keys: { OWN_KEY: {} } };
    });
  }, 60_000);

  test("is one class of the driver: an object for each key, and a Secret under the name that the application expects", () => {
    const { spec } = called(resources, "SecretProviderClass", "azure-secrets");
    expect(spec.provider).toBe("azure");
    expect(Object.keys(spec.parameters).sort()).toEqual(["clientID", "keyvaultName", "objects", "tenantID", "usePodIdentity"]);
    expect(spec.parameters.keyvaultName).toBe("studysphere-prod");
    expect(parse(spec.parameters.objects).array.map((text: string) => parse(text))).toEqual([
      { objectName: "DATABASE-URL", objectType: "secret", objectAlias: "DATABASE_URL" },
      { objectName: "JWT-SECRET", objectType: "secret", objectAlias: "JWT_SECRET" },
    ]);
    expect(spec.secretObjects).toEqual([
      expect.objectContaining({
        secretName: "azure-secrets",
        data: ["DATABASE_URL", "JWT_SECRET"].map((key) => ({ objectName: key, key })),
      }),
    ]);
  });

  test("is mounted read-only where its files always were", () => {
    const pod = podOf(called(resources, "Deployment", "api"));
    expect(pod.spec.volumes).toContainEqual({
      ...volume,
      csi: { ...volume.csi, volumeAttributes: { secretProviderClass: "azure-secrets" } },
    });
    expect(pod.spec.containers[0].volumeMounts).toContainEqual({
      name: "secret-azure-secrets",
      mountPath: "/var/run/secrets/azure-secrets",
      readOnly: true,
    });
  });

  test("is read by exactly the accounts that mount it: annotated, labelled, trusted by the identity that may read the vault", () => {
    const accounts = resources
      .filter(({ type }) => type.endsWith(":ServiceAccount"))
      .flatMap(({ inputs }) => {
        const { metadata } = redact(inputs) as Written;
        return metadata.annotations?.["azure.workload.identity/client-id"] === undefined ? [] : [metadata.name];
      });
    const trusted = resources
      .filter(({ type, name }) => type.endsWith(":FederatedIdentityCredential") && name.startsWith("azure-vault-"))
      .map(({ inputs }) => (redact(inputs) as Written).subject);
    expect(accounts.sort()).toEqual(["api", "auth-service", "backup", "migrate"]);
    expect(trusted.sort()).toEqual(accounts.map((account) => `system:serviceaccount:production:${account}`));
    const mounting = resources.flatMap(({ type, inputs }) => {
      if (!/:(Deployment|Job|CronJob)$/.test(type)) return [];
      const { metadata, spec } = podOf(redact(inputs) as Written);
      const mounts = spec.volumes.some((one: Written) => one.csi !== undefined);
      expect(metadata.labels["azure.workload.identity/use"], metadata.labels["app.kubernetes.io/name"]).toBe(mounts ? "true" : undefined);
      return mounts ? [spec.serviceAccountName] : [];
    });
    expect([...new Set(mounting)].sort()).toEqual(accounts);
  });

  test("passes through no stack: its keys need not be set, no object and no value of it is made here", () => {
    const { application, environment } = written("production");
    environment.azure.vault = inVault();
    expect(declaredSecrets(application, "production").map(({ key }) => key)).toEqual(["DATABASE_URL", "JWT_SECRET"]);
    expect(declaredSecrets(application, "production", environment)).toEqual([]);
    const secrets = resources.filter(({ type }) => type.endsWith(":Secret"));
    expect(secrets.map(({ name }) => name)).toEqual(["own"]);
  });

  test("is started anew by another revision: the services that read it, not what ran already, and not the others", () => {
    const revision = (kind: string, name: string) =>
      podOf(called(resources, kind, name)).metadata.annotations?.["liftlock.dev/vault-azure-secrets"];
    expect([revision("Deployment", "api"), revision("Deployment", "auth-service")]).toEqual(["2026-11-21", "2026-11-21"]);
    expect([revision("Deployment", "frontend"), revision("CronJob", "backup")]).toEqual([undefined, undefined]);
  });

  test("reaches a Job that needs one key as that key alone", () => {
    const job = podOf(called(resources, "CronJob", "backup"));
    expect(job.spec.containers[0].volumeMounts).toContainEqual({
      name: "secret-azure-secrets",
      mountPath: "/var/run/secrets/azure-secrets/DATABASE_URL",
      subPath: "DATABASE_URL",
      readOnly: true,
    });
  });
});

describe("a set of secrets that the stack keeps in the vault", () => {
  let resources: RenderedResource[];
  beforeAll(async () => {
    resources = await rendered("production", ({ environment, application }) => {
      environment.azure.vault = inVault({ values: "stack" });
      application.secrets["azure-secrets"].as = "env";
    });
  }, 60_000);

  test("is written there by every update, as secrets and nowhere in clear", () => {
    const kept = resources.filter(({ type }) => type === "azure-native:keyvault:Secret");
    expect(kept.map(({ inputs }) => inputs.secretName)).toEqual(["DATABASE-URL", "JWT-SECRET"]);
    for (const { inputs } of kept) expect((inputs.properties as Written).value).toBeInstanceOf(Secret);
    expect(leaks(readable(resources))).toBe(false);
  });

  test("starts its readers anew with every version", () => {
    const { annotations } = podOf(called(resources, "Deployment", "api")).metadata;
    expect(annotations["liftlock.dev/vault-azure-secrets"]).toEqual({ mark: "unknown" }); // until it is written, and no secret
  });

  test("is mounted also where variables are wanted, which come from the Secret that the driver keeps", () => {
    const { spec } = podOf(called(resources, "Deployment", "api"));
    expect(spec.containers[0].envFrom).toContainEqual({ secretRef: { name: "azure-secrets" } });
    expect(spec.volumes.some((one: Written) => one.csi !== undefined)).toBe(true);
  });
});

test("a vault without sets is for services that ask it themselves; their secrets stay the stack's own", async () => {
  const resources = await rendered("production", ({ environment }) => {
    environment.azure.vault = { name: "studysphere-prod" };
  });
  expect(resources.some(({ inputs }) => inputs.kind === "SecretProviderClass")).toBe(false);
  expect(inputsOf(resources, "FederatedIdentityCredential", "azure-vault-frontend").subject).toBe(
    "system:serviceaccount:production:frontend",
  );
  expect(resources.filter(({ type }) => type.endsWith("core/v1:Secret")).map(({ name }) => name)).toEqual(["azure-secrets"]);
});

test("both colours of a service read the one value that a vault has", async () => {
  const resources = await rendered("production", (settings) => {
    settings.environment.azure.vault = inVault();
    settings.environment.services = { api: { strategy: { kind: "blueGreen" } } };
    settings.rollout = {
      api: { active: "blue", other: { role: "kept", release: "2.2.0-79cb4eb", replicas: 2, until: "2026-11-03T10:00:00Z" } },
    };
  });
  expect(resources.filter(({ inputs }) => inputs.kind === "SecretProviderClass")).toHaveLength(1);
  for (const name of ["api", "api-green"])
    expect(podOf(called(resources, "Deployment", name)).spec.volumes.some((one: Written) => one.csi !== undefined)).toBe(true);
});
