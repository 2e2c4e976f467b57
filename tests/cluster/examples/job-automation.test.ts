import { AppsV1Api, BatchV1Api, CoreV1Api, PatchStrategy, StorageV1Api, setHeaderOptions } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../setup.ts";
import { Example, nextAt } from "./example.ts";

/** Job Application Automation through a week: Monday, Friday, and what went wrong. Each test goes on from where the one before left it. */
let team: Example;
let friday: Date;
/** A class whose volumes stay when their claims go: what the team chose for production. */
let keeping: string;
beforeAll(async () => {
  team = await Example.open("job-automation");
  friday = nextAt(["fri"], "16:30", "Europe/Vienna");
  keeping = `${team.namespace("production")}-retain`;
  const body = { metadata: { name: keeping }, provisioner: "local.liftlock/volume", volumeBindingMode: "WaitForFirstConsumer" };
  await team.config.makeApiClient(StorageV1Api).createStorageClass({ body: { ...body, reclaimPolicy: "Retain" } });
  team.set("production", ["storageClass"], keeping);
});
afterAll(async () => {
  const { items } = await core().listPersistentVolume();
  await team.remove();
  for (const { metadata, spec } of items)
    if (spec?.storageClassName === keeping) await core().deletePersistentVolume({ name: metadata!.name! });
  await team.config.makeApiClient(StorageV1Api).deleteStorageClass({ name: keeping });
});

const quinn = '--as "Quinn <quinn@job-automation.example.com>"';
const day = 86_400_000;
const core = () => team.config.makeApiClient(CoreV1Api);
const volume = async (name: string) =>
  (await core().readNamespacedPersistentVolumeClaim({ namespace: team.namespace("production"), name })).spec?.volumeName;
const claims = async (stack: string) =>
  (await team.config.makeApiClient(CoreV1Api).listNamespacedPersistentVolumeClaim({ namespace: team.namespace(stack) })).items
    .map(({ metadata }) => metadata!.name!)
    .sort();

describe("job-automation", () => {
  test("both environments come up: one process on one volume, backups at two kept for thirty days", async () => {
    await team.done("up platform", "up staging", "up production");
    expect(await claims("production")).toEqual(["app-data", "backups"]);
    const namespace = team.namespace("production");
    const { spec } = await team.config.makeApiClient(AppsV1Api).readNamespacedStatefulSet({ namespace, name: "app" });
    expect(spec?.replicas).toBe(1);
    const { items } = await team.config.makeApiClient(BatchV1Api).listNamespacedCronJob({ namespace });
    const backup = items.find(({ metadata }) => metadata?.name === "backup");
    expect(backup?.spec).toMatchObject({ schedule: "0 2 * * *", suspend: false });
    expect(backup?.spec?.jobTemplate.spec?.template.spec?.containers[0]?.env).toContainEqual({ name: "KEEP_DAYS", value: "30" });
  });

  test("a release waits for Monday's window in staging, and for Friday's in production", async () => {
    await team.done("release create 1.1.0");
    team.now = new Date(friday.getTime() - 5 * day); // a Sunday
    expect(await team.refused("up staging")).toMatch(
      /closed {2}window releases: releases go into staging only mon, tue, wed, thu 10:00 to 18:00/,
    );
    team.now = new Date(friday.getTime() - 4 * day - 6 * 3_600_000); // Monday, half past ten
    await team.done("up staging");
    expect(await team.closed("production")).toEqual([
      "approval qa",
      "check manual-test",
      "check no-regressions",
      "restore-tested",
      "window releases",
    ]);
    await team.refused("promote staging production --yes");
  });

  test("a backup is taken and restored on trial, QA says yes, and on Friday the release goes out, announced with its pause", async () => {
    await team.done("backups production --take", "restore production --drill");
    await team.done("check staging manual-test passed", "check staging no-regressions passed", `approve production ${quinn}`);
    team.now = friday;
    expect(await team.closed("production")).toEqual([]);
    expect(await team.done("promote staging production --yes")).toMatch(/app: .*stopped before the new one starts: downtime/);
    expect(await team.image("production", "app")).toContain("app:1.1.0");
    expect(team.mailTo("users@job-automation.example.com").join()).toMatch(/1\.1\.0[\s\S]*stops the tool/);
  });

  test("a release that crashes is taken back by itself; the volume stays the same", async () => {
    const volume = async () =>
      (
        await team.config
          .makeApiClient(CoreV1Api)
          .readNamespacedPersistentVolumeClaim({ namespace: team.namespace("staging"), name: "app-data" })
      ).metadata?.uid;
    const uid = await volume();
    await team.done("release create 1.2.0 --image app=registry.example.com/job-automation/app:1.2.0-misbehaves-crash");
    team.now = new Date(friday.getTime() - 4 * day - 6 * 3_600_000);
    expect(await team.refused("up staging")).toMatch(/CrashLoopBackOff[\s\S]*restored 1\.1\.0-/);
    expect(await team.image("staging", "app")).toContain("app:1.1.0");
    expect(await volume()).toBe(uid);
  });

  test("on Sunday production goes back to the tag before, in minutes, and outside every window", async () => {
    team.now = new Date(friday.getTime() + 2 * day);
    await team.done("rollback production --to 1.0.0 --reason errors --yes");
    expect(await team.image("production", "app")).toContain("app:1.0.0");
    const [back] = await team.entries("rollback").then((all) => all.slice(-1));
    expect(back).toMatchObject({ stack: "production", automatic: false, to: { version: "1.0.0" } });
    expect(back!.secondsToRestore).toBeLessThan(300);
  });

  test("a chosen backup comes back: stopped, restored, started", async () => {
    await team.done("restore production --backup latest --yes");
    expect((await team.entries("restore")).at(-1)).toMatchObject({ stack: "production", result: "succeeded", seconds: expect.any(Number) });
    await team.done("up production --expect-no-changes");
  });

  test("a hotfix passes the window with its review", async () => {
    await team.commit("fix: the credentials");
    await team.done("release create 1.2.1");
    team.now = new Date(friday.getTime() - 4 * day - 6 * 3_600_000);
    await team.done("up staging", "check staging no-regressions passed", `approve production ${quinn}`);
    await team.done('hotfix production --reason "credentials leak" --yes');
    expect(await team.image("production", "app")).toContain("app:1.2.1");
    expect(await team.red("production")).toEqual([]);
  });

  test("red until the fix is ported back: what would lose it is refused in production, and what contains it passes", async () => {
    await team.isRedUntilPorted("production", { lost: "1.3.0", ported: "1.3.1", bring: ["up staging"] });
    await team.done("check staging manual-test passed", "check staging no-regressions passed", `approve production ${quinn}`);
    team.now = friday;
    await team.done("promote staging production --yes");
    expect(await team.image("production", "app")).toContain("app:1.3.1");
  });

  test("on a Sunday staging takes a fix through broken glass, by which a second person stands", async () => {
    await team.commit("fix: the scraper");
    await team.done("release create 1.3.2");
    team.now = new Date(friday.getTime() + 2 * day);
    expect(await team.refused("up staging")).toMatch(/closed {2}window releases/);
    await team.done('break-glass staging --reason "credentials leak" --incident INC-1', "up staging");
    expect(await team.image("staging", "app")).toContain("app:1.3.2");
    expect(await team.red("staging")).toEqual([expect.stringMatching(/^INC-1: .*not confirmed by a second person/)]);
    expect(await team.refused("break-glass confirm staging")).toContain("somebody else");
    await team.done(`break-glass confirm staging ${quinn}`);
    expect(await team.red("staging")).toEqual([]);
    expect(await team.entries("break-glass-confirmed")).toMatchObject([{ stack: "staging" }]);
  });

  test("what somebody changes by hand is found and put back", () => team.meddle("staging", "app"));

  test("production's data is never deleted by accident; what is let go leaves nothing but the volumes, which come back with it", async () => {
    expect(await team.refused("destroy production --yes")).toMatch(/it holds what is protected[\s\S]*app-data/);
    expect(await claims("production")).toEqual(["app-data", "backups"]);
    const [data, backups] = [await volume("app-data"), await volume("backups")];
    const said = await team.letGo("production", ["app-data", "backups"]);
    expect(said).toMatch(/stays {2}data of job-automation-production-\w+\/app-data \(5Gi\)/);
    for (const [name, claim] of [
      [data, "app-data"],
      [backups, "backups"],
    ] as const) {
      expect(said).toContain(`PersistentVolume ${name}: data of ${team.namespace("production")}/${claim} (`);
      const { spec } = await eventually(`${name} is released`, async () => {
        const found = await core().readPersistentVolume({ name: name! });
        return found.status?.phase === "Released" ? found : undefined;
      });
      expect(spec?.claimRef).toMatchObject({ namespace: team.namespace("production"), name: claim });
      // As docs/how-to/back-up-and-restore.md says.
      const body = { spec: { claimRef: { uid: null, resourceVersion: null } } };
      await core().patchPersistentVolume({ name: name!, body }, setHeaderOptions("Content-Type", PatchStrategy.MergePatch));
    }
    await team.done("up production");
    expect([await volume("app-data"), await volume("backups")]).toEqual([data, backups]);
    expect(await team.done("destroy staging --yes")).toMatch(/goes {3}data of job-automation-staging-\w+\/app-data \(5Gi\)/);
    await team.gone("staging");
  });
});
