import { actorOf, atLeast, isInTeam, levelOf } from "../access.ts";
import { type GitRepository, ZERO } from "../git/repository.ts";
import type { Hub } from "../hub.ts";
import type { Pull, Repo } from "../state.ts";
import type { Change, Standing } from "./change.ts";
import { CODEOWNERS_PATHS, ownersOf, parseOwners } from "./code-owners.ts";
import { judge, type Verdict } from "./judge.ts";

export interface RefUpdate {
  ref: string;
  before: string;
  after: string;
}

/** What all rules say about somebody's update of a reference. Its objects must be in the repository already. */
export async function assess(
  hub: Hub,
  repo: Repo,
  update: RefUpdate,
  login: string,
  by: Change["by"] = { kind: "push" },
): Promise<Verdict> {
  return judge(repo, await changeOf(hub, repo, update, by), actorOf(hub, repo, login));
}

async function changeOf(hub: Hub, repo: Repo, { ref, before, after }: RefUpdate, by: Change["by"]): Promise<Change> {
  const git = hub.git(repo);
  const kind = before === ZERO ? "create" : after === ZERO ? "delete" : "update";
  const target = kind === "delete" ? undefined : await git.resolve(after);
  const old = kind === "create" ? undefined : await git.resolve(before);
  // A tag that is moved is a forced update wherever it goes.
  const forced =
    kind === "update" &&
    (ref.startsWith("refs/tags/") || old === undefined || target === undefined || !(await git.isAncestor(old, target)));
  const commits = target === undefined || kind === "create" ? [] : await git.commits(target, old === undefined ? [] : [old]);
  const judged = by.kind === "merge" ? target : after;
  return {
    ref,
    kind,
    forced,
    commits: await Promise.all(
      commits.map(async ({ sha, parents, message, author, committer }) => ({
        sha,
        isMerge: parents.length > 1,
        signed: await git.signed(sha),
        message,
        authorEmail: author.email,
        committerEmail: committer.email,
      })),
    ),
    passed: passedChecks(repo, judged ?? ""),
    deployed: deployedTo(repo, judged ?? ""),
    by,
  };
}

/** Contexts and check names whose latest word about a commit is a success (docs: neutral and skipped count as one). */
export function passedChecks(repo: Pick<Repo, "statuses" | "checkRuns">, sha: string): Set<string> {
  const latest = new Map<string, boolean>();
  for (const run of repo.checkRuns)
    if (run.sha === sha) latest.set(run.name, ["success", "neutral", "skipped"].includes(run.conclusion ?? ""));
  for (const status of repo.statuses) if (status.sha === sha) latest.set(status.context, status.state === "success");
  return new Set([...latest].filter(([, good]) => good).map(([name]) => name));
}

export function deployedTo(repo: Repo, sha: string): Set<string> {
  const latest = new Map<string, boolean>();
  for (const { sha: of, environment, statuses } of repo.deployments)
    if (of === sha) latest.set(environment, statuses.at(-1)?.state === "success");
  return new Set([...latest].filter(([, good]) => good).map(([name]) => name));
}

/** What a pull request's reviews, owners and threads amount to. */
export async function standingOf(hub: Hub, repo: Repo, pull: Pull): Promise<Standing> {
  const git = hub.git(repo);
  const author = repo.issues[pull.number]?.author ?? "";
  const latest = latestReviews(hub, repo, pull, author);
  const approvals = latest.filter(({ state }) => state === "APPROVED").map(({ author: by }) => by);
  const base = await git.resolve(`refs/heads/${pull.base}`);
  const others = latest.filter(
    ({ state, commitId, author: by }) => state === "APPROVED" && commitId === pull.headSha && by !== pull.lastPusher,
  );
  return {
    author,
    approvals,
    changesRequested: latest.filter(({ state }) => state === "CHANGES_REQUESTED").map(({ author: by }) => by),
    approvalsOfLastPush: others.length,
    unapprovedOwners: base === undefined ? [] : await unapprovedOwners(hub, repo, git, base, pull, approvals),
    openThreads: pull.threads.filter(({ resolvedBy }) => resolvedBy === null).length,
    upToDate: base !== undefined && (await git.isAncestor(base, pull.headSha)),
  };
}

/** The last review of each that counts: of others than the author, with write access, comments left aside. */
function latestReviews(hub: Hub, repo: Repo, pull: Pull, author: string) {
  const latest = new Map<string, Pull["reviews"][number]>();
  for (const review of pull.reviews) {
    if (review.author === author || review.state === "COMMENTED" || review.state === "PENDING") continue;
    if (atLeast(levelOf(hub, repo, review.author), "push")) latest.set(review.author, review);
  }
  return [...latest.values()];
}

export async function ownerLines(git: GitRepository, commit: string): Promise<{ path: string; text: string } | undefined> {
  for (const path of CODEOWNERS_PATHS) {
    const entry = await git.file(commit, path);
    if (entry?.type === "blob") return { path, text: (await git.blob(entry.sha)).toString("utf8") };
  }
  return undefined;
}

async function unapprovedOwners(
  hub: Hub,
  repo: Repo,
  git: GitRepository,
  base: string,
  pull: Pull,
  approvals: string[],
): Promise<string[]> {
  const file = await ownerLines(git, base);
  if (file === undefined) return [];
  const lines = parseOwners(file.text);
  const start = (await git.mergeBase(base, pull.headSha)) ?? base;
  const missing = new Set<string>();
  for (const { path } of await git.changes(start, pull.headSha)) {
    const owners = ownersOf(lines, path);
    if (owners.length > 0 && !owners.some((owner) => approvals.some((login) => speaksFor(hub, repo, login, owner))))
      missing.add(owners.join(" or "));
  }
  return [...missing];
}

/** Is a login the owner of this line, or one of the team that is? */
function speaksFor(hub: Hub, repo: Repo, login: string, owner: string): boolean {
  const name = owner.replace(/^@/, "").toLowerCase();
  if (!name.includes("/")) return name === login.toLowerCase() || hub.account(login).email?.toLowerCase() === owner.toLowerCase();
  const [org = "", slug = ""] = name.split("/");
  const account = hub.account(repo.owner);
  const team = account.teams[slug];
  return account.login.toLowerCase() === org && team !== undefined && isInTeam(account, team, login);
}
