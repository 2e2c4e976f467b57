import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import sodium from "libsodium-wrappers";
import { afterAll } from "vitest";
import { RepositorySettings } from "../../components/github/repository.schema.ts";
import { PlatformGithub } from "../../components/platform/github.schema.ts";
import { startGithub } from "../../local/github/index.ts";
import { nodeId } from "../../local/github/node-id.ts";

/** A stack's rules, brought up on the stand-in; then somebody else changes them by hand, one at a time, over GitHub's own API. */
export const dir = mkdtempSync(path.join(os.tmpdir(), "read-back-"));
/** The time that GitHub believes it is. */
export const clock = { now: Date.parse("2026-11-02T09:00:00Z") };
export const github = await startGithub({ dir, now: () => clock.now });
afterAll(async () => {
  await github.close();
  rmSync(dir, { recursive: true, force: true });
});
for (const login of ["olga", "mallory", "tara", "eve"]) await github.addUser(login);
export const organization = await github.addOrganization("acme", "olga", "enterprise");
organization.members.mallory = "admin";
for (const slug of ["qa", "releasers", "interns"]) await github.addTeam("acme", slug, ["tara"]);
export const repo = await github.addRepository("acme", "ferry", { access: { tara: "push", "team:qa": "push", "team:interns": "pull" } });
export const tokens = { olga: await github.addToken("olga"), mallory: await github.addToken("mallory") };

export const root = path.resolve(import.meta.dirname, "../..");
export const SECRET = "planted-hush-hush-4712";
export const settings = RepositorySettings.parse({
  owner: "acme",
  name: "ferry",
  plan: "enterprise",
  visibility: "private",
  codeOwners: [
    { path: "*", owners: ["@acme/qa"] },
    { path: "/Pulumi.production.yaml", owners: ["@acme/releasers"] },
  ],
});
export const platform = PlatformGithub.parse({
  actions: { secrets: ["LIFTLOCK_TOKEN"] },
  access: { teams: { "acme/qa": "push", "acme/interns": "pull" }, users: { tara: "push" } },
});
// The stack takes the repository over as it lies there.
repo.laidOut = true;
export const program = `
import { ActionsSecret } from "@pulumi/github/actionsSecret.js";
import { ActionsVariable } from "@pulumi/github/actionsVariable.js";
import * as pulumi from "@pulumi/pulumi";
import { BranchRules } from "${root}/components/github/branch.schema.ts";
import { EnvironmentGithub } from "${root}/components/github/environment.schema.ts";
import { ProtectedBranch } from "${root}/components/github/branch.ts";
import { DeploymentEnvironment } from "${root}/components/github/deployment-environment.ts";
import { MergeRules } from "${root}/components/github/repository.ts";
import { KeptRefs } from "${root}/components/github/rulesets.ts";
export const repository = ${JSON.stringify(settings)};
export const rules = BranchRules.parse({
  reviews: { approvals: 2, codeOwners: true }, checks: ["tests", "lint"], mergesFrom: ["staging"],
  deployedTo: { environments: ["production"], bypass: { teams: ["acme/releasers"] } },
});
new MergeRules("repository", { repository, merge: { squash: true, rebase: true, mergeCommits: false, autoMerge: false, updateBranch: true, deleteBranchOnMerge: true }, protect: false });
new ActionsSecret("registry", { repository: "ferry", secretName: "REGISTRY_KEY", value: new pulumi.Config().requireSecret("key") });
new ActionsVariable("region", { repository: "ferry", variableName: "REGION", value: "eu" });
new ProtectedBranch("main", { repository: "ferry", pattern: "main", rules, protect: false });
new ProtectedBranch("releases", { repository: "ferry", pattern: "release/*", rules: BranchRules.parse({}), protect: false });
new KeptRefs("tags", { repository: "ferry", target: "tag", ref: "refs/tags/v*", title: "Release tags", creators: { teams: ["acme/releasers"], users: [] }, moves: false, protect: false });
new DeploymentEnvironment("production", {
  repository, environment: "production", protect: false,
  github: EnvironmentGithub.parse({ reviewers: { teams: ["acme/qa"], users: ["tara"] }, deployFrom: { branches: ["main"], tags: ["v*"] }, variables: { DEPLOY_HOST: "ferry.example.com" } }),
  secrets: { DEPLOY_KEY: new pulumi.Config().requireSecret("key") },
});
`;

// biome-ignore lint/suspicious/noExplicitAny: replies of an API
export type Reply = any;
export async function by(who: keyof typeof tokens, method: string, at: string, body?: unknown): Promise<Reply> {
  const response = await fetch(`${github.url}/api/v3${at.replace("{repo}", "/repos/acme/ferry")}`, {
    method,
    headers: { authorization: `Bearer ${tokens[who]}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${at}: ${response.status} ${await response.text()}`);
  return response.status === 204 ? undefined : response.json();
}
export const hand = (method: string, at: string, body?: unknown) => by("mallory", method, at, body);
export async function mutate(name: string, input: object): Promise<void> {
  const Type = `${name[0]!.toUpperCase()}${name.slice(1)}`;
  const response = await fetch(`${github.url}/api/graphql`, {
    method: "POST",
    headers: { authorization: `Bearer ${tokens.mallory}` },
    body: JSON.stringify({
      query: `mutation($input: ${Type}Input!) { ${name}(input: $input) { clientMutationId } }`,
      variables: { input },
    }),
  });
  const { errors } = (await response.json()) as Reply;
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
}

export async function ruleId(pattern: string): Promise<string> {
  const query = `{ repository(owner: "acme", name: "ferry") { branchProtectionRules(first: 10) { nodes { id pattern } } } }`;
  const response = await fetch(`${github.url}/api/graphql`, {
    method: "POST",
    headers: { authorization: `Bearer ${tokens.mallory}` },
    body: JSON.stringify({ query }),
  });
  const { data } = (await response.json()) as Reply;
  return data.repository.branchProtectionRules.nodes.find((rule: Reply) => rule.pattern === pattern).id;
}
export const protect = async (input: object) =>
  mutate("updateBranchProtectionRule", { branchProtectionRuleId: await ruleId("main"), ...input });
export const environment = async (change: object) =>
  hand("PUT", "{repo}/environments/production", {
    wait_timer: 0,
    can_admins_bypass: false,
    prevent_self_review: true,
    reviewers: [
      { type: "Team", id: organization.teams.qa!.id },
      { type: "User", id: github.hub.account("tara").id },
    ],
    deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
    ...change,
  });
export async function ruleset(part: string, change: (found: Reply) => object): Promise<void> {
  const listed = await hand("GET", "{repo}/rulesets");
  const found = await hand("GET", `{repo}/rulesets/${listed.find(({ name }: Reply) => name.includes(part)).id}`);
  const { name, target, enforcement, conditions, rules, bypass_actors } = found;
  await hand("PUT", `{repo}/rulesets/${found.id}`, { name, target, enforcement, conditions, rules, bypass_actors, ...change(found) });
}
export const sealed = async (name: string, place = "environments/production") => {
  const { key_id, key } = await hand("GET", `{repo}/${place}/secrets/public-key`);
  const base64 = sodium.base64_variants.ORIGINAL;
  const encrypted_value = sodium.to_base64(sodium.crypto_box_seal("mallory's", sodium.from_base64(key, base64)), base64);
  await hand("PUT", `{repo}/${place}/secrets/${name}`, { encrypted_value, key_id });
};
export const policies = async () => (await hand("GET", "{repo}/environments/production/deployment-branch-policies")).branch_policies;

export const nodeOf = (login: string): string =>
  github.hub.state.accounts[login] === undefined ? "" : nodeId("U", github.hub.account(login).id);
export const nodeOfRepository = (): string => nodeId("R", repo.id);
