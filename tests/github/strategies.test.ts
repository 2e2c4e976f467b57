import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test, vi } from "vitest";
import { openApi } from "../../ops/github/api.ts";
import { type AppliedRules, appliedRules } from "../../ops/github/read-back/applied.ts";
import { type Live, readLive } from "../../ops/github/read-back/live.ts";
import { liveProtection } from "../../ops/github/read-back/protection.ts";
import { liveRuleset } from "../../ops/github/read-back/ruleset.ts";
import { GithubDrift, RepositoryReading } from "../../ops/github/read-back/source.ts";
import { knownOf } from "../../ops/github/read-back/strangers.ts";
import { githubSettings } from "../../ops/github/settings.ts";
import { BroughtUp } from "./bring-up.ts";
import { root, run } from "./support.ts";

vi.setConfig({ testTimeout: 120_000 });

/** The five teams' rules, brought up on the stand-in from their committed settings, read back over its API, and tried with git. Rows are those of docs/demands.md. */
const stacks = {
  academiclab: ["platform", "staging", "production"],
  contestlet: ["platform", "development", "staging", "production"],
  "job-automation": ["platform", "staging", "production"],
  studysphere: ["platform", "testing", "production"],
  "life-os": ["platform", "staging", "production"],
} as const;

async function open(name: keyof typeof stacks, branches: string[]) {
  const town = await BroughtUp.open(name, { branches, rulesOnly: true });
  const dir = path.join(root, "examples", name);
  const settings = githubSettings({ name, dir, stacks: [...stacks[name]], platforms: ["platform"] })!;
  const applied: Record<string, AppliedRules> = {};
  for (const stack of stacks[name]) {
    await town.up(stack);
    applied[stack] = appliedRules(await (await town.engine(stack)).export());
  }
  const api = openApi({ baseUrl: town.github.url, token: town.token, isLocal: true }, settings.repository);
  const live = await readLive(api);
  return { town, settings, applied, api, live, ...views(live) };
}

/** What was read, in the words of the rules. */
function views(live: Live) {
  const { protections = [], rulesets = [], environments = [] } = live;
  return {
    branch: (pattern: string) => {
      const found = protections.filter((one) => one.pattern === pattern);
      expect(found, pattern).toHaveLength(1);
      return liveProtection(found[0]!);
    },
    ruleset: (part: string) => {
      const found = rulesets.filter(({ name }) => name.includes(part));
      expect(found, part).toHaveLength(1);
      return liveRuleset(found[0]!);
    },
    environment: (name: string) => {
      const { settings, policies, secrets, variables } = environments.find((one) => one.name === name)!;
      const reviewers = (settings.reviewers as { name: string }[]).map((one) => one.name).sort();
      return { ...settings, reviewers, policies, secrets: secrets.map((one) => one.name), variables: variables.map((one) => one.name) };
    },
  };
}

/** Nobody changes it but by pull request, administrators neither; nobody rewrites or deletes it. */
const noDirectCommits = { enforceAdmins: true, requiredPullRequestReviews: true, allowsForcePushes: false, allowsDeletions: false };
const approvals = (count: number) => ({ "requiredPullRequestReviews.requiredApprovingReviewCount": count });
const checks = (...contexts: string[]) => ({ requiredStatusChecks: true, "requiredStatusChecks.contexts": contexts.sort() });
const only = (...policies: string[]) => ({ deployFrom: "listed below", policies });
const byPullRequest = "Changes must be made through a pull request.";

const opened = {
  academiclab: await open("academiclab", ["staging", "production"]),
  contestlet: await open("contestlet", ["develop", "staging", "main"]),
  "job-automation": await open("job-automation", ["staging"]),
  studysphere: await open("studysphere", []),
  "life-os": await open("life-os", ["staging"]),
};

test.each(Object.keys(opened) as (keyof typeof opened)[])(
  "%s: what GitHub has is what its stacks applied, and nothing besides",
  async (name) => {
    const { settings, applied, api } = opened[name];
    const reading = new RepositoryReading(api);
    const known = knownOf(Object.values(applied));
    for (const stack of stacks[name]) {
      const platform = settings.platforms[stack];
      const whole = platform === undefined ? {} : { whole: { platform, known } };
      const drift = new GithubDrift({ reading, applied: applied[stack]!, settings: { ...settings.repository, codeOwners: [] }, ...whole });
      expect({ stack, findings: await drift.findings(), unread: drift.unread }).toEqual({ stack, findings: [], unread: [] });
    }
  },
);

describe("academiclab", () => {
  const { town, branch, environment, live } = opened.academiclab;

  test("R1, R2, R3, P5: main, staging and production", () => {
    expect(branch("main")).toMatchObject({
      ...noDirectCommits,
      ...approvals(1),
      ...checks("tests"),
      "requiredStatusChecks.strict": true,
      forcePushBypassers: [],
    });
    expect(branch("staging")).toMatchObject({
      ...noDirectCommits,
      ...approvals(1),
      ...checks("tests"),
      forcePushBypassers: ["academiclab/hotfix"],
      "requiredPullRequestReviews.pullRequestBypassers": ["academiclab/hotfix"],
    });
    expect(branch("production")).toMatchObject({
      ...noDirectCommits,
      ...approvals(2),
      ...checks("tests", "source-branch"),
      "requiredPullRequestReviews.requireCodeOwnerReviews": true,
      "requiredPullRequestReviews.dismissStaleReviews": true,
      forcePushBypassers: [],
    });
  });
  test("R10: feature branches have no rule, and go with their merge", () => {
    expect(live.protections?.map(({ pattern }) => pattern).sort()).toEqual(["main", "production", "staging"]);
    expect(live.repository).toMatchObject({ delete_branch_on_merge: true });
  });
  test("what is deployed from where", () => {
    expect(environment("staging")).toMatchObject(only("branch staging"));
    expect(environment("production")).toMatchObject({ ...only("branch production"), canAdminsBypass: expect.any(Boolean) });
  });
  test("R2 with git: the hotfix team forces a push of what passed the tests, nobody else does", async () => {
    const [hugo, dora, admin] = [await town.person("hugo", ["hotfix"]), await town.person("dora"), town.token];
    const clone = await town.clone();
    const pass = (sha: string) => town.ask("POST", `statuses/${sha}`, { state: "success", context: "tests" });
    const [first, fix] = [await clone.commit("origin/main"), await clone.commit("origin/main")];
    expect(await clone.push(hugo, `${first}:refs/heads/feature/first`, `${fix}:refs/heads/feature/fix`)).toBe("accepted");
    await pass(first);
    expect(await clone.push(hugo, `${first}:refs/heads/staging`)).toBe("accepted");
    expect(await clone.push(hugo, "--force", `${fix}:refs/heads/staging`)).toBe('Required status check "tests" is expected.');
    await pass(fix);
    for (const token of [dora, admin])
      expect(await clone.push(token, "--force", `${fix}:refs/heads/staging`)).toBe(`Cannot force-push to this branch | ${byPullRequest}`);
    expect(await clone.push(hugo, "--force", `${fix}:refs/heads/staging`)).toBe("accepted");
    expect(await clone.push(hugo, ":refs/heads/staging")).toBe("Cannot delete this protected branch");
    // R1, R3, R12: neither main nor production takes a push of anybody's, by force or not.
    for (const token of [hugo, dora, admin]) {
      const refused = await clone.push(token, "--force", `${fix}:refs/heads/main`, `${fix}:refs/heads/production`);
      expect(refused.split(byPullRequest), refused).toHaveLength(3);
    }
    expect(await clone.push(hugo, ":refs/heads/production")).toBe("Cannot delete this protected branch");
  });
});

describe("contestlet", () => {
  const { town, branch, ruleset, environment } = opened.contestlet;

  test("R4, R5: develop, staging and main", () => {
    expect(branch("develop")).toMatchObject({ ...noDirectCommits, ...approvals(1) });
    expect(branch("staging")).toMatchObject({ ...noDirectCommits, ...checks("tests", "source-branch") });
    expect(branch("main")).toMatchObject({ ...noDirectCommits, ...approvals(1), ...checks("tests", "source-branch") });
    expect(ruleset("main: deployed to staging")).toMatchObject({
      enforcement: "active",
      include: ["refs/heads/main"],
      "rules.required_deployments": { required_deployment_environments: ["staging"] },
      bypass_actors: [expect.stringMatching(/^Team \d+ \(pull_request\)$/)],
    });
  });
  test("R11: each environment's own secrets, sealed", () => {
    for (const name of ["staging", "production"]) {
      expect(environment(name)).toMatchObject({
        ...only(name === "staging" ? "branch staging" : "branch main"),
        secrets: ["DATABASE_URL", "TWILIO_AUTH_TOKEN"],
      });
      expect(town.github.reveal(town.repo, "DATABASE_URL", name)).toBeTypeOf("string");
    }
  });
  test("R4, R5 with git: main takes what came from staging, ran there, passed and was approved; not what came from elsewhere", async () => {
    const [dora, rob] = [await town.person("dora"), await town.person("rob")];
    const clone = await town.clone();
    const change = await clone.commit("origin/main");
    for (const name of ["main", "staging", "develop"])
      expect(await clone.push(town.token, `${change}:refs/heads/${name}`)).toContain(byPullRequest);
    const merge = async (head: string) => {
      const sha = await clone.commit("origin/main");
      expect(await clone.push(dora, `${sha}:refs/heads/${head}`)).toBe("accepted");
      const asked = async (token: string, method: string, at: string, body: object) =>
        (
          await fetch(`${town.github.url}/api/v3/repos/contestlet/contestlet/${at}`, {
            method,
            headers: { authorization: `Bearer ${token}` },
            body: JSON.stringify(body),
          })
        ).json();
      const { number } = (await asked(dora, "POST", "pulls", { title: head, head, base: "main" })) as { number: number };
      const { exitCode } = await run(["source-branch", "--stack-dir", "examples/contestlet", "--base", "main", "--head", head]);
      const state = (passed: boolean) => (passed ? "success" : "failure");
      await asked(town.token, "POST", `statuses/${sha}`, { context: "source-branch", state: state(exitCode === 0) });
      await asked(town.token, "POST", `statuses/${sha}`, { context: "tests", state: "success" });
      const tried = async () => ((await asked(dora, "PUT", `pulls/${number}/merge`, {})) as { message: string }).message.split("\n").sort();
      const before = await tried();
      await asked(rob, "POST", `pulls/${number}/reviews`, { event: "APPROVE" });
      const { id } = (await asked(dora, "POST", "deployments", { ref: head, environment: "staging", required_contexts: [] })) as {
        id: number;
      };
      await asked(dora, "POST", `deployments/${id}/statuses`, { state: "success" });
      return { before, after: await tried() };
    };
    const missing = [
      "At least 1 approving review is required by reviewers with write access.",
      "Required deployment to staging is expected.",
    ];
    expect(await merge("feature/x")).toEqual({
      before: expect.arrayContaining([...missing, 'Required status check "source-branch" is expected.']),
      after: ['Required status check "source-branch" is expected.'],
    });
    // A hotfix is let in, and takes the same way through staging.
    expect(await merge("hotfix/login")).toEqual({ before: missing, after: ["Pull Request successfully merged"] });
  });
});

describe("job-automation", () => {
  const { town, branch, ruleset, environment } = opened["job-automation"];

  test("R6: staging with reviews and checks, administrators included; tags v* are releases", () => {
    expect(branch("staging")).toMatchObject({ ...noDirectCommits, ...approvals(1), ...checks("tests") });
    const tags = { target: "tag", enforcement: "active", include: ["refs/tags/v*"], exclude: [] };
    expect(ruleset("never moved")).toEqual({
      ...tags,
      bypass_actors: [],
      "rules.deletion": true,
      "rules.non_fast_forward": true,
      "rules.update": true,
    });
    expect(ruleset("created by few")).toEqual({
      ...tags,
      bypass_actors: [expect.stringMatching(/^Team \d+ \(always\)$/)],
      "rules.creation": true,
    });
  });
  test("R11, P16: DEPLOY_KEY and DEPLOY_HOST are the environment's; main and tags v* deploy", () => {
    expect(environment("production")).toMatchObject({
      ...only("branch main", "tag v*"),
      secrets: ["DEPLOY_KEY"],
      variables: ["DEPLOY_HOST"],
    });
    expect(environment("staging")).toMatchObject(only("branch staging"));
  });
  test("R6, R12 with git: the release team makes a tag, and nobody moves it: a rollback by `push --force` of a tag deploys nothing", async () => {
    const [rita, dora] = [await town.person("rita", ["releasers"]), await town.person("dora")];
    const clone = await town.clone();
    const change = await clone.commit("origin/main");
    expect(await clone.push(dora, "origin/main:refs/tags/v1.0.0")).toBe("Cannot create ref due to creations being restricted.");
    expect(await clone.push(rita, "origin/main:refs/tags/v1.0.0")).toBe("accepted");
    for (const token of [rita, town.token])
      expect(await clone.push(token, "--force", `${change}:refs/tags/v1.0.0`)).toContain("Cannot update this protected ref.");
    expect(await clone.push(rita, ":refs/tags/v1.0.0")).toBe("Cannot delete this protected ref.");
    // The strategy's own command: the tag has not changed, so there is nothing to push, and nothing that would deploy.
    const before = town.repo.activity.length;
    expect(await clone.push(rita, "--force", "origin/main:refs/tags/v1.0.0")).toBe("accepted");
    expect(town.repo.activity).toHaveLength(before);
  });
});

describe("studysphere", () => {
  const { branch, environment, live } = opened.studysphere;

  test("R7, P11: QA or the tech lead let testing in, the product owner or the engineering manager production, nobody has to for development", () => {
    expect(environment("testing")).toMatchObject({
      ...only("branch main", "tag v*"),
      reviewers: ["studysphere/qa", "tara"],
      preventSelfReview: true,
    });
    expect(environment("production")).toMatchObject({
      ...only("branch main", "tag v*"),
      reviewers: ["emil", "paula"],
      preventSelfReview: true,
    });
    expect(live.environments?.map(({ name }) => name).sort()).toEqual(["production", "testing"]);
  });
  test("one branch, reviewed and checked", () =>
    expect(branch("main")).toMatchObject({ ...noDirectCommits, ...approvals(1), ...checks("tests") }));
});

describe("life-os", () => {
  const { town, branch, ruleset, environment, live } = opened["life-os"];

  test("R8, R9: main and staging", () => {
    expect(branch("main")).toMatchObject({
      ...noDirectCommits,
      ...approvals(1),
      ...checks("backend", "frontend", "source-branch"),
      requiredLinearHistory: true,
      requireConversationResolution: true,
    });
    expect(branch("staging")).toMatchObject({
      requiredPullRequestReviews: false,
      requiredStatusChecks: false,
      allowsForcePushes: false,
      allowsDeletions: false,
    });
    expect(live.repository).toMatchObject({
      allow_merge_commit: false,
      allow_squash_merge: true,
      allow_rebase_merge: true,
      delete_branch_on_merge: true,
    });
  });
  test("R7: somebody lets production in, by GitHub Environments", () =>
    expect(environment("production")).toMatchObject({ ...only("branch main", "tag v*"), reviewers: ["lifeos"], canAdminsBypass: false }));
  test("R8, R9 with git: staging takes direct pushes and no forced ones, main takes none, of its owner neither; tags stay", async () => {
    const dora = await town.person("dora");
    const clone = await town.clone();
    const [change, other] = [await clone.commit("origin/main"), await clone.commit("origin/main")];
    expect(await clone.push(dora, `${change}:refs/heads/staging`)).toBe("accepted");
    for (const token of [dora, town.token]) {
      expect(await clone.push(token, "--force", `${other}:refs/heads/staging`)).toBe("Cannot force-push to this branch");
      expect(await clone.push(token, `${change}:refs/heads/main`)).toContain(byPullRequest);
    }
    expect(await clone.push(dora, `${change}:refs/tags/v1.0.0`)).toBe("accepted");
    expect(await clone.push(town.token, "--force", `${other}:refs/tags/v1.0.0`)).toContain("Cannot update this protected ref.");
    expect(ruleset("never moved")).toMatchObject({ bypass_actors: [] });
  });
});

test("the ledger's branch is written, and never rewritten", async () => {
  const { town } = opened.studysphere;
  const writer = await town.person("robot");
  const clone = await town.clone();
  const [one, other] = [await clone.commit("origin/main"), await clone.commit("origin/main")];
  expect(await clone.push(writer, `${one}:refs/heads/liftlock-ledger`)).toBe("accepted");
  for (const token of [writer, town.token]) {
    expect(await clone.push(token, "--force", `${other}:refs/heads/liftlock-ledger`)).toBe("Cannot force-push to this branch");
    expect(await clone.push(token, ":refs/heads/liftlock-ledger")).toBe("Cannot delete this protected ref.");
  }
});

describe("contradictions of a strategy are named in its README, with what is done instead", () => {
  test.each<[keyof typeof stacks, RegExp, RegExp]>([
    ["academiclab", /rollback by `git push -f origin production`/, /`liftlock rollback production`/],
    ["academiclab", /git merge main && git push origin staging/, /pull request/],
    ["academiclab", /force push for critical hotfixes/, /academiclab\/hotfix/],
    ["contestlet", /git push --force-with-lease origin main/, /`liftlock rollback production`/],
    ["contestlet", /hotfix is merged into `main`/, /deployed to staging first/],
    ["job-automation", /git push origin v1\.0\.0 --force/, /`liftlock rollback production --to 1\.0\.0`/],
    ["job-automation", /hotfix goes from `hotfix\/…` straight to `main`/, /`status` stays red/],
    ["life-os", /"require status checks" and "direct pushes allowed"/, /`github\.deploy\.checks`/],
    ["life-os", /hotfixes by pull request straight to `main`/, /`hotfix\/\*` is let in/],
    ["life-os", /staging rollback by `git push --force`/, /`liftlock rollback` does both/],
  ])("%s: %s", (name, contradiction, instead) => {
    const text = readFileSync(path.join(root, "examples", name, "README.md"), "utf8");
    const section = text.slice(text.indexOf("## Where the strategy"));
    const item = section.split(/\n- /).find((one) => contradiction.test(one));
    expect(item, String(contradiction)).toMatch(instead);
  });
});
