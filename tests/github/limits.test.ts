import { describe, expect, test } from "vitest";
import { parsePlatform } from "../../components/platform/parse.ts";
import { faultsOf, valid } from "../settings/support.ts";

// biome-ignore lint/suspicious/noExplicitAny: settings as a person writes them
type Written = any;
const repository = { owner: "acme", name: "shop", plan: "team", visibility: "private" };

interface Case {
  repository?: Written;
  github?: Written;
  siblings?: { stack: string; hosts: string[]; branches: string[] }[];
}
const environment = ({ repository: own, github, siblings }: Case): string[] =>
  faultsOf({
    ...(siblings === undefined ? {} : { siblings }),
    change: (settings) => {
      if (own !== null) settings.application.repository = { ...repository, ...own };
      settings.environment.github = { deployFrom: { branches: ["main"] }, ...github };
    },
  });

function platform({ repository: own, github, siblings }: Case): string[] {
  const application = { ...valid().application, ...(own === null ? {} : { repository: { ...repository, ...own } }) };
  const values = { "shop:application": JSON.stringify(application), "shop:platform": JSON.stringify({ github }) };
  const parsed = parsePlatform({ project: "shop", stack: "shared", values, secretKeys: [], siblings: siblings ?? [] });
  return parsed.ok ? [] : parsed.faults.map(({ file, path, message }) => `${file} ${path}: ${message}`);
}
const publicly = { visibility: "public", plan: "free" };
const personal = { ownerKind: "user", plan: "pro" };
const team = (name: string) => ({ teams: [name] });
const main = (rules: Written) => ({ branches: { main: rules } });

describe("what GitHub would refuse is refused before anything changes", () => {
  test.each<[string, Case, RegExp]>([
    [
      "rules of a private repository on the free plan",
      { repository: { plan: "free" } },
      /environment\.github: is not possible: GitHub's free plan keeps no rules.*make the repository public, choose a paid plan/,
    ],
    [
      "reviewers of a private repository below Enterprise",
      { github: { reviewers: team("acme/qa") } },
      /environment\.github\.reviewers: are not possible: a private repository has it on GitHub Enterprise only.*promotion\.gates/,
    ],
    ["a wait timer there", { github: { waitTimer: 5 } }, /github\.waitTimer: is not possible/],
    ["binding administrators there", { github: { administratorsBypass: false } }, /github\.administratorsBypass: cannot be forbidden/],
    [
      "seven reviewers",
      { repository: publicly, github: { reviewers: { users: ["a", "b", "c", "d", "e", "f", "g"] } } },
      /github\.reviewers: are 7, and GitHub takes 6/,
    ],
    [
      "a wait timer of more than 30 days",
      { repository: publicly, github: { waitTimer: 43_201 } },
      /github\.waitTimer: must be at most 43200 minutes/,
    ],
    ["a negative one", { repository: publicly, github: { waitTimer: -1 } }, /github\.waitTimer: must be 0 or more/],
    [
      "more than six approvals",
      { github: { branch: { name: "main", reviews: { approvals: 7 } } } },
      /branch\.reviews\.approvals: must be at most 6/,
    ],
    [
      "who may force a push to a user's repository",
      { repository: personal, github: { branch: { name: "main", forcePush: { users: ["ann"] } } } },
      /branch\.forcePush: is not possible: GitHub knows such lists in repositories of organisations only/,
    ],
    [
      "who may pass reviews by there",
      { repository: personal, github: { branch: { name: "main", reviews: { bypass: { users: ["ann"] } } } } },
      /branch\.reviews\.bypass: is not possible/,
    ],
    [
      "a user's team",
      { repository: { ...publicly, ownerKind: "user" }, github: { reviewers: team("acme/qa") } },
      /reviewers\.teams\[0\]: is a team, and a user has none/,
    ],
    [
      "a team of somebody else's",
      { repository: publicly, github: { reviewers: team("other/qa") } },
      /reviewers\.teams\[0\]: must be a team of acme/,
    ],
    [
      "code owners where there are none",
      { github: { branch: { name: "main", reviews: { codeOwners: true } } } },
      /reviews\.codeOwners: has no code owners to ask/,
    ],
    [
      "required checks where pushes are direct",
      { github: { branch: { name: "main", reviews: false, checks: ["tests"] } } },
      /branch\.checks: refuses the direct pushes that reviews: false allows/,
    ],
    [
      "a source where pushes are direct",
      { github: { branch: { name: "main", reviews: false, mergesFrom: ["x"] } } },
      /branch\.mergesFrom: refuses the direct pushes/,
    ],
    [
      "a force push that a required check of pull requests would refuse",
      { github: { branch: { name: "main", forcePush: team("acme/leads"), mergesFrom: ["x"] } } },
      /branch\.forcePush: would be refused by mergesFrom/,
    ],
    ["a force push by nobody", { github: { branch: { name: "main", forcePush: {} } } }, /branch\.forcePush: names nobody/],
    [
      "a deployment to where there is nothing",
      { github: { branch: { name: "main", deployedTo: { environments: ["nowhere"] } } } },
      /deployedTo\.environments\[0\]: names "nowhere", which is not on the promotion path/,
    ],
    [
      "a branch of two stacks",
      { github: { branch: { name: "main" } }, siblings: [{ stack: "dev", hosts: [], branches: ["main"] }] },
      /branch\.name: is a branch of "dev" too/,
    ],
    ["nothing to deploy from", { github: { deployFrom: {} } }, /github\.deployFrom: must name a branch or a tag/],
    [
      "a variable that is a secret",
      { repository: { secrets: { KEY: { only: ["dev"] } } }, github: { variables: { KEY: "x" } } },
      /variables\.KEY: is a secret/,
    ],
    [
      "a name that GitHub keeps to itself",
      { github: { variables: { GITHUB_X: "x" } } },
      /variables.*must be letters, digits and underscores, not starting with a digit or with GITHUB_/,
    ],
    ["no repository", { repository: null }, /environment\.github: needs a repository: declare application\.repository/],
    [
      "a plan that its owner cannot have",
      { repository: { plan: "pro" } },
      /application\.repository\.plan: must be free, team or enterprise for an organisation/,
    ],
    [
      "an internal repository without Enterprise",
      { repository: { visibility: "internal" } },
      /repository\.visibility: must be public or private/,
    ],
    [
      "a secret for an environment that is not there",
      { repository: { secrets: { KEY: { only: ["nowhere"] } } } },
      /repository\.secrets\.KEY: names "nowhere"/,
    ],
  ])("%s", (_, given, fault) => {
    const faults = environment(given);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(fault);
  });

  test.each<[string, Case, RegExp]>([
    [
      "rules of a private repository on the free plan",
      { repository: { plan: "free" }, github: { tags: {} } },
      /platform\.github\.tags: is not possible/,
    ],
    [
      "who may create tags in a user's repository",
      { repository: personal, github: { tags: { creators: { users: ["ann"] } } } },
      /github\.tags\.creators: is not possible/,
    ],
    [
      "a linear history of merge commits alone",
      { github: { ...main({ linearHistory: true }), merge: { squash: false, rebase: false } } },
      /main\.linearHistory: needs another way of merging/,
    ],
    [
      "no way of merging",
      { github: { merge: { squash: false, rebase: false, mergeCommits: false } } },
      /github\.merge: must allow one way of merging/,
    ],
    [
      "an environment's branch",
      { github: main({}), siblings: [{ stack: "prod", hosts: [], branches: ["main"] }] },
      /branches\.main: is the branch of "prod"/,
    ],
    [
      "code owners that could be committed only once",
      { repository: { codeOwners: [{ path: "*", owners: ["@acme/x"] }] }, github: { ...main({}), codeOwners: { branch: "main" } } },
      /github\.codeOwners: could be committed only once/,
    ],
    ["no code owners to commit", { github: { codeOwners: { branch: "main" } } }, /github\.codeOwners: has nothing to commit/],
    ["no repository", { repository: null, github: { tags: {} } }, /platform\.github: needs a repository/],
  ])("in a platform stack: %s", (_, given, fault) => {
    const faults = platform(given);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(fault);
  });
});

describe("what GitHub takes passes", () => {
  test.each<[string, Case]>([
    ["rules of a private repository on a paid plan", { github: { branch: { name: "main", checks: ["tests"], mergesFrom: ["x"] } } }],
    [
      "six reviewers of a public repository",
      { repository: publicly, github: { reviewers: { teams: ["acme/qa"], users: ["a", "b", "c", "d", "e"] }, waitTimer: 43_200 } },
    ],
    [
      "the same of a private one on Enterprise",
      { repository: { plan: "enterprise" }, github: { reviewers: team("ACME/qa"), administratorsBypass: false } },
    ],
    ["direct pushes without checks", { github: { branch: { name: "main", reviews: false }, deploy: { on: "push", checks: ["tests"] } } }],
  ])("%s", (_, given) => expect(environment(given)).toEqual([]));
  test.each<[string, Case]>([
    ["merge settings of a private repository on the free plan", { repository: { plan: "free" }, github: { merge: {} } }],
    [
      "a file of code owners that the automation may commit",
      {
        repository: { codeOwners: [{ path: "*", owners: ["@acme/x"] }] },
        github: { ...main({ reviews: { bypass: team("acme/bots") } }), codeOwners: { branch: "main" } },
      },
    ],
  ])("in a platform stack: %s", (_, given) => expect(platform(given)).toEqual([]));
});

describe("a stack is an environment or a platform", () => {
  const parse = (values: Record<string, unknown>, stack = "shared") => {
    const texts = Object.entries({ application: valid().application, ...values }).map(([key, value]) => [
      `shop:${key}`,
      JSON.stringify(value),
    ]);
    const parsed = parsePlatform({ project: "shop", stack, values: Object.fromEntries(texts), secretKeys: [] });
    return parsed.ok ? [] : parsed.faults.map(({ path, message }) => `${path}: ${message}`);
  };
  test("by one key, whatever it is called", () => {
    expect(parse({ platform: {} })).toEqual([]);
    expect(parse({ platform: {} }, "anything")).toEqual([]);
  });
  test("and never both", () => {
    expect(parse({ platform: {}, environment: {} })).toEqual([
      "environment: stands beside platform: a stack is an environment or a platform, so move one of them to a stack of its own",
    ]);
    expect(parse({ platform: {}, release: {} })).toHaveLength(1);
    expect(parse({ platform: {}, whatever: 1 })).toEqual(["whatever: is not a known setting; known here: platform"]);
  });
  test("and no place of the promotion path leads to a platform", () =>
    expect(parse({ platform: {} }, "prod")).toEqual([
      'application.promotion.path: names "prod", which is no environment but a platform stack: take it off the path',
    ]));
  test("unknown settings are named with those that there are", () =>
    expect(parse({ platform: { gitlab: {} } })).toEqual([
      expect.stringMatching(/^platform\.gitlab: is not a known setting; known here: protect, github, /),
    ]));
});
