import type { PropertyMap } from "../../../engine/values.ts";
import { type Session, unlessGone } from "../client.ts";
import { type Handler, idOf, partsOf, text } from "../handler.ts";
import { withDefaults } from "../preview.ts";
import { branchDefault as defaultSchema, branch as schema } from "../schema/branches.ts";

const at = async (session: Session, repo: string) => ({ owner: await session.owner(), repo });
const refOf = async (session: Session, repo: string, branch: string) =>
  (await unlessGone(session.octokit.rest.git.getRef({ ...(await at(session, repo)), ref: `heads/${branch}` })))?.data;

/** Pulumi keeps an object's id for life: a branch that was renamed since is found by what state says of it. */
const nameOf = (id: string, olds: PropertyMap): string => text(olds.branch) || (partsOf(id)[1] ?? "");

export const branch: Handler = {
  async create({ session, inputs }) {
    const all = withDefaults(inputs, schema.inputs);
    const [repo, name] = [text(all.repository), text(all.branch)];
    const source =
      text(all.sourceSha) ||
      (await session.octokit.rest.git.getRef({ ...(await at(session, repo)), ref: `heads/${text(all.sourceBranch)}` })).data.object.sha;
    const { data } = await session.octokit.rest.git.createRef({ ...(await at(session, repo)), ref: `refs/heads/${name}`, sha: source });
    return { id: idOf(repo, name), outputs: { ...all, sourceSha: source, ref: data.ref, sha: data.object.sha } };
  },
  async read({ session, id, olds }) {
    const [repository = ""] = partsOf(id);
    const name = nameOf(id, olds);
    const live = await refOf(session, repository, name);
    return live === undefined
      ? undefined
      : { id, outputs: { sourceBranch: "main", ...olds, repository, branch: name, ref: live.ref, sha: live.object.sha } };
  },
  async update({ session, inputs, id, olds }) {
    const [repository = ""] = partsOf(id);
    const [from, to] = [nameOf(id, olds), text(inputs.branch)];
    if (to !== from) await session.octokit.rest.repos.renameBranch({ ...(await at(session, repository)), branch: from, new_name: to });
    return { id, outputs: { ...olds, ...withDefaults(inputs, schema.inputs), ref: `refs/heads/${to}` } };
  },
  async delete({ session, id, olds }) {
    const [repository = ""] = partsOf(id);
    const gone = session.octokit.rest.git.deleteRef({ ...(await at(session, repository)), ref: `heads/${nameOf(id, olds)}` });
    // GitHub answers 422, not 404, where there is no such reference.
    await unlessGone(gone).catch((error: unknown) => {
      if (!(error instanceof Error && /Reference does not exist/.test(error.message))) throw error;
    });
  },
  async importId(inputs, session) {
    const [repository, name] = [text(inputs.repository), text(inputs.branch)];
    return (await refOf(session, repository, name)) === undefined ? undefined : idOf(repository, name);
  },
};

const setDefault: Handler["create"] = async ({ session, inputs }) => {
  const all = withDefaults(inputs, defaultSchema.inputs);
  const [repo, name] = [text(all.repository), text(all.branch)];
  const before = await session.repository(repo);
  if (all.rename === true && before.default_branch !== name)
    await session.octokit.rest.repos.renameBranch({ ...(await at(session, repo)), branch: before.default_branch, new_name: name });
  else await session.octokit.rest.repos.update({ ...(await at(session, repo)), default_branch: name });
  session.forget(repo);
  return { id: repo, outputs: { ...all, repositoryId: before.id } };
};

export const branchDefault: Handler = {
  create: setDefault,
  update: setDefault,
  async read({ session, id, olds }) {
    const live = await unlessGone(session.octokit.rest.repos.get(await at(session, id)));
    if (live === undefined) return undefined;
    return {
      id,
      outputs: {
        rename: false,
        waitForRename: false,
        ...olds,
        repository: id,
        branch: live.data.default_branch,
        repositoryId: live.data.id,
      },
    };
  },
  // A repository always has a default branch: there is nothing to delete.
  delete: async () => {},
};
