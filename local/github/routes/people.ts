import { isInTeam } from "../access.ts";
import { type Call, optional, type Route, text, z } from "../http/call.ts";
import { invalid, notFound, Refusal } from "../refusal.ts";
import type { Account, Team } from "../state.ts";
import {
  api,
  organizationFull,
  organizationSimple,
  privateUser,
  publicUser,
  simpleUser,
  teamFull,
  teamSimple,
  teamView,
} from "../views/people.ts";
import { permissions, repositoryView } from "../views/repository.ts";

export const people: Route[] = [
  ["GET", "/user", (call) => ({ body: privateUser(call.root, call.me()) })],
  ["GET", "/user/orgs", (call) => ({ page: orgsOf(call).map((org) => organizationSimple(call.root, org)) })],
  [
    "GET",
    "/users/{username}",
    (call) => {
      call.login();
      return { body: publicUser(call.root, call.hub.account(call.param("username"))) };
    },
  ],
  [
    "GET",
    "/orgs/{org}",
    (call) => {
      const org = call.org();
      const role = org.members[(call.viewer.login ?? "").toLowerCase()];
      return { body: organizationFull(call.root, org, role === "admin") };
    },
  ],
  [
    "GET",
    "/orgs/{org}/members",
    (call) => ({ page: Object.keys(call.org("member").members).map((login) => simpleUser(call.root, call.hub.account(login))) }),
  ],
  ["GET", "/orgs/{org}/memberships/{username}", (call) => ({ body: orgMembership(call, call.org("member", "read:org")) })],
  ["PUT", "/orgs/{org}/memberships/{username}", setOrgMembership],
  ["DELETE", "/orgs/{org}/memberships/{username}", removeOrgMembership],
  ["GET", "/orgs/{org}/teams", (call) => ({ page: listed(call, Object.values(call.org("member", "read:org").teams)) })],
  ["POST", "/orgs/{org}/teams", createTeam],
  ["GET", "/orgs/{org}/teams/{team_slug}", (call) => withTeam(call, (org, team) => ({ body: teamFull(call.hub, call.root, org, team) }))],
  ["PATCH", "/orgs/{org}/teams/{team_slug}", updateTeam],
  ["DELETE", "/orgs/{org}/teams/{team_slug}", deleteTeam],
  [
    "GET",
    "/orgs/{org}/teams/{team_slug}/members",
    (call) =>
      withTeam(call, (org, team) => ({
        page: Object.keys(org.members)
          .filter((login) => isInTeam(org, team, login))
          .map((login) => simpleUser(call.root, call.hub.account(login))),
      })),
  ],
  [
    "GET",
    "/orgs/{org}/teams/{team_slug}/memberships/{username}",
    (call) => withTeam(call, (_, team) => ({ body: membership(call, team) })),
  ],
  ["PUT", "/orgs/{org}/teams/{team_slug}/memberships/{username}", setMembership],
  ["DELETE", "/orgs/{org}/teams/{team_slug}/memberships/{username}", removeMembership],
  [
    "GET",
    "/orgs/{org}/teams/{team_slug}/repos",
    (call) =>
      withTeam(call, (_, team) => ({
        page: Object.values(call.hub.state.repos)
          .filter((repo) => repo.teams[team.slug] !== undefined)
          .map((repo) => ({
            ...repositoryView(call.hub, call.root, repo),
            permissions: permissions(repo.teams[team.slug]),
            role_name: roleName(repo.teams[team.slug]!),
          })),
      })),
  ],
  ["GET", "/orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}", teamRepository],
  ["PUT", "/orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}", setTeamRepository],
  ["DELETE", "/orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}", removeTeamRepository],
];

/** GitHub's own names of the levels, in roles. */
export const roleName = (level: string): string => ({ pull: "read", push: "write" })[level] ?? level;

const orgsOf = (call: Call): Account[] =>
  Object.values(call.hub.state.accounts).filter((account) => account.members[call.login().toLowerCase()] !== undefined);

/** The team of the path, for those who may know of it. */
function withTeam<T>(call: Call, action: (org: Account, team: Team) => T, needed: "member" | "admin" = "member"): T {
  const org = call.org(needed, needed === "member" ? "read:org" : "admin:org");
  return action(org, call.hub.team(org, call.param("team_slug")));
}
const listed = (call: Call, teams: Team[]): object[] => teams.map((team) => teamView(call.root, call.org(), team));

function orgMembership(call: Call, org: Account): object {
  const account = call.hub.account(call.param("username"));
  const role = org.members[account.login.toLowerCase()];
  if (role === undefined) throw notFound();
  const url = `${api(call.root)}/orgs/${org.login}/memberships/${account.login}`;
  return {
    url,
    state: "active",
    role,
    organization_url: `${api(call.root)}/orgs/${org.login}`,
    user: simpleUser(call.root, account),
    organization: organizationSimple(call.root, org),
  };
}

async function setOrgMembership(call: Call) {
  const org = call.org("admin", "admin:org");
  const { role } = call.body(z.object({ role: z.enum(["admin", "member"]).default("member") }));
  const login = call.hub.account(call.param("username")).login.toLowerCase();
  call.hub.audit(undefined, org.login, call.login(), org.members[login] === undefined ? "org.add_member" : "org.update_member", {
    user: login,
    permission: role,
  });
  org.members[login] = role;
  await call.hub.save();
  return { body: orgMembership(call, org) };
}

async function removeOrgMembership(call: Call) {
  const org = call.org("admin", "admin:org");
  const login = call.param("username").toLowerCase();
  if (org.members[login] === undefined) throw notFound();
  delete org.members[login];
  for (const team of Object.values(org.teams)) delete team.members[login];
  call.hub.audit(undefined, org.login, call.login(), "org.remove_member", { user: login });
  await call.hub.save();
  return { status: 204 };
}

const teamBody = z.object({
  name: text.min(1),
  description: optional.text,
  privacy: z.enum(["secret", "closed"]).nullish(),
  notification_setting: z.enum(["notifications_enabled", "notifications_disabled"]).nullish(),
  parent_team_id: z.number().int().nullish(),
  maintainers: optional.texts,
});
const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, "-")
    .replace(/^-|-$/g, "");

function parentSlug(call: Call, id: number | null | undefined): string | null {
  if (id === null || id === undefined) return null;
  const found = call.hub.teamById(id);
  if (found === undefined) throw invalid({ resource: "Team", field: "parent_team_id", code: "invalid" });
  return found.team.slug;
}

async function createTeam(call: Call) {
  const org = call.org("member", "admin:org");
  const body = call.body(teamBody);
  const slug = slugOf(body.name);
  if (org.teams[slug] !== undefined)
    throw new Refusal(422, "Validation Failed", [{ resource: "Team", code: "already_exists", field: "name" }]);
  const at = call.hub.time();
  const team: Team = {
    id: call.hub.id(),
    name: body.name,
    slug,
    description: body.description ?? null,
    privacy: body.privacy ?? (body.parent_team_id ? "closed" : "secret"),
    notificationSetting: body.notification_setting ?? "notifications_enabled",
    parentSlug: parentSlug(call, body.parent_team_id),
    createdAt: at,
    updatedAt: at,
    members: { [call.login().toLowerCase()]: "maintainer" },
  };
  org.teams[slug] = team;
  call.hub.audit(undefined, org.login, call.login(), "team.create", { team: slug });
  await call.hub.save();
  return { status: 201, body: teamFull(call.hub, call.root, org, team) };
}

function updateTeam(call: Call) {
  return withTeam(call, async (org, team) => {
    const body = call.body(teamBody.partial());
    const from = team.slug;
    if (body.name) Object.assign(team, { name: body.name, slug: slugOf(body.name) });
    if (body.description !== undefined) team.description = body.description;
    if (body.privacy) team.privacy = body.privacy;
    if (body.notification_setting) team.notificationSetting = body.notification_setting;
    if (body.parent_team_id !== undefined) team.parentSlug = parentSlug(call, body.parent_team_id);
    team.updatedAt = call.hub.time();
    if (team.slug !== from) {
      delete org.teams[from];
      org.teams[team.slug] = team;
      for (const repo of Object.values(call.hub.state.repos)) {
        const level = repo.teams[from];
        if (level === undefined || repo.owner !== org.login) continue;
        repo.teams[team.slug] = level;
        delete repo.teams[from];
      }
    }
    await call.hub.save();
    return { body: teamFull(call.hub, call.root, org, team) };
  });
}

function deleteTeam(call: Call) {
  return withTeam(call, async (org, team) => {
    delete org.teams[team.slug];
    for (const repo of Object.values(call.hub.state.repos)) if (repo.owner === org.login) delete repo.teams[team.slug];
    call.hub.audit(undefined, org.login, call.login(), "team.destroy", { team: team.slug });
    await call.hub.save();
    return { status: 204 };
  });
}

function membership(call: Call, team: Team): object {
  const role = team.members[call.param("username").toLowerCase()];
  if (role === undefined) throw notFound();
  const url = `${api(call.root)}/organizations/${call.org().id}/team/${team.id}/memberships/${call.param("username")}`;
  return { url, role, state: "active" };
}

function setMembership(call: Call) {
  return withTeam(call, async (org, team) => {
    const { role } = call.body(z.object({ role: z.enum(["member", "maintainer"]).default("member") }));
    const login = call.hub.account(call.param("username")).login.toLowerCase();
    org.members[login] ??= "member";
    team.members[login] = role;
    call.hub.audit(undefined, org.login, call.login(), "team.add_member", { team: team.slug, user: login });
    await call.hub.save();
    return { body: membership(call, team) };
  });
}

function removeMembership(call: Call) {
  return withTeam(call, async (org, team) => {
    const login = call.param("username").toLowerCase();
    if (team.members[login] === undefined) throw notFound();
    delete team.members[login];
    call.hub.audit(undefined, org.login, call.login(), "team.remove_member", { team: team.slug, user: login });
    await call.hub.save();
    return { status: 204 };
  });
}

function teamRepository(call: Call) {
  return withTeam(call, (_, team) => {
    const repo = call.hub.repository(call.param("owner"), call.param("repo"));
    const level = repo.teams[team.slug];
    if (level === undefined) throw notFound();
    return { body: { ...repositoryView(call.hub, call.root, repo), permissions: permissions(level), role_name: roleName(level) } };
  });
}

function setTeamRepository(call: Call) {
  return withTeam(call, async (org, team) => {
    const { permission } = call.body(z.object({ permission: z.enum(["pull", "triage", "push", "maintain", "admin"]).default("push") }));
    const repo = call.repo("admin", "administration");
    repo.teams[team.slug] = permission;
    call.hub.audit(repo, org.login, call.login(), "team.add_repository", { team: team.slug, permission });
    await call.hub.save();
    return { status: 204 };
  });
}

function removeTeamRepository(call: Call) {
  return withTeam(call, async (org, team) => {
    const repo = call.repo("admin", "administration");
    delete repo.teams[team.slug];
    call.hub.audit(repo, org.login, call.login(), "team.remove_repository", { team: team.slug });
    await call.hub.save();
    return { status: 204 };
  });
}

export const teamsOfRepository = (call: Call, owner: Account, teams: Record<string, string>): object[] =>
  Object.entries(teams).flatMap(([slug, permission]) => {
    const team = owner.teams[slug];
    return team === undefined ? [] : [{ ...teamSimple(call.root, owner, team), permission, parent: null }];
  });
