import { expect, test, vi } from "vitest";
import { planted } from "../components/support.ts";
import { BroughtUp, onGithub, succeeded } from "./bring-up.ts";

vi.setConfig({ testTimeout: 120_000 });

/** The reference application's own program and settings, from index.ts down, as `pulumi up` runs them. */
const ferry = await BroughtUp.open("ferry");
// biome-ignore lint/suspicious/noExplicitAny: settings as a person writes them
type Written = any;
/** By itself: what comes before it on the path is another test's. */
const alone =
  (stack: string, change: (github: Written, settings: Written) => void = () => {}) =>
  (settings: Written) => {
    settings.application.promotion = { path: [stack] };
    settings.application.repository.secrets = { DEPLOY_KEY: {} };
    change(settings.environment.github, settings);
  };
const environment = (name: string) => ferry.ask("GET", `environments/${name}`);
const policies = async (name: string) =>
  ((await ferry.ask("GET", `environments/${name}/deployment-branch-policies`)).branch_policies as Written[]).map(
    (policy) => `${policy.type} ${policy.name}`,
  );
const variables = async (name: string) =>
  Object.fromEntries(
    ((await ferry.ask("GET", `environments/${name}/variables`)).variables as Written[]).map((one) => [one.name, one.value]),
  );

test("staging's GitHub Environment is created, left alone, changed, put back and deleted by the whole program", async () => {
  const created = await ferry.up("staging", alone("staging"));
  expect(onGithub(created)).toEqual([
    "create ActionsEnvironmentSecret",
    "create ActionsEnvironmentVariable",
    "create RepositoryEnvironment",
    "create RepositoryEnvironmentDeploymentPolicy",
  ]);
  expect(created.outputs.github).toMatchObject({ environment: "staging" });
  expect(await environment("staging")).toMatchObject({
    can_admins_bypass: false,
    protection_rules: [{ type: "branch_policy" }],
    deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
  });
  expect(await policies("staging")).toEqual(["branch main"]);
  expect(await variables("staging")).toEqual({ APP_URL: "https://staging.ferry.example.com" });
  expect(ferry.github.reveal(ferry.repo, "DEPLOY_KEY", "staging")).toBe(planted);

  const again = await (await ferry.engine("staging", alone("staging"))).preview({ refresh: true });
  expect(onGithub(succeeded(again))).toEqual([]);

  // Settings change, and somebody did by hand: both in one run. What is no longer protected can go in the next.
  ferry.repo.environments.staging!.canAdminsBypass = true;
  const changed = alone("staging", (github, settings) => {
    settings.environment.protect = false;
    github.waitTimer = 10;
    github.reviewers = { teams: ["acme/releasers"] };
    github.deployFrom = { branches: ["main"], tags: ["v*"] };
    github.variables = { APP_URL: "https://ferry.example.net", REGION: "eu" };
  });
  const engine = await ferry.engine("staging", changed);
  expect(onGithub(succeeded(await engine.up({ refresh: true })))).toEqual([
    "create ActionsEnvironmentVariable",
    "create RepositoryEnvironmentDeploymentPolicy",
    "update ActionsEnvironmentVariable",
    "update RepositoryEnvironment",
  ]);
  expect(await environment("staging")).toMatchObject({
    can_admins_bypass: false,
    protection_rules: [
      { type: "wait_timer", wait_timer: 10 },
      { type: "required_reviewers", prevent_self_review: true, reviewers: [{ reviewer: { slug: "releasers" } }] },
      { type: "branch_policy" },
    ],
  });
  expect(await policies("staging")).toEqual(["branch main", "tag v*"]);
  expect(await variables("staging")).toEqual({ APP_URL: "https://ferry.example.net", REGION: "eu" });

  const without = await ferry.up(
    "staging",
    alone("staging", (_, settings) => {
      settings.environment.protect = false;
      delete settings.environment.github;
    }),
  );
  expect(onGithub(without).filter((step) => !step.startsWith("delete"))).toEqual([]);
  expect(await environment("staging")).toBeUndefined();
  expect(without.outputs).not.toHaveProperty("github");
});

test("production's is let in to by a team, and nothing takes it away by mistake", async () => {
  await ferry.up("production", alone("production"));
  expect(await environment("production")).toMatchObject({
    protection_rules: [
      { type: "required_reviewers", prevent_self_review: true, reviewers: [{ type: "Team", reviewer: { slug: "releasers" } }] },
      { type: "branch_policy" },
    ],
  });
  const engine = await ferry.engine(
    "production",
    alone("production", (_, settings) => {
      delete settings.environment.github;
    }),
  );
  const refused = await engine.up({});
  expect(refused.result).toBe("failed");
  expect(JSON.stringify(refused.diagnostics)).toMatch(/these resources are protected.*::github-environment/);
  expect(await environment("production")).toBeDefined();
});

test("a branch's rule that somebody made by hand is taken over as it is, then changed, and never away", async () => {
  const lab = await BroughtUp.open("academiclab", { branches: ["production"], rulesOnly: true });
  const { node_id: repositoryId } = await lab.ask("GET");
  const create = "mutation($input: CreateBranchProtectionRuleInput!) { createBranchProtectionRule(input: $input) { clientMutationId } }";
  await fetch(`${lab.github.url}/api/graphql`, {
    method: "POST",
    headers: { authorization: `Bearer ${lab.token}` },
    body: JSON.stringify({ query: create, variables: { input: { repositoryId, pattern: "production" } } }),
  });
  const [made] = lab.repo.protections;

  const refused = await (await lab.engine("production")).up({});
  const type = "github:index/branchProtection:BranchProtection";
  const id = "academiclab:production";
  expect(refused.result).toBe("failed");
  expect(refused.diagnostics.map(({ message }) => message).join("\n")).toContain(`pulumi import ${type} github-branch '${id}'`);

  const parent = "urn:pulumi:production::academiclab::liftlock:github:ProtectedBranch::github-branch";
  const engine = await lab.engine("production");
  succeeded(await engine.import({ resources: [{ type, name: "github-branch", id, parent }] }));
  expect(onGithub(await lab.up("production"))).toEqual(["update BranchProtection"]);
  expect(lab.repo.protections).toHaveLength(1);
  expect(lab.repo.protections[0]).toMatchObject({ id: made?.id, isAdminEnforced: true, requiredApprovingReviewCount: 2 });
});
