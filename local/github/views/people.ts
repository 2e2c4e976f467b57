import type { Hub } from "../hub.ts";
import { nodeId } from "../node-id.ts";
import type { Account, Team } from "../state.ts";

/** Root of REST addresses. */
export const api = (root: string): string => `${root}/api/v3`;

const KIND = { User: "U", Organization: "O", Bot: "BOT" } as const;
export const accountNodeId = ({ type, id }: Account): string => nodeId(KIND[type], id);

export function simpleUser(root: string, account: Account): Record<string, unknown> & { login: string } {
  const { login, id, type } = account;
  const url = `${api(root)}/users/${login}`;
  return {
    login,
    id,
    node_id: accountNodeId(account),
    avatar_url: `${root}/avatars/${id}`,
    gravatar_id: "",
    url,
    html_url: `${root}/${login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type,
    site_admin: false,
  };
}

/** A user by name, or null when the account is gone. */
export function userNamed(hub: Hub, root: string, login: string): ReturnType<typeof simpleUser> | null {
  const account = hub.state.accounts[login.toLowerCase()];
  return account === undefined ? null : simpleUser(root, account);
}

export const publicUser = (root: string, account: Account): object => ({
  ...simpleUser(root, account),
  name: account.name,
  company: null,
  blog: "",
  location: null,
  email: account.email,
  hireable: null,
  bio: null,
  public_repos: 0,
  public_gists: 0,
  followers: 0,
  following: 0,
  created_at: account.createdAt,
  updated_at: account.updatedAt,
});

export const privateUser = (root: string, account: Account): object => ({
  ...publicUser(root, account),
  private_gists: 0,
  total_private_repos: 0,
  owned_private_repos: 0,
  disk_usage: 0,
  collaborators: 0,
  two_factor_authentication: true,
  plan: { name: account.plan, space: 976_562_499, private_repos: 9999, collaborators: 0 },
});

export function organizationSimple(root: string, org: Account): Record<string, unknown> {
  const url = `${api(root)}/orgs/${org.login}`;
  return {
    login: org.login,
    id: org.id,
    node_id: accountNodeId(org),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${root}/avatars/${org.id}`,
    description: null,
  };
}

export const organizationFull = (root: string, org: Account, asAdmin: boolean): Record<string, unknown> => ({
  ...organizationSimple(root, org),
  name: org.name ?? org.login,
  is_verified: false,
  has_organization_projects: true,
  has_repository_projects: true,
  public_repos: 0,
  public_gists: 0,
  followers: 0,
  following: 0,
  html_url: `${root}/${org.login}`,
  type: "Organization",
  created_at: org.createdAt,
  updated_at: org.updatedAt,
  archived_at: null,
  ...(asAdmin
    ? { plan: { name: org.plan, space: 976_562_499, private_repos: 9999, filled_seats: Object.keys(org.members).length, seats: 100 } }
    : {}),
});

export function teamSimple(root: string, org: Account, team: Team): Record<string, unknown> {
  const url = `${api(root)}/organizations/${org.id}/team/${team.id}`;
  return {
    id: team.id,
    node_id: nodeId("T", team.id),
    url,
    members_url: `${url}/members{/member}`,
    name: team.name,
    description: team.description,
    permission: "pull",
    privacy: team.privacy,
    notification_setting: team.notificationSetting,
    html_url: `${root}/orgs/${org.login}/teams/${team.slug}`,
    repositories_url: `${url}/repos`,
    slug: team.slug,
    type: "organization",
    organization_id: org.id,
  };
}

const parentOf = (root: string, org: Account, { parentSlug }: Team): object | null => {
  const parent = parentSlug === null ? undefined : org.teams[parentSlug];
  return parent === undefined ? null : teamSimple(root, org, parent);
};

export const teamView = (root: string, org: Account, team: Team): Record<string, unknown> => ({
  ...teamSimple(root, org, team),
  parent: parentOf(root, org, team),
});

export const teamFull = (hub: Hub, root: string, org: Account, team: Team): Record<string, unknown> => ({
  ...teamView(root, org, team),
  created_at: team.createdAt,
  updated_at: team.updatedAt,
  members_count: Object.keys(team.members).length,
  repos_count: Object.values(hub.state.repos).filter((repo) => repo.owner === org.login && repo.teams[team.slug] !== undefined).length,
  organization: organizationFull(root, org, false),
});
