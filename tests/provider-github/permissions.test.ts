import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PropertyMap } from "../../local/engine/values.ts";
import { type Github, startGithub } from "../../local/github/index.ts";
import { githubFactory } from "../../local/providers/github/index.ts";
import { Life } from "./support/life.ts";

/** The least that a fine-grained token must be allowed, as docs/how-to/connect-github.md has it: enough with it, refused without it. */
const page = readFileSync(path.resolve(import.meta.dirname, "../../docs/how-to/connect-github.md"), "utf8");
const dir = mkdtempSync(path.join(os.tmpdir(), "liftlock-permissions-"));
let github: Github;
beforeAll(async () => {
  github = await startGithub({ dir });
  await github.addUser("owner");
  await github.addOrganization("acme", "owner", "enterprise");
  await github.addTeam("acme", "release", ["owner"]);
  await github.addRepository("acme", "ferry", { visibility: "private", access: { "team:release": "push" } });
  const standing = {
    repository: "ferry",
    environment: "standing",
    deploymentBranchPolicy: { protectedBranches: false, customBranchPolicies: true },
  };
  await new Life(await provider(), "RepositoryEnvironment").create(standing);
});
afterAll(async () => {
  await github.close();
  rmSync(dir, { recursive: true, force: true });
});
const provider = async (permissions?: Record<string, "read" | "write">) =>
  githubFactory({
    kind: "api",
    baseUrl: github.url,
    token: await github.addToken("owner", permissions === undefined ? {} : { permissions: { metadata: "read", ...permissions } }),
    owner: "acme",
  }).configure({});

const repository = "ferry";
const within = { repository, environment: "standing" };
const refs = { conditions: { refName: { includes: ["refs/tags/v*"], excludes: [] } } };
const administration =
  "branch protection, rulesets, environments with reviewers, timers and branch policies, repository settings, team access";
const rows: [kind: string, permission: string, documented: string, inputs: PropertyMap][] = [
  ["BranchProtection", "administration", `${administration} | Administration: write`, { repositoryId: repository, pattern: "main" }],
  [
    "RepositoryRuleset",
    "administration",
    `${administration} | Administration: write`,
    { repository, name: "tags", target: "tag", enforcement: "active", ...refs, rules: { deletion: true } },
  ],
  [
    "RepositoryEnvironment",
    "administration",
    `${administration} | Administration: write`,
    { repository, environment: "live", waitTimer: 5 },
  ],
  [
    "RepositoryEnvironmentDeploymentPolicy",
    "administration",
    `${administration} | Administration: write`,
    { ...within, branchPattern: "main" },
  ],
  [
    "ActionsEnvironmentSecret",
    "environments",
    "secrets and variables of environments | Environments: write",
    { ...within, secretName: "KEY", value: "hush-hush" },
  ],
  [
    "ActionsEnvironmentVariable",
    "environments",
    "secrets and variables of environments | Environments: write",
    { ...within, variableName: "HOST", value: "h" },
  ],
  ["ActionsSecret", "secrets", "secrets of the repository | Secrets: write", { repository, secretName: "KEY", value: "hush-hush" }],
  [
    "ActionsVariable",
    "actions_variables",
    "variables of the repository | Variables: write",
    { repository, variableName: "HOST", value: "h" },
  ],
  [
    "RepositoryFile",
    "contents",
    "CODEOWNERS and other files, branches, tags, pushes | Contents: write",
    { repository, file: "a.txt", content: "a\n", branch: "main" },
  ],
  ["Branch", "contents", "CODEOWNERS and other files, branches, tags, pushes | Contents: write", { repository, branch: "feature/a" }],
];

/** Environments are read with another permission than they are written with. */
const READING: Record<string, "read"> = { actions: "read" };

test.each(rows)("%s needs %s: write, and nothing else", async (kind, permission, documented, inputs) => {
  expect(page).toContain(`| ${documented} |`);
  const refused = async (permissions: Record<string, "read" | "write">) =>
    new Life(await provider(permissions), kind).create(inputs).then(
      () => "created",
      (error: Error) => error.message,
    );
  expect(page).toContain("| reading GitHub Environments | Actions: read |");
  for (const permissions of [READING, { ...READING, [permission]: "read" as const }]) {
    const said = await refused(permissions);
    expect(said).toMatch(/docs\/how-to\/connect-github\.md|GitHub answers both alike/);
    expect(said).not.toContain("hush-hush");
  }
  const life = new Life(await provider({ ...READING, [permission]: "write" }), kind);
  await life.create(inputs);
  expect(await life.refresh()).toBe(true);
  await life.delete();
});
