import { recordChange } from "../git/references.ts";
import { type Call, optional, type Route, text, z } from "../http/call.ts";
import { standingOf } from "../protection/assess.ts";
import { mergePull, refusalsOfMerge } from "../pulls/merge.ts";
import { notFound, Refusal } from "../refusal.ts";
import type { Issue, Pull, Repo } from "../state.ts";
import { commitView, diffEntry } from "../views/git.ts";
import { userNamed } from "../views/people.ts";
import { pullSimple } from "../views/work.ts";
import { commitAt, signature } from "./git.ts";
import { applyIssue, issueChanges, newIssue } from "./issues.ts";

const AT = "/repos/{owner}/{repo}/pulls";

export const pulls: Route[] = [
  ["GET", AT, list],
  ["POST", AT, create],
  ["GET", `${AT}/{pull_number}`, (call) => withPull(call, "pull", async (repo, pull) => ({ body: await pullView(call, repo, pull) }))],
  ["PATCH", `${AT}/{pull_number}`, update],
  ["GET", `${AT}/{pull_number}/files`, (call) => withPull(call, "pull", files)],
  ["GET", `${AT}/{pull_number}/commits`, (call) => withPull(call, "pull", commits)],
  ["GET", `${AT}/{pull_number}/merge`, isMerged],
  ["PUT", `${AT}/{pull_number}/merge`, merge],
  ["PUT", `${AT}/{pull_number}/update-branch`, updateBranch],
];

/** The pull request of the path. Writing is a pusher's; `read` rights suffice for what its author or anybody may do. */
export function withPull<T>(
  call: Call,
  level: "pull" | "push" | "author",
  action: (repo: Repo, pull: Pull, issue: Issue, call: Call) => T,
): T {
  const repo = call.repo(level === "push" ? "push" : "pull", "pull_requests", level !== "pull");
  const pull = repo.pulls[call.number("pull_number")];
  const issue = repo.issues[call.number("pull_number")];
  if (pull === undefined || issue === undefined) throw notFound();
  return action(repo, pull, issue, call);
}

const branchOf = (repo: Repo, name: string): string => {
  const [owner, branch] = name.includes(":") ? (name.split(":") as [string, string]) : [repo.owner, name];
  if (owner.toLowerCase() !== repo.owner.toLowerCase())
    throw new Refusal(422, "Validation Failed", [{ resource: "PullRequest", field: "head", code: "invalid" }]);
  return branch;
};

function list(call: Call) {
  const repo = call.repo("pull", "pull_requests");
  const state = call.query.get("state") ?? "open";
  const [head, base] = [call.query.get("head"), call.query.get("base")];
  const found = Object.values(repo.pulls).filter(
    (pull) =>
      (state === "all" || repo.issues[pull.number]?.state === state) &&
      (base === null || pull.base === base) &&
      (head === null || !head.includes(":") || pull.head === branchOf(repo, head)),
  );
  return { page: found.reverse().map((pull) => pullSimple(call.hub, call.root, repo, pull)) };
}

async function create(call: Call) {
  const repo = call.repo("pull", "pull_requests", true);
  const body = call.body(z.object({ title: text.min(1), head: text, base: text, body: optional.text, draft: z.boolean().default(false) }));
  const git = call.hub.git(repo);
  const head = branchOf(repo, body.head);
  const [headSha, baseSha] = [await git.resolve(`refs/heads/${head}`), await git.resolve(`refs/heads/${body.base}`)];
  const fail = (message: string) => new Refusal(422, "Validation Failed", [{ resource: "PullRequest", code: "custom", message }]);
  if (headSha === undefined) throw new Refusal(422, "Validation Failed", [{ resource: "PullRequest", field: "head", code: "invalid" }]);
  if (baseSha === undefined) throw new Refusal(422, "Validation Failed", [{ resource: "PullRequest", field: "base", code: "invalid" }]);
  if ((await git.commits(headSha, [baseSha])).length === 0) throw fail(`No commits between ${body.base} and ${head}`);
  const open = Object.values(repo.pulls).find(
    (pull) => pull.head === head && pull.base === body.base && repo.issues[pull.number]?.state === "open",
  );
  if (open !== undefined) throw fail(`A pull request already exists for ${repo.owner}:${head}.`);
  const issue = newIssue(call, repo, body);
  const pull: Pull = {
    number: issue.number,
    id: call.hub.id(),
    head,
    base: body.base,
    headSha,
    baseSha,
    lastPusher: repo.activity.find(({ ref }) => ref === `refs/heads/${head}`)?.actor ?? call.login(),
    draft: body.draft,
    merged: null,
    reviews: [],
    threads: [],
    requestedUsers: [],
    requestedTeams: [],
    autoMerge: null,
  };
  repo.pulls[issue.number] = pull;
  await call.hub.save();
  return { status: 201, body: await pullView(call, repo, pull) };
}

/** One pull request with what lists leave out: its size, and whether it can be merged. */
export async function pullView(call: Call, repo: Repo, pull: Pull): Promise<object> {
  const issue = repo.issues[pull.number]!;
  const git = call.hub.git(repo);
  const base = pull.merged === null ? ((await git.resolve(`refs/heads/${pull.base}`)) ?? pull.baseSha) : pull.baseSha;
  const start = (await git.mergeBase(base, pull.headSha)) ?? base;
  const changes = await git.changes(start, pull.headSha);
  const sum = (key: "additions" | "deletions") => changes.reduce((total, change) => total + change[key], 0);
  const isOpen = issue.state === "open";
  const mergeable = isOpen ? (await git.mergeTree(base, pull.headSha)) !== undefined : null;
  return {
    ...pullSimple(call.hub, call.root, repo, pull),
    merged: pull.merged !== null,
    mergeable,
    rebaseable: mergeable,
    mergeable_state: !isOpen ? "unknown" : mergeable ? await mergeableState(call, repo, pull) : "dirty",
    merged_by: pull.merged === null ? null : userNamed(call.hub, call.root, pull.merged.by),
    comments: issue.comments.length,
    review_comments: pull.threads.length,
    maintainer_can_modify: false,
    commits: (await git.commits(pull.headSha, [start])).length,
    additions: sum("additions"),
    deletions: sum("deletions"),
    changed_files: changes.length,
  };
}

async function mergeableState(call: Call, repo: Repo, pull: Pull): Promise<string> {
  if (pull.draft) return "draft";
  const reasons = await refusalsOfMerge(call.hub, repo, pull, call.viewer.login ?? "", "squash");
  if (reasons.some((reason) => reason.startsWith("This branch is out-of-date"))) return "behind";
  return reasons.length > 0 ? "blocked" : "clean";
}

function update(call: Call) {
  return withPull(call, "author", async (repo, pull, issue) => {
    const { base, ...body } = call.body(issueChanges.pick({ title: true, body: true, state: true }).extend({ base: text.optional() }));
    if (pull.merged !== null && body.state === "open")
      throw new Refusal(422, "Validation Failed", [
        { resource: "PullRequest", field: "state", code: "custom", message: "state cannot be changed. The pull request is merged." },
      ]);
    if (base !== undefined) {
      const sha = await call.hub.git(repo).resolve(`refs/heads/${base}`);
      if (sha === undefined) throw new Refusal(422, "Validation Failed", [{ resource: "PullRequest", field: "base", code: "invalid" }]);
      Object.assign(pull, { base, baseSha: sha });
    }
    applyIssue(call, repo, issue, body);
    await call.hub.save();
    return { body: await pullView(call, repo, pull) };
  });
}

async function files(repo: Repo, pull: Pull, _issue: Issue, call: Call) {
  const git = call.hub.git(repo);
  const start = (await git.mergeBase(pull.baseSha, pull.headSha)) ?? pull.baseSha;
  return { page: (await git.changes(start, pull.headSha, true)).map((file) => diffEntry(call.root, repo, pull.headSha, file)) };
}

async function commits(repo: Repo, pull: Pull, _issue: Issue, call: Call) {
  const git = call.hub.git(repo);
  const start = (await git.mergeBase(pull.baseSha, pull.headSha)) ?? pull.baseSha;
  return { page: (await git.commits(pull.headSha, [start])).map((commit) => commitView(call.hub, call.root, repo, commit)) };
}

function isMerged(call: Call) {
  return withPull(call, "pull", (_, pull) => {
    if (pull.merged === null) throw notFound();
    return { status: 204 };
  });
}

function merge(call: Call) {
  return withPull(call, "push", async (repo, pull) => {
    const body = call.body(
      z.object({
        commit_title: text.optional(),
        commit_message: text.optional(),
        sha: text.optional(),
        merge_method: z.enum(["merge", "squash", "rebase"]).default("merge"),
      }),
    );
    const sha = await mergePull(
      call.hub,
      repo,
      pull,
      { login: call.login(), method: body.merge_method, expected: body.sha, title: body.commit_title, message: body.commit_message },
      signature(call),
    );
    return { body: { sha, merged: true, message: "Pull Request successfully merged" } };
  });
}

function updateBranch(call: Call) {
  return withPull(call, "push", async (repo, pull) => {
    const git = call.hub.git(repo);
    const { expected_head_sha: expected } = call.body(z.object({ expected_head_sha: text.optional() }));
    if (expected !== undefined && expected !== pull.headSha) throw new Refusal(422, "expected head sha didn't match current head ref.");
    const base = await commitAt(git, pull.base);
    if ((await standingOf(call.hub, repo, pull)).upToDate) throw new Refusal(422, "There are no new commits on the base branch.");
    const tree = await git.mergeTree(pull.headSha, base);
    if (tree === undefined) throw new Refusal(422, "merge conflict between base and head");
    const before = pull.headSha;
    const after = await git.commitTree(tree, [before, base], `Merge branch '${pull.base}' into ${pull.head}`, signature(call));
    await git.updateRef(`refs/heads/${pull.head}`, after, before);
    await recordChange(call.hub, repo, { ref: `refs/heads/${pull.head}`, before, after }, call.login());
    return {
      status: 202,
      body: { message: "Updating pull request branch.", url: `${call.root}/${repo.owner}/${repo.name}/pull/${pull.number}` },
    };
  });
}
