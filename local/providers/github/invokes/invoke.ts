import { ProviderError } from "../../../engine/provider.ts";
import type { PropertyMap, Value } from "../../../engine/values.ts";
import { type Session, unlessGone } from "../client.ts";
import { text } from "../handler.ts";

/** Answers a program's look-up from GitHub. */
export async function invoke(session: Session, token: string, args: PropertyMap): Promise<PropertyMap> {
  switch (token.split(":").at(-1)) {
    case "getTeam":
      return getTeam(session, args);
    case "getUser":
      return getUser(session, args);
    case "getRepository":
      return getRepository(session, args);
    default:
      throw new ProviderError(`the embedded engine cannot call ${token}`);
  }
}

const nothing = (what: string, session: Session): ProviderError =>
  new ProviderError(`there is no ${what} on ${session.host} that this token can see`);

async function getTeam(session: Session, args: PropertyMap): Promise<PropertyMap> {
  const org = await session.owner();
  const at = { org, team_slug: text(args.slug) };
  const found = await unlessGone(session.octokit.rest.teams.getByName(at));
  if (found === undefined) throw nothing(`team "${at.team_slug}" in ${org}`, session);
  const summary = args.summaryOnly === true;
  const members = summary ? [] : await session.octokit.paginate(session.octokit.rest.teams.listMembersInOrg, { ...at, per_page: 100 });
  const repositories = summary ? [] : await session.octokit.paginate(session.octokit.rest.teams.listReposInOrg, { ...at, per_page: 100 });
  const { id, name, node_id, description, privacy, permission, notification_setting } = found.data;
  return {
    ...args,
    id: String(id),
    name,
    nodeId: node_id,
    slug: found.data.slug,
    description: description ?? "",
    privacy: privacy ?? "secret",
    permission,
    notificationSetting: notification_setting ?? "notifications_enabled",
    members: members.map(({ login }) => login),
    repositories: repositories.map((repo) => repo.name),
    repositoriesDetaileds: repositories.map((repo) => ({ repoId: repo.id, repoName: repo.name, roleName: repo.role_name ?? "read" })),
  };
}

async function getUser(session: Session, args: PropertyMap): Promise<PropertyMap> {
  const username = text(args.username);
  const asked = username === "" ? session.octokit.rest.users.getAuthenticated() : session.octokit.rest.users.getByUsername({ username });
  const found = await unlessGone<{ data: Record<string, unknown> }>(asked as Promise<{ data: Record<string, unknown> }>);
  if (found === undefined) throw nothing(`user "${username}"`, session);
  const live = found.data;
  const value = (key: string, otherwise: Value = ""): Value => (live[key] ?? otherwise) as Value;
  return {
    username,
    id: String(live.id),
    login: value("login"),
    nodeId: value("node_id"),
    name: value("name"),
    email: value("email"),
    avatarUrl: value("avatar_url"),
    bio: value("bio"),
    blog: value("blog"),
    company: value("company"),
    createdAt: value("created_at"),
    updatedAt: value("updated_at"),
    suspendedAt: value("suspended_at"),
    location: value("location"),
    gravatarId: value("gravatar_id"),
    followers: value("followers", 0),
    following: value("following", 0),
    publicGists: value("public_gists", 0),
    publicRepos: value("public_repos", 0),
    siteAdmin: value("site_admin", false),
    gpgKeys: [],
    sshKeys: [],
  };
}

async function getRepository(session: Session, args: PropertyMap): Promise<PropertyMap> {
  const [owner, name] = text(args.fullName).includes("/")
    ? (text(args.fullName).split("/") as [string, string])
    : [await session.owner(), text(args.name)];
  const found = await unlessGone(session.octokit.rest.repos.get({ owner, repo: name }));
  if (found === undefined) throw nothing(`repository ${owner}/${name}`, session);
  const live = found.data as unknown as Record<string, unknown>;
  const camel = (key: string): string => key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const same = [
    ...[
      "allow_auto_merge",
      "allow_forking",
      "allow_merge_commit",
      "allow_rebase_merge",
      "allow_squash_merge",
      "allow_update_branch",
      "archived",
    ],
    ...[
      "default_branch",
      "delete_branch_on_merge",
      "fork",
      "full_name",
      "has_discussions",
      "has_issues",
      "has_projects",
      "has_wiki",
      "html_url",
    ],
    ...["is_template", "merge_commit_message", "merge_commit_title", "name", "node_id", "private", "squash_merge_commit_message"],
    ...["squash_merge_commit_title", "svn_url", "topics", "visibility"],
  ];
  return {
    ...args,
    ...Object.fromEntries(same.map((key) => [camel(key), (live[key] ?? false) as Value])),
    id: String(live.name),
    repoId: live.id as number,
    description: (live.description ?? "") as Value,
    homepageUrl: (live.homepage ?? "") as Value,
    gitCloneUrl: live.git_url as Value,
    httpCloneUrl: live.clone_url as Value,
    sshCloneUrl: live.ssh_url as Value,
    primaryLanguage: (live.language ?? "") as Value,
    hasDownloads: (live.has_downloads ?? false) as Value,
    pages: [],
    repositoryLicenses: [],
    templates: [],
  };
}
