import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import type { PropertyMap } from "../../local/engine/values.ts";
import { startGithub } from "../../local/github/index.ts";
import { nodeId } from "../../local/github/node-id.ts";
import { githubFactory } from "../../local/providers/github/index.ts";
import { RESOURCES } from "../../local/providers/github/schema/resource.ts";
import { Life } from "./support/life.ts";
import { typeOf } from "./support/requests.ts";

/** Every resource type through its whole life on the stand-in: created, left alone, changed, made anew, imported, taken away by hand, deleted. */
const dir = mkdtempSync(path.join(os.tmpdir(), "liftlock-classes-"));
const github = await startGithub({ dir });
afterAll(async () => {
  await github.close();
  rmSync(dir, { recursive: true, force: true });
});
for (const login of ["owner", "rob", "lea"]) await github.addUser(login);
const acme = await github.addOrganization("acme", "owner", "enterprise");
for (const login of ["rob", "lea"]) acme.members[login] = "member";
const release = await github.addTeam("acme", "release", ["rob"]);
const repo = await github.addRepository("acme", "ferry", { access: { "team:release": "push" } });
const other = await github.addRepository("acme", "pier");
const provider = await githubFactory({ kind: "api", baseUrl: github.url, token: await github.addToken("owner"), owner: "acme" }).configure(
  {},
);

const production = new Life(provider, "RepositoryEnvironment");
await production.create({
  repository: "ferry",
  environment: "standing",
  deploymentBranchPolicy: { protectedBranches: false, customBranchPolicies: true },
});
const within = { repository: "ferry", environment: "standing" };
const tags = { repository: "ferry", name: "tags", target: "tag", enforcement: "active" };
const refs = { conditions: { refName: { includes: ["refs/tags/v*"], excludes: [] } } };

interface Case {
  kind: string;
  news: PropertyMap;
  changed: PropertyMap;
  /** What the change is found in. */
  differs: string[];
  /** Makes it anew, and by what; left out: nothing does. */
  anew?: [PropertyMap, string[]];
  id: string | RegExp;
  /** The id of an import, where it is not the resource's own. */
  importId?: string | ((life: Life) => string);
  /** What an import cannot know. */
  importDiffers?: string[];
  /** What GitHub says when it is there already; a create that is an update: taken over. */
  conflict: RegExp;
  /** Somebody takes it away by hand; left out: nobody can. */
  takeAway?: () => unknown;
}
const adopt = (kind: string, id: string): RegExp =>
  new RegExp(`on 127\\.0\\.0\\.1:\\d+ already.*\\n  pulumi import ${typeOf(kind)} it '${id}'`);
const TAKEN = /^taken over$/;

const cases: Case[] = [
  {
    kind: "Repository",
    news: { name: "quay", visibility: "private", autoInit: true, allowMergeCommit: false, topics: ["harbour"] },
    changed: {
      name: "dock",
      visibility: "private",
      autoInit: true,
      allowMergeCommit: true,
      deleteBranchOnMerge: true,
      topics: ["harbour", "boats"],
    },
    differs: ["allowMergeCommit", "deleteBranchOnMerge", "name", "topics"],
    id: "quay",
    importId: "dock",
    conflict: adopt("Repository", "dock"),
    takeAway: () => delete github.hub.state.repos["acme/dock"],
  },
  {
    kind: "RepositoryFile",
    news: { repository: "ferry", file: "docs/a.txt", content: "one\n", branch: "main" },
    changed: { repository: "ferry", file: "docs/a.txt", content: "two\n", branch: "main" },
    differs: ["content"],
    anew: [{ repository: "ferry", file: "docs/b.txt", content: "two\n", branch: "main" }, ["file anew"]],
    id: "ferry:docs/a.txt:main",
    conflict:
      /docs\/a\.txt is on branch main of ferry already: set overwriteOnCreate: true to replace it, or import ferry:docs\/a\.txt:main/,
  },
  {
    kind: "RepositoryRuleset",
    news: { ...tags, ...refs, rules: { deletion: true, update: true } },
    changed: {
      ...tags,
      ...refs,
      rules: { deletion: true },
      enforcement: "disabled",
      bypassActors: [{ actorType: "Team", actorId: release.id, bypassMode: "always" }],
    },
    differs: ["bypassActors", "enforcement", "rules"],
    anew: [
      {
        ...tags,
        ...refs,
        rules: { deletion: true },
        enforcement: "disabled",
        bypassActors: [{ actorType: "Team", actorId: release.id, bypassMode: "always" }],
        repository: "pier",
      },
      ["repository anew"],
    ],
    id: /^\d+$/,
    importId: ({ id }) => `ferry:${id}`,
    conflict: adopt("RepositoryRuleset", "ferry:\\d+"),
    takeAway: () => repo.rulesets.splice(0),
  },
  {
    kind: "BranchProtection",
    news: {
      repositoryId: nodeId("R", repo.id),
      pattern: "main",
      enforceAdmins: true,
      requiredPullRequestReviews: [{ requiredApprovingReviewCount: 2 }],
      forcePushBypassers: ["acme/release"],
    },
    changed: {
      repositoryId: nodeId("R", repo.id),
      pattern: "main",
      enforceAdmins: true,
      requiredStatusChecks: [{ strict: true, contexts: ["b", "a"] }],
    },
    differs: ["forcePushBypassers", "requiredPullRequestReviews", "requiredStatusChecks"],
    anew: [
      {
        repositoryId: nodeId("R", other.id),
        pattern: "main",
        enforceAdmins: true,
        requiredStatusChecks: [{ strict: true, contexts: ["a", "b"] }],
      },
      ["repositoryId anew"],
    ],
    id: /^BPR_/,
    importId: "ferry:main",
    conflict: adopt("BranchProtection", "ferry:main"),
    takeAway: () => repo.protections.splice(0),
  },
  {
    kind: "Branch",
    news: { repository: "ferry", branch: "feature/a" },
    changed: { repository: "ferry", branch: "feature/b" },
    differs: ["branch"],
    anew: [{ repository: "pier", branch: "feature/b" }, ["repository anew"]],
    id: "ferry:feature/a",
    importId: "ferry:feature/b",
    conflict: adopt("Branch", "ferry:feature/b"),
    takeAway: () => ask("DELETE", "git/refs/heads/feature/b"),
  },
  {
    kind: "BranchDefault",
    news: { repository: "pier", branch: "main" },
    changed: { repository: "pier", branch: "trunk", rename: true },
    differs: ["branch", "rename"],
    anew: [{ repository: "ferry", branch: "trunk", rename: true }, ["repository anew"]],
    id: "pier",
    importDiffers: ["rename"],
    conflict: TAKEN,
  },
  {
    kind: "RepositoryEnvironment",
    news: { repository: "ferry", environment: "production/eu", waitTimer: 5, reviewers: [{ teams: [release.id] }], canAdminsBypass: false },
    changed: {
      repository: "ferry",
      environment: "production/eu",
      deploymentBranchPolicy: { protectedBranches: true, customBranchPolicies: false },
      canAdminsBypass: false,
    },
    differs: ["deploymentBranchPolicy", "reviewers", "waitTimer"],
    anew: [
      {
        repository: "ferry",
        environment: "live",
        deploymentBranchPolicy: { protectedBranches: true, customBranchPolicies: false },
        canAdminsBypass: false,
      },
      ["environment anew"],
    ],
    id: "ferry:production/eu",
    conflict: TAKEN,
    takeAway: () => delete repo.environments["production/eu"],
  },
  {
    kind: "RepositoryEnvironmentDeploymentPolicy",
    news: { ...within, branchPattern: "main" },
    changed: { ...within, branchPattern: "release/*" },
    differs: ["branchPattern"],
    anew: [{ ...within, environment: "live", branchPattern: "release/*" }, ["environment anew"]],
    id: /^ferry:standing:\d+$/,
    // GitHub answers with the one that is there (303).
    conflict: TAKEN,
    takeAway: () => repo.environments.standing!.policies.splice(0),
  },
  ...(["ActionsEnvironmentSecret", "ActionsSecret"] as const).map((kind): Case => {
    const at = kind === "ActionsSecret" ? { repository: "ferry" } : within;
    const place = () => (kind === "ActionsSecret" ? repo.secrets : repo.environments.standing!.secrets);
    return {
      kind,
      news: { ...at, secretName: "KEY", value: "hush-one" },
      changed: { ...at, secretName: "KEY", value: "hush-two" },
      differs: ["value"],
      anew: [{ ...at, secretName: "OTHER", value: "hush-two" }, ["secretName anew"]],
      id: kind === "ActionsSecret" ? "ferry:KEY" : "ferry:standing:KEY",
      importDiffers: ["value"],
      conflict: TAKEN,
      takeAway: () => delete place().KEY,
    };
  }),
  ...(["ActionsEnvironmentVariable", "ActionsVariable"] as const).map((kind): Case => {
    const at = kind === "ActionsVariable" ? { repository: "ferry" } : within;
    const id = kind === "ActionsVariable" ? "ferry:HOST" : "ferry:standing:HOST";
    const place = () => (kind === "ActionsVariable" ? repo.variables : repo.environments.standing!.variables);
    return {
      kind,
      news: { ...at, variableName: "HOST", value: "one" },
      changed: { ...at, variableName: "HOST", value: "two" },
      differs: ["value"],
      anew: [{ ...at, variableName: "OTHER", value: "two" }, ["variableName anew"]],
      id,
      conflict: adopt(kind, id),
      takeAway: () => delete place().HOST,
    };
  }),
  {
    kind: "Team",
    news: { name: "qa", privacy: "closed" },
    changed: { name: "quality", privacy: "closed", description: "Looks twice" },
    differs: ["name", "description"],
    id: /^\d+$/,
    conflict: adopt("Team", "\\d+"),
    takeAway: () => delete acme.teams.quality,
  },
  {
    kind: "TeamMembership",
    news: { teamId: "release", username: "lea" },
    changed: { teamId: "release", username: "lea", role: "maintainer" },
    differs: ["role"],
    anew: [{ teamId: "release", username: "rob", role: "maintainer" }, ["username anew"]],
    id: "release:lea",
    conflict: TAKEN,
    takeAway: () => delete release.members.lea,
  },
  {
    kind: "TeamRepository",
    news: { teamId: "release", repository: "pier", permission: "push" },
    changed: { teamId: "release", repository: "pier", permission: "admin" },
    differs: ["permission"],
    anew: [{ teamId: "release", repository: "ferry", permission: "admin" }, ["repository anew"]],
    id: "release:pier",
    conflict: TAKEN,
    takeAway: () => delete other.teams.release,
  },
];

async function ask(method: string, at: string): Promise<void> {
  const token = await github.addToken("owner");
  await fetch(`${github.url}/api/v3/repos/acme/ferry/${at}`, { method, headers: { authorization: `Bearer ${token}` } });
}

test("every resource type has its life told here", () => {
  expect(cases.map(({ kind }) => typeOf(kind)).sort()).toEqual(Object.keys(RESOURCES).sort());
});

test.each(cases.map((one) => [one.kind, one] as const))(
  "%s",
  async (kind, { news, changed, differs, anew, id, importId, importDiffers = [], conflict, takeAway }) => {
    const life = new Life(provider, kind);
    await life.create(news);
    expect(life.id).toEqual(typeof id === "string" ? id : expect.stringMatching(id));
    // Left alone, as state has it and as GitHub has it.
    expect(await life.diff(news)).toEqual([]);
    expect(await life.refresh()).toBe(true);
    expect(await life.diff(news)).toEqual([]);

    expect((await life.diff(changed)).sort()).toEqual(differs.sort());
    await life.update(changed);
    expect(await life.diff(changed)).toEqual([]);
    expect(await life.refresh()).toBe(true);
    expect(await life.diff(changed)).toEqual([]);
    if (anew !== undefined) expect(await life.diff(anew[0])).toEqual(anew[1]);

    const imported = await life.import(typeof importId === "function" ? importId(life) : (importId ?? life.id));
    expect(await imported.diff(changed)).toEqual(importDiffers);

    expect(await life.createAgain()).toMatch(conflict);
    expect(await life.refresh()).toBe(true);
    if (takeAway !== undefined) {
      await takeAway();
      expect(await life.refresh()).toBe(false);
      // What is gone counts as deleted.
      await life.delete();
      await life.create(changed);
    }
    await life.delete();
    if (kind !== "BranchDefault") expect(await life.refresh()).toBe(false);
  },
);
