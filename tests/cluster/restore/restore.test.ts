import { AppsV1Api, AutoscalingV2Api, BatchV1Api, CoreV1Api } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openLedger } from "../../../ops/ledger/ledger.ts";
import { Project, release } from "../promotion/project.ts";
import { eventually } from "../setup.ts";

/** An environment whose data is restored while autoscalers watch over its services: what happens when, in the cluster's own time stamps. */
let project: Project;
let namespace: string;
beforeAll(async () => {
  project = await new Project({ database: true }).init();
  namespace = project.namespace("lower");
});
afterAll(() => project.remove());

const batch = () => project.config.makeApiClient(BatchV1Api);
const apps = () => project.config.makeApiClient(AppsV1Api);
const core = () => project.config.makeApiClient(CoreV1Api);
const ms = (time: Date | string | undefined): number => (time === undefined ? Number.NaN : new Date(time).getTime());
const jobs = async (prefix: string) =>
  (await batch().listNamespacedJob({ namespace })).items.filter(({ metadata }) => metadata?.name?.startsWith(prefix));
const services = async () =>
  (await core().listNamespacedPod({ namespace })).items.filter(({ metadata }) => /^(web|api)-/.test(metadata?.name ?? ""));

/** Gives the Jobs that restore another image; returns the one that they had. */
async function restoreBy(image: string): Promise<string> {
  const { spec } = await batch().readNamespacedCronJob({ namespace, name: "restore" });
  const body = [{ op: "replace", path: "/spec/jobTemplate/spec/template/spec/containers/0/image", value: image }];
  await batch().patchNamespacedCronJob({ namespace, name: "restore", body });
  return spec!.jobTemplate.spec!.template.spec!.containers[0]!.image!;
}

describe("backups of an environment", () => {
  test("are in the ledger when a release took one, and when somebody asked for one", async () => {
    project.write("lower", release("1.0.0", "", { schemaVersion: "a" }));
    expect(await project.liftlock("up lower")).toMatchObject({ exitCode: 0, err: "" });
    expect(await project.entries("backup")).toMatchObject([{ stack: "lower", backup: "backup-a", verified: true }]);
    const { exitCode, out } = await project.liftlock("backups lower --take");
    expect({ exitCode, out }).toMatchObject({
      exitCode: 0,
      out: expect.stringMatching(/is taken and verified\.\n.*backup +taken\n.*\nNot known here, .*: size, release, schema and why\./s),
    });
    expect((await project.entries("backup")).length).toBe(2);
    const listed = JSON.parse((await project.liftlock("backups lower --json")).out) as { id: string }[];
    expect(listed.map(({ id }) => id)).toEqual([expect.stringMatching(/^backup-\w+$/), "backup-a"]);
    expect((await project.entries("backup")).length).toBe(2);
  });
});

describe("a restore", () => {
  test("asks first, and says what is lost", async () => {
    const { exitCode, out, err } = await project.liftlock("restore lower --backup backup-a");
    expect({ exitCode, err }).toMatchObject({ exitCode: 2, err: expect.stringContaining("Nobody can be asked here: add --yes") });
    expect(out).toMatch(/LOST is everything that was written since/);
    expect(await jobs("restore-")).toEqual([]);
  });

  test("stops every writer, restores, and only then starts and tests again", async () => {
    const autoscaled = () =>
      project.config.makeApiClient(AutoscalingV2Api).readNamespacedHorizontalPodAutoscaler({ namespace, name: "api" });
    await eventually("the autoscaler owns the number of replicas", async () =>
      (await autoscaled()).status?.desiredReplicas === 2 ? true : undefined,
    );
    const before = new Set((await services()).map(({ metadata }) => metadata?.uid));
    const smokeBefore = (await jobs("smoke"))[0]?.metadata?.uid;
    const { exitCode, out, err } = await project.liftlock("restore lower --backup backup-a --yes");
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    expect(out).toMatch(/lower: backup-a restored in/);

    const [restore] = await jobs("restore-");
    const [began, ended] = [ms(restore?.status?.startTime), ms(restore?.status?.completionTime)];
    expect(restore?.spec?.template.spec?.containers[0]?.env).toContainEqual({ name: "BACKUP", value: "backup-a" });
    const { items: events } = await core().listNamespacedEvent({ namespace });
    const down = events.filter(({ message }) => /^Scaled down replica set (web|api)-\w+ from \d to 0$/.test(message ?? ""));
    expect(new Set(down.map(({ involvedObject }) => involvedObject.name))).toEqual(new Set(["web", "api"]));
    for (const { lastTimestamp } of down) expect(ms(lastTimestamp)).toBeLessThanOrEqual(began);
    const after = await services();
    expect(after.length).toBeGreaterThanOrEqual(2);
    for (const { metadata } of after) {
      expect(before.has(metadata?.uid)).toBe(false);
      expect(ms(metadata?.creationTimestamp)).toBeGreaterThanOrEqual(ended);
    }
    const [smoke] = await jobs("smoke");
    expect(smoke?.metadata?.uid).not.toBe(smokeBefore);
    expect(ms(smoke?.metadata?.creationTimestamp)).toBeGreaterThanOrEqual(ended);
    const restored = await project.entries("restore");
    expect(restored).toMatchObject([{ stack: "lower", backup: "backup-a", result: "succeeded", seconds: expect.any(Number) }]);
  });

  test("leaves state and cluster in agreement, no migration run again, and scheduled Jobs as they were", async () => {
    await eventually("the autoscaler has its minimum again", async () => {
      const { spec } = await apps().readNamespacedDeployment({ namespace, name: "api" });
      return spec?.replicas === 2 ? true : undefined;
    });
    expect(await project.liftlock("up lower --expect-no-changes")).toMatchObject({ exitCode: 0, err: "" });
    const { items } = await batch().listNamespacedCronJob({ namespace });
    expect(Object.fromEntries(items.map(({ metadata, spec }) => [metadata?.name, spec?.suspend]))).toEqual({
      backup: false,
      drill: true,
      restore: true,
    });
    expect((await jobs("migrate-")).length).toBe(1);
    expect(await project.liftlock("log lower --verify")).toMatchObject({ exitCode: 0 });
  });

  test("that fails leaves everything as it was, and says why", async () => {
    const image = await restoreBy("registry.example.com/tools/misbehaves-fail:1");
    const { exitCode, err } = await project.liftlock("restore lower --backup backup-a --yes");
    expect({ exitCode, err }).toMatchObject({
      exitCode: 1,
      err: expect.stringMatching(/was not restored to lower: exits on purpose.*data is what it was.*\nlower runs as before/s),
    });
    expect(await project.image("lower", "api")).toContain("1.0.0");
    await restoreBy(image);
    expect((await project.entries("restore")).at(-1)).toMatchObject({
      result: "failed",
      cause: expect.stringContaining("exits on purpose"),
    });
    expect(await project.liftlock("up lower --expect-no-changes")).toMatchObject({ exitCode: 0 });
  });

  test("that is interrupted keeps what writes stopped, for every other run too, until it is finished", async () => {
    const image = await restoreBy("registry.example.com/tools/misbehaves-slow-600:1");
    const known = new Set((await jobs("restore-")).map(({ metadata }) => metadata?.uid));
    const run = project.interruptible("restore lower --backup backup-a --yes");
    await eventually("the restore runs", async () => (await jobs("restore-")).find(({ metadata }) => !known.has(metadata?.uid)));
    run.interrupt();
    expect(await run.ended).toMatchObject({ exitCode: 1, err: expect.stringMatching(/interrupted.*restore lower --backup backup-a/s) });
    expect(await services()).toEqual([]);
    expect(await project.liftlock("up lower")).toMatchObject({
      exitCode: 1,
      err: expect.stringMatching(/a restore of backup-a was interrupted.*Finish it first: liftlock restore lower --backup backup-a/),
    });
    expect(await services()).toEqual([]);
    await restoreBy(image);
    expect(await project.liftlock("restore lower --backup backup-a --yes")).toMatchObject({ exitCode: 0, err: "" });
    expect((await services()).length).toBeGreaterThanOrEqual(2);
    expect(await project.liftlock("up lower --expect-no-changes")).toMatchObject({ exitCode: 0 });
  });

  test("on trial touches nothing that runs, and is recorded", async () => {
    const before = new Set((await services()).map(({ metadata }) => metadata?.uid));
    expect(await project.liftlock("restore lower --drill")).toMatchObject({
      exitCode: 0,
      err: "",
      out: expect.stringContaining("can be restored"),
    });
    expect(new Set((await services()).map(({ metadata }) => metadata?.uid))).toEqual(before);
    expect((await project.entries("restore")).at(-1)).toMatchObject({ drill: true, result: "succeeded" });
    expect(await project.liftlock("drift lower")).toMatchObject({ exitCode: 0, err: "" });
  });

  test("to data of an older schema migrates it once more, and then nothing is left to do", async () => {
    // What the Job's pod reports where containers really run.
    const ledger = await openLedger({ projectDir: project.dir, local: true });
    const id = "20991231T235959Z-1.0.0";
    const takenAt = new Date().toISOString();
    await ledger.append({
      kind: "backup",
      stack: "lower",
      backup: id,
      verified: true,
      takenAt,
      version: "1.0.0",
      schemaVersion: "a",
      job: "backup-b",
    });
    project.write("lower", release("2.0.0", "", { schemaVersion: "b" }));
    expect(await project.liftlock("up lower")).toMatchObject({ exitCode: 0, err: "" });
    const [migrated] = await jobs("migrate-b");
    const { exitCode, out, err } = await project.liftlock("restore lower --backup backup-b --yes");
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    expect(out).toContain("migrates b once more");
    const [restore] = (await jobs("restore-")).filter(({ spec }) =>
      spec?.template.spec?.containers[0]?.env?.some(({ value }) => value === id),
    );
    const [again] = await jobs("migrate-b");
    expect(again?.metadata?.uid).not.toBe(migrated?.metadata?.uid);
    expect(ms(again?.metadata?.creationTimestamp)).toBeGreaterThanOrEqual(ms(restore?.status?.completionTime));
    expect(await project.liftlock("up lower --expect-no-changes")).toMatchObject({ exitCode: 0, err: "" });
    expect((await jobs("migrate-b"))[0]?.metadata?.uid).toBe(again?.metadata?.uid);
  });
});
