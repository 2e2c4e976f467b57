import { AppsV1Api, AutoscalingV2Api, CoreV1Api } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openLedger } from "../../../ops/ledger/ledger.ts";
import { eventually } from "../setup.ts";
import { Example, nextAt } from "./example.ts";

/** StudySphere through a release, a bad one, a rollback and a hotfix. Each test goes on from where the one before left it. */
let team: Example;
beforeAll(async () => {
  team = await Example.open("studysphere");
});
afterAll(() => team.remove());

const schema =
  "--schema-version 20261118090000_add_streaks --migration 20261030101500_add_user_interests=expand --migration 20261118090000_add_streaks=expand";
const suites = ["api-contracts", "ui", "load", "accessibility", "security-scan", "migration-test"];
const before = ["no-critical-bugs", "user-acceptance", "documentation", "rollback-plan", "monitoring", "stakeholders-told"];
const tara = '--as "Tara <tara@studysphere.example.com>"';
const paula = '--as "Paula <paula@studysphere.example.com>"';
const evidence = (names: readonly string[]) =>
  names.map((name) => `check testing ${name} passed --evidence https://ci.example.com/runs/${name}`);
const core = () => team.config.makeApiClient(CoreV1Api);
const flagsOf = async (namespace: string) =>
  JSON.parse((await core().readNamespacedConfigMap({ namespace, name: "flags" })).data!["flags.json"]!).flags;

/** How auth-service runs in an environment: as large as, and with what, the cluster says. */
async function running(stack: string) {
  const about = { namespace: team.namespace(stack), name: "auth-service" };
  const { spec: scaler } = await team.config.makeApiClient(AutoscalingV2Api).readNamespacedHorizontalPodAutoscaler(about);
  const { spec } = await team.config.makeApiClient(AppsV1Api).readNamespacedDeployment(about);
  const { resources, envFrom } = spec!.template.spec!.containers[0]!;
  const { data } = await core().readNamespacedConfigMap({ namespace: about.namespace, name: envFrom![0]!.configMapRef!.name! });
  const { newDashboard, betaFeatures, debugMode } = await flagsOf(about.namespace);
  return {
    scale: [scaler?.minReplicas, scaler?.maxReplicas, scaler?.metrics?.[0]?.resource?.target.averageUtilization],
    requests: `${resources!.requests!.cpu} ${resources!.requests!.memory}`,
    limits: `${resources!.limits!.cpu} ${resources!.limits!.memory}`,
    config: data,
    flags: [newDashboard, betaFeatures, debugMode].map(({ defaultVariant }) => defaultVariant),
  };
}
const told = (stack: string, level: string, host: string, flags: string[]) => ({
  config: { NODE_ENV: stack, LOG_LEVEL: level, CORS_ORIGIN: `https://${host}studysphere.example.com` },
  flags,
});

describe("studysphere", () => {
  test("the platform and all environments come up, on Azure and GitHub too, each with its bounds and its flags", async () => {
    await team.done("up platform", "up development", "up testing", "up production");
    const { azure } = JSON.parse(await team.done("outputs platform --json"));
    expect(azure).toMatchObject({ resourceGroup: "studysphere-rg", registry: "studysphere.azurecr.io", cluster: "studysphere-aks" });
    const { deployment } = JSON.parse(await team.done("export platform")) as {
      deployment: { resources: { urn: string; inputs: object }[] };
    };
    expect(deployment.resources.find(({ urn }) => urn.endsWith("::cluster-pulls"))?.inputs).toMatchObject({
      roleDefinitionId: expect.stringContaining("7f951dda-4ed3-4680-a7ca-43fe172d538d"), // AcrPull
      scope: expect.stringMatching(/\/registries\/studysphere$/),
      principalId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    const servers = JSON.stringify(JSON.parse(await team.done("export production")));
    expect(servers).toContain("Microsoft.DBforPostgreSQL/flexibleServers/studysphere-postgres-prod");
    await team.done("up platform --expect-no-changes", "up production --expect-no-changes");
    expect(await Promise.all(["development", "testing", "production"].map(running))).toEqual([
      { scale: [1, 3, 80], requests: "50m 64Mi", limits: "200m 256Mi", ...told("development", "debug", "dev.", ["on", "on", "on"]) },
      { scale: [2, 5, 80], requests: "100m 128Mi", limits: "500m 512Mi", ...told("testing", "info", "test.", ["on", "on", "off"]) },
      { scale: [2, 10, 50], requests: "100m 128Mi", limits: "1 1Gi", ...told("production", "warn", "", ["off", "off", "off"]) },
    ]);
  });

  test("a release reaches development by itself, and testing with the word of QA or the tech lead", async () => {
    await team.done(`release create 2.4.0 ${schema}`, "up development");
    expect(await team.closed("testing")).toEqual(["approval qa or tech-lead", "check no-critical-bugs", "check test-data"]);
    await team.refused("promote development testing --yes");
    expect(await team.refused("promote development production --yes")).toMatch(/testing/);
    await team.done(
      `approve testing ${tara}`,
      "check development no-critical-bugs passed",
      "check testing test-data passed",
      "promote development testing --yes",
    );
    expect(team.mailTo("developers@studysphere.example.com").at(-1)).toContain("2.4.0");
    expect(team.mailTo("tara@studysphere.example.com").join()).toContain("2.4.0");
    expect(team.mailTo("paula@studysphere.example.com").join()).not.toContain("2.4.0");
  });

  test("production asks for the suites, the checklist, a rehearsal, an owner, confirmed migrations, a backup and the night", async () => {
    team.now = nextAt(["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "12:00", "Europe/Vienna");
    await team.refused("promote testing production --yes");
    expect(await team.closed("production")).toEqual([
      "approval product-owner or engineering-manager",
      ...[...suites, ...before].map((name) => `check ${name}`),
      "migrations",
      "rehearsal testing",
      "window migrations",
    ]);
    await team.done("rehearse testing", ...evidence(suites), ...before.map((name) => `check production ${name} passed`));
    await team.done(`approve production ${paula}`, "confirm-migrations production --yes");
    team.now = nextAt(["tue", "thu"], "22:30", "Europe/Vienna");
    // The backup of that night, as its Job's pod reports it where containers really run.
    const ledger = await openLedger({ projectDir: team.dir, local: true });
    const takenAt = new Date(team.now.getTime() - 20 * 3_600_000).toISOString();
    await ledger.append({
      kind: "backup",
      stack: "production",
      backup: "nightly",
      verified: true,
      takenAt,
      version: "2.3.0",
      job: "backup-nightly",
    });
    expect(await team.closed("production")).toEqual([]);
    await team.done("promote testing production --yes");
    expect(await team.image("production", "api")).toContain("api:2.4.0");
    expect(team.mailTo("paula@studysphere.example.com").join()).toContain("2.4.0");
  });

  test("testing and production differ in variables, secrets and flags as their files say, and in nothing else", async () => {
    const { differences } = JSON.parse(await team.done("diff testing production --json")) as {
      differences: { name: string; kind: string }[];
    };
    expect(differences.filter(({ kind }) => kind !== "expected")).toEqual([]);
    const names = differences.map(({ name }) => name);
    for (const name of ["config app-config.LOG_LEVEL", "secret DATABASE_URL", "flag newDashboard"]) expect(names).toContain(name);
  });

  test("a flag changes in production without a restart", async () => {
    const pods = async () => {
      const { items } = await core().listNamespacedPod({ namespace: team.namespace("production") });
      return items.flatMap(({ metadata }) => (/^(frontend|api|auth-service)-/.test(metadata!.name!) ? [metadata!.uid] : [])).sort();
    };
    const before = await pods();
    team.set("production", ["flags", "newDashboard"], { percent: 10 });
    await team.done("up production");
    const { newDashboard } = await flagsOf(team.namespace("production"));
    expect(newDashboard.targeting.fractional).toEqual([
      ["on", 10],
      ["off", 90],
    ]);
    expect(await pods()).toEqual(before);
  });

  test("a release that crashes is taken back by itself, and held", async () => {
    await team.done(`release create 2.5.0 ${schema} --image auth-service=studysphere.azurecr.io/auth-service:2.5.0-misbehaves-crash`);
    expect(await team.refused("up development")).toMatch(/CrashLoopBackOff[\s\S]*restored 2\.4\.0-/);
    expect(await team.image("development", "auth-service")).toContain("auth-service:2.4.0");
    expect(team.mailTo("developers@studysphere.example.com").at(-1)).toMatch(/2\.5\.0/);
    expect(await team.refused("up development")).toContain("held back from development");
  });

  test("production goes back to a chosen release by one command", async () => {
    await team.done("rollback production --to 2.3.0 --reason slow --yes");
    expect(await team.image("production", "api")).toContain("api:2.3.0");
    expect((await team.entries("rollback")).at(-1)).toMatchObject({ stack: "production", automatic: false, to: { version: "2.3.0" } });
  });

  test("a hotfix takes the same way with fewer checks", async () => {
    await team.commit("fix: the login");
    await team.done(`release create 2.5.1 ${schema}`, "up development");
    await team.done("check development no-critical-bugs passed", "check testing test-data passed", `approve testing ${tara}`);
    await team.done('hotfix testing --reason "login broken" --yes');
    await team.done(
      ...evidence(["api-contracts", "security-scan"]),
      "check production stakeholders-told passed",
      `approve production ${paula}`,
    );
    await team.done('hotfix production --reason "login broken" --yes');
    expect(await team.image("production", "api")).toContain("api:2.5.1");
    expect(await team.red("production")).toEqual([]);
  });

  test("red until the fix is on main: testing, which had it too, refuses what would lose it", () =>
    team.isRedUntilPorted("testing", { lost: `2.6.0 ${schema}`, ported: `2.6.1 ${schema}`, bring: ["up development"] }));

  test("what somebody changes by hand is found and put back", () => team.meddle("testing", "api"));

  test("what is protected is not destroyed; what is not leaves nothing", async () => {
    // As docs/how-to/run-on-azure.md says: the group's lock holds for what environments have in it.
    team.edit("Pulumi.platform.yaml", (file) => void file.setIn(["config", "studysphere:platform", "azure", "lock"], false));
    await team.done("up platform");
    await team.letGo("production");
    await team.done("destroy development --yes");
    await team.gone("development");
    await eventually("testing still runs", async () => team.image("testing", "api"));
  });
});
