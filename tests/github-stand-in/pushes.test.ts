import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterAll, describe, expect, test } from "vitest";
import { startTown } from "./support/start.ts";

const town = await startTown();
const dir = mkdtempSync(path.join(os.tmpdir(), "liftlock-clone-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const env = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1", GIT_TERMINAL_PROMPT: "0" };
const address = (who: string) => `${town.github.url.replace("://", `://x:${town.tokens[who]}@`)}/acme/ferry.git`;
const git = (...args: string[]) =>
  execa("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], { cwd: dir, env, reject: false, all: true });
let serial = 0;

/** A commit on top of `from`, and its name. */
async function commit(from = "HEAD"): Promise<string> {
  serial += 1;
  await git("checkout", "--quiet", "--detach", from);
  writeFileSync(path.join(dir, `file-${serial}`), `${serial}\n`);
  await git("add", ".");
  await git("commit", "--quiet", "-m", `change ${serial}`);
  return (await git("rev-parse", "HEAD")).stdout.trim();
}
/** "accepted", or the reasons that GitHub gave. */
async function push(who: string, ...args: string[]): Promise<string> {
  const { exitCode, all } = await git("push", "--quiet", address(who), ...args);
  if (exitCode === 0) return "accepted";
  const reasons = [...String(all).matchAll(/^remote: - (.*?)\s*$/gm)].map((match) => match[1]);
  return reasons.length > 0 ? reasons.join(" | ") : String(all);
}
async function protect(pattern: string, input: object): Promise<void> {
  const { node_id: repositoryId } = (await town.ask("owner", "GET", "{repo}")).body;
  const query =
    "mutation($input: CreateBranchProtectionRuleInput!) { createBranchProtectionRule(input: $input) { branchProtectionRule { id } } }";
  const answer = await town.graphql("owner", query, { input: { repositoryId, pattern, ...input } });
  expect(answer.errors).toBeUndefined();
}
const pass = (sha: string, context = "test") => town.ask("owner", "POST", `{repo}/statuses/${sha}`, { state: "success", context });

await execa("git", ["clone", "--quiet", address("owner"), dir], { env });
const base = (await git("rev-parse", "HEAD")).stdout.trim();
const release = (await town.ask("owner", "GET", "/orgs/acme/teams/release")).body;
const reviews = { requiresApprovingReviews: true, requiredApprovingReviewCount: 1 };
const checks = { requiresStatusChecks: true, requiredStatusCheckContexts: ["test"] };

describe("classic protection judges pushes", () => {
  test("who reads may not push, and a stranger sees nothing", async () => {
    await git("checkout", "--quiet", "--detach", base);
    expect(await push("eve", "HEAD:refs/heads/feature/a")).toMatch(/error: 403/);
    expect(await push("stranger", "HEAD:refs/heads/feature/a")).toMatch(/not found/i);
    expect(await push("lea", "HEAD:refs/heads/feature/a")).toBe("accepted");
    expect(await push("lea", ":refs/heads/feature/a")).toBe("accepted");
  });

  test("force pushes for one team only; they override no other rule (R2)", async () => {
    await push("owner", `${base}:refs/heads/staging`);
    await protect("staging", {
      ...reviews,
      ...checks,
      isAdminEnforced: true,
      bypassForcePushActorIds: [release.node_id],
      bypassPullRequestActorIds: [release.node_id],
    });
    const fix = await commit(base);
    await pass(fix);
    // The commits must be there to be checked: a hotfix comes from its branch.
    expect(await push("lea", `${fix}:refs/heads/hotfix/1`)).toBe("accepted");
    await pass(fix);
    expect(await push("lea", `${fix}:refs/heads/staging`)).toBe("Changes must be made through a pull request.");
    expect(await push("owner", `${fix}:refs/heads/staging`)).toBe("Changes must be made through a pull request.");
    expect(await push("rob", `${fix}:refs/heads/staging`)).toBe("accepted");
    const other = await commit(base);
    expect(await push("rob", "--force", `${other}:refs/heads/staging`)).toBe('Required status check "test" is expected.');
    await push("rob", `${other}:refs/heads/hotfix/2`);
    await pass(other);
    expect(await push("lea", "--force", `${other}:refs/heads/staging`)).toBe(
      "Cannot force-push to this branch | Changes must be made through a pull request.",
    );
    expect(await push("owner", "--force", `${other}:refs/heads/staging`)).toMatch(/^Cannot force-push/);
    expect(await push("rob", "--force", `${other}:refs/heads/staging`)).toBe("accepted");
    expect(await push("rob", ":refs/heads/staging")).toBe("Cannot delete this protected branch");
  });

  test("nobody pushes to main, administrators neither, and it stays linear (R8)", async () => {
    await protect("main", {
      ...reviews,
      ...checks,
      isAdminEnforced: true,
      requiresLinearHistory: true,
      requiresConversationResolution: true,
    });
    const change = await commit(base);
    for (const who of ["owner", "rob", "lea"])
      expect(await push(who, `${change}:refs/heads/main`)).toMatch(/^Changes must be made through a pull request/);
    expect(await push("lea", `${change}:refs/heads/feature/b`)).toBe("accepted");
    const { number, head } = (await town.ask("lea", "POST", "{repo}/pulls", { title: "b", head: "feature/b", base: "main" })).body;
    const merge = async (method: string) =>
      (await town.ask("lea", "PUT", `{repo}/pulls/${number}/merge`, { merge_method: method })).body.message;
    expect(await merge("squash")).toBe(
      'At least 1 approving review is required by reviewers with write access.\nRequired status check "test" is expected.',
    );
    await pass(head.sha);
    await town.ask("eve", "POST", `{repo}/pulls/${number}/reviews`, { event: "APPROVE" });
    expect(await merge("squash")).toBe("At least 1 approving review is required by reviewers with write access.");
    await town.ask("rob", "POST", `{repo}/pulls/${number}/reviews`, { event: "APPROVE" });
    await town.ask("rob", "POST", `{repo}/pulls/${number}/comments`, { body: "Why?", commit_id: head.sha, path: "x" });
    expect(await merge("squash")).toBe("A conversation must be resolved before this pull request can be merged.");
    const threads = (
      await town.graphql(
        "lea",
        `{ repository(owner: "acme", name: "ferry") { pullRequest(number: ${number}) { reviewThreads(first: 9) { nodes { id isResolved } } } } }`,
      )
    ).data.repository.pullRequest.reviewThreads.nodes;
    await town.graphql("lea", "mutation($id: ID!) { resolveReviewThread(input: { threadId: $id }) { thread { isResolved } } }", {
      id: threads[0].id,
    });
    expect(await merge("merge")).toBe("This branch must not contain merge commits.");
    expect(await merge("squash")).toBe("Pull Request successfully merged");
  });

  test("required checks refuse even who may push directly, so R9's staging has none", async () => {
    await push("owner", `${base}:refs/heads/open`);
    await push("owner", `${base}:refs/heads/checked`);
    await protect("open", { isAdminEnforced: false });
    await protect("checked", { ...checks, isAdminEnforced: false });
    const change = await commit(base);
    expect(await push("lea", `${change}:refs/heads/open`)).toBe("accepted");
    expect(await push("lea", `${change}:refs/heads/checked`)).toBe('Required status check "test" is expected.');
    expect(await push("owner", `${change}:refs/heads/checked`)).toBe("accepted");
    expect(await push("owner", "--force", `${base}:refs/heads/checked`)).toBe("Cannot force-push to this branch");
  });

  test("of one push each reference is judged for itself", async () => {
    const change = await commit(base);
    expect(await push("lea", "--force", `${change}:refs/heads/feature/c`, `${change}:refs/heads/staging`)).toMatch(/^Cannot force-push/);
    expect((await town.ask("lea", "GET", "{repo}/git/ref/heads/feature/c")).body.object.sha).toBe(change);
  });
});

describe("rulesets", () => {
  const ruleset = (name: string, target: string, include: string[], rules: object[], bypass: object[] = []) =>
    town.ask("owner", "POST", "{repo}/rulesets", {
      name,
      target,
      enforcement: "active",
      conditions: { ref_name: { include, exclude: [] } },
      rules,
      bypass_actors: bypass,
    });

  test("tags of releases are made by the release team and never moved (R6)", async () => {
    const team = [{ actor_type: "Team", actor_id: release.id, bypass_mode: "always" }];
    await ruleset("create", "tag", ["refs/tags/v*"], [{ type: "creation" }], team);
    await ruleset("keep", "tag", ["refs/tags/v*"], [{ type: "update" }, { type: "deletion" }, { type: "non_fast_forward" }]);
    const change = await commit(base);
    expect(await push("lea", `${base}:refs/tags/v1.0.0`)).toBe("Cannot create ref due to creations being restricted.");
    expect(await push("rob", `${base}:refs/tags/v1.0.0`)).toBe("accepted");
    expect(await push("rob", "--force", `${change}:refs/tags/v1.0.0`)).toMatch(/^Cannot update this protected ref/);
    expect(await push("owner", ":refs/tags/v1.0.0")).toBe("Cannot delete this protected ref.");
    expect(await push("lea", `${base}:refs/tags/nightly`)).toBe("accepted");
  });

  test("and classic rules add up: the most restrictive wins", async () => {
    await push("owner", `${base}:refs/heads/layered`);
    await protect("layered", { allowsForcePushes: true });
    await ruleset("layered", "branch", ["refs/heads/layered"], [{ type: "non_fast_forward" }]);
    const [one, two] = [await commit(base), await commit(base)];
    expect(await push("lea", `${one}:refs/heads/layered`)).toBe("accepted");
    expect(await push("lea", "--force", `${two}:refs/heads/layered`)).toBe("Cannot force-push to this branch");
    expect(await push("lea", ":refs/heads/layered")).toBe("Cannot delete this protected branch");
  });

  test("a required deployment waits for its success (R5)", async () => {
    await push("owner", `${base}:refs/heads/production`);
    await ruleset(
      "validated",
      "branch",
      ["refs/heads/production"],
      [{ type: "required_deployments", parameters: { required_deployment_environments: ["staging"] } }],
    );
    const change = await commit(base);
    expect(await push("owner", `${change}:refs/heads/production`)).toBe("Required deployment to staging is expected.");
    await push("lea", `${change}:refs/heads/candidate`);
    const { id } = (
      await town.ask("lea", "POST", "{repo}/deployments", { ref: "candidate", environment: "staging", required_contexts: [] })
    ).body;
    await town.ask("lea", "POST", `{repo}/deployments/${id}/statuses`, { state: "success" });
    expect(await push("owner", `${change}:refs/heads/production`)).toBe("accepted");
  });

  test("and a push is on record, with who and how", async () => {
    const { body } = await town.ask("owner", "GET", "{repo}/activity?ref=staging");
    expect(
      body.map(({ activity_type, actor }: { activity_type: string; actor: { login: string } }) => [activity_type, actor.login]),
    ).toEqual([
      ["force_push", "rob"],
      ["push", "rob"],
      ["branch_creation", "owner"],
    ]);
  });
});
