import { ProviderError } from "../../../engine/provider.ts";
import type { PropertyMap, Value } from "../../../engine/values.ts";
import { type Session, unlessGone } from "../client.ts";
import { type Handler, idOf, partsOf, text } from "../handler.ts";
import { withDefaults } from "../preview.ts";
import { repositoryFile as fileSchema, repository as schema } from "../schema/repository.ts";
import type { Field } from "../schema/shape.ts";

const SETTINGS = [
  ...[
    "description",
    "visibility",
    "hasIssues",
    "hasDiscussions",
    "hasProjects",
    "hasWiki",
    "isTemplate",
    "allowMergeCommit",
    "allowSquashMerge",
  ],
  ...["allowRebaseMerge", "allowAutoMerge", "allowForking", "allowUpdateBranch", "squashMergeCommitTitle", "squashMergeCommitMessage"],
  ...["mergeCommitTitle", "mergeCommitMessage", "deleteBranchOnMerge", "webCommitSignoffRequired", "archived"],
];
const snake = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** A switch that the program leaves out is off, as the real provider has it, whatever GitHub would choose. */
const OFF = Object.fromEntries(SETTINGS.flatMap((key) => (isSwitch(schema.inputs[key]) ? [[key, false]] : [])));
function isSwitch(field: Field | undefined): boolean {
  return field?.shape.kind === "flag" && field.default === undefined && !field.computed;
}

/** Settings that the program names, that have a default, or that are off; what it leaves to GitHub is not sent. */
function bodyOf(inputs: PropertyMap, only: (key: string) => boolean = () => true): Record<string, Value> {
  const all = { ...OFF, ...withDefaults(inputs, schema.inputs) };
  const body: Record<string, Value> = Object.fromEntries(
    SETTINGS.filter((key) => all[key] !== undefined && only(key)).map((key) => [snake(key), all[key]!]),
  );
  if (all.homepageUrl !== undefined) body.homepage = all.homepageUrl;
  if (all.private !== undefined) body.private = all.private;
  return body;
}
const at = async (session: Session, repo: string) => ({ owner: await session.owner(), repo });

type Live = Record<string, unknown> & { id: number; node_id: string; name: string };

function outputsOf(live: Live, olds: PropertyMap): PropertyMap {
  const value = (key: string): Value => (live[key] ?? null) as Value;
  const kept = [
    "archiveOnDestroy",
    "autoInit",
    "licenseTemplate",
    "gitignoreTemplate",
    "hasDownloads",
    "vulnerabilityAlerts",
    "ignoreVulnerabilityAlertsDuringRead",
    "fork",
    "sourceOwner",
    "sourceRepo",
    "securityAndAnalysis",
  ];
  const settings = SETTINGS.filter((key) => live[snake(key)] !== undefined && live[snake(key)] !== null).map((key) => [
    key,
    value(snake(key)),
  ]);
  return {
    ...Object.fromEntries(kept.flatMap((key) => (olds[key] === undefined ? [] : [[key, olds[key]]]))),
    ...Object.fromEntries(settings),
    name: live.name,
    ...(live.homepage ? { homepageUrl: value("homepage") } : {}),
    private: value("private"),
    defaultBranch: value("default_branch"),
    topics: value("topics"),
    fullName: value("full_name"),
    htmlUrl: value("html_url"),
    gitCloneUrl: value("git_url"),
    httpCloneUrl: value("clone_url"),
    sshCloneUrl: value("ssh_url"),
    svnUrl: value("svn_url"),
    nodeId: live.node_id,
    repoId: live.id,
    primaryLanguage: typeof live.language === "string" ? live.language : "",
  };
}

export const repository: Handler = {
  async create({ session, inputs }) {
    const owner = await session.owner();
    const body: Record<string, Value> = {
      ...bodyOf(inputs, (key) => key !== "archived"),
      name: text(inputs.name),
      auto_init: inputs.autoInit === true,
    };
    const org = await unlessGone(session.octokit.rest.orgs.get({ org: owner }));
    if (org === undefined)
      await session.octokit.request("POST /user/repos", {
        ...(body as unknown as { name: string }),
        private: body.private === true || body.visibility === "private",
      });
    else await session.octokit.request("POST /orgs/{org}/repos", { ...(body as unknown as { name: string }), org: owner });
    return changed(session, inputs, text(inputs.name));
  },
  async read({ session, id, olds }) {
    const found = await unlessGone(session.octokit.rest.repos.get(await at(session, nameOf(id, olds))));
    return found === undefined ? undefined : { id, outputs: outputsOf(found.data as unknown as Live, olds) };
  },
  update({ session, inputs, id, olds, ignoreChanges }) {
    // What nobody is to change is sent as it was.
    const kept = Object.entries(olds).filter(([key]) => ignoreChanges.includes(key) && inputs[key] === undefined);
    return changed(session, { ...Object.fromEntries(kept), ...inputs }, nameOf(id, olds));
  },
  async delete({ session, id, olds }) {
    const here = await at(session, nameOf(id, olds));
    if (olds.archiveOnDestroy === true) await unlessGone(session.octokit.rest.repos.update({ ...here, archived: true }));
    else await unlessGone(session.octokit.rest.repos.delete(here));
  },
  async importId(inputs, session) {
    const found = await unlessGone(session.octokit.rest.repos.get(await at(session, text(inputs.name))));
    return found?.data.name;
  },
};

/** Pulumi keeps an object's id for life: a repository that was renamed since is found by what state says of it. */
const nameOf = (id: string, olds: PropertyMap): string => text(olds.name) || id;

async function changed(session: Session, inputs: PropertyMap, name: string) {
  const here = await at(session, name);
  const rename = text(inputs.name) === name ? {} : { name: text(inputs.name) };
  const branch = inputs.defaultBranch === undefined ? {} : { default_branch: text(inputs.defaultBranch) };
  const { data } = await session.octokit.request("PATCH /repos/{owner}/{repo}", { ...here, ...bodyOf(inputs), ...rename, ...branch });
  const live = data as unknown as Live;
  if (Array.isArray(inputs.topics)) {
    const names = inputs.topics as string[];
    await session.octokit.rest.repos.replaceAllTopics({ ...here, repo: live.name, names });
    live.topics = names;
  }
  session.forget(name);
  return { id: live.name, outputs: outputsOf(live, inputs) };
}

async function content(session: Session, repo: string, path: string, ref: string) {
  const found = await unlessGone(session.octokit.rest.repos.getContent({ ...(await at(session, repo)), path, ref }));
  if (found === undefined) return undefined;
  if (Array.isArray(found.data) || !("content" in found.data)) throw new ProviderError(`${path} of ${repo} is no file`);
  return { sha: found.data.sha, text: Buffer.from(found.data.content, "base64").toString("utf8") };
}

async function write(session: Session, inputs: PropertyMap, verb: "Add" | "Update") {
  const [repo, file] = [text(inputs.repository), text(inputs.file)];
  const { id, default_branch } = await session.repository(repo);
  const branch = text(inputs.branch) || default_branch;
  const existing = await content(session, repo, file, branch);
  if (verb === "Add" && existing !== undefined && inputs.overwriteOnCreate !== true)
    throw new ProviderError(
      `${file} is on branch ${branch} of ${repo} already: set overwriteOnCreate: true to replace it, or import ${idOf(repo, file, branch)}`,
    );
  const who = inputs.commitAuthor === undefined ? {} : { committer: { name: text(inputs.commitAuthor), email: text(inputs.commitEmail) } };
  const message = text(inputs.commitMessage) || `${verb} ${file}`;
  const body = {
    path: file,
    branch,
    message,
    content: Buffer.from(text(inputs.content)).toString("base64"),
    ...(existing ? { sha: existing.sha } : {}),
    ...who,
  };
  const { data } = await session.octokit.rest.repos.createOrUpdateFileContents({ ...(await at(session, repo)), ...body });
  const all = withDefaults(inputs, fileSchema.inputs);
  return {
    id: idOf(repo, file, branch),
    outputs: {
      ...all,
      branch,
      commitMessage: message,
      commitSha: data.commit.sha ?? "",
      ref: branch,
      repositoryId: id,
      sha: data.content?.sha ?? "",
    },
  };
}

export const repositoryFile: Handler = {
  create: ({ session, inputs }) => write(session, inputs, "Add"),
  update: ({ session, inputs }) => write(session, inputs, "Update"),
  async read({ session, id, olds }) {
    const [repository = "", file = "", named = ""] = partsOf(id);
    const known = await unlessGone(session.repository(repository));
    if (known === undefined) return undefined;
    const branch = named || known.default_branch;
    const found = await content(session, repository, file, branch);
    if (found === undefined) return undefined;
    return {
      id: idOf(repository, file, branch),
      outputs: { ...olds, repository, file, branch, ref: branch, content: found.text, sha: found.sha, repositoryId: known.id },
    };
  },
  async delete({ session, id, olds }) {
    const [repository = "", file = "", branch = ""] = partsOf(id);
    const found = await content(session, repository, file, branch);
    if (found === undefined) return;
    const message = text(olds.commitMessage) || `Delete ${file}`;
    await session.octokit.rest.repos.deleteFile({ ...(await at(session, repository)), path: file, branch, sha: found.sha, message });
  },
};
