import { mkdir, rm } from "node:fs/promises";
import { levelOf } from "../access.ts";
import { GitRepository } from "../git/repository.ts";
import { installHooks } from "../git/smart-http.ts";
import { type Call, optional, type Route, text, z } from "../http/call.ts";
import type { Hub } from "../hub.ts";
import { ownerLines } from "../protection/assess.ts";
import { parseOwners } from "../protection/code-owners.ts";
import { invalid, notFound, Refusal } from "../refusal.ts";
import type { Account, Level, Repo } from "../state.ts";
import { simpleUser } from "../views/people.ts";
import { fullRepository, minimalRepository, permissions } from "../views/repository.ts";
import { roleName, teamsOfRepository } from "./people.ts";

const level = z.enum(["pull", "triage", "push", "maintain", "admin"]);

export const repositories: Route[] = [
  ["POST", "/user/repos", (call) => create(call, call.me())],
  ["POST", "/orgs/{org}/repos", (call) => create(call, call.org("member"))],
  ["GET", "/orgs/{org}/repos", (call) => ({ page: visible(call, call.org()).map((repo) => minimalRepository(call.hub, call.root, repo)) })],
  ["GET", "/repos/{owner}/{repo}", (call) => show(call, call.repo("pull", "metadata"))],
  ["GET", "/repositories/{repository_id}", (call) => show(call, call.repo("pull", "metadata"))],
  ["PATCH", "/repos/{owner}/{repo}", update],
  ["DELETE", "/repos/{owner}/{repo}", remove],
  ["GET", "/repos/{owner}/{repo}/topics", (call) => ({ body: { names: call.repo("pull", "metadata").topics } })],
  ["PUT", "/repos/{owner}/{repo}/topics", setTopics],
  ["GET", "/repos/{owner}/{repo}/teams", listTeams],
  ["GET", "/repos/{owner}/{repo}/collaborators", listCollaborators],
  ["PUT", "/repos/{owner}/{repo}/collaborators/{username}", setCollaborator],
  ["DELETE", "/repos/{owner}/{repo}/collaborators/{username}", removeCollaborator],
  ["GET", "/repos/{owner}/{repo}/collaborators/{username}/permission", permissionOf],
  ["GET", "/repos/{owner}/{repo}/codeowners/errors", ownerErrors],
];

const show = (call: Call, repo: Repo) => ({ body: fullRepository(call.hub, call.root, repo, call.viewer.login) });
const visible = (call: Call, owner: Account): Repo[] =>
  Object.values(call.hub.state.repos).filter(
    (repo) => repo.owner === owner.login && levelOf(call.hub, repo, call.viewer.login) !== undefined,
  );

const settings = z.object({
  description: optional.text,
  homepage: optional.text,
  private: z.boolean().optional(),
  visibility: z.enum(["public", "private", "internal"]).optional(),
  default_branch: z.string().optional(),
  ...Object.fromEntries(
    [
      ...["has_issues", "has_projects", "has_wiki", "has_discussions", "has_downloads", "is_template", "archived"],
      ...["allow_merge_commit", "allow_squash_merge", "allow_rebase_merge", "allow_auto_merge", "allow_forking", "allow_update_branch"],
      ...["delete_branch_on_merge", "web_commit_signoff_required"],
    ].map((key) => [key, z.boolean().optional()]),
  ),
  squash_merge_commit_title: z.enum(["PR_TITLE", "COMMIT_OR_PR_TITLE"]).optional(),
  squash_merge_commit_message: z.enum(["PR_BODY", "COMMIT_MESSAGES", "BLANK"]).optional(),
  merge_commit_title: z.enum(["PR_TITLE", "MERGE_MESSAGE"]).optional(),
  merge_commit_message: z.enum(["PR_TITLE", "PR_BODY", "BLANK"]).optional(),
});
const NAME = /^[-a-zA-Z0-9_.]{1,100}$/;
const newRepository = settings.extend({ name: text.regex(NAME), auto_init: z.boolean().optional() });

async function create(call: Call, owner: Account) {
  const body = call.body(newRepository);
  const there = call.hub.state.repos[`${owner.login}/${body.name}`.toLowerCase()];
  if (there !== undefined && there.laidOut !== true)
    throw new Refusal(422, "Repository creation failed.", [
      { resource: "Repository", code: "custom", field: "name", message: "name already exists on this account" },
    ]);
  const made = () =>
    makeRepository(call.hub, owner, body.name, {
      visibility: body.visibility ?? (body.private ? "private" : "public"),
      initialCommit: body.auto_init === true,
    });
  const repo = there ?? (await made());
  delete repo.laidOut;
  if (owner.type === "Organization" && owner.members[call.login().toLowerCase()] !== "admin")
    repo.collaborators[call.login().toLowerCase()] = "admin";
  apply(repo, body);
  call.hub.audit(repo, owner.login, call.login(), "repo.create");
  await call.hub.save();
  return { status: 201, body: fullRepository(call.hub, call.root, repo, call.viewer.login) };
}

/** A new repository with GitHub's default settings, and its bare git repository. */
export async function makeRepository(
  hub: Hub,
  owner: Account,
  name: string,
  { visibility = "private" as Repo["visibility"], initialCommit = false, branch = "main" } = {},
): Promise<Repo> {
  const at = hub.time();
  const repo: Repo = {
    id: hub.id(),
    owner: owner.login,
    name,
    visibility,
    createdAt: at,
    updatedAt: at,
    pushedAt: at,
    settings: {
      description: null,
      homepage: null,
      default_branch: branch,
      has_issues: true,
      has_projects: true,
      has_wiki: true,
      has_discussions: false,
      has_downloads: true,
      is_template: false,
      archived: false,
      allow_merge_commit: true,
      allow_squash_merge: true,
      allow_rebase_merge: true,
      allow_auto_merge: false,
      allow_forking: true,
      allow_update_branch: false,
      delete_branch_on_merge: false,
      web_commit_signoff_required: false,
      squash_merge_commit_title: "COMMIT_OR_PR_TITLE",
      squash_merge_commit_message: "COMMIT_MESSAGES",
      merge_commit_title: "MERGE_MESSAGE",
      merge_commit_message: "PR_TITLE",
    },
    topics: [],
    collaborators: {},
    teams: {},
    protections: [],
    rulesets: [],
    environments: {},
    secrets: {},
    variables: {},
    keyPair: hub.newKeyPair(),
    nextNumber: 1,
    issues: {},
    pulls: {},
    statuses: [],
    checkRuns: [],
    deployments: [],
    releases: [],
    labels: {},
    activity: [],
  };
  hub.state.repos[`${owner.login}/${name}`.toLowerCase()] = repo;
  await mkdir(hub.gitDir(repo), { recursive: true });
  const git = await GitRepository.init(hub.gitDir(repo), branch);
  await installHooks(hub.gitDir(repo));
  if (initialCommit) {
    const blob = await git.writeBlob(Buffer.from(`# ${name}\n`));
    const tree = await git.writeTree(undefined, [{ path: "README.md", mode: "100644", sha: blob }]);
    const person = { name: owner.name ?? owner.login, email: owner.email ?? `${owner.login}@users.noreply.github.com`, date: at };
    await git.updateRef(`refs/heads/${branch}`, await git.commitTree(tree, [], "Initial commit", person));
  }
  return repo;
}

function apply(repo: Repo, body: Record<string, unknown>): void {
  for (const key of Object.keys(repo.settings)) {
    const value = body[key];
    if (value !== undefined) Object.assign(repo.settings, { [key]: value });
  }
  const visibility = body.visibility ?? (body.private === undefined ? undefined : body.private ? "private" : "public");
  if (visibility !== undefined) repo.visibility = visibility as Repo["visibility"];
}

async function update(call: Call) {
  const repo = administered(call, "PATCH");
  const body = call.body(settings.extend({ name: text.regex(NAME).optional() }));
  const { hub } = call;
  if (repo.settings.archived && (body as { archived?: boolean }).archived !== false)
    throw new Refusal(403, "Repository was archived so is read-only.");
  const merging = { ...repo.settings, ...body };
  if (!merging.allow_merge_commit && !merging.allow_squash_merge && !merging.allow_rebase_merge)
    throw new Refusal(422, "Validation Failed", [
      {
        resource: "Repository",
        code: "custom",
        field: "merge_commit_allowed",
        message: "Sorry, you need to allow at least one merge strategy. (no_merge_method)",
      },
    ]);
  if (body.default_branch !== undefined && (await hub.git(repo).resolve(`refs/heads/${body.default_branch}`)) === undefined)
    throw new Refusal(422, "Validation Failed", [
      {
        resource: "Repository",
        code: "invalid",
        field: "default_branch",
        message: `The branch ${body.default_branch} was not found. Please push that ref first or create it via the Git Data API.`,
      },
    ]);
  if (body.name !== undefined && body.name !== repo.name) {
    const key = (name: string) => `${repo.owner}/${name}`.toLowerCase();
    if (hub.state.repos[key(body.name)] !== undefined)
      throw invalid({ resource: "Repository", code: "custom", field: "name", message: "name already exists on this account" });
    delete hub.state.repos[key(repo.name)];
    repo.name = body.name;
    hub.state.repos[key(body.name)] = repo;
  }
  apply(repo, body);
  if (body.default_branch !== undefined) await hub.git(repo).git(["symbolic-ref", "HEAD", `refs/heads/${body.default_branch}`]);
  repo.updatedAt = hub.time();
  hub.audit(
    repo,
    repo.owner,
    call.login(),
    "repo.update",
    Object.fromEntries(Object.entries(body).map(([key, value]) => [key, String(value)])),
  );
  await hub.save();
  return show(call, repo);
}

/** Who sees the repository but does not administer it is told so here, unlike elsewhere (404). */
function administered(call: Call, _verb: string): Repo {
  const repo = call.repo("pull", "metadata");
  if (levelOf(call.hub, repo, call.login()) !== "admin") throw new Refusal(403, "Must have admin rights to Repository.");
  return call.repo("admin", "administration");
}

async function remove(call: Call) {
  const repo = administered(call, "DELETE");
  const { token } = call.viewer;
  if (token?.permissions === undefined && !token?.scopes?.includes("delete_repo"))
    throw new Refusal(403, "Must have admin rights to Repository.");
  delete call.hub.state.repos[`${repo.owner}/${repo.name}`.toLowerCase()];
  await rm(call.hub.gitDir(repo), { recursive: true, force: true });
  call.hub.audit(repo, repo.owner, call.login(), "repo.destroy");
  await call.hub.save();
  return { status: 204 };
}

async function setTopics(call: Call) {
  const repo = call.repo("admin", "administration");
  repo.topics = call.body(z.object({ names: z.array(z.string().regex(/^[a-z0-9][a-z0-9-]{0,49}$/)).max(20) })).names;
  await call.hub.save();
  return { body: { names: repo.topics } };
}

function listTeams(call: Call) {
  const repo = call.repo("push", "administration", false);
  return { page: teamsOfRepository(call, call.hub.account(repo.owner), repo.teams) };
}

const collaborator = (call: Call, account: Account, granted: Level): object => ({
  ...simpleUser(call.root, account),
  permissions: permissions(granted),
  role_name: roleName(granted),
});

function listCollaborators(call: Call) {
  const repo = call.repo("push", "metadata", false);
  const users = Object.values(call.hub.state.accounts).filter(({ type }) => type === "User");
  const direct = call.query.get("affiliation") === "direct";
  return {
    page: users.flatMap((account) => {
      const granted = direct
        ? repo.collaborators[account.login.toLowerCase()]
        : levelOf(call.hub, { ...repo, visibility: "private" }, account.login);
      return granted === undefined ? [] : [collaborator(call, account, granted)];
    }),
  };
}

async function setCollaborator(call: Call) {
  const repo = administered(call, "PUT");
  const { permission } = call.body(z.object({ permission: level.default("push") }));
  const login = call.hub.account(call.param("username")).login.toLowerCase();
  repo.collaborators[login] = permission;
  call.hub.audit(repo, repo.owner, call.login(), "repo.add_member", { user: login, permission });
  await call.hub.save();
  return { status: 204 };
}

async function removeCollaborator(call: Call) {
  const repo = administered(call, "DELETE");
  const login = call.param("username").toLowerCase();
  delete repo.collaborators[login];
  call.hub.audit(repo, repo.owner, call.login(), "repo.remove_member", { user: login });
  await call.hub.save();
  return { status: 204 };
}

function permissionOf(call: Call) {
  const repo = call.repo("push", "metadata", false);
  const account = call.hub.account(call.param("username"));
  const granted = levelOf(call.hub, repo, account.login);
  const legacy = granted === undefined ? "none" : granted === "maintain" ? "write" : granted === "triage" ? "read" : roleName(granted);
  return {
    body: {
      permission: legacy,
      role_name: granted === undefined ? "none" : roleName(granted),
      user: granted === undefined ? null : collaborator(call, account, granted),
    },
  };
}

async function ownerErrors(call: Call) {
  const repo = call.repo("pull", "contents");
  const git = call.hub.git(repo);
  const commit = await git.resolve(call.query.get("ref") ?? `refs/heads/${repo.settings.default_branch}`);
  const file = commit === undefined ? undefined : await ownerLines(git, commit);
  if (file === undefined) throw notFound();
  const source = file.text.split("\n");
  const errors = parseOwners(file.text).flatMap(({ line, pattern, owners }) => {
    const at = source[line - 1] ?? "";
    const error = (kind: string, word: string, suggestion: string | null) => {
      const column = at.indexOf(word) + 1;
      const message = `${kind} on line ${line}: ${suggestion ?? ""}\n\n  ${at}\n  ${" ".repeat(column - 1)}^`;
      return { line, column, kind, source: `${at}\n`, suggestion, message, path: file.path };
    };
    const faulty = owners.flatMap((owner) => {
      const fault = ownerFault(call.hub, repo, owner);
      return fault === undefined ? [] : [error("Unknown owner", owner, fault)];
    });
    return /[[\]!]/.test(pattern) ? [error("Invalid pattern", pattern, null), ...faulty] : faulty;
  });
  return { body: { errors } };
}

function ownerFault(hub: Hub, repo: Repo, owner: string): string | undefined {
  const writes = (granted: Level | undefined) => granted !== undefined && ["push", "maintain", "admin"].includes(granted);
  if (!owner.startsWith("@")) return undefined;
  const [org, slug] = owner.slice(1).toLowerCase().split("/");
  if (slug !== undefined) {
    const team = hub.state.accounts[org ?? ""]?.teams[slug];
    return team !== undefined && writes(repo.teams[slug])
      ? undefined
      : `make sure the team ${owner} exists, is publicly visible, and has write access to the repository`;
  }
  const known = hub.state.accounts[org ?? ""] !== undefined && writes(levelOf(hub, repo, org));
  return known ? undefined : `make sure ${owner} exists and has write access to the repository`;
}
