import { describe, expect, test } from "vitest";
import { type PropertyMap, Secret, UNKNOWN } from "../../local/engine/values.ts";
import { githubFactory } from "../../local/providers/github/index.ts";
import { checkRequest } from "./support/requests.ts";

const provider = await githubFactory({ kind: "offline" }).configure({});
const failuresOf = async (kind: string, news: PropertyMap) =>
  (await provider.check(checkRequest(kind, news))).failures.map(({ property, reason }) => `${property}: ${reason}`);

describe("inputs are checked before anything is asked", () => {
  const environment = { repository: "ferry", environment: "production" };
  const cases: [string, string, PropertyMap, RegExp][] = [
    [
      "a property that no version has",
      "BranchProtection",
      { repositoryId: "R_1", pattern: "main", requireReviews: 2 },
      /^requireReviews: is no property/,
    ],
    [
      "a wrong type",
      "BranchProtection",
      { repositoryId: "R_1", pattern: "main", enforceAdmins: "yes" },
      /^enforceAdmins: must be true or false/,
    ],
    ["what is required and missing", "BranchProtection", { pattern: "main" }, /^repositoryId: is required/],
    [
      "a nested property",
      "BranchProtection",
      { repositoryId: "R_1", pattern: "main", requiredPullRequestReviews: [{ reviews: 2 }] },
      /^requiredPullRequestReviews\[0\]\.reviews: is no property/,
    ],
    [
      "two blocks where GitHub has one",
      "BranchProtection",
      { repositoryId: "R_1", pattern: "main", requiredStatusChecks: [{ strict: true }, { strict: false }] },
      /^requiredStatusChecks: has 2 entries: GitHub takes at most 1/,
    ],
    [
      "more reviews than GitHub counts",
      "BranchProtection",
      { repositoryId: "R_1", pattern: "main", requiredPullRequestReviews: [{ requiredApprovingReviewCount: 7 }] },
      /requiredApprovingReviewCount: must be from 0 to 6, not 7/,
    ],
    [
      "force pushes for everybody and for some",
      "BranchProtection",
      { repositoryId: "R_1", pattern: "main", allowsForcePushes: true, forcePushBypassers: ["acme/release"] },
      /^forcePushBypassers: has no effect beside allowsForcePushes/,
    ],
    [
      "seven reviewers",
      "RepositoryEnvironment",
      { ...environment, reviewers: [{ teams: [1, 2, 3, 4], users: [5, 6, 7] }] },
      /^reviewers: has 7 reviewers/,
    ],
    [
      "a timer beyond 30 days",
      "RepositoryEnvironment",
      { ...environment, waitTimer: 43_201 },
      /^waitTimer: must be from 0 to 43200, not 43201/,
    ],
    [
      "a branch policy of both kinds",
      "RepositoryEnvironment",
      { ...environment, deploymentBranchPolicy: { protectedBranches: true, customBranchPolicies: true } },
      /^deploymentBranchPolicy: needs exactly one/,
    ],
    [
      "a policy for nothing",
      "RepositoryEnvironmentDeploymentPolicy",
      environment,
      /^branchPattern: exactly one of branchPattern, tagPattern/,
    ],
    [
      "a reserved secret name",
      "ActionsSecret",
      { repository: "ferry", secretName: "GITHUB_X", value: "v" },
      /^secretName: "GITHUB_X" is no name/,
    ],
    [
      "a repository with its owner",
      "ActionsVariable",
      { repository: "acme/ferry", variableName: "A", value: "v" },
      /^repository: "acme\/ferry" is no repository name/,
    ],
    [
      "a tag ruleset with a branch's rule",
      "RepositoryRuleset",
      {
        repository: "ferry",
        target: "tag",
        enforcement: "active",
        conditions: { refName: { includes: ["refs/tags/v*"], excludes: [] } },
        rules: { pullRequest: {} },
      },
      /^rules\.pullRequest: is no rule of target "tag"/,
    ],
    [
      "a ruleset about nothing",
      "RepositoryRuleset",
      { repository: "ferry", target: "tag", enforcement: "active", rules: {} },
      /^conditions: is needed/,
    ],
  ];
  test.each(cases)("%s", async (_, kind, news, expected) => {
    expect(await failuresOf(kind, news)).toEqual([expect.stringMatching(expected)]);
  });

  test("all faults at once, and no secret value in any of them", async () => {
    const failures = await failuresOf("ActionsEnvironmentSecret", {
      repository: "a/b",
      secretName: new Secret("GITHUB_hush-hush"),
      value: 3,
    });
    expect(failures).toHaveLength(4);
    expect(failures.join()).not.toContain("hush-hush");
  });

  test("a type that is not there names those that are", async () => {
    expect(await failuresOf("Webhook", {})).toEqual([
      expect.stringMatching(/not supported by the embedded engine, which has .*RepositoryRuleset/),
    ]);
  });

  test("what a preview cannot know is let through", async () => {
    expect(await failuresOf("BranchProtection", { repositoryId: UNKNOWN, pattern: "main", enforceAdmins: UNKNOWN })).toEqual([]);
  });
});

describe("inputs are completed", () => {
  test("a secret value is marked, whoever forgot to", async () => {
    const { inputs } = await provider.check(checkRequest("ActionsSecret", { repository: "ferry", secretName: "KEY", value: "hush-hush" }));
    expect(inputs.value).toEqual(new Secret("hush-hush"));
  });

  test("an automatic name is as long as Pulumi's, is noted as such, and is kept", async () => {
    const first = await provider.check(checkRequest("Team", {}));
    expect(first.inputs).toEqual({ name: "it-abababa", __defaults: ["name"] });
    const again = await provider.check(checkRequest("Team", {}, { oldInputs: first.inputs, randomSeed: new Uint8Array(32) }));
    expect(again.inputs).toEqual(first.inputs);
    const named = await provider.check(checkRequest("Team", { name: "release" }, { oldInputs: first.inputs }));
    expect(named.inputs).toEqual({ name: "release" });
  });
});
