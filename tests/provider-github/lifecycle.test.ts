import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { startGithub } from "../../local/github/index.ts";
import { githubFactory } from "../../local/providers/github/index.ts";
import type { RunResult } from "../../ops/engine.ts";
import { errorsOf, stepList, succeeded, TestProject } from "../engine/support/stack.ts";

vi.setConfig({ testTimeout: 120_000 });
const dir = mkdtempSync(path.join(os.tmpdir(), "liftlock-github-"));
const github = await startGithub({ dir });
afterAll(async () => {
  await github.close();
  rmSync(dir, { recursive: true, force: true });
});
for (const login of ["owner", "rob"]) await github.addUser(login);
await github.addOrganization("acme", "owner", "enterprise");
const team = await github.addTeam("acme", "release", ["rob"]);
const repo = await github.addRepository("acme", "ferry", { access: { "team:release": "push" } });
const token = await github.addToken("owner");
const SECRET = "planted-hush-hush-4711";

const program = (more: { timer?: number; count?: number; environment?: string; variable?: string }) => `
import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";
const repo = github.getRepositoryOutput({ name: "ferry" });
const team = github.getTeamOutput({ slug: "release" });
const env = new github.RepositoryEnvironment("env", {
  repository: "ferry", environment: "${more.environment ?? "production"}", waitTimer: ${more.timer ?? 30}, canAdminsBypass: false, preventSelfReview: true,
  reviewers: [{ teams: [team.id.apply(Number)] }],
  deploymentBranchPolicy: { protectedBranches: false, customBranchPolicies: true },
}, { deleteBeforeReplace: false });
new github.RepositoryEnvironmentDeploymentPolicy("policy", { repository: "ferry", environment: env.environment, branchPattern: "main" });
new github.ActionsEnvironmentSecret("secret", { repository: "ferry", environment: env.environment, secretName: "DEPLOY_KEY", value: new pulumi.Config().requireSecret("key") });
new github.ActionsEnvironmentVariable("variable", { repository: "ferry", environment: env.environment, variableName: "DEPLOY_HOST", value: "${more.variable ?? "ferry.example.com"}" });
const owners = new github.RepositoryFile("owners", { repository: "ferry", file: ".github/CODEOWNERS", content: "* @acme/release\\n", branch: "main", overwriteOnCreate: true }, { ignoreChanges: ["content"] });
new github.BranchProtection("main", {
  repositoryId: repo.nodeId, pattern: "main", enforceAdmins: true,
  requiredPullRequestReviews: [{ requiredApprovingReviewCount: ${more.count ?? 2}, requireCodeOwnerReviews: true }],
  requiredStatusChecks: [{ strict: true, contexts: ["test", "lint"] }], forcePushBypassers: ["acme/release"],
}, { dependsOn: owners });
new github.RepositoryRuleset("tags", {
  repository: "ferry", name: "release tags", target: "tag", enforcement: "active",
  conditions: { refName: { includes: ["refs/tags/v*"], excludes: [] } },
  bypassActors: [{ actorType: "Team", actorId: team.id.apply(Number), bypassMode: "always" }],
  rules: { update: true, deletion: true, nonFastForward: true },
});
`;
const write = (project: TestProject, text: string) => writeFileSync(path.join(project.dir, "index.ts"), text);
const all = { providers: [githubFactory({ kind: "api", baseUrl: github.url, token, owner: "acme" })] };
const log: string[] = [];
const run = async (project: TestProject, verb: "up" | "preview" | "refresh" | "destroy", options = {}): Promise<RunResult> => {
  const result = await (await project.engine({}, "dev", all))[verb]({
    ...options,
    onEvent: (event: unknown) => log.push(JSON.stringify(event)),
  } as never);
  log.push(JSON.stringify(result));
  return result;
};
const changes = (result: RunResult) => stepList(result).filter((step) => !/^(same|refresh) /.test(step) && !step.includes("default"));

test("a stack's rules on GitHub live their whole life, and no secret leaves in clear", async () => {
  const project = new TestProject(program({}));
  project.secrets.key = SECRET;
  succeeded(await run(project, "up"));
  const environment = () => repo.environments.production!;
  expect(environment()).toMatchObject({
    waitTimer: 30,
    canAdminsBypass: false,
    preventSelfReview: true,
    reviewers: [{ type: "Team", id: team.id }],
  });
  expect(github.reveal(repo, "DEPLOY_KEY", "production")).toBe(SECRET);
  expect(repo.protections).toMatchObject([
    { pattern: "main", requiredApprovingReviewCount: 2, requiresCodeOwnerReviews: true, requiresStrictStatusChecks: true },
  ]);
  expect(repo.rulesets).toMatchObject([
    { name: "release tags", rules: [{ type: "deletion" }, { type: "non_fast_forward" }, { type: "update" }] },
  ]);

  // Ids as the real provider has them.
  const ids = Object.fromEntries([...project.resources()].map(([name, { id }]) => [name, id]));
  expect(ids).toEqual({
    env: "ferry:production",
    policy: `ferry:production:${environment().policies[0]?.id}`,
    secret: "ferry:production:DEPLOY_KEY",
    variable: "ferry:production:DEPLOY_HOST",
    main: expect.stringMatching(/^BPR_/),
    tags: String(repo.rulesets[0]?.id),
    owners: "ferry:.github/CODEOWNERS:main",
  });
  expect(changes(succeeded(await run(project, "up")))).toEqual([]);
  expect(changes(succeeded(await run(project, "preview", { refresh: true })))).toEqual([]);

  // Changed by hand: removed reviewers too, which the real provider's refresh does not see.
  environment().reviewers = [];
  repo.protections[0]!.requiredApprovingReviewCount = 0;
  repo.rulesets[0]!.bypassActors.push({ actor_type: "OrganizationAdmin", actor_id: 1, bypass_mode: "always" });
  environment().variables.DEPLOY_HOST!.value = "elsewhere";
  environment().secrets.DEPLOY_KEY!.updatedAt = "2030-01-01T00:00:00Z";
  expect(changes(succeeded(await run(project, "up", { refresh: true }))).sort()).toEqual([
    "update env",
    "update main",
    "update secret",
    "update tags",
    "update variable",
  ]);
  expect(environment().reviewers).toHaveLength(1);
  expect(repo.protections[0]?.requiredApprovingReviewCount).toBe(2);
  expect(repo.rulesets[0]?.bypassActors).toHaveLength(1);
  expect(environment().variables.DEPLOY_HOST?.value).toBe("ferry.example.com");

  write(project, program({ timer: 60, count: 3 }));
  expect(changes(succeeded(await run(project, "up"))).sort()).toEqual(["update env", "update main"]);
  expect(environment().waitTimer).toBe(60);

  // What is gone is made again, another name is another environment.
  delete repo.environments.production;
  expect(changes(succeeded(await run(project, "up", { refresh: true })))).toEqual(expect.arrayContaining(["create env", "create secret"]));
  write(project, program({ environment: "live" }));
  expect(changes(succeeded(await run(project, "up")))).toEqual(expect.arrayContaining(["replace env", "replace secret"]));
  expect(Object.keys(repo.environments)).toEqual(["live"]);

  const state = project.stateText();
  succeeded(await run(project, "destroy"));
  expect([repo.environments, repo.protections, repo.rulesets]).toEqual([{}, [], []]);
  await github.hub.save();
  const written = [state, project.stateText(), log.join("\n"), readFileSync(path.join(dir, "github.json"), "utf8")].join("\n");
  for (const text of [SECRET, Buffer.from(SECRET).toString("base64")]) expect(written).not.toContain(text);
});

test("what was made by hand is not run over: the failure says how to adopt it, and that works", async () => {
  const ask = (at: string, body: object) =>
    fetch(`${github.url}/api/v3/repos/acme/ferry${at}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
  await ask("/rulesets", {
    name: "mine",
    target: "tag",
    enforcement: "active",
    conditions: { ref_name: { include: ["~ALL"], exclude: [] } },
    rules: [{ type: "deletion" }],
  });
  await ask("/actions/variables", { name: "REGION", value: "west" });
  const protection =
    "mutation($input: CreateBranchProtectionRuleInput!) { createBranchProtectionRule(input: $input) { clientMutationId } }";
  const { node_id: repositoryId } = (await (
    await fetch(`${github.url}/api/v3/repos/acme/ferry`, { headers: { authorization: `Bearer ${token}` } })
  ).json()) as { node_id: string };
  await fetch(`${github.url}/api/graphql`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: protection, variables: { input: { repositoryId, pattern: "kept" } } }),
  });
  const rulesetId = repo.rulesets.find(({ name }) => name === "mine")?.id;
  const declared = [
    (
      option: string,
    ) => `new github.RepositoryRuleset("mine", { repository: "ferry", name: "mine", target: "tag", enforcement: "active", rules: { deletion: true },
  conditions: { refName: { includes: ["~ALL"], excludes: [] } } }, ${option});`,
    (option: string) => `new github.ActionsVariable("region", { repository: "ferry", variableName: "REGION", value: "west" }, ${option});`,
    (option: string) =>
      `new github.BranchProtection("kept", { repositoryId: github.getRepositoryOutput({ name: "ferry" }).nodeId, pattern: "kept" }, ${option});`,
  ];
  const ids = [`ferry:${rulesetId}`, "ferry:REGION", "ferry:kept"];
  const program = (lines: readonly string[]) => `import * as github from "@pulumi/github";\n${lines.join("\n")}\n`;
  const resources = (option: (id: string) => string) => program(declared.map((line, i) => line(option(ids[i]!))));
  // Each by itself: the first failure ends a run.
  const project = new TestProject("");
  const refused = async (line: (option: string) => string): Promise<string> => {
    write(project, program([line("{}")]));
    return errorsOf(await run(project, "up"));
  };
  expect(await refused(declared[0]!)).toContain(`pulumi import github:index/repositoryRuleset:RepositoryRuleset mine 'ferry:${rulesetId}'`);
  expect(await refused(declared[1]!)).toContain("pulumi import github:index/actionsVariable:ActionsVariable region 'ferry:REGION'");
  expect(await refused(declared[2]!)).toContain("pulumi import github:index/branchProtection:BranchProtection kept 'ferry:kept'");
  write(
    project,
    resources((id) => `{ import: ${JSON.stringify(id)} }`),
  );
  expect(changes(succeeded(await run(project, "up"))).sort()).toEqual(["import kept", "import mine", "import region"]);
  write(
    project,
    resources(() => "{}"),
  );
  expect(changes(succeeded(await run(project, "up")))).toEqual([]);
});
