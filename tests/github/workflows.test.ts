import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { ACTIONS } from "../../ops/workflows/actions.ts";
import type { WorkflowSettings } from "../../ops/workflows/settings.ts";
import { workflowFiles } from "../../ops/workflows/workflows.ts";
import { commandLines, usage } from "./command-lines.ts";
import { root, run } from "./support.ts";

/** Everything that settings can ask for at once. */
const everything: WorkflowSettings = {
  command: "./liftlock --stack-dir apps/shop",
  folder: "apps/shop/",
  defaultBranch: "main",
  releaseTags: "v*",
  environments: [
    { stack: "dev", branch: "main", on: "push", sharesBranch: false, tags: [], checks: [] },
    { stack: "staging", branch: "staging", on: "push", sharesBranch: false, tags: [], checks: ["tests", "end to end"] },
    { stack: "prod", branch: "main", on: "push", sharesBranch: true, tags: ["v*"], checks: [] },
    { stack: "demo", branch: "main", on: "request", sharesBranch: true, tags: [], checks: [] },
  ],
  platforms: ["shared"],
  restrictsSources: true,
};
// biome-ignore lint/suspicious/noExplicitAny: workflows as GitHub reads them
type Workflow = any;
const workflows: [string, Workflow][] = Object.entries(workflowFiles(everything)).map(([file, text]) => [file, parse(text)]);
const find = (file: string): Workflow => workflows.find(([name]) => name === file)![1];
const jobs = workflows.flatMap(([file, { jobs }]) => Object.entries<Workflow>(jobs).map(([name, job]) => ({ file, name, job })));
const steps = jobs.flatMap(({ file, name, job }) => (job.steps as Workflow[]).map((step) => ({ where: `${file} ${name}`, step })));
const queues = { "cancel-in-progress": false, queue: "max" };

test("this repository's own workflows are those that its settings ask for", async () => {
  expect(await run(["workflows", "--check"])).toMatchObject({ exitCode: 0 });
});

describe("every workflow", () => {
  test("is there", () => {
    expect(workflows.map(([file]) => file).sort()).toEqual(
      ["deploy-demo", "deploy-dev", "deploy-prod", "deploy-staging", "drift", "preview-comment", "preview", "promote", "release"]
        .concat(["rollback", "secret-scan", "source-branch"])
        .map((name) => `${name}.yml`),
    );
  });
  test("pins every action to a commit, and names its version", () => {
    const text = Object.values(workflowFiles(everything)).join("\n");
    const uses = text.split("\n").filter((line) => /\buses:/.test(line));
    expect(uses.length).toBeGreaterThan(20);
    for (const line of uses) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    expect(Object.values(ACTIONS).every(({ uses }) => text.includes(uses))).toBe(true);
  });
  test("states its rights, and gives those to write to single jobs", () => {
    for (const [file, { permissions }] of workflows) {
      expect(permissions, file).toBeDefined();
      expect(Object.values(permissions), file).not.toContain("write");
    }
  });
  test("may do what its job is, and nothing else", () => {
    const looking = { contents: "write", "id-token": "write" };
    // And tells GitHub of it: as a deployment, a status, and on pull requests.
    const deploying = { ...looking, actions: "read", deployments: "write", "pull-requests": "write", statuses: "write" };
    const reading = { contents: "read" };
    const rights = jobs.map(({ file, name, job }) => [`${file} ${name}`, job.permissions ?? find(file).permissions]);
    expect(Object.fromEntries(rights)).toEqual({
      "deploy-dev.yml deploy": deploying,
      "deploy-staging.yml checks": { checks: "read" },
      "deploy-staging.yml deploy": deploying,
      "deploy-prod.yml deploy": deploying,
      "deploy-demo.yml deploy": deploying,
      "promote.yml promote": deploying,
      "rollback.yml rollback": deploying,
      "release.yml release": { contents: "write", packages: "read", "pull-requests": "write" },
      "drift.yml look": looking,
      "drift.yml report": { issues: "write" },
      "preview.yml preview": reading,
      "preview-comment.yml comment": { actions: "read", contents: "read", "pull-requests": "write" },
      "source-branch.yml source-branch": reading,
      "secret-scan.yml secret-scan": reading,
    });
  });
  test("signs in by what it is (OIDC) wherever it touches the real world, and nowhere else", () => {
    for (const { file, name, job } of jobs) {
      const isReal = job.env?.ARM_USE_OIDC === "true";
      expect(job.permissions?.["id-token"] === "write", `${file} ${name}`).toBe(isReal);
      const signsIn = (job.steps as Workflow[]).some(({ run = "" }) => run.includes("ACTIONS_ID_TOKEN_REQUEST_URL"));
      expect(signsIn, `${file} ${name}`).toBe(isReal);
    }
  });
  test("ends by itself", () => {
    for (const { file, name, job } of jobs) expect(job["timeout-minutes"], `${file} ${name}`).toBeLessThanOrEqual(60);
  });
  test("puts no text of others into a script: it comes through the environment", () => {
    for (const { where, step } of steps) if (step.run !== undefined) expect(step.run, where).not.toMatch(/\$\{\{/);
  });
  test("runs command lines that liftlock understands", () => {
    const found = steps.flatMap(({ where, step }) => commandLines(step.run ?? "").map((line) => ({ where, line })));
    expect(new Set(found.map(({ line }) => line.args.find((arg) => !arg.startsWith("-") && arg !== "apps/shop")))).toEqual(
      new Set(["preview", "document", "comment", "source-branch", "scan", "up", "promote", "rollback", "release", "drift", "publish"]),
    );
    for (const { where, line } of found) expect(usage(line.args), `${where}: ${line.text}`).toBeUndefined();
  });
});

test("a command line that liftlock does not understand is found", () => {
  expect(usage(["up", "staging", "--force"])).toMatch(/unknown option '--force'/);
  expect(usage(["diff", "a", "b", "--no-such-option"])).toBeDefined();
  expect(commandLines('  ./liftlock up "$STACK" --yes | tee x\n# ./liftlock no\nif ./liftlock scan; then').map(({ args }) => args)).toEqual(
    [["up", "STACK", "--yes"], ["scan"]],
  );
});

describe("what runs a pull request's own code", () => {
  const untrusted = workflows.filter(([, { on }]) => "pull_request" in on);
  test("holds no credential and may write nothing", () => {
    expect(untrusted.map(([file]) => file)).toEqual(["preview.yml", "secret-scan.yml"]);
    for (const [file, workflow] of untrusted) {
      expect(workflow.permissions, file).toEqual({ contents: "read" });
      expect(JSON.stringify(workflow), file).not.toMatch(/secrets\.|id-token|vars\.|environment"/);
      for (const { permissions, steps } of Object.values<Workflow>(workflow.jobs)) {
        expect(permissions).toBeUndefined();
        expect(steps[0].with["persist-credentials"]).toBe(false);
      }
    }
  });
  test("is not what posts: that one runs the default branch's code, and asks GitHub where to post", () => {
    const { on, jobs } = find("preview-comment.yml");
    expect(on.workflow_run.workflows).toEqual([find("preview.yml").name]);
    const checkouts = jobs.comment.steps.filter(({ uses }: { uses?: string }) => uses?.startsWith("actions/checkout"));
    expect(checkouts.map((step: Workflow) => step.with)).toEqual([{ "persist-credentials": false, ref: "main" }]);
    expect(JSON.stringify(jobs)).not.toMatch(/secrets\./);
    expect(jobs.comment.permissions).toEqual({ actions: "read", contents: "read", "pull-requests": "write" });
  });
  test("is not what judges where a pull request comes from", () => {
    const { on, jobs, permissions } = find("source-branch.yml");
    expect(Object.keys(on)).toEqual(["pull_request_target"]);
    expect(permissions).toEqual({ contents: "read" });
    const [checkout] = jobs["source-branch"].steps;
    expect(checkout.with).toEqual({ "persist-credentials": false, ref: "${{ github.event.pull_request.base.sha }}" });
    expect(JSON.stringify(jobs)).not.toMatch(/secrets\./);
  });
});

/** What a run that deploys tells GitHub, and what it reads there. */
const deploying = {
  actions: "read",
  contents: "write",
  deployments: "write",
  "id-token": "write",
  "pull-requests": "write",
  statuses: "write",
};

describe("a deployment", () => {
  const deployment = (stack: string) => find(`deploy-${stack}.yml`);
  test("goes through the GitHub Environment of its stack, one after the other and none dropped", () => {
    for (const { stack } of everything.environments) {
      const { environment, concurrency, permissions } = deployment(stack).jobs.deploy;
      expect(environment).toBe(stack);
      expect(concurrency).toEqual({ group: `liftlock-${stack}`, ...queues });
      expect(permissions).toEqual(deploying);
    }
    for (const job of [find("rollback.yml").jobs.rollback, find("promote.yml").jobs.promote]) expect(job.permissions).toEqual(deploying);
    expect(find("rollback.yml").jobs.rollback.concurrency).toEqual({ group: "liftlock-${{ inputs.environment }}", ...queues });
    expect(find("drift.yml").jobs.look.concurrency).toEqual({ group: "liftlock-${{ matrix.stack }}", ...queues });
  });
  test("that is killed in the midst of it is closed on GitHub, and only then", () => {
    const last = everything.environments.map(({ stack }) => ({ stack, job: deployment(stack).jobs.deploy }));
    for (const { stack, job } of last)
      expect(job.steps.at(-1)).toMatchObject({ if: "cancelled()", run: expect.stringMatching(` publish ${stack}$`) });
    const { steps } = find("rollback.yml").jobs.rollback;
    expect(steps.at(-1)).toMatchObject({
      if: "cancelled()",
      env: { STACK: "${{ inputs.environment }}" },
      run: expect.stringContaining('publish "$STACK"'),
    });
  });
  test("starts as its settings say", () => {
    expect(deployment("dev").on).toEqual({ push: { branches: ["main"] }, workflow_dispatch: {} });
    expect(deployment("staging").on).toEqual({ push: { branches: ["staging"] }, workflow_dispatch: {} });
    expect(deployment("prod").on).toEqual({
      push: { branches: ["main"], tags: ["v*"], paths: ["apps/shop/Pulumi.prod.yaml"] },
      workflow_dispatch: {},
    });
    expect(deployment("demo").on).toEqual({ workflow_dispatch: {} });
  });
  test("waits for the checks that its branch does not ask for", () => {
    expect(Object.keys(deployment("staging").jobs)).toEqual(["checks", "deploy"]);
    expect(deployment("staging").jobs.deploy.needs).toBe("checks");
    expect(deployment("staging").jobs.checks.steps[0].env.CHECKS).toBe("tests\nend to end");
    expect(Object.keys(deployment("dev").jobs)).toEqual(["deploy"]);
  });
  test("stores no credential of a cloud: the runner proves which repository it is", () => {
    const secrets = new Set(JSON.stringify(workflows).match(/secrets\.\w+/g));
    expect([...secrets].sort()).toEqual(["secrets.KUBECONFIG", "secrets.LIFTLOCK_TOKEN"]);
  });
});

test("pull requests after a promotion or a rollback are opened by the command, which changes the release alone", () => {
  const lines = ["promote", "rollback"].flatMap((name) =>
    find(`${name}.yml`).jobs[name].steps.flatMap(({ run = "" }: Workflow) => commandLines(run).map(({ args }) => args.slice(2))),
  );
  expect(lines).toEqual([
    ["promote", "FROM", "TO", "--pull-request"],
    ["rollback", "STACK", "--to", "RELEASE", "--reason", "REASON", "--yes"],
    ["rollback", "STACK", "--reason", "REASON", "--yes"],
    ["publish", "STACK"],
  ]);
  for (const name of ["promote", "rollback"]) expect(find(`${name}.yml`).jobs[name].env.GITHUB_TOKEN).toContain("LIFTLOCK_TOKEN");
});

test("drift of every stack, also of what environments share, is reported in one issue", () => {
  const { jobs, on } = find("drift.yml");
  expect(on.schedule).toHaveLength(1);
  expect(jobs.look.strategy.matrix.include).toEqual([
    ...["dev", "staging", "prod", "demo"].map((stack) => ({ stack, holds: "an environment" })),
    { stack: "shared", holds: "what environments share" },
  ]);
  expect(jobs.report.permissions).toEqual({ issues: "write" });
  // Without it nobody would read GitHub's own rules back, every night.
  expect(jobs.look.env.GITHUB_TOKEN).toBe(find("deploy-dev.yml").jobs.deploy.env.GITHUB_TOKEN);
  const looks = commandLines(jobs.look.steps.find(({ name }: Workflow) => name === "Look").run).map(({ args }) => args.slice(2));
  expect(looks.map(([command]) => command)).toEqual(["drift", "preview"]);
});

test("what is committed under .github/workflows is ours, or named here", () => {
  const files = readdirSync(path.join(root, ".github/workflows"));
  const others = files.filter(
    (file) => !readFileSync(path.join(root, ".github/workflows", file), "utf8").startsWith("# Written by `liftlock"),
  );
  expect(others).toEqual(["check.yml"]);
});
