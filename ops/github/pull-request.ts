import { UserError } from "../user-error.ts";
import type { Api } from "./api.ts";
import { failed, statusOf, unlessGone } from "./api.ts";

export interface Wanted {
  readonly branch: string;
  readonly base: string;
  readonly path: string;
  /** The file's text on the base, changed: called with what is there now. */
  change(text: string): string;
  readonly title: string;
  readonly body: string;
  readonly message: string;
}

export interface Opened {
  readonly number: number;
  readonly url: string;
  /** `opened`; `updated`: a new commit, which voids reviews; `kept`: the same change as before. */
  readonly how: "opened" | "updated" | "kept" | "merged";
  readonly head: string;
}

/**
 * One commit on the newest state of the base, which changes one file, and a pull request for it. Called again, it changes nothing that
 * still says the same: reviews stay. Of the branch nothing else is kept: it is ours alone.
 */
export async function openPullRequest(api: Api, wanted: Wanted): Promise<Opened> {
  try {
    return await opened(api, wanted);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw failed(`The pull request ${wanted.branch} on ${api.owner}/${api.repo}`, error, api);
  }
}

async function opened(api: Api, { branch, base, path, change, title, body, message }: Wanted): Promise<Opened> {
  const { octokit, owner, repo } = api;
  const at = { owner, repo };
  const onto = await octokit.rest.git.getRef({ ...at, ref: `heads/${base}` });
  const before = await textAt(api, path, onto.data.object.sha);
  const text = change(before ?? "");
  const listed = await octokit.rest.pulls.list({ ...at, head: `${owner}:${branch}`, base, state: "all", per_page: 1 });
  const last = listed.data[0];
  if (text === before && last?.merged_at) return { number: last.number, url: last.html_url, how: "merged", head: last.head.sha };
  const head = await unlessGone(octokit.rest.git.getRef({ ...at, ref: `heads/${branch}` }));
  const found = head === undefined ? undefined : await textAt(api, path, head.data.object.sha);
  const same = head !== undefined && found === text && (await isOneStep(api, onto.data.object.sha, head.data.object.sha, path));
  let sha = head?.data.object.sha ?? "";
  if (!same) {
    const parent = await octokit.rest.git.getCommit({ ...at, commit_sha: onto.data.object.sha });
    const tree = await octokit.rest.git.createTree({
      ...at,
      base_tree: parent.data.tree.sha,
      tree: [{ path, mode: "100644", type: "blob", content: text }],
    });
    const commit = await octokit.rest.git.createCommit({ ...at, message, tree: tree.data.sha, parents: [onto.data.object.sha] });
    sha = commit.data.sha;
    if (head === undefined) await octokit.rest.git.createRef({ ...at, ref: `refs/heads/${branch}`, sha });
    else await octokit.rest.git.updateRef({ ...at, ref: `heads/${branch}`, sha, force: true });
  }
  if (last === undefined || last.state !== "open") {
    const { data } = await octokit.rest.pulls.create({ ...at, head: branch, base, title, body });
    return { number: data.number, url: data.html_url, how: "opened", head: sha };
  }
  if (last.title !== title || last.body !== body) await octokit.rest.pulls.update({ ...at, pull_number: last.number, title, body });
  return { number: last.number, url: last.html_url, how: same ? "kept" : "updated", head: sha };
}

/** A file's text; undefined where it is not there. */
export async function textAt({ octokit, owner, repo }: Api, path: string, ref: string): Promise<string | undefined> {
  const found = await unlessGone(octokit.rest.repos.getContent({ owner, repo, path, ref }));
  const content = (found?.data as { content?: string } | undefined)?.content;
  return content === undefined ? undefined : Buffer.from(content, "base64").toString();
}

/** Does the branch change that file and nothing else? The base may have moved on beside it meanwhile. */
async function isOneStep({ octokit, owner, repo }: Api, base: string, head: string, path: string): Promise<boolean> {
  try {
    const { data } = await octokit.rest.repos.compareCommitsWithBasehead({ owner, repo, basehead: `${base}...${head}` });
    return data.ahead_by >= 1 && (data.files ?? []).every(({ filename }) => filename === path);
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw error;
  }
}
