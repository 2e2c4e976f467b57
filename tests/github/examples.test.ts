import { beforeAll, describe, expect, test } from "vitest";
import { all, type Declared, declaredOn, one, planted, protectionOf } from "./examples.ts";

/** Rules of the five strategies, as each team wrote them down, against what its example declares. */
const stacks = {
  academiclab: ["platform", "staging", "production"],
  contestlet: ["platform", "staging", "production"],
  "job-automation": ["platform", "staging", "production"],
  "life-os": ["platform", "staging", "production"],
  studysphere: ["platform"],
  ferry: ["platform"],
} as const;
type Project = keyof typeof stacks;

const rendered = new Map<string, Declared[]>();
const on = (project: Project, stack: string): Declared[] => rendered.get(`${project}/${stack}`)!;

beforeAll(async () => {
  for (const [project, names] of Object.entries(stacks))
    for (const [stack, resources] of await Promise.all(names.map(async (name) => [name, await declaredOn(project, name)] as const)))
      rendered.set(`${project}/${stack}`, resources);
}, 120_000);

/** Changes reach it by pull request, from administrators too, and nobody rewrites or deletes it. */
const noDirectCommits = { enforceAdmins: true, allowsForcePushes: false, allowsDeletions: false, reviews: expect.anything() };

describe("academiclab", () => {
  test("main: one approval, tests, up to date, no force push, no direct commits", () => {
    expect(protectionOf(on("academiclab", "platform"), "main")).toMatchObject({
      ...noDirectCommits,
      reviews: { requiredApprovingReviewCount: 1 },
      checks: { strict: true, contexts: ["tests"] },
    });
    expect(protectionOf(on("academiclab", "platform"), "main")).not.toHaveProperty("forcePushBypassers");
  });
  test("staging: one approval, tests, hotfixes from feature branches, and one team that may force a push", () => {
    expect(protectionOf(on("academiclab", "staging"), "staging")).toMatchObject({
      ...noDirectCommits,
      // GitHub's rules add up: who may force a push must pass the rule of pull requests as well, and never the tests.
      reviews: { requiredApprovingReviewCount: 1, pullRequestBypassers: ["academiclab/hotfix"] },
      checks: { contexts: ["tests"] },
      forcePushBypassers: ["academiclab/hotfix"],
    });
  });
  test("production: two approvals, code owners, tests, no force push, no direct commits", () => {
    const protection = protectionOf(on("academiclab", "production"), "production");
    expect(protection).toMatchObject({
      ...noDirectCommits,
      reviews: { requiredApprovingReviewCount: 2, requireCodeOwnerReviews: true, dismissStaleReviews: true },
      checks: { contexts: ["tests", "source-branch"] },
    });
    expect(protection).not.toHaveProperty("forcePushBypassers");
  });
  test("feature branches have no rules, and go with their merge", () => {
    expect(all(on("academiclab", "platform"), "BranchProtection").map(({ pattern }) => pattern)).toEqual(["main"]);
    expect(one(on("academiclab", "platform"), "Repository").inputs).toMatchObject({ deleteBranchOnMerge: true });
  });
});

describe("contestlet", () => {
  test("develop takes pull requests with a review", () =>
    expect(protectionOf(on("contestlet", "platform"), "develop")).toMatchObject({ reviews: { requiredApprovingReviewCount: 1 } }));
  test("staging takes tested merges, from develop only and never directly", () =>
    expect(protectionOf(on("contestlet", "staging"), "staging")).toMatchObject({
      ...noDirectCommits,
      checks: { contexts: ["tests", "source-branch"] },
    }));
  test("main takes approved merges from staging only, of what staging ran", () => {
    const resources = on("contestlet", "production");
    expect(protectionOf(resources, "main")).toMatchObject({
      ...noDirectCommits,
      reviews: { requiredApprovingReviewCount: 1 },
      checks: { contexts: ["tests", "source-branch"] },
    });
    expect(one(resources, "RepositoryRuleset").inputs).toMatchObject({
      target: "branch",
      enforcement: "active",
      conditions: { refName: { includes: ["refs/heads/main"], excludes: [] } },
      rules: { requiredDeployments: { requiredDeploymentEnvironments: ["staging"] } },
      bypassActors: [{ actorType: "Team", bypassMode: "pull_request" }],
    });
  });
  test("workflows get secrets of each environment, sealed", () => {
    for (const stack of ["staging", "production"]) {
      const secrets = all(on("contestlet", stack), "ActionsEnvironmentSecret");
      expect(secrets.map(({ secretName }) => secretName).sort()).toEqual(["DATABASE_URL", "TWILIO_AUTH_TOKEN"]);
      expect(secrets.every(({ value }) => value === "[secret]")).toBe(true);
    }
  });
});

describe("job-automation", () => {
  test("staging: reviews, checks, administrators included", () =>
    expect(protectionOf(on("job-automation", "staging"), "staging")).toMatchObject({
      ...noDirectCommits,
      reviews: { requiredApprovingReviewCount: 1 },
      checks: { contexts: ["tests"] },
    }));
  test("a tag v* is created by the release team, and moved or deleted by nobody", () => {
    const tags = all(on("job-automation", "platform"), "RepositoryRuleset").filter(({ target }) => target === "tag");
    expect(tags).toHaveLength(2);
    for (const { conditions, enforcement } of tags)
      expect({ conditions, enforcement }).toEqual({
        conditions: { refName: { includes: ["refs/tags/v*"], excludes: [] } },
        enforcement: "active",
      });
    const [kept, created] = [tags.find(({ rules }) => rules.deletion), tags.find(({ rules }) => rules.creation)];
    expect(kept.rules).toEqual({ deletion: true, nonFastForward: true, update: true });
    expect(kept).not.toHaveProperty("bypassActors");
    expect(created.rules).toEqual({ creation: true });
    expect(created.bypassActors).toMatchObject([{ actorType: "Team", bypassMode: "always" }]);
  });
  test("main and tags v* deploy to production; DEPLOY_KEY and DEPLOY_HOST are its environment's", () => {
    const resources = on("job-automation", "production");
    expect(
      all(resources, "RepositoryEnvironmentDeploymentPolicy").map(({ branchPattern, tagPattern }) => branchPattern ?? tagPattern),
    ).toEqual(["main", "v*"]);
    expect(one(resources, "ActionsEnvironmentSecret").inputs).toMatchObject({ secretName: "DEPLOY_KEY", value: "[secret]" });
    expect(one(resources, "ActionsEnvironmentVariable").inputs).toMatchObject({ variableName: "DEPLOY_HOST", value: "jobs.example.com" });
  });
});

describe("life-os", () => {
  test("main: one approval, checks, nobody pushes directly, a linear history, conversations resolved, from staging only", () => {
    expect(protectionOf(on("life-os", "production"), "main")).toMatchObject({
      ...noDirectCommits,
      reviews: { requiredApprovingReviewCount: 1 },
      checks: { contexts: ["backend", "frontend", "source-branch"] },
      requiredLinearHistory: true,
      requireConversationResolution: true,
    });
    expect(one(on("life-os", "platform"), "Repository").inputs).toMatchObject({
      allowMergeCommit: false,
      allowSquashMerge: true,
      allowRebaseMerge: true,
      deleteBranchOnMerge: true,
    });
  });
  test("staging takes direct pushes: no pull request and no check stands before one", () => {
    const protection = protectionOf(on("life-os", "staging"), "staging");
    expect(protection).not.toHaveProperty("requiredPullRequestReviews");
    expect(protection).not.toHaveProperty("requiredStatusChecks");
    expect(protection).toMatchObject({ allowsForcePushes: false, allowsDeletions: false });
  });
  test("production is deployed after somebody approved it", () =>
    expect(one(on("life-os", "production"), "RepositoryEnvironment").inputs).toMatchObject({
      environment: "production",
      reviewers: [{ users: expect.any(Array) }],
      canAdminsBypass: false,
    }));
});

test.each(["studysphere", "ferry"] as const)("%s: one branch for all environments takes reviewed and checked pull requests", (project) => {
  expect(protectionOf(on(project, "platform"), "main")).toMatchObject({
    ...noDirectCommits,
    reviews: { requiredApprovingReviewCount: 1 },
    checks: { contexts: expect.arrayContaining([expect.any(String)]) },
  });
});

describe("every example", () => {
  const each = Object.entries(stacks).flatMap(([project, names]) => names.map((stack) => [project as Project, stack] as const));
  test.each(each)("%s %s gives away no secret and keeps what must not be lost", (project, stack) => {
    const resources = on(project, stack);
    expect(JSON.stringify(resources.map(({ inputs, name, outputs }) => ({ inputs, name, outputs })))).not.toContain(planted);
    if (stack === "staging") return;
    for (const type of ["BranchProtection", "RepositoryRuleset", "Repository", "RepositoryEnvironment"])
      for (const { type: found, protect } of resources) if (found.endsWith(`:${type}`)) expect(protect, `${stack} ${type}`).toBe(true);
  });
  test("what a GitHub Environment holds goes with it, and is not deleted once more", () => {
    const resources = on("job-automation", "production");
    const environment = one(resources, "RepositoryEnvironment");
    const within = resources.filter(({ type }) => /EnvironmentDeploymentPolicy$|ActionsEnvironment/.test(type));
    expect(within).toHaveLength(4);
    for (const { deletedWith, name } of within) expect(deletedWith, name).toBe(environment.urn);
  });
  test("a repository outlives its stack, and what is not declared of it stays as it is", () => {
    const { retainOnDelete, ignoreChanges, protect } = one(on("academiclab", "platform"), "Repository");
    expect({ retainOnDelete, protect }).toEqual({ retainOnDelete: true, protect: true });
    expect(ignoreChanges).toEqual(expect.arrayContaining(["visibility", "description", "topics", "hasWiki", "archived"]));
    for (const managed of ["deleteBranchOnMerge", "allowMergeCommit", "hasIssues"]) expect(ignoreChanges).not.toContain(managed);
  });
  test("logical names hold nothing that settings could rename an environment by", () => {
    for (const [project, stack] of each.filter(([, name]) => name !== "platform"))
      expect(one(on(project, stack), "RepositoryEnvironment").name).toBe("github-environment");
  });
  test("the ledger's branch is never rewritten or deleted", () => {
    for (const project of Object.keys(stacks) as Project[])
      expect(all(on(project, "platform"), "RepositoryRuleset")).toContainEqual(
        expect.objectContaining({
          target: "branch",
          conditions: { refName: { includes: ["refs/heads/liftlock-ledger"], excludes: [] } },
          rules: { deletion: true, nonFastForward: true },
        }),
      );
  });
  test("only declared branches and tags may be deployed", () => {
    for (const [project, stack] of each.filter(([, name]) => name !== "platform"))
      expect(one(on(project, stack), "RepositoryEnvironment").inputs.deploymentBranchPolicy).toEqual({
        protectedBranches: false,
        customBranchPolicies: true,
      });
  });
});
