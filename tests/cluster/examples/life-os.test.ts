import { BatchV1Api } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Example } from "./example.ts";

/** Life-OS through a release, a failed smoke test, a way back and a hotfix. Each test goes on from where the one before left it. */
let team: Example;
beforeAll(async () => {
  team = await Example.open("life-os");
});
afterAll(() => team.remove());

const hour = 3_600_000;
const schema = "--schema-version 77aa01b2c3d4 --migration 5d2e8f10ab37=expand --migration 77aa01b2c3d4=expand";
const jobs = async (stack: string, role: string) => {
  const { items } = await team.config.makeApiClient(BatchV1Api).listNamespacedJob({ namespace: team.namespace(stack) });
  return items
    .filter(({ metadata }) => metadata!.name!.startsWith(role))
    .sort((a, b) => Number(b.metadata!.creationTimestamp!) - Number(a.metadata!.creationTimestamp!));
};

describe("life-os", () => {
  test("both environments come up", async () => {
    await team.done("up platform", "up staging", "up production");
  });

  test("a release has to be stable in staging for a day; an incident begins the day anew", async () => {
    await team.done(`release create 1.2.0 ${schema}`, "up staging");
    expect(team.chatOf("slack").at(-1)).toMatch(/1\.2\.0.*staging/);
    await team.refused("promote staging production --yes");
    await team.done("incident open staging INC-1 --summary slow");
    expect(team.chatOf("slack").at(-1)).toMatch(/INC-1.*slow/);
    team.advance(25 * hour);
    expect(await team.closed("production")).toContain("soak staging");
    team.advance(-25 * hour);
    await team.done("incident close staging INC-1");
    team.advance(23 * hour);
    expect(await team.closed("production")).toEqual([
      "soak staging",
      "check smoke-checklist",
      "check no-critical-bugs",
      "check migration-plan",
      "check rollback-plan",
      "migrations",
    ]);
    const checks = ["smoke-checklist", "no-critical-bugs", "migration-plan", "rollback-plan"];
    await team.done(...checks.map((name) => `check production ${name} passed`));
    expect(await team.closed("production")).toEqual(["soak staging", "migrations"]);
    team.advance(1.5 * hour);
    expect(await team.closed("production")).toEqual(["migrations"]);
  });

  test("without a confirmation that names the migrations neither a backup nor a migration begins", async () => {
    const work = async () =>
      [...(await jobs("production", "backup-")), ...(await jobs("production", "migrate-"))].map(({ metadata }) => metadata!.uid);
    const before = await work();
    expect(await team.refused("promote staging production --yes")).toMatch(/1 of \d+ gates is closed/);
    expect(await team.refused("confirm-migrations production", 2)).toContain("77aa01b2c3d4");
    expect(await work()).toEqual(before);
    await team.done("confirm-migrations production --yes");
    expect(await team.closed("production")).toEqual([]);
  });

  test("database and files are backed up before the migration, and that before the rollout", async () => {
    expect(team.chatOf("discord").join()).not.toContain("1.2.0");
    await team.done("promote staging production --yes");
    expect(await team.image("production", "api")).toContain("api:1.2.0");
    expect(team.chatOf("discord").slice(-2).join()).toMatch(/1\.2\.0 promoted from staging to production[\s\S]*1\.2\.0/);
    expect(await team.toCheck("production")).toEqual(["no-error-spikes", "response-times-normal"]);
    const [[backup], [migration], [smoke]] = [
      await jobs("production", "backup-"),
      await jobs("production", "migrate-"),
      await jobs("production", "smoke"),
    ];
    const moments = [
      backup!.status!.completionTime,
      migration!.metadata!.creationTimestamp,
      migration!.status!.completionTime,
      smoke!.metadata!.creationTimestamp,
    ];
    expect(moments.map(Number)).toEqual(moments.map(Number).sort((a, b) => a - b));
    const { env } = backup!.spec!.template.spec!.containers[0]!;
    expect(JSON.stringify(env)).toMatch(/uploads.*generated/);
    await team.done("restore production --drill");
  });

  test("a smoke test that fails takes the release back without a person", async () => {
    const image = ["config", "application", "value", "smoke", "image"];
    let before = "";
    team.edit("Pulumi.yaml", (file) => {
      before = file.getIn(image);
      file.setIn(image, before.replace("/curlimages/curl:8.16.0", "/tools/misbehaves-fail:1"));
    });
    await team.done(`release create 1.3.0 ${schema}`);
    expect(await team.refused("up staging")).toMatch(/smoke[\s\S]*restored 1\.2\.0-/);
    expect(team.chatOf("slack").slice(-2).join()).toMatch(/1\.3\.0[\s\S]*1\.2\.0/);
    expect(await team.image("staging", "api")).toContain("api:1.2.0");
    team.edit("Pulumi.yaml", (file) => file.setIn(image, before));
  });

  test("production goes back carefully: it asks, unless somebody says yes beforehand", async () => {
    expect(await team.refused("rollback production", 2)).toContain("--yes");
    await team.done("rollback production --to 1.1.0 --reason slow --yes");
    expect(await team.image("production", "api")).toContain("api:1.1.0");
  });

  test("a hotfix is half an hour in staging instead of a day", async () => {
    await team.commit("fix: sign-in");
    await team.done(`release create 1.3.1 ${schema}`, "up staging", "check production no-critical-bugs passed");
    team.now = new Date();
    expect(await team.refused('hotfix production --reason "no sign-in" --yes')).toMatch(/closed {2}soak staging/);
    team.advance(31 * 60_000);
    await team.done('hotfix production --reason "no sign-in" --yes');
    expect(await team.image("production", "api")).toContain("api:1.3.1");
    expect(await team.red("production")).toEqual([]);
  });

  test("red until it is in staging: what would lose the fix is refused in production", () =>
    team.isRedUntilPorted("production", { lost: `1.4.0 ${schema}`, ported: `1.4.1 ${schema}`, bring: ["up staging"] }));

  test("what somebody changes by hand is found and put back", () => team.meddle("staging", "frontend"));

  test("production's data stays until it is let go; then production leaves as little as staging", async () => {
    expect(await team.refused("destroy production --yes")).toMatch(/it holds what is protected[\s\S]*api-files/);
    await team.done("destroy staging --yes");
    await team.gone("staging");
    expect(await team.letGo("production")).toMatch(/goes {3}data of life-os-production-\w+\/api-files \(20Gi\)/);
  });
});
