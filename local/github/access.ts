import type { Hub } from "./hub.ts";
import { nodeId } from "./node-id.ts";
import type { Account, Level, Repo, Team, Token } from "./state.ts";

/** Who asks; without a token: nobody. */
export interface Viewer {
  login: string | undefined;
  token: Token | undefined;
}

const ORDER: readonly Level[] = ["pull", "triage", "push", "maintain", "admin"];
export const atLeast = (level: Level | undefined, needed: Level): boolean =>
  level !== undefined && ORDER.indexOf(level) >= ORDER.indexOf(needed);
const higher = (a: Level | undefined, b: Level | undefined): Level | undefined =>
  a === undefined ? b : b !== undefined && ORDER.indexOf(b) > ORDER.indexOf(a) ? b : a;

/** What a user may do with a repository, by ownership, collaboration, team or visibility; undefined: not even see it. */
export function levelOf(hub: Hub, repo: Repo, login: string | undefined): Level | undefined {
  const key = login?.toLowerCase();
  let level: Level | undefined = repo.visibility === "public" ? "pull" : undefined;
  if (key === undefined) return level;
  const owner = hub.account(repo.owner);
  if (owner.login.toLowerCase() === key || owner.members[key] === "admin") return "admin";
  if (repo.visibility === "internal" && owner.members[key] !== undefined) level = higher(level, "pull");
  level = higher(level, repo.collaborators[key]);
  for (const [slug, granted] of Object.entries(repo.teams)) {
    const team = owner.teams[slug];
    if (team !== undefined && isInTeam(owner, team, key)) level = higher(level, granted);
  }
  return level;
}

/** A member of a child team is one of its parent's too. */
export function isInTeam(org: Account, team: Team, login: string): boolean {
  if (team.members[login.toLowerCase()] !== undefined) return true;
  return Object.values(org.teams).some((child) => child.parentSlug === team.slug && isInTeam(org, child, login));
}

/** What not even a public repository shows without the permission. */
const KEPT = ["administration", "secrets", "actions_variables", "environments"];

/** What a token may do at all, whoever it belongs to. Classic `repo` covers private repositories, `public_repo` public ones. */
export function tokenAllows(token: Token | undefined, repo: Repo, permission: string, write: boolean): boolean {
  if (token === undefined) return !write && repo.visibility === "public";
  if (token.permissions !== undefined) {
    const granted = token.permissions[permission];
    if (!write && (permission === "metadata" || (repo.visibility === "public" && !KEPT.includes(permission)))) return true;
    return granted === "write" || (granted === "read" && !write);
  }
  const scopes = token.scopes ?? [];
  return scopes.includes("repo") || (repo.visibility === "public" && (!write || scopes.includes("public_repo")));
}

/** Somebody whose rights protection rules judge. */
export interface Actor {
  login: string;
  nodeIds: string[];
  id: number;
  teamIds: number[];
  level: Level | undefined;
  isOrgAdmin: boolean;
}

export function actorOf(hub: Hub, repo: Repo, login: string): Actor {
  const owner = hub.account(repo.owner);
  const account = hub.account(login);
  const teams = Object.values(owner.teams).filter((team) => isInTeam(owner, team, login));
  return {
    login: account.login,
    nodeIds: [nodeId("U", account.id), ...teams.map((team) => nodeId("T", team.id))],
    id: account.id,
    teamIds: teams.map(({ id }) => id),
    level: levelOf(hub, repo, login),
    isOrgAdmin: owner.members[login.toLowerCase()] === "admin",
  };
}
