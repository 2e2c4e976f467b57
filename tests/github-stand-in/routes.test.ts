import { describe, expect, test } from "vitest";
import { routes } from "../../local/github/routes/index.ts";
import { operationOf } from "./support/description.ts";
import { startTown } from "./support/start.ts";

const town = await startTown();
const { ask } = { ask: town.ask.bind(town) };

test("every route is one of GitHub's own", () => {
  const unknown = routes.filter(([method, path]) => operationOf(method, path) === undefined);
  expect(unknown.map(([method, path]) => `${method} ${path}`)).toEqual([]);
});

describe("every route answers, and as GitHub's description says", () => {
  test("people, teams and repositories", async () => {
    for (const at of [
      "/user",
      "/user/orgs",
      "/users/rob",
      "/orgs/acme",
      "/orgs/acme/members",
      "/orgs/acme/memberships/rob",
      "/orgs/acme/teams",
      "/orgs/acme/teams/release",
      "/orgs/acme/teams/release/members",
      "/orgs/acme/teams/release/memberships/rob",
      "/orgs/acme/teams/release/repos",
      "/orgs/acme/repos",
      "{repo}",
      `/repositories/${town.repo.id}`,
      "{repo}/topics",
      "{repo}/teams",
      "{repo}/collaborators",
      "{repo}/collaborators/rob/permission",
      "/rate_limit",
      "{repo}/activity",
      "{repo}/releases",
    ])
      expect([at, (await ask("owner", "GET", at)).status]).toEqual([at, 200]);
    expect((await ask("owner", "PUT", "/orgs/acme/memberships/stranger", { role: "member" })).body.role).toBe("member");
    expect((await ask("owner", "DELETE", "/orgs/acme/memberships/stranger")).status).toBe(204);
    expect((await ask("owner", "POST", "/orgs/acme/teams", { name: "Quality Assurance", privacy: "closed" })).body.slug).toBe(
      "quality-assurance",
    );
    expect((await ask("owner", "PATCH", "/orgs/acme/teams/quality-assurance", { name: "QA" })).body.slug).toBe("qa");
    expect((await ask("owner", "PUT", "/orgs/acme/teams/qa/memberships/max", { role: "maintainer" })).body.role).toBe("maintainer");
    expect((await ask("owner", "PUT", "/orgs/acme/teams/qa/repos/acme/ferry", { permission: "push" })).status).toBe(204);
    expect(
      (
        await ask("owner", "GET", "/orgs/acme/teams/qa/repos/acme/ferry", undefined, {
          accept: "application/vnd.github.v3.repository+json",
        })
      ).body.role_name,
    ).toBe("write");
    expect((await ask("owner", "DELETE", "/orgs/acme/teams/qa/repos/acme/ferry")).status).toBe(204);
    expect((await ask("owner", "DELETE", "/orgs/acme/teams/qa/memberships/max")).status).toBe(204);
    expect((await ask("owner", "DELETE", "/orgs/acme/teams/qa")).status).toBe(204);
    expect((await ask("owner", "POST", "/orgs/acme/repos", { name: "pier", private: true, auto_init: true })).status).toBe(201);
    expect((await ask("owner", "PATCH", "/repos/acme/pier", { name: "quay", delete_branch_on_merge: true })).body).toMatchObject({
      name: "quay",
      delete_branch_on_merge: true,
    });
    expect((await ask("owner", "PUT", "/repos/acme/quay/topics", { names: ["harbour"] })).body.names).toEqual(["harbour"]);
    expect((await ask("owner", "PUT", "/repos/acme/quay/collaborators/max", { permission: "triage" })).status).toBe(204);
    expect((await ask("owner", "DELETE", "/repos/acme/quay/collaborators/max")).status).toBe(204);
    expect((await ask("owner", "DELETE", "/repos/acme/quay")).status).toBe(204);
    expect((await ask("rob", "POST", "/user/repos", { name: "own" })).status).toBe(201);
  });

  test("files, commits and references", async () => {
    const text = (content: string) => Buffer.from(content).toString("base64");
    const owners = "* @acme/release\n/docs/ @nobody\n";
    const made = await ask("owner", "PUT", "{repo}/contents/.github/CODEOWNERS", {
      message: "Name owners",
      content: text(owners),
      branch: "main",
    });
    expect(made.status).toBe(201);
    expect((await ask("owner", "PUT", "{repo}/contents/docs/a.md", { message: "a", content: text("a\n") })).status).toBe(201);
    const got = await ask("owner", "GET", "{repo}/contents/.github/CODEOWNERS?ref=main");
    expect(Buffer.from(got.body.content, "base64").toString()).toBe(owners);
    expect(new URL(got.body.url).searchParams.get("ref")).toBe("main");
    expect((await ask("owner", "GET", "{repo}/contents/docs")).body).toHaveLength(1);
    expect((await ask("owner", "GET", "{repo}/codeowners/errors")).body.errors).toMatchObject([{ line: 2, kind: "Unknown owner" }]);
    const update = { message: "b", content: text("b\n"), sha: "0".repeat(40) };
    expect((await ask("owner", "PUT", "{repo}/contents/docs/a.md", update)).status).toBe(409);
    const { sha } = (await ask("owner", "GET", "{repo}/contents/docs/a.md")).body;
    expect((await ask("owner", "DELETE", "{repo}/contents/docs/a.md", { message: "gone", sha })).status).toBe(200);

    const head = (await ask("owner", "GET", "{repo}/git/ref/heads/main")).body.object.sha;
    expect((await ask("owner", "POST", "{repo}/git/refs", { ref: "refs/heads/feature/one", sha: head })).status).toBe(201);
    expect((await ask("owner", "POST", "{repo}/git/refs", { ref: "refs/heads/feature/one", sha: head })).body.message).toBe(
      "Reference already exists",
    );
    expect((await ask("owner", "GET", "{repo}/git/matching-refs/heads/feature")).body).toHaveLength(1);
    const blob = (await ask("owner", "POST", "{repo}/git/blobs", { content: "hello\n" })).body.sha;
    expect((await ask("owner", "GET", `{repo}/git/blobs/${blob}`)).body.content).toBe(text("hello\n"));
    const base = (await ask("owner", "GET", `{repo}/git/commits/${head}`)).body.tree.sha;
    const tree = (
      await ask("owner", "POST", "{repo}/git/trees", {
        base_tree: base,
        tree: [{ path: "hello.txt", mode: "100644", type: "blob", sha: blob }],
      })
    ).body.sha;
    expect(
      (await ask("owner", "GET", `{repo}/git/trees/${tree}?recursive=1`)).body.tree.map((entry: { path: string }) => entry.path),
    ).toContain(".github/CODEOWNERS");
    const commit = (await ask("owner", "POST", "{repo}/git/commits", { message: "Say hello", tree, parents: [head] })).body.sha;
    expect((await ask("owner", "PATCH", "{repo}/git/refs/heads/feature/one", { sha: commit })).status).toBe(200);
    expect((await ask("owner", "GET", "{repo}/compare/main...feature%2Fone")).body).toMatchObject({ status: "ahead", ahead_by: 1 });
    expect((await ask("owner", "GET", `{repo}/commits/${commit}`)).body.files[0]).toMatchObject({ filename: "hello.txt", status: "added" });
    expect((await ask("owner", "GET", "{repo}/commits?sha=feature/one&path=hello.txt")).body).toHaveLength(1);
    const tag = (await ask("owner", "POST", "{repo}/git/tags", { tag: "v1.0.0", message: "One", object: commit, type: "commit" })).body.sha;
    expect((await ask("owner", "POST", "{repo}/git/refs", { ref: "refs/tags/v1.0.0", sha: tag })).body.object.type).toBe("tag");
    expect((await ask("owner", "GET", `{repo}/git/tags/${tag}`)).body.message).toBe("One");
    expect((await ask("owner", "GET", "{repo}/tags")).body[0]).toMatchObject({ name: "v1.0.0", commit: { sha: commit } });
    expect((await ask("owner", "POST", "{repo}/releases", { tag_name: "v1.0.0", name: "One" })).status).toBe(201);
    expect((await ask("owner", "GET", "{repo}/releases/tags/v1.0.0")).body.name).toBe("One");
    expect((await ask("owner", "GET", "{repo}/branches")).body.map(({ name }: { name: string }) => name)).toEqual(["feature/one", "main"]);
    expect((await ask("owner", "GET", "{repo}/branches/feature%2Fone")).body.name).toBe("feature/one");
    expect((await ask("owner", "POST", "{repo}/branches/feature%2Fone/rename", { new_name: "feature/two" })).status).toBe(201);
    expect((await ask("owner", "DELETE", "{repo}/git/refs/heads/feature/two")).status).toBe(204);
  });

  test("rulesets, environments, secrets and variables", async () => {
    const team = (await ask("owner", "GET", "/orgs/acme/teams/release")).body.id;
    const ruleset = {
      name: "tags",
      target: "tag",
      enforcement: "active",
      bypass_actors: [{ actor_id: team, actor_type: "Team", bypass_mode: "always" }],
      conditions: { ref_name: { include: ["refs/tags/v*"], exclude: [] } },
      rules: [{ type: "deletion" }, { type: "update" }, { type: "non_fast_forward" }],
    };
    const { id } = (await ask("owner", "POST", "{repo}/rulesets", ruleset)).body;
    expect((await ask("owner", "POST", "{repo}/rulesets", ruleset)).body.errors).toEqual(["Name must be unique"]);
    expect((await ask("owner", "GET", "{repo}/rulesets")).body).toHaveLength(1);
    const checks = { required_status_checks: [{ context: "test" }], strict_required_status_checks_policy: true };
    const branches = {
      name: "main",
      target: "branch",
      enforcement: "active",
      conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
      rules: [{ type: "required_status_checks", parameters: checks }],
    };
    expect((await ask("owner", "PUT", `{repo}/rulesets/${id}`, branches)).status).toBe(200);
    expect((await ask("owner", "GET", `{repo}/rulesets/${id}?includes_parents=false`)).body).toMatchObject({
      bypass_actors: [],
      current_user_can_bypass: "never",
    });
    expect((await ask("lea", "GET", `{repo}/rulesets/${id}`)).body.bypass_actors).toBeUndefined();
    expect((await ask("owner", "GET", "{repo}/rules/branches/main")).body).toMatchObject([
      { type: "required_status_checks", ruleset_id: id },
    ]);
    expect((await ask("owner", "GET", `{repo}/rulesets/${id}/history`)).body).toHaveLength(2);
    expect((await ask("owner", "DELETE", `{repo}/rulesets/${id}`)).status).toBe(204);

    const wanted = {
      wait_timer: 30,
      reviewers: [{ type: "Team", id: team }],
      can_admins_bypass: false,
      prevent_self_review: true,
      deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
    };
    expect((await ask("owner", "PUT", "{repo}/environments/production%2Feu", wanted)).body).toMatchObject({
      name: "production/eu",
      can_admins_bypass: false,
    });
    const at = "{repo}/environments/production%2Feu";
    expect((await ask("owner", "GET", at)).body.protection_rules.map(({ type }: { type: string }) => type)).toEqual([
      "wait_timer",
      "required_reviewers",
      "branch_policy",
    ]);
    expect((await ask("owner", "GET", "{repo}/environments")).body.total_count).toBe(1);
    const policy = (await ask("owner", "POST", `${at}/deployment-branch-policies`, { name: "main" })).body.id;
    expect((await ask("owner", "POST", `${at}/deployment-branch-policies`, { name: "main" })).status).toBe(303);
    expect((await ask("owner", "GET", `${at}/deployment-branch-policies`)).body.total_count).toBe(1);
    expect((await ask("owner", "PUT", `${at}/deployment-branch-policies/${policy}`, { name: "release/*" })).body.name).toBe("release/*");
    expect((await ask("owner", "GET", `${at}/deployment-branch-policies/${policy}`)).body.type).toBe("branch");
    expect((await ask("owner", "DELETE", `${at}/deployment-branch-policies/${policy}`)).status).toBe(204);

    for (const place of ["{repo}/actions", at, `/repositories/${town.repo.id}/environments/production%2Feu`]) {
      const key = (await ask("owner", "GET", `${place}/secrets/public-key`)).body;
      expect(Buffer.from(key.key, "base64")).toHaveLength(32);
      const sealed = Buffer.alloc(60, 1).toString("base64");
      const put = () => ask("owner", "PUT", `${place}/secrets/KEY`, { encrypted_value: sealed, key_id: key.key_id });
      expect([(await put()).status, (await put()).status]).toEqual([201, 204]);
      expect((await ask("owner", "PUT", `${place}/secrets/KEY`, { encrypted_value: sealed, key_id: "1" })).status).toBe(422);
      expect((await ask("owner", "GET", `${place}/secrets`)).body.total_count).toBe(1);
      expect((await ask("owner", "GET", `${place}/secrets/key`)).body.name).toBe("KEY");
      expect((await ask("owner", "DELETE", `${place}/secrets/KEY`)).status).toBe(204);
      expect((await ask("owner", "DELETE", `${place}/secrets/KEY`)).status).toBe(404);
      expect((await ask("owner", "POST", `${place}/variables`, { name: "HOST", value: "a" })).status).toBe(201);
      expect((await ask("owner", "POST", `${place}/variables`, { name: "host", value: "a" })).status).toBe(409);
      expect((await ask("owner", "PATCH", `${place}/variables/HOST`, { value: "b" })).status).toBe(204);
      expect((await ask("owner", "GET", `${place}/variables`)).body.variables).toMatchObject([{ name: "HOST", value: "b" }]);
      expect((await ask("owner", "GET", `${place}/variables/HOST`)).body.value).toBe("b");
      expect((await ask("owner", "DELETE", `${place}/variables/HOST`)).status).toBe(204);
    }
    expect((await ask("owner", "DELETE", at)).status).toBe(204);
    const logged = (await ask("owner", "GET", "/orgs/acme/audit-log")).body as { action: string; actor: string }[];
    expect(logged).toContainEqual(expect.objectContaining({ action: "environment.delete", actor: "owner" }));
  });

  test("pull requests, reviews, checks, deployments and issues", async () => {
    const head = (await ask("owner", "GET", "{repo}/git/ref/heads/main")).body.object.sha;
    await ask("lea", "POST", "{repo}/git/refs", { ref: "refs/heads/promote/1", sha: head });
    await ask("lea", "PUT", "{repo}/contents/release.txt", { message: "Promote", content: "MQo=", branch: "promote/1" });
    const opened = await ask("lea", "POST", "{repo}/pulls", { title: "Promote 1", head: "promote/1", base: "main", body: "text" });
    expect(opened.body).toMatchObject({ changed_files: 1, mergeable: true, mergeable_state: "clean" });
    const at = `{repo}/pulls/${opened.body.number}`;
    expect((await ask("lea", "POST", "{repo}/pulls", { title: "again", head: "promote/1", base: "main" })).body.errors[0].message).toBe(
      "A pull request already exists for acme:promote/1.",
    );
    expect((await ask("lea", "GET", "{repo}/pulls?head=acme:promote/1&base=main")).body).toHaveLength(1);
    expect((await ask("lea", "PATCH", at, { title: "Promote 1.0" })).body.title).toBe("Promote 1.0");
    expect((await ask("lea", "GET", `${at}/files`)).body).toMatchObject([
      { filename: "release.txt", status: "added", patch: "@@ -0,0 +1 @@\n+1" },
    ]);
    expect((await ask("lea", "GET", `${at}/commits`)).body).toHaveLength(1);
    expect((await ask("lea", "GET", `${at}/merge`)).status).toBe(404);
    expect((await ask("lea", "POST", `${at}/requested_reviewers`, { reviewers: ["rob"], team_reviewers: ["release"] })).status).toBe(201);
    expect((await ask("lea", "GET", `${at}/requested_reviewers`)).body.users).toHaveLength(1);
    expect((await ask("lea", "DELETE", `${at}/requested_reviewers`, { reviewers: ["rob"] })).status).toBe(200);
    expect((await ask("lea", "POST", `${at}/reviews`, { event: "APPROVE" })).body.errors).toEqual([
      "Can not approve your own pull request",
    ]);
    const review = (await ask("rob", "POST", `${at}/reviews`, { event: "APPROVE", body: "Good" })).body;
    expect(review.state).toBe("APPROVED");
    expect((await ask("rob", "GET", `${at}/reviews/${review.id}`)).body.user.login).toBe("rob");
    expect((await ask("rob", "PUT", `${at}/reviews/${review.id}/dismissals`, { message: "Not so" })).body.state).toBe("DISMISSED");
    expect((await ask("rob", "GET", `${at}/reviews`)).body).toHaveLength(1);
    expect(
      (await ask("rob", "POST", `${at}/comments`, { body: "Why?", commit_id: opened.body.head.sha, path: "release.txt" })).status,
    ).toBe(201);
    expect((await ask("rob", "GET", `${at}/comments`)).body).toHaveLength(1);

    const { sha } = opened.body.head;
    expect((await ask("lea", "POST", `{repo}/statuses/${sha}`, { state: "success", context: "test", description: "ok" })).status).toBe(201);
    expect((await ask("lea", "GET", `{repo}/commits/${sha}/status`)).body.state).toBe("success");
    expect((await ask("lea", "GET", `{repo}/commits/promote%2F1/statuses`)).body).toHaveLength(1);
    const run = (await ask("lea", "POST", "{repo}/check-runs", { name: "lint", head_sha: sha, status: "in_progress" })).body.id;
    expect(
      (
        await ask("lea", "PATCH", `{repo}/check-runs/${run}`, {
          status: "completed",
          conclusion: "success",
          output: { title: "t", summary: "s" },
        })
      ).body.conclusion,
    ).toBe("success");
    expect((await ask("lea", "GET", `{repo}/check-runs/${run}`)).body.name).toBe("lint");
    expect((await ask("lea", "GET", `{repo}/commits/${sha}/check-runs`)).body.total_count).toBe(1);

    const deployment = (
      await ask("lea", "POST", "{repo}/deployments", {
        ref: "promote/1",
        environment: "staging",
        auto_merge: false,
        required_contexts: [],
        payload: { release: "1" },
      })
    ).body;
    expect(
      (await ask("lea", "POST", `{repo}/deployments/${deployment.id}/statuses`, { state: "success", log_url: "https://example.com/log" }))
        .body.environment,
    ).toBe("staging");
    expect((await ask("lea", "GET", `{repo}/deployments/${deployment.id}/statuses`)).body).toHaveLength(1);
    expect((await ask("lea", "GET", `{repo}/deployments/${deployment.id}`)).body.sha).toBe(sha);
    expect((await ask("lea", "GET", "{repo}/deployments?environment=staging")).body).toHaveLength(1);
    expect((await ask("lea", "DELETE", `{repo}/deployments/${deployment.id}`)).status).toBe(204);

    expect((await ask("lea", "PUT", `${at}/merge`, { merge_method: "squash", sha: head })).status).toBe(409);
    expect((await ask("lea", "PUT", `${at}/merge`, { merge_method: "squash", sha })).body.merged).toBe(true);
    expect((await ask("lea", "GET", `${at}/merge`)).status).toBe(204);
    expect((await ask("lea", "GET", at)).body).toMatchObject({ state: "closed", merged: true, merged_by: { login: "lea" } });

    const issue = (await ask("eve", "POST", "{repo}/issues", { title: "Drift", labels: ["drift"], body: "b" })).body;
    const on = `{repo}/issues/${issue.number}`;
    expect((await ask("eve", "GET", "{repo}/issues?labels=drift")).body).toHaveLength(1);
    expect((await ask("eve", "GET", on)).body.labels[0].name).toBe("drift");
    const comment = (await ask("rob", "POST", `${on}/comments`, { body: "Seen" })).body.id;
    expect((await ask("rob", "PATCH", `{repo}/issues/comments/${comment}`, { body: "Seen twice" })).body.body).toBe("Seen twice");
    expect((await ask("rob", "GET", `{repo}/issues/comments/${comment}`)).status).toBe(200);
    expect((await ask("rob", "GET", `${on}/comments`)).body).toHaveLength(1);
    expect((await ask("rob", "DELETE", `{repo}/issues/comments/${comment}`)).status).toBe(204);
    expect((await ask("rob", "POST", `${on}/labels`, { labels: ["seen"] })).body).toHaveLength(2);
    expect((await ask("rob", "GET", `${on}/labels`)).body).toHaveLength(2);
    expect((await ask("rob", "DELETE", `${on}/labels/seen`)).body).toHaveLength(1);
    expect((await ask("eve", "PATCH", on, { state: "closed" })).body.state).toBe("closed");
  });

  test("a run's deployments wait for one of their reviewers, and not for who started it", async () => {
    const headSha = (await ask("owner", "GET", "{repo}/git/ref/heads/main")).body.object.sha;
    const teams = (await ask("owner", "GET", "/orgs/acme/teams/release")).body.id;
    const { id } = (
      await ask("owner", "PUT", "{repo}/environments/waits", { prevent_self_review: true, reviewers: [{ type: "Team", id: teams }] })
    ).body;
    const run = await town.github.addRun(town.repo, { headSha, actor: "lea", triggeringActor: "rob", waiting: ["waits"] });
    const at = `{repo}/actions/runs/${run.id}`;
    const word = { environment_ids: [id], state: "approved", comment: "Ship it" };
    expect((await ask("lea", "GET", at)).body).toMatchObject({ status: "waiting", actor: { login: "lea" }, head_sha: headSha });
    for (const who of ["rob", "lea"]) expect((await ask(who, "POST", `${at}/pending_deployments`, word)).status).toBe(422);
    run.triggeringActor = "lea";
    expect((await ask("rob", "GET", `${at}/pending_deployments`)).body[0]).toMatchObject({ current_user_can_approve: true });
    expect((await ask("rob", "POST", `${at}/pending_deployments`, word)).body[0]).toMatchObject({ environment: "waits", sha: headSha });
    expect((await ask("lea", "GET", `${at}/approvals`)).body).toMatchObject([
      { state: "approved", user: { login: "rob" }, comment: "Ship it" },
    ]);
    expect((await ask("lea", "GET", `${at}/pending_deployments`)).body).toEqual([]);
    expect((await ask("lea", "GET", "{repo}/actions/runs/1")).status).toBe(404);
  });

  test("classic protection by REST, and a branch brought up to date", async () => {
    const id = (await ask("owner", "GET", "{repo}")).body.node_id;
    const create =
      "mutation($input: CreateBranchProtectionRuleInput!) { createBranchProtectionRule(input: $input) { branchProtectionRule { id } } }";
    const input = {
      repositoryId: id,
      pattern: "kept",
      requiresApprovingReviews: true,
      requiredApprovingReviewCount: 2,
      requiresStatusChecks: true,
      requiredStatusCheckContexts: ["test"],
    };
    expect((await town.graphql("owner", create, { input })).errors).toBeUndefined();
    const head = (await ask("owner", "GET", "{repo}/git/ref/heads/main")).body.object.sha;
    for (const branch of ["kept", "late"]) await ask("owner", "POST", "{repo}/git/refs", { ref: `refs/heads/${branch}`, sha: head });
    expect(
      (await ask("owner", "GET", "{repo}/branches/kept/protection")).body.required_pull_request_reviews.required_approving_review_count,
    ).toBe(2);
    expect((await ask("owner", "DELETE", "{repo}/branches/kept/protection")).status).toBe(204);
    expect((await ask("owner", "GET", "{repo}/branches/kept/protection")).body.message).toBe("Branch not protected");
    await ask("owner", "PUT", "{repo}/contents/late.txt", { message: "late", content: "MQo=", branch: "late" });
    const number = (await ask("owner", "POST", "{repo}/pulls", { title: "Late", head: "late", base: "main" })).body.number;
    await ask("owner", "PUT", "{repo}/contents/new.txt", { message: "new", content: "MQo=", branch: "main" });
    expect((await ask("owner", "PUT", `{repo}/pulls/${number}/update-branch`, {})).status).toBe(202);
    expect((await ask("owner", "PUT", `{repo}/pulls/${number}/merge`, { merge_method: "rebase" })).status).toBe(405);
    expect((await ask("owner", "PUT", `{repo}/pulls/${number}/merge`, {})).body.merged).toBe(true);
  });

  test("nothing was asked in vain, every reply is as described, and no route was left out", () => {
    expect(town.faults).toEqual([]);
    // A route that has only ever refused has shown nothing.
    const asked = new Set(town.seen.filter(({ status }) => status < 300).map(({ method, route }) => `${method} ${route}`));
    expect(routes.map(([method, path]) => `${method} ${path}`).filter((route) => !asked.has(route))).toEqual([]);
  });
});
