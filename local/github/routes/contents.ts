import { levelOf } from "../access.ts";
import { changeReference, recordChange } from "../git/references.ts";
import { ZERO } from "../git/repository.ts";
import { type Call, type Route, text, z } from "../http/call.ts";
import { assess } from "../protection/assess.ts";
import { isRefused } from "../protection/judge.ts";
import { protectionOf, rulesetsOf } from "../protection/match.ts";
import { notFound, Refusal } from "../refusal.ts";
import type { Repo } from "../state.ts";
import { statusView } from "../views/checks.ts";
import { commitView, contentView, gitCommitView } from "../views/git.ts";
import { classicView } from "../views/protection.ts";
import { repoUrl } from "../views/repository.ts";
import { combined, listRuns } from "./checks.ts";
import { commitAt, inGit, personBody, signature } from "./git.ts";
import { needPaidPlan } from "./plan.ts";

const AT = "/repos/{owner}/{repo}";

export const contents: Route[] = [
  ["GET", `${AT}/branches`, listBranches],
  ["GET", `${AT}/branches/{branch}/protection`, getProtection],
  ["DELETE", `${AT}/branches/{branch}/protection`, removeProtection],
  ["POST", `${AT}/branches/{branch}/rename`, renameBranch],
  ["GET", `${AT}/branches/{branch}`, getBranch],
  ["GET", `${AT}/commits/{ref}/status`, (call) => ofCommit(call, "statuses", (repo, sha) => combined(call, repo, sha))],
  ["GET", `${AT}/commits/{ref}/statuses`, statuses],
  ["GET", `${AT}/commits/{ref}/check-runs`, (call) => ofCommit(call, "checks", (repo, sha) => listRuns(call, repo, sha))],
  ["GET", `${AT}/commits/{ref}`, getCommit],
  ["GET", `${AT}/contents/{path}`, getContent],
  ["PUT", `${AT}/contents/{path}`, putContent],
  ["DELETE", `${AT}/contents/{path}`, deleteContent],
];

/** What is said of a commit takes the permission for that, and none for what is in it. */
async function ofCommit<T>(call: Call, permission: "statuses" | "checks", answer: (repo: Repo, sha: string) => T): Promise<T> {
  const repo = call.repo("pull", permission);
  return answer(repo, await commitAt(call.hub.git(repo), call.param("ref")));
}

const isProtected = (repo: Repo, branch: string): boolean =>
  protectionOf(repo.protections, branch) !== undefined ||
  rulesetsOf(repo.rulesets, `refs/heads/${branch}`, repo.settings.default_branch).length > 0;

function listBranches(call: Call) {
  return inGit(call, async (repo, git) => {
    const wanted = call.query.get("protected");
    const url = repoUrl(call.root, repo);
    const all = (await git.refs("refs/heads")).map(({ ref, sha }) => {
      const name = ref.slice("refs/heads/".length);
      const at = `${url}/branches/${encodeURIComponent(name)}`;
      return {
        name,
        commit: { sha, url: `${url}/commits/${sha}` },
        protected: isProtected(repo, name),
        protection_url: `${at}/protection`,
      };
    });
    return { page: all.filter((branch) => wanted === null || String(branch.protected) === wanted) };
  });
}

function getBranch(call: Call) {
  return inGit(call, async (repo, git) => ({
    body: await branchView(call, repo, await shaOf(git, call.param("branch")), call.param("branch")),
  }));
}
async function shaOf(git: ReturnType<Call["hub"]["git"]>, branch: string): Promise<string> {
  const sha = await git.resolve(`refs/heads/${branch}`);
  if (sha === undefined) throw new Refusal(404, "Branch not found");
  return sha;
}

async function branchView(call: Call, repo: Repo, sha: string, name: string): Promise<object> {
  const url = `${repoUrl(call.root, repo)}/branches/${encodeURIComponent(name)}`;
  const rule = protectionOf(repo.protections, name);
  const contexts = rule?.requiresStatusChecks ? rule.requiredStatusCheckContexts : [];
  return {
    name,
    commit: commitView(call.hub, call.root, repo, await call.hub.git(repo).commit(sha)),
    _links: { self: url, html: `${call.root}/${repo.owner}/${repo.name}/tree/${encodeURIComponent(name)}` },
    protected: isProtected(repo, name),
    protection: {
      enabled: rule !== undefined,
      required_status_checks: {
        enforcement_level: rule?.requiresStatusChecks ? (rule.isAdminEnforced ? "everyone" : "non_admins") : "off",
        contexts,
        checks: contexts.map((context) => ({ context, app_id: null })),
      },
    },
    protection_url: `${url}/protection`,
  };
}

function getProtection(call: Call) {
  const repo = call.repo("admin", "administration", false);
  needPaidPlan(call, repo);
  const rule = protectionOf(repo.protections, call.param("branch"));
  if (rule === undefined) throw new Refusal(404, "Branch not protected");
  return { body: classicView(call.hub, call.root, repo, call.param("branch"), rule) };
}

async function removeProtection(call: Call) {
  const repo = call.repo("admin", "administration");
  const rule = protectionOf(repo.protections, call.param("branch"));
  if (rule === undefined) throw new Refusal(404, "Branch not protected");
  repo.protections.splice(repo.protections.indexOf(rule), 1);
  call.hub.audit(repo, repo.owner, call.login(), "protected_branch.destroy", { name: rule.pattern });
  await call.hub.save();
  return { status: 204 };
}

async function renameBranch(call: Call) {
  const repo = call.repo("push", "contents");
  const from = call.param("branch");
  const { new_name: to } = call.body(z.object({ new_name: text.min(1) }));
  const git = call.hub.git(repo);
  const sha = await shaOf(git, from);
  const isDefault = repo.settings.default_branch === from;
  if ((isDefault || isProtected(repo, from)) && levelOf(call.hub, repo, call.login()) !== "admin")
    throw new Refusal(403, "Must have admin rights to Repository.");
  if ((await git.resolve(`refs/heads/${to}`)) !== undefined) throw new Refusal(422, "Validation Failed", ["New branch already exists"]);
  await git.updateRef(`refs/heads/${to}`, sha, ZERO);
  await git.updateRef(`refs/heads/${from}`, ZERO, sha);
  if (isDefault) {
    repo.settings.default_branch = to;
    await git.git(["symbolic-ref", "HEAD", `refs/heads/${to}`]);
  }
  // An exact rule follows its branch, and so do open pull requests.
  for (const rule of repo.protections) if (rule.pattern === from) rule.pattern = to;
  for (const pull of Object.values(repo.pulls)) {
    if (pull.head === from) pull.head = to;
    if (pull.base === from) pull.base = to;
  }
  await recordChange(call.hub, repo, { ref: `refs/heads/${to}`, before: ZERO, after: sha }, call.login());
  return { status: 201, body: await branchView(call, repo, sha, to) };
}

function statuses(call: Call) {
  return ofCommit(call, "statuses", (repo, sha) => ({
    page: repo.statuses
      .filter((status) => status.sha === sha)
      .reverse()
      .map((status) => statusView(call.hub, call.root, repo, status)),
  }));
}

function getCommit(call: Call) {
  return inGit(call, async (repo, git) => {
    const sha = await commitAt(git, call.param("ref"), 422);
    const commit = await git.commit(sha);
    const empty = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"; // git's name of the empty tree
    return { body: commitView(call.hub, call.root, repo, commit, await git.changes(commit.parents[0] ?? empty, sha, true)) };
  });
}

const refOf = (call: Call, repo: Repo): string => call.query.get("ref") ?? repo.settings.default_branch;

function getContent(call: Call) {
  return inGit(call, async (repo, git) => {
    const ref = refOf(call, repo);
    const commit = await commitAt(git, ref).catch(() => {
      throw new Refusal(404, `No commit found for the ref ${ref}`);
    });
    const path = call.param("path").replace(/\/$/, "");
    const entry = await git.file(commit, path);
    if (entry === undefined) throw notFound();
    if (entry.type === "blob") return { body: contentView(call.root, repo, entry, ref, await git.blob(entry.sha)) };
    const inside = await git.tree(entry.sha);
    return { body: inside.map((child) => contentView(call.root, repo, { ...child, path: `${path}/${child.path}` }, ref)) };
  });
}

const change = z.object({
  message: text,
  branch: text.optional(),
  sha: text.optional(),
  author: personBody.nullish(),
  committer: personBody.nullish(),
});

/** Commits one file's change to a branch, which its rules judge like a push. */
async function commitFile(call: Call, repo: Repo, body: z.infer<typeof change>, content: Buffer | null) {
  const git = call.hub.git(repo);
  const branch = body.branch ?? repo.settings.default_branch;
  const before = await git.resolve(`refs/heads/${branch}`);
  const isEmpty = (await git.refs("refs/heads")).length === 0;
  if (before === undefined && !isEmpty) throw new Refusal(404, `Branch ${branch} not found`);
  const path = call.param("path");
  const existing = before === undefined ? undefined : await git.file(before, path);
  if (existing !== undefined && body.sha === undefined) throw new Refusal(422, `Invalid request.\n\n"sha" wasn't supplied.`);
  if (existing?.sha !== body.sha) throw existing === undefined ? notFound() : new Refusal(409, `${path} does not match ${body.sha}`);
  const blob = content === null ? null : await git.writeBlob(content);
  const tree = await git.writeTree(before, [{ path, mode: existing?.mode ?? "100644", sha: blob }]);
  const author = signature(call, body.author);
  const after = await git.commitTree(
    tree,
    before === undefined ? [] : [before],
    body.message,
    author,
    body.committer ? signature(call, body.committer) : author,
  );
  const update = { ref: `refs/heads/${branch}`, before: before ?? ZERO, after };
  const verdict = await assess(call.hub, repo, update, call.login());
  if (isRefused(verdict) && verdict.rulesets.length === 0)
    throw new Refusal(409, `Could not ${content === null ? "delete" : existing ? "update" : "create"} file: ${verdict.classic.join("\n")}`);
  await changeReference(call.hub, repo, update, call.login());
  const commit = gitCommitView(call.root, repo, await git.commit(after));
  const entry = content === null ? undefined : await git.file(after, path);
  return {
    status: existing === undefined ? 201 : 200,
    body: { content: entry === undefined ? null : contentView(call.root, repo, entry, branch), commit },
  };
}

function putContent(call: Call) {
  const repo = call.repo("push", "contents");
  const body = call.body(change.extend({ content: text }));
  return commitFile(call, repo, body, Buffer.from(body.content, "base64"));
}

async function deleteContent(call: Call) {
  const repo = call.repo("push", "contents");
  const query = Object.fromEntries(call.query);
  const body = change.safeParse(call.json ?? query);
  if (!body.success) call.body(change);
  return { ...(await commitFile(call, repo, body.data!, null)), status: 200 };
}
