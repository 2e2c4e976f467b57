import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { AppsV1Api, AutoscalingV2Api, BatchV1Api, CoreV1Api } from "@kubernetes/client-node";
import { afterAll, describe, expect, inject, test } from "vitest";
import { createEmbeddedEngine } from "../../../local/engine/embedded.ts";
import { kubernetesFactory } from "../../../local/providers/kubernetes/index.ts";
import type { RunResult } from "../../../ops/engine.ts";
import { leaks, overlay, writtenSettings } from "../../components/support.ts";
import { clusterClient, eventually } from "../setup.ts";

/** The reference application's staging environment on a real API server, with a namespace of the test's own. */
const { dir, ...settings } = writtenSettings("ferry", "staging");
// Alone: what an environment asks of those before it has tests of its own.
settings.application.promotion = { path: ["staging"] };
const namespace = `ferry-test-${process.pid}`;
settings.environment.namespace = namespace;
settings.environment.host = "ferry-test.example.com";
settings.environment.protect = false;
// What it has on GitHub has tests beside the stand-in.
delete settings.environment.github;
for (const service of settings.application.services) service.settle = "1s";

const backendDir = mkdtempSync(path.join(os.tmpdir(), "liftlock-environment-"));
const engine = () =>
  createEmbeddedEngine({
    projectDir: dir,
    stack: "staging",
    backendDir,
    passphrase: "test",
    providers: [kubernetesFactory({ kind: "cluster", kubeconfig: inject("controlPlane").kubeconfig })],
    extraConfig: overlay("ferry", "staging", settings),
  });
const up = async (): Promise<RunResult> => (await engine()).up({});
const succeed = (result: RunResult): RunResult => {
  if (result.result !== "succeeded") throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return result;
};

const client = () => clusterClient().config;
const core = () => client().makeApiClient(CoreV1Api);
const apps = () => client().makeApiClient(AppsV1Api);
const batch = () => client().makeApiClient(BatchV1Api);
const jobs = async () => (await batch().listNamespacedJob({ namespace })).items;
const job = async (prefix: string) => (await jobs()).find(({ metadata }) => metadata?.name?.startsWith(prefix));
const deployment = (name: string) => apps().readNamespacedDeployment({ namespace, name });
/** When the first pod of a service was ready. (The Deployment's own condition moves again when the autoscaler adds pods.) */
const firstReady = async (name: string) => {
  const { items } = await core().listNamespacedPod({ namespace, labelSelector: `app.kubernetes.io/name=${name}` });
  return Math.min(
    ...items
      .flatMap(({ status }) => status?.conditions ?? [])
      .flatMap((c) => (c.type === "Ready" && c.status === "True" ? [seconds(c.lastTransitionTime)] : [])),
  );
};
const record = async () =>
  (await core().listNamespacedConfigMap({ namespace })).items.find(({ metadata }) => metadata?.name?.startsWith("release-"));
const seconds = (time: Date | undefined): number => (time === undefined ? Number.NaN : time.getTime() / 1000);

afterAll(async () => {
  rmSync(backendDir, { recursive: true, force: true });
  await core()
    .deleteNamespace({ name: namespace })
    .catch(() => {});
});

describe("an environment on a real API server", () => {
  test("comes up in the order that the cluster's own time stamps show", async () => {
    const result = succeed(await up());
    const backup = await job("backup-");
    const migration = await job("migrate-");
    const smoke = await job("smoke");
    const release = await record();
    const moments = [
      seconds(backup?.metadata?.creationTimestamp),
      seconds(backup?.status?.completionTime),
      seconds(migration?.metadata?.creationTimestamp),
      seconds(migration?.status?.completionTime),
      seconds((await deployment("api")).metadata?.creationTimestamp),
      await firstReady("api"),
      seconds(smoke?.metadata?.creationTimestamp),
      seconds(smoke?.status?.completionTime),
      seconds(release?.metadata?.creationTimestamp),
    ];
    expect(moments).toEqual([...moments].sort((a, b) => a - b));
    expect(moments.at(-1)! - moments[0]!).toBeGreaterThanOrEqual(3);
    const [live] = result.outputs.qualified as { liveSince: string }[];
    expect(seconds(new Date(live!.liveSince))).toBe(moments.at(-1));
  });

  test("again, nothing changes", async () => {
    const { changeSummary } = succeed(await up());
    expect(Object.keys(changeSummary)).toEqual(["same"]);
  });

  test("runs what the settings say, within its quota, and no pod was refused", async () => {
    const [web, autoscaler] = await Promise.all([
      eventually("two replicas of web", async () => {
        const found = await deployment("web");
        return found.status?.availableReplicas === 2 ? found : undefined;
      }),
      client().makeApiClient(AutoscalingV2Api).readNamespacedHorizontalPodAutoscaler({ namespace, name: "web" }),
    ]);
    expect(web.spec?.replicas).toBe(2);
    expect(autoscaler.spec).toMatchObject({ minReplicas: 2, maxReplicas: 4 });
    const { items: events } = await core().listNamespacedEvent({ namespace });
    expect(events.filter(({ reason }) => reason === "FailedCreate").map(({ message }) => message)).toEqual([]);
  });

  test("keeps secrets to its Secrets", async () => {
    const { items } = await core().listNamespacedSecret({ namespace });
    expect(leaks(JSON.stringify(items))).toBe(true);
    const others = await Promise.all([
      core().listNamespacedPod({ namespace }),
      core().listNamespacedConfigMap({ namespace }),
      core().listNamespacedEvent({ namespace }),
      jobs(),
    ]);
    expect(leaks(JSON.stringify(others))).toBe(false);
  });

  test("a migration that fails leaves the running release alone; mended, the release goes through", async () => {
    const before = (await deployment("api")).metadata?.generation;
    const images = { ...settings.release.images };
    settings.release.version = "1.6.0";
    settings.release.schemaVersion = "20261130_fails";
    settings.release.images.api = images.api.replace(/:[^:@]+@/, ":1.6.0-misbehaves-fail@");
    const failed = await up();
    expect(failed.result).toBe("failed");
    expect(failed.diagnostics.map(({ message }) => message).join("\n")).toMatch(/migrate-20261130-fails/);
    expect((await deployment("api")).metadata?.generation).toBe(before);
    expect((await job("backup-20261130"))?.status?.succeeded).toBe(1);

    settings.release.images.api = images.api.replace(/:[^:@]+@/, ":1.6.0@");
    const mended = succeed(await up());
    expect((await job("migrate-20261130"))?.status?.succeeded).toBe(1);
    expect((mended.outputs.qualified as { version: string }[]).map(({ version }) => version)).toEqual(["1.6.0", "1.5.0"]);
  });

  test("smaller pods replace larger ones: what runs until then counts towards the quota", async () => {
    const small = { requests: { cpu: "5m", memory: "16Mi" }, limits: { cpu: "20m", memory: "32Mi" } };
    settings.environment.defaults = { ...settings.environment.defaults, replicas: { min: 2, max: 2 }, resources: small };
    succeed(await up());
    const again = succeed(await up());
    expect(Object.keys(again.changeSummary)).toEqual(["same"]);
    const { items } = await core().listNamespacedPod({ namespace, labelSelector: "app.kubernetes.io/name=web" });
    const cpus = items
      .filter(({ metadata }) => !metadata?.deletionTimestamp)
      .map(({ spec }) => spec?.containers[0]?.resources?.requests?.cpu);
    expect(cpus).toEqual(["5m", "5m"]);
  });

  test("goes back without a migration, and is taken down when nothing of it is protected", async () => {
    const ran = (await jobs()).map(({ metadata }) => metadata?.name).filter((name) => !name?.startsWith("smoke"));
    settings.release.version = "1.5.0";
    settings.release.schemaVersion = "20261102090000_seats";
    succeed(await up());
    expect((await jobs()).map(({ metadata }) => metadata?.name).filter((name) => !name?.startsWith("smoke"))).toEqual(ran);

    succeed(await (await engine()).destroy({}));
    await expect(core().readNamespace({ name: namespace })).rejects.toThrow(/not found/);
  });
});
