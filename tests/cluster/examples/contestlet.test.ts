import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { CoreV1Api } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { prometheusServer } from "../support/prometheus.ts";
import { Example } from "./example.ts";

/** Contestlet through a release in two colours, a way back, a canary and a hotfix. Each test goes on from where the one before left it. */
let team: Example;
let prometheus: Awaited<ReturnType<typeof prometheusServer>>;
beforeAll(async () => {
  [team, prometheus] = await Promise.all([Example.open("contestlet"), prometheusServer()]);
});
afterAll(async () => {
  await team.remove();
  await prometheus.close();
});

const schema = "--schema-version 8f3a2c71d9e4";
const as = (name: string) => `--as "${name} <${name.toLowerCase()}@contestlet.example.com>"`;
const checks = [
  "staging-tests passed --evidence ci/1",
  "performance passed --evidence ci/2",
  "security-scan passed --evidence ci/3",
  "user-acceptance passed",
];
const serving = async () => {
  const { spec } = await team.config
    .makeApiClient(CoreV1Api)
    .readNamespacedService({ namespace: team.namespace("production"), name: "api" });
  return spec?.selector?.["app.kubernetes.io/name"];
};
const position = () => parse(team.read("production")).config["contestlet:rollout"]?.api;

/** A major change in staging, approved, and production's strategy as the README has it, but for where Prometheus is and how long a share lasts. */
async function major(version: string): Promise<void> {
  await team.commit("feat!: contests of teams");
  await team.done(`release create ${version} ${schema}`, "up development", "promote development staging --yes");
  await team.done(
    ...checks.map((check) => `check staging ${check}`),
    ...["Quim", "Petra", "Sol"].map((name) => `approve production ${as(name)}`),
  );
  const [, text] = /^```yaml\n([\s\S]*?)^```$/m.exec(readFileSync(path.join(team.dir, "README.md"), "utf8"))!;
  const { strategy } = parse(text!).services.api;
  expect(strategy).toMatchObject({ kind: "canary", checks: [{ kind: "metric" }, { kind: "metric" }] });
  for (const check of strategy.checks) check.url = prometheus.url;
  team.set("production", ["services", "api", "strategy"], { ...strategy, pause: "1s" });
}

describe("contestlet", () => {
  test("development, staging and production come up", async () => {
    await team.done("up platform", "up development", "up staging", "up production");
  });

  test("a release passes development and staging, and production asks for QA, the product owner and, for sensitive paths, security", async () => {
    mkdirSync(path.join(team.dir, "app/auth"), { recursive: true });
    writeFileSync(path.join(team.dir, "app/auth/login.py"), "# new\n");
    await team.commit("feat: another way to sign in");
    await team.done(`release create 1.4.0 ${schema}`, "up development", "promote development staging --yes");
    await team.refused("promote staging production --yes");
    expect(await team.closed("production")).toEqual([
      "approval qa",
      "approval product-owner",
      "approval security",
      "check staging-tests",
      "check performance",
      "check security-scan",
      "check user-acceptance",
    ]);
    await team.done(
      ...checks.map((check) => `check staging ${check}`),
      ...["Quim", "Petra", "Sol"].map((name) => `approve production ${as(name)}`),
    );
    expect(await team.closed("production")).toEqual([]);
  });

  test("production takes it in green, tested before anybody is sent there; blue stays", async () => {
    expect(await team.done("promote staging production --yes")).toMatch(/green beside blue[\s\S]*to green/);
    expect(await serving()).toBe("api-green");
    const { items } = await team.config.makeApiClient(CoreV1Api).listNamespacedEvent({ namespace: team.namespace("production") });
    const ended = items.flatMap(({ reason, involvedObject }) => (reason === "Completed" ? [involvedObject.name!] : []));
    expect(ended).toContainEqual(expect.stringContaining("suite-regression"));
    expect(position()).toMatchObject({ active: "green", other: { role: "kept", release: expect.stringMatching(/^1\.3\.0-/) } });
  });

  test("the way back is a switch to the colour that was left, and no push", async () => {
    await team.done("rollback production --reason complaints --yes");
    expect(await serving()).toBe("api");
    expect(position()).toEqual({ active: "blue" });
    expect(await team.refused("promote staging production --yes")).toMatch(/closed {2}hold/);
  });

  test("a major change that is slow with a tenth of the traffic is taken back by its metrics", async () => {
    await major("2.0.0-rc.1");
    prometheus.answers = (query) => (query.includes("quantile") ? "1.7" : "0");
    expect(await team.refused("promote staging production --yes")).toMatch(
      /api at 10 %: the check failed: 1\.7 is more than 1: histogram_quantile/,
    );
    expect(await serving()).toBe("api");
    expect(await team.image("production", "api")).toContain("api:1.3.0");
    expect((await team.entries("deployment")).at(-1)).toMatchObject({ result: "restored", rollout: [{ strategy: "canary", reached: 10 }] });
    expect(prometheus.asked).toHaveLength(2);
    for (const query of prometheus.asked)
      expect(query).toContain(`namespace="${team.namespace("production")}",pod=~"api-green-[a-z0-9]+-[a-z0-9]+"`);
  });

  test("one that is well goes out share by share", async () => {
    await major("2.0.0");
    prometheus.answers = (query) => (query.includes("quantile") ? "0.2" : "0");
    expect(await team.done("promote staging production --yes")).toMatch(/10 %[\s\S]*25 %[\s\S]*50 %/);
    expect(prometheus.asked).toHaveLength(2 + 4 * 2);
    expect(await serving()).toBe("api-green");
    expect((await team.entries("deployment")).at(-1)).toMatchObject({
      result: "succeeded",
      rollout: [{ strategy: "canary", reached: 100 }],
    });
  });

  test("a hotfix is verified in staging first, with the product owner's word alone", async () => {
    await team.commit("Hotfix: entry form");
    await team.done(`release create 2.0.1 ${schema}`, "up development");
    await team.done(
      "promote development staging --yes",
      "check staging staging-tests passed --evidence ci/9",
      `approve production ${as("Petra")}`,
    );
    await team.done("hotfix production --reason form --yes");
    expect(await team.image("production", (await serving())!)).toContain("api:2.0.1");
    expect(await team.red("production")).toEqual([]);
  });

  test("red until develop and staging have it; what was ported as another commit, somebody says", async () => {
    const without = await team.commit("feat: of before the fix", "HEAD~1");
    await team.done(`release create 2.1.0 ${schema} --commit ${without}`, "up development", "promote development staging --yes");
    expect(await team.red("production")).toEqual([expect.stringMatching(/^hotfix 2\.0\.1-\w+: port it back to development and staging$/)]);
    expect(await team.refused("promote staging production --yes")).toMatch(/closed {2}hotfix: 2\.1\.0 does not contain 2\.0\.1-/);
    expect(await team.refused("back-port production", 2)).toContain("--reason");
    await team.done('back-port production --reason "cherry-picked to develop"');
    expect(await team.red("production")).toEqual([]);
    expect(await team.closed("production")).not.toContain("hotfix");
  });

  test("a release that crashes in development gets no further", async () => {
    await team.done(`release create 2.2.0 ${schema} --image api=registry.example.com/contestlet/api:2.2.0-misbehaves-crash`);
    expect(await team.refused("up development")).toMatch(/CrashLoopBackOff[\s\S]*restored 2\.1\.0-/);
    expect(await team.refused("up development")).toContain("held back from development");
  });

  test("what somebody changes by hand is found and put back", () => team.meddle("staging", "api"));

  test("what is protected is not destroyed; what is not, and what is let go, leaves nothing", async () => {
    await team.done("destroy development --yes");
    await team.gone("development");
    await team.letGo("production");
  });
});
