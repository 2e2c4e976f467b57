import { ProviderError } from "../../../engine/provider.ts";
import type { PropertyMap } from "../../../engine/values.ts";
import { type Session, unlessGone } from "../client.ts";
import { type Found, type Handler, idOf, partsOf, text } from "../handler.ts";
import { withDefaults } from "../preview.ts";
import { team as schema } from "../schema/teams.ts";

type Live = Awaited<ReturnType<Session["octokit"]["rest"]["teams"]["getByName"]>>["data"];

/** By slug or by numeric id: states and programs hold either. */
async function find(session: Session, key: string): Promise<Live | undefined> {
  const org = await session.owner();
  if (!/^\d+$/.test(key)) return (await unlessGone(session.octokit.rest.teams.getByName({ org, team_slug: key })))?.data;
  const all = await session.octokit.paginate(session.octokit.rest.teams.list, { org, per_page: 100 });
  const slug = all.find(({ id }) => id === Number(key))?.slug;
  return slug === undefined ? undefined : (await unlessGone(session.octokit.rest.teams.getByName({ org, team_slug: slug })))?.data;
}
async function slugOf(session: Session, key: string): Promise<string> {
  const found = await find(session, key);
  if (found === undefined) throw new ProviderError(`there is no team "${key}" in ${await session.owner()} that this token can see`);
  return found.slug;
}

function outputsOf(live: Live, olds: PropertyMap): PropertyMap {
  const parent = live.parent ?? undefined;
  return {
    name: live.name,
    ...(live.description ? { description: live.description } : {}),
    privacy: live.privacy ?? "secret",
    notificationSetting: live.notification_setting ?? "notifications_enabled",
    parentTeamId: parent === undefined ? "" : olds.parentTeamId === parent.slug ? parent.slug : String(parent.id),
    parentTeamReadId: parent === undefined ? "" : String(parent.id),
    parentTeamReadSlug: parent?.slug ?? "",
    createDefaultMaintainer: olds.createDefaultMaintainer ?? false,
    slug: live.slug,
    nodeId: live.node_id,
    membersCount: live.members_count,
  };
}

async function bodyOf(session: Session, inputs: PropertyMap) {
  const all = withDefaults(inputs, schema.inputs);
  const parent = text(all.parentTeamId) === "" ? undefined : await find(session, text(all.parentTeamId));
  return {
    name: text(all.name),
    description: text(all.description),
    privacy: all.privacy as "closed",
    notification_setting: all.notificationSetting as "notifications_enabled",
    ...(parent === undefined ? {} : { parent_team_id: parent.id }),
  };
}

export const team: Handler = {
  async create({ session, inputs }): Promise<Found> {
    const org = await session.owner();
    const { data } = await session.octokit.rest.teams.create({ org, ...(await bodyOf(session, inputs)) });
    // GitHub makes whoever asks a maintainer; the provider takes that back unless it is wanted.
    if (inputs.createDefaultMaintainer !== true) {
      const me = (await session.octokit.rest.users.getAuthenticated()).data.login;
      await unlessGone(session.octokit.rest.teams.removeMembershipForUserInOrg({ org, team_slug: data.slug, username: me }));
      data.members_count = 0;
    }
    return { id: String(data.id), outputs: outputsOf(data, inputs) };
  },
  async read({ session, id, olds }) {
    const live = await find(session, id);
    return live === undefined ? undefined : { id: String(live.id), outputs: outputsOf(live, olds) };
  },
  async update({ session, inputs, id }) {
    const team_slug = await slugOf(session, id);
    const body = await bodyOf(session, inputs);
    const { data } = await session.octokit.rest.teams.updateInOrg({ org: await session.owner(), team_slug, parent_team_id: null, ...body });
    return { id, outputs: outputsOf(data, inputs) };
  },
  async delete({ session, id }) {
    const live = await find(session, id);
    if (live !== undefined) await unlessGone(session.octokit.rest.teams.deleteInOrg({ org: await session.owner(), team_slug: live.slug }));
  },
  async importId(inputs, session) {
    const live = await find(
      session,
      text(inputs.name)
        .toLowerCase()
        .replace(/[^a-z0-9_]+/g, "-"),
    );
    return live === undefined ? undefined : String(live.id);
  },
};

const addMember: Handler["create"] = async ({ session, inputs }) => {
  const at = { org: await session.owner(), team_slug: await slugOf(session, text(inputs.teamId)), username: text(inputs.username) };
  const role = text(inputs.role) === "maintainer" ? "maintainer" : "member";
  await session.octokit.rest.teams.addOrUpdateMembershipForUserInOrg({ ...at, role });
  return { id: idOf(text(inputs.teamId), at.username), outputs: { ...inputs, role } };
};

export const teamMembership: Handler = {
  create: addMember,
  update: addMember,
  async read({ session, id }) {
    const [teamId = "", username = ""] = partsOf(id);
    const live = await find(session, teamId);
    if (live === undefined) return undefined;
    const at = { org: await session.owner(), team_slug: live.slug, username };
    const found = await unlessGone(session.octokit.rest.teams.getMembershipForUserInOrg(at));
    return found === undefined ? undefined : { id, outputs: { teamId, username, role: found.data.role } };
  },
  async delete({ session, id }) {
    const [teamId = "", username = ""] = partsOf(id);
    const live = await find(session, teamId);
    if (live === undefined) return;
    await unlessGone(
      session.octokit.rest.teams.removeMembershipForUserInOrg({ org: await session.owner(), team_slug: live.slug, username }),
    );
  },
};

const grant: Handler["create"] = async ({ session, inputs }) => {
  const owner = await session.owner();
  const permission = text(inputs.permission) || "pull";
  const at = { org: owner, team_slug: await slugOf(session, text(inputs.teamId)), owner, repo: text(inputs.repository) };
  await session.octokit.rest.teams.addOrUpdateRepoPermissionsInOrg({ ...at, permission });
  return { id: idOf(text(inputs.teamId), text(inputs.repository)), outputs: { ...inputs, permission } };
};
const LEVELS = ["admin", "maintain", "push", "triage", "pull"] as const;

export const teamRepository: Handler = {
  create: grant,
  update: grant,
  async read({ session, id }) {
    const [teamId = "", repository = ""] = partsOf(id);
    const live = await find(session, teamId);
    if (live === undefined) return undefined;
    const owner = await session.owner();
    const headers = { accept: "application/vnd.github.v3.repository+json" };
    const asked = session.octokit.rest.teams.checkPermissionsForRepoInOrg({
      org: owner,
      team_slug: live.slug,
      owner,
      repo: repository,
      headers,
    });
    const found = await unlessGone(asked);
    if (found === undefined) return undefined;
    const granted = (found.data as { permissions?: Record<string, boolean> } | undefined)?.permissions ?? {};
    return { id, outputs: { teamId, repository, permission: LEVELS.find((level) => granted[level]) ?? "pull" } };
  },
  async delete({ session, id }) {
    const [teamId = "", repository = ""] = partsOf(id);
    const live = await find(session, teamId);
    if (live === undefined) return;
    const owner = await session.owner();
    await unlessGone(session.octokit.rest.teams.removeRepoInOrg({ org: owner, team_slug: live.slug, owner, repo: repository }));
  },
};
