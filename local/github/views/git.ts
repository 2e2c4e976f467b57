import type { CommitInfo, FileChange, Person, TreeEntry } from "../git/repository.ts";
import type { Hub } from "../hub.ts";
import { nodeId } from "../node-id.ts";
import type { Repo } from "../state.ts";
import { simpleUser } from "./people.ts";
import { repoPage, repoUrl } from "./repository.ts";

export const unverified = (signed: boolean) => ({
  verified: false,
  reason: signed ? "unknown_key" : "unsigned",
  signature: null,
  payload: null,
  verified_at: null,
});

/** The account that a commit's address belongs to. */
function accountOf(hub: Hub, root: string, { email }: Person): object | null {
  const found = Object.values(hub.state.accounts).find((account) => account.email?.toLowerCase() === email.toLowerCase());
  return found === undefined ? null : simpleUser(root, found);
}

export function commitView(hub: Hub, root: string, repo: Repo, commit: CommitInfo, files?: readonly FileChange[]): Record<string, unknown> {
  const url = repoUrl(root, repo);
  const page = repoPage(root, repo);
  const { sha } = commit;
  const additions = (files ?? []).reduce((sum, file) => sum + file.additions, 0);
  const deletions = (files ?? []).reduce((sum, file) => sum + file.deletions, 0);
  return {
    sha,
    node_id: nodeId("C", sha),
    commit: {
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
      url: `${url}/git/commits/${sha}`,
      comment_count: 0,
      verification: unverified(commit.signed),
    },
    url: `${url}/commits/${sha}`,
    html_url: `${page}/commit/${sha}`,
    comments_url: `${url}/commits/${sha}/comments`,
    author: accountOf(hub, root, commit.author),
    committer: accountOf(hub, root, commit.committer),
    parents: commit.parents.map((parent) => ({ sha: parent, url: `${url}/commits/${parent}`, html_url: `${page}/commit/${parent}` })),
    ...(files === undefined
      ? {}
      : { stats: { additions, deletions, total: additions + deletions }, files: files.map((file) => diffEntry(root, repo, sha, file)) }),
  };
}

export function diffEntry(root: string, repo: Repo, sha: string, file: FileChange): object {
  const path = file.path.split("/").map(encodeURIComponent).join("/");
  return {
    sha: file.sha,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${repoPage(root, repo)}/blob/${sha}/${path}`,
    raw_url: `${repoPage(root, repo)}/raw/${sha}/${path}`,
    contents_url: `${repoUrl(root, repo)}/contents/${path}?ref=${sha}`,
    ...(file.patch === undefined ? {} : { patch: file.patch }),
  };
}

export function refView(root: string, repo: Repo, { ref, sha, type }: { ref: string; sha: string; type: string }): object {
  const url = repoUrl(root, repo);
  return {
    ref,
    node_id: nodeId("REF", `${repo.id}:${ref}`),
    url: `${url}/git/${ref}`,
    object: { sha, type, url: `${url}/git/${type}s/${sha}` },
  };
}

export function gitCommitView(root: string, repo: Repo, commit: CommitInfo): object {
  const url = repoUrl(root, repo);
  const page = repoPage(root, repo);
  return {
    sha: commit.sha,
    node_id: nodeId("C", commit.sha),
    url: `${url}/git/commits/${commit.sha}`,
    html_url: `${page}/commit/${commit.sha}`,
    author: commit.author,
    committer: commit.committer,
    message: commit.message,
    tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
    parents: commit.parents.map((sha) => ({ sha, url: `${url}/git/commits/${sha}`, html_url: `${page}/commit/${sha}` })),
    verification: unverified(commit.signed),
  };
}

/** An entry of a folder, or with its content a file. `ref` stays in the address: the real provider reads it from there. */
export function contentView(root: string, repo: Repo, entry: TreeEntry, ref: string, content?: Buffer): Record<string, unknown> {
  const path = entry.path.split("/").map(encodeURIComponent).join("/");
  const url = `${repoUrl(root, repo)}/contents/${path}?ref=${encodeURIComponent(ref)}`;
  const isFolder = entry.type === "tree";
  const page = `${repoPage(root, repo)}/${isFolder ? "tree" : "blob"}/${encodeURIComponent(ref)}/${path}`;
  const git = `${repoUrl(root, repo)}/git/${entry.type}s/${entry.sha}`;
  return {
    name: entry.path.split("/").at(-1),
    path: entry.path,
    sha: entry.sha,
    size: entry.size ?? 0,
    url,
    html_url: page,
    git_url: git,
    download_url: isFolder ? null : `${repoPage(root, repo)}/raw/${encodeURIComponent(ref)}/${path}`,
    type: isFolder ? "dir" : "file",
    ...(content === undefined ? {} : { content: base64Lines(content), encoding: "base64" }),
    _links: { self: url, git, html: page },
  };
}

/** Base64 in lines of 60 characters, as GitHub sends it. */
const base64Lines = (content: Buffer): string => content.toString("base64").replace(/.{1,60}/g, "$&\n");
