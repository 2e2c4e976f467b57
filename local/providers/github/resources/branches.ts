import { type Session, unlessGone } from "../client.ts";
import { type Handler, idOf, partsOf, text } from "../handler.ts";
import { withDefaults } from "../preview.ts";
import { branchDefault as defaultSchema, branch as schema } from "../schema/branches.ts";

const at = async (session: Session, repo: string) => ({ owner: await session.owner(), repo });
const refOf = async (session: Session, repo: string, branch: string) =>
  (await unlessGone(session.octokit.rest.git.getRef({ ...(await at(session, repo)), ref: `heads/${branch}` })))?.data;

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
    const [repository = "", name = ""] = partsOf(id);
    const live = await refOf(session, repository, name);
    return live === undefined
      ? undefined
      : { id, outputs: { sourceBranch: "main", ...olds, repository, branch: name, ref: live.ref, sha: live.object.sha } };
  },
  async update({ session, inputs, id, olds }) {
    const [repository = "", from = ""] = partsOf(id);
    const to = text(inputs.branch);
    if (to !== from) await session.octokit.rest.repos.renameBranch({ ...(await at(session, repository)), branch: from, new_name: to });
    return { id: idOf(repository, to), outputs: { ...olds, ...withDefaults(inputs, schema.inputs), ref: `refs/heads/${to}` } };
  },
  async delete({ session, id }) {
    const [repository = "", name = ""] = partsOf(id);
    await unlessGone(session.octokit.rest.git.deleteRef({ ...(await at(session, repository)), ref: `heads/${name}` }));
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
