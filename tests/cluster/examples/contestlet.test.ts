import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { CoreV1Api } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { Example } from "./example.ts";

/** Contestlet through a release in two colours, a way back, a canary and a hotfix. Each test goes on from where the one before left it. */
let team: Example;
beforeAll(async () => {
  team = await Example.open("contestlet");
});
afterAll(() => team.remove());

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

describe("contestlet", () => {
  test("development, staging and production come up", async () => {
    await team.done("up development", "up staging", "up production");
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
    expect(position()).toMatchObject({ active: "green", other: { role: "kept", release: expect.stringMatching(/^1\.3\.0-/) } });
  });

  test("the way back is a switch to the colour that was left, and no push", async () => {
    await team.done("rollback production --reason complaints --yes");
    expect(await serving()).toBe("api");
    expect(position()).toEqual({ active: "blue" });
    expect(await team.refused("promote staging production --yes")).toMatch(/closed {2}hold/);
  });

  test("a major change goes out share by share", async () => {
    await team.commit("feat!: contests of teams");
    await team.done(`release create 2.0.0 ${schema}`, "up development", "promote development staging --yes");
    await team.done(
      ...checks.map((check) => `check staging ${check}`),
      ...["Quim", "Petra", "Sol"].map((name) => `approve production ${as(name)}`),
    );
    team.set("production", ["services", "api", "strategy"], { kind: "canary", suites: ["regression"], pause: "1s" });
    expect(await team.done("promote staging production --yes")).toMatch(/10 %[\s\S]*25 %[\s\S]*50 %/);
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

  test("a release that crashes in development gets no further", async () => {
    await team.done(`release create 2.1.0 ${schema} --image api=registry.example.com/contestlet/api:2.1.0-misbehaves-crash`);
    expect(await team.refused("up development")).toMatch(/CrashLoopBackOff[\s\S]*restored 2\.0\.1-/);
    expect(await team.refused("up development")).toContain("held back from development");
  });

  test("what somebody changes by hand is found and put back", () => team.meddle("staging", "api"));

  test("what is protected is not destroyed; what is not leaves nothing", async () => {
    expect(await team.refused("destroy production --yes")).toContain("it holds what is protected");
    await team.done("destroy development --yes");
    await team.gone("development");
  });
});
