import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { settingsOf } from "./examples.ts";

/** What the five strategies state in figures and names, against what the examples' settings come to. */

test.each<[string, string, string, string]>([
  ["academiclab", "staging", "academiclab-staging", "https://staging.academiclab.example.com"],
  ["academiclab", "production", "academiclab-production", "https://academiclab.example.com"],
  ["contestlet", "staging", "contestlet-staging", "https://staging-api.contestlet.example.com"],
  ["contestlet", "production", "contestlet-production", "https://api.contestlet.example.com"],
  ["job-automation", "staging", "job-automation-staging", "https://staging.jobs.example.com"],
  ["job-automation", "production", "job-automation-production", "https://jobs.example.com"],
  ["life-os", "staging", "life-os-staging", "https://staging.os.example.com"],
  ["life-os", "production", "life-os-production", "https://os.example.com"],
  ["studysphere", "development", "development", "https://dev.studysphere.example.com"],
  ["studysphere", "testing", "testing", "https://test.studysphere.example.com"],
  ["studysphere", "production", "production", "https://studysphere.example.com"],
])("%s has %s in namespace %s, at %s", (name, stack, namespace, address) => {
  const { environment } = settingsOf(name, stack);
  expect([environment.namespace, `https://${environment.host}`]).toEqual([namespace, address]);
});

const nightly = (keepDays: number) => ({ schedule: "0 2 * * *", keepDays });
const weekly = { schedule: "0 4 * * 1" };

describe("data", () => {
  test.each(["academiclab", "contestlet", "job-automation", "life-os"])(
    "production of %s: real, never reset, backed up every night at two, kept for thirty days, protected",
    (name) => {
      const { environment } = settingsOf(name, "production");
      expect(environment).toMatchObject({ protect: true, database: { data: "real", backup: nightly(30) } });
      expect(environment.database?.reset).toBeUndefined();
    },
  );
  test("production of studysphere: real, seven days", () =>
    expect(settingsOf("studysphere", "production").environment).toMatchObject({
      protect: true,
      database: { data: "real", backup: nightly(7) },
    }));
  test.each([
    ["life-os", "staging"],
    ["studysphere", "development"],
  ])("%s: %s is reset every Monday", (name, stack) =>
    expect(settingsOf(name, stack).environment).toMatchObject({ protect: false, database: { data: "synthetic", reset: weekly } }),
  );
  test.each(["academiclab", "life-os", "studysphere", "contestlet"])("%s migrates production on a backup of at most 26 hours", (name) =>
    expect(settingsOf(name, "production").application.promotion.gates.production?.backupMaxAge).toBe("26h"),
  );
});

describe("gates of production", () => {
  const gatesOf = (name: string) => settingsOf(name, "production").application.promotion.gates.production!;
  const checks = (name: string, when: "before" | "after") =>
    gatesOf(name)
      .checks.filter((one) => one.when === when)
      .map((one) => one.name);
  test("academiclab: three days, two maintainers, one of whom owns the code, and the release checklist", () => {
    expect(gatesOf("academiclab")).toMatchObject({ soak: "72h", approvals: [{ count: 2 }, { codeOwner: true }] });
    expect(checks("academiclab", "before")).toEqual([
      ...["no-critical-bugs", "performance", "student-feedback", "security-review"],
      ...["documentation", "rollback-plan", "monitoring"],
    ]);
  });
  test("contestlet: QA and the product owner, security where sensitive paths changed, and what staging is for", () => {
    expect(gatesOf("contestlet").approvals).toMatchObject([
      { roles: ["qa"] },
      { roles: ["product-owner"] },
      { roles: ["security"], whenChanged: ["**/auth/**", "**/security/**", "Pulumi.production.yaml"] },
    ]);
    expect(checks("contestlet", "before")).toEqual(["staging-tests", "performance", "security-scan", "user-acceptance"]);
  });
  test("job-automation: staging on Monday at ten, production on Friday at four, half an hour of watching, QA", () => {
    const { gates } = settingsOf("job-automation", "production").application.promotion;
    const vienna = { timeZone: "Europe/Vienna" };
    expect(gates.staging?.windows[0]).toMatchObject({ days: expect.arrayContaining(["mon"]), from: "10:00", ...vienna });
    expect(gates.production).toMatchObject({
      approvals: [{ roles: ["qa"] }],
      windows: [{ days: ["fri"], from: "16:00", ...vienna }],
      watch: "30m",
    });
  });
  test("life-os: a day of stability and the checklist, before and after", () => {
    expect(gatesOf("life-os")).toMatchObject({ soak: "24h", confirmMigrations: true });
    expect(checks("life-os", "before")).toEqual(["smoke-checklist", "no-critical-bugs", "migration-plan", "rollback-plan"]);
    expect(checks("life-os", "after")).toEqual(["no-error-spikes", "response-times-normal"]);
  });
  test("studysphere: key user flows are tried by hand after every deployment, whatever the environment", () => {
    const { gates, path: order } = settingsOf("studysphere", "production").application.promotion;
    for (const stack of order)
      expect(gates[stack]?.checks, stack).toContainEqual(expect.objectContaining({ name: "user-flows", when: "after" }));
  });
});

describe("watching", () => {
  test.each<[string, object, object]>([
    ["academiclab", { latency: 2, cpu: 70, memoryMegabytes: 500, queries: 1, errors: 0.1 }, { availability: 99.9 }],
    ["contestlet", { down: "5m" }, { availability: 99.9 }],
    ["life-os", { errorsPerMinute: 10, down: "5m" }, {}],
    [
      "studysphere",
      { errors: 1, latency: 1, restarts: 5, cpu: 80, memory: 80 },
      { requests: 99.9, latency: { percent: 95, seconds: 0.5 }, availability: 99.9 },
    ],
  ])("production of %s: %j, %j", (name, alerts, objectives) =>
    expect(settingsOf(name, "production").environment.monitoring).toMatchObject({ alerts, objectives }),
  );
  test("job-automation: not 200, slower than five seconds, or a body that speaks of an error", () =>
    expect(settingsOf("job-automation", "production").application.monitoring?.health).toEqual({
      service: "app",
      path: "/health",
      refuse: "error",
      slow: 5,
    }));
  test.each<[string, object]>([
    ["academiclab", { uptime: 99.9 }],
    ["contestlet", { uptime: 99.9, deploymentSuccess: 95, timeToRestore: "30m" }],
    ["studysphere", { deploymentsPerWeek: 2, leadTime: "2h", changeFailureRate: 15, timeToRestore: "1h" }],
  ])("targets of %s: %j", (name, targets) => expect(settingsOf(name, "production").application.metrics?.targets).toMatchObject(targets));
});

test("job-automation asks OpenAI less from staging than from production", () => {
  const daily = (stack: string) => settingsOf("job-automation", stack).environment.config["app-config"]!.OPENAI_REQUESTS_PER_DAY;
  expect(daily("staging")).toBeLessThan(daily("production") as number);
});

describe("what begins a deployment", () => {
  const push = (...branches: string[]) => ({ push: { branches }, workflow_dispatch: {} });
  const released = { push: { branches: ["main"], tags: ["v*"] }, workflow_dispatch: {} };
  const byHand = { workflow_dispatch: {} };
  test.each<[string, string, object]>([
    ["academiclab", "staging", push("staging")],
    ["academiclab", "production", push("production")],
    ["contestlet", "development", push("develop")],
    ["contestlet", "staging", push("staging")],
    ["contestlet", "production", push("main")],
    ["job-automation", "staging", push("staging")],
    ["job-automation", "production", released],
    ["life-os", "staging", push("staging")],
    ["life-os", "production", released],
    ["studysphere", "development", push("main")],
    ["studysphere", "testing", byHand],
    ["studysphere", "production", byHand],
  ])("%s: to %s, %j", (name, stack, on) => {
    const file = path.resolve(import.meta.dirname, "../../examples", name, `.github/workflows/deploy-${stack}.yml`);
    const workflow = parse(readFileSync(file, "utf8"));
    expect(workflow.on).toEqual(on);
    expect(workflow.jobs.deploy).toMatchObject({
      environment: stack,
      concurrency: { group: `liftlock-${stack}`, "cancel-in-progress": false },
    });
  });
});
