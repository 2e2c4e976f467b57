import { actorOf } from "../access.ts";
import { recordChange } from "../git/references.ts";
import { type GitRepository, type Person, ZERO } from "../git/repository.ts";
import type { Hub } from "../hub.ts";
import { deployedTo, passedChecks, standingOf } from "../protection/assess.ts";
import { judge } from "../protection/judge.ts";
import { Refusal } from "../refusal.ts";
import type { Pull, Repo } from "../state.ts";

export type Method = "merge" | "squash" | "rebase";

/** Why the rules of the base branch keep this user from merging; empty: they do not. Checks are those of the head. */
export async function refusalsOfMerge(hub: Hub, repo: Repo, pull: Pull, login: string, method: Method): Promise<string[]> {
  if (hub.state.accounts[login.toLowerCase()] === undefined) return ["Sign in to merge."];
  const standing = await standingOf(hub, repo, pull);
  const git = hub.git(repo);
  const base = (await git.resolve(`refs/heads/${pull.base}`)) ?? pull.baseSha;
  const own = await git.commits(pull.headSha, [base]);
  const commits = await Promise.all(
    own.map(async ({ sha, parents, message, author, committer }) => ({
      sha,
      isMerge: parents.length > 1,
      // GitHub signs what it makes itself: merges and squashes are verified, rebased commits are not.
      signed: method !== "rebase" && (method === "squash" || (await git.signed(sha))),
      message,
      authorEmail: author.email,
      committerEmail: committer.email,
    })),
  );
  const change = {
    ref: `refs/heads/${pull.base}`,
    kind: "update" as const,
    forced: false,
    commits,
    passed: passedChecks(repo, pull.headSha),
    deployed: deployedTo(repo, pull.headSha),
    by: { kind: "merge" as const, method, pull: standing },
  };
  const { classic, rulesets } = judge(repo, change, actorOf(hub, repo, login));
  return [...rulesets, ...classic];
}

interface MergeOptions {
  login: string;
  method: Method;
  /** The head that the caller saw. */
  expected?: string | undefined;
  title?: string | undefined;
  message?: string | undefined;
}

/** Merges a pull request as GitHub does, or throws its refusal. Returns the base branch's new commit. */
export async function mergePull(hub: Hub, repo: Repo, pull: Pull, options: MergeOptions, by: Person): Promise<string> {
  const issue = repo.issues[pull.number]!;
  const { method, login } = options;
  const { allow_merge_commit, allow_squash_merge, allow_rebase_merge, delete_branch_on_merge } = repo.settings;
  if (pull.merged !== null || issue.state !== "open") throw new Refusal(405, "Pull Request is not mergeable");
  if (pull.draft) throw new Refusal(405, "Pull Request is still a draft");
  if (!{ merge: allow_merge_commit, squash: allow_squash_merge, rebase: allow_rebase_merge }[method])
    throw new Refusal(
      405,
      `${{ merge: "Merge commits", squash: "Squash merges", rebase: "Rebase merges" }[method]} are not allowed on this repository.`,
    );
  if (options.expected !== undefined && options.expected !== pull.headSha)
    throw new Refusal(409, "Head branch was modified. Review and try the merge again.");
  const reasons = await refusalsOfMerge(hub, repo, pull, login, method);
  if (reasons.length > 0) throw new Refusal(405, reasons.join("\n"));

  const git = hub.git(repo);
  const base = await git.resolve(`refs/heads/${pull.base}`);
  if (base === undefined) throw new Refusal(405, "Base branch does not exist");
  const after = await merged(
    git,
    base,
    pull,
    { ...options, title: options.title ?? titleOf(repo, pull, method), message: options.message ?? "" },
    by,
  );
  if (after === undefined) throw new Refusal(405, "Pull Request is not mergeable");
  await git.updateRef(`refs/heads/${pull.base}`, after, base);
  const at = hub.time();
  Object.assign(issue, { state: "closed", closedAt: at, updatedAt: at, stateReason: null });
  Object.assign(pull, { merged: { at, by: login, sha: after }, baseSha: base });
  await recordChange(hub, repo, { ref: `refs/heads/${pull.base}`, before: base, after }, login, "pr_merge");
  if (delete_branch_on_merge) await dropHead(hub, repo, git, pull, login);
  await hub.save();
  return after;
}

function titleOf(repo: Repo, pull: Pull, method: Method): string {
  const title = repo.issues[pull.number]?.title ?? "";
  if (method === "squash") return `${title} (#${pull.number})`;
  return `Merge pull request #${pull.number} from ${repo.owner}/${pull.head}`;
}

async function merged(
  git: GitRepository,
  base: string,
  pull: Pull,
  { method, title, message }: MergeOptions,
  by: Person,
): Promise<string | undefined> {
  const text = message === "" || message === undefined ? `${title}` : `${title}\n\n${message}`;
  if (method !== "rebase") {
    const tree = await git.mergeTree(base, pull.headSha);
    return tree === undefined ? undefined : git.commitTree(tree, method === "squash" ? [base] : [base, pull.headSha], text, by);
  }
  let tip = base;
  for (const commit of await git.commits(pull.headSha, [base])) {
    const [parent] = commit.parents;
    if (commit.parents.length !== 1 || parent === undefined) return undefined;
    // A commit of the tip's tree on this commit's parent makes that parent the base of the three-way merge.
    const { tree } = await git.commit(tip);
    const tree2 = await git.mergeTree(await git.commitTree(tree, [parent], "base", by), commit.sha);
    if (tree2 === undefined) return undefined;
    tip = await git.commitTree(tree2, [tip], commit.message, commit.author, by);
  }
  return tip;
}

/** Deletes the merged branch, unless a rule forbids it or another open pull request needs it. */
async function dropHead(hub: Hub, repo: Repo, git: GitRepository, pull: Pull, login: string): Promise<void> {
  const ref = `refs/heads/${pull.head}`;
  const used = Object.values(repo.pulls).some(
    (other) => other !== pull && repo.issues[other.number]?.state === "open" && [other.head, other.base].includes(pull.head),
  );
  const probe = {
    ref,
    kind: "delete" as const,
    forced: false,
    commits: [],
    passed: new Set<string>(),
    deployed: new Set<string>(),
    by: { kind: "push" as const },
  };
  const { classic, rulesets } = judge(repo, probe, actorOf(hub, repo, login));
  if (used || pull.head === repo.settings.default_branch || classic.length + rulesets.length > 0) return;
  await git.updateRef(ref, ZERO, pull.headSha);
  await recordChange(hub, repo, { ref, before: pull.headSha, after: ZERO }, login);
}
