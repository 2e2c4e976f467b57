import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { deploy } from "../../ops/workflows/deployments.ts";
import { drift } from "../../ops/workflows/drift.ts";
import { previewComment } from "../../ops/workflows/pull-requests.ts";
import type { DeployedEnvironment, WorkflowSettings } from "../../ops/workflows/settings.ts";

/** The scripts of the workflows, run by bash as a runner does, with a `gh` and a `liftlock` that note what they are asked. */
const staging: DeployedEnvironment = {
  stack: "staging",
  branch: "staging",
  on: "push",
  sharesBranch: false,
  tags: [],
  checks: ["tests", "end to end"],
};
const settings: WorkflowSettings = {
  command: "./liftlock",
  folder: "",
  defaultBranch: "main",
  releaseTags: "v*",
  environments: [staging],
  platforms: [],
  restrictsSources: false,
};
// biome-ignore lint/suspicious/noExplicitAny: steps as they become YAML
const scriptOf = (job: any, name: string): string => job.steps.find((step: any) => step.name === name).run;

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), "workflow-"));
  mkdirSync(path.join(dir, "bin"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const program = (file: string, body: string): void => {
  writeFileSync(path.join(dir, file), `#!/bin/bash\necho "${path.basename(file)} $*" >> "$CALLS"\n${body}\n`);
  chmodSync(path.join(dir, file), 0o755);
};
const calls = (): string[] =>
  existsSync(path.join(dir, "calls")) ? readFileSync(path.join(dir, "calls"), "utf8").trimEnd().split("\n") : [];
async function bash(script: string, env: Record<string, string> = {}): Promise<number> {
  const given = {
    PATH: `${dir}/bin:${process.env.PATH}`,
    RUNNER_TEMP: dir,
    CALLS: path.join(dir, "calls"),
    GITHUB_SERVER_URL: "https://github.example.com",
    GITHUB_REPOSITORY: "acme/shop",
    GITHUB_RUN_ID: "7",
    GITHUB_SHA: "abc",
    GH_REPO: "acme/shop",
    ...env,
  };
  const { exitCode } = await execa("bash", ["-e", "-c", script], { cwd: dir, env: given, extendEnv: false, reject: false });
  return exitCode ?? -1;
}

describe("the nightly report", () => {
  const report = scriptOf(drift(settings).jobs.report, "Report");
  const found = (text?: string) => {
    mkdirSync(path.join(dir, "drift"));
    if (text !== undefined) writeFileSync(path.join(dir, "drift/staging.md"), text);
  };
  const gh = (issue: string) => program("bin/gh", `if [ "$1 $2" = "issue list" ]; then printf '%s' "${issue}"; fi`);
  const acts = () => calls().filter((call) => !/^gh (label|issue list)/.test(call));

  test("opens an issue for the first differences", async () => {
    gh("");
    found("### staging\n\n- changed: Deployment/api");
    expect(await bash(report, { LOOK: "success" })).toBe(0);
    expect(acts()).toEqual([expect.stringMatching(/^gh issue create --title Live systems differ .* --label drift --body-file/)]);
    expect(readFileSync(path.join(dir, "report.md"), "utf8")).toContain("- changed: Deployment/api");
  });
  test("keeps to that one", async () => {
    gh("12");
    found("### staging");
    expect(await bash(report, { LOOK: "success" })).toBe(0);
    expect(acts()).toEqual([expect.stringMatching(/^gh issue edit 12 --body-file/)]);
  });
  test("closes it when nothing differs any more, but not when nobody could look", async () => {
    gh("12");
    found();
    expect(await bash(report, { LOOK: "failure" })).toBe(0);
    expect(acts()).toEqual([]);
    expect(await bash(report, { LOOK: "success" })).toBe(0);
    expect(acts()).toEqual([expect.stringMatching(/^gh issue close 12 /)]);
  });
  test("says nothing when there is nothing", async () => {
    gh("");
    expect(await bash(report, { LOOK: "success" })).toBe(0);
    expect(acts()).toEqual([]);
  });
});

describe("the nightly look", () => {
  const look = scriptOf(drift(settings).jobs.look, "Look");
  const first = "liftlock drift staging --markdown --no-color";
  const second = "liftlock preview staging --refresh --expect-no-changes --no-color";
  test.each([
    [0, 0, []],
    [3, 0, ["staging.md"]],
    [1, 1, []],
  ])("that ends with %i ends its step with %i, and leaves %j", async (status, exitCode, left) => {
    program("liftlock", `echo "what differs"; exit ${status}`);
    for (const [HOLDS, commands] of [
      ["an environment", [first]],
      ["what environments share", [first, second]],
    ] as const) {
      expect(await bash(look, { STACK: "staging", HOLDS })).toBe(exitCode);
      expect(calls().slice(-commands.length)).toEqual(commands);
      expect(readdirSync(path.join(dir, "drift"))).toEqual(left);
      rmSync(path.join(dir, "drift"), { recursive: true });
    }
  });
  test.each([
    ["drift that GitHub's rules have, and nothing else", 3, 0, 0, true],
    ["what a refresh finds, and no rule on GitHub", 0, 3, 0, true],
    ["drift, though the other look fails", 3, 1, 1, true],
    ["nothing, when one look fails", 0, 1, 1, false],
  ])("of what environments share reports %s", async (_, drifted, previewed, exitCode, kept) => {
    program("liftlock", `if [ "$1" = drift ]; then echo "a rule"; exit ${drifted}; else echo "a cloud"; exit ${previewed}; fi`);
    expect(await bash(look, { STACK: "staging", HOLDS: "what environments share" })).toBe(exitCode);
    const file = path.join(dir, "drift/staging.md");
    expect(existsSync(file)).toBe(kept);
    if (drifted === 3) expect(readFileSync(file, "utf8")).toContain("a rule");
    if (previewed === 3) expect(readFileSync(file, "utf8")).toContain("a cloud");
  });
});

describe("a deployment that waits for checks", () => {
  const { checks } = deploy(settings, staging).jobs;
  const wait = scriptOf(checks, "Wait for the checks of this commit").replace("sleep 15", "sleep 0.01");
  const CHECKS = "tests\nend to end";
  test("goes on when all have passed", async () => {
    program("bin/gh", "echo success");
    expect(await bash(wait, { CHECKS })).toBe(0);
    expect(calls().filter((call) => call.includes("check_name=end to end"))).toHaveLength(1);
  });
  test("ends when one has failed", async () => {
    program("bin/gh", '[[ "$*" == *"end to end"* ]] && echo failure || echo success');
    expect(await bash(wait, { CHECKS })).toBe(1);
  });
  test("waits for one that has not ended", async () => {
    program("bin/gh", '[ "$(wc -l < "$CALLS")" -gt 4 ] && echo success || true');
    expect(await bash(wait, { CHECKS })).toBe(0);
    expect(calls().length).toBeGreaterThan(5);
  });
});

describe("a comment on a pull request", () => {
  const comment = scriptOf(previewComment(settings).jobs.comment, "Comment");
  const previewed = () => {
    mkdirSync(path.join(dir, "preview"));
    writeFileSync(path.join(dir, "preview/preview.md"), "$(touch owned)");
  };
  const env = { HEAD: "mallory:evil", COMMIT: "abc" };
  test("goes where GitHub says that the commit is", async () => {
    program("bin/gh", "echo 5");
    program("liftlock", "");
    previewed();
    expect(await bash(comment, env)).toBe(0);
    expect(calls().at(-1)).toBe(`liftlock comment ${dir}/preview/preview.md --pull-request 5`);
    expect(existsSync(path.join(dir, "owned"))).toBe(false);
  });
  test("is not made on a pull request that has moved on, nor without a report", async () => {
    program("bin/gh", "true");
    expect(await bash(comment, env)).toBe(0);
    expect(calls()).toEqual([]);
    previewed();
    expect(await bash(comment, env)).toBe(0);
    expect(calls()).toEqual([expect.stringMatching(/^gh api --method GET repos\/acme\/shop\/pulls/)]);
  });
});
