import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Example } from "./example.ts";

/** Academic Lab through a release that students test, a way back and a hotfix. Each test goes on from where the one before left it. */
let team: Example;
beforeAll(async () => {
  team = await Example.open("academiclab");
});
afterAll(() => team.remove());

const hour = 3_600_000;
const as = (name: string) => `--as "${name} <${name.toLowerCase()}@academiclab.example.com>"`;
const students = () => team.mailTo("students@academiclab.example.com");
const staging = [
  "no-critical-bugs passed",
  "performance passed --evidence k6",
  "student-feedback passed --evidence form",
  "security-review passed",
];
const production = ["documentation", "rollback-plan", "monitoring"];

describe("academiclab", () => {
  test("the rules of the repository and both environments come up", async () => {
    // Pushed before anything is protected.
    const content = readFileSync(path.join(team.dir, ".github/CODEOWNERS")).toString("base64");
    await team.onGithub("PUT", "/contents/.github/CODEOWNERS", { message: "Owners", content });
    await team.done("up platform", "up staging", "up production", "drift platform");
  });

  test("students hear of a release in staging, where it is and how to report", async () => {
    await team.commit("feat: decision trees");
    await team.done("release create 2.1.0 --schema-version 0014_phase_two", "up staging");
    const mail = students().at(-1)!;
    for (const part of ["2.1.0", "https://staging.academiclab.example.com", "support@academiclab.example.com", "decision trees"])
      expect(mail).toContain(part);
  });

  test("production waits for three days, the checklist and two maintainers, one of whom owns the code", async () => {
    await team.refused("promote staging production --yes");
    expect(await team.closed("production")).toEqual([
      "soak staging",
      "approval maintainers",
      "approval maintainers",
      ...["no-critical-bugs", "performance", "student-feedback", "security-review", ...production].map((name) => `check ${name}`),
    ]);
    await team.done(
      ...staging.map((check) => `check staging ${check}`),
      ...production.map((name) => `check production ${name} passed`),
      `approve production ${as("Mia")}`,
    );
    team.advance(71 * hour);
    expect(await team.closed("production")).toEqual(["soak staging", "approval maintainers"]);
    await team.done(`approve production ${as("Noor")}`);
    team.advance(2 * hour);
    expect(await team.closed("production")).toEqual([]);
    const before = students().length;
    await team.done("promote staging production --yes");
    expect(students().slice(before).join()).toMatch(/2\.1\.0[\s\S]*https:\/\/academiclab\.example\.com/);
    expect(await team.image("production", "web")).toContain("web:2.1.0");
  });

  test("a release that never becomes ready is taken back by itself", async () => {
    await team.done(
      "release create 2.2.0 --schema-version 0014_phase_two --image web=registry.example.com/academiclab/web:2.2.0-misbehaves-crash",
    );
    expect(await team.refused("up staging")).toMatch(/restored 2\.1\.0-/);
    expect(await team.image("staging", "web")).toContain("web:2.1.0");
  });

  test("production goes back to what ran before by one command, without rewriting a branch; a secret that was changed meanwhile stays changed", async () => {
    const dsn = "https://rotated@sentry.example.com/1";
    await team.rotate("production", "SENTRY_DSN", dsn);
    await team.done("rollback production --reason wrong --yes");
    expect(await team.image("production", "web")).toContain("web:2.0.0");
    expect(await team.secretOf("production", "web", "web-secrets", "SENTRY_DSN")).toBe(dsn);
    expect(await team.refused("promote staging production --yes")).toMatch(/closed {2}hold/);
  });

  test("a hotfix has two hours of students instead of three days, and one owner's word", async () => {
    await team.commit("fix: critical issue");
    await team.done("release create 2.1.1 --schema-version 0014_phase_two --reason hotfix", "up staging");
    await team.done("check staging no-critical-bugs passed", "check staging security-review passed", `approve production ${as("Otto")}`);
    team.now = new Date();
    expect(await team.refused("hotfix production --reason critical --yes")).toMatch(/1 of \d+ gates is closed/);
    team.advance(2.1 * hour);
    await team.done("hotfix production --reason critical --yes");
    expect(await team.image("production", "web")).toContain("web:2.1.1");
    expect(await team.red("production")).toEqual([]);
  });

  test("red until the fix is in staging: what would lose it is refused in production", () =>
    team.isRedUntilPorted("production", {
      lost: "2.3.0 --schema-version 0014_phase_two",
      ported: "2.3.1 --schema-version 0014_phase_two",
      bring: ["up staging"],
    }));

  test("what somebody changes by hand is found and put back, in the cluster and on GitHub", async () => {
    await team.meddle("staging", "web");
    await team.onGithub("PATCH", "", { delete_branch_on_merge: false });
    expect(await team.refused("drift platform", 3)).toMatch(/delete_branch_on_merge +on -> off/);
    await team.done("up platform --refresh", "drift platform");
  });

  test("real data is destroyed nowhere by accident; what is let go leaves nothing, production included", async () => {
    await team.letGo("staging");
    await team.letGo("production");
  });
});
