import { changeReference } from "../git/references.ts";
import { type GitRepository, ZERO } from "../git/repository.ts";
import { type Call, optional, type Route, text, z } from "../http/call.ts";
import { nodeId } from "../node-id.ts";
import { notFound, Refusal } from "../refusal.ts";
import type { Repo } from "../state.ts";
import { commitView, diffEntry, gitCommitView, refView, unverified } from "../views/git.ts";
import { repoUrl } from "../views/repository.ts";

const AT = "/repos/{owner}/{repo}/git";

export const gitData: Route[] = [
  ["GET", `${AT}/ref/{ref}`, getRef],
  ["GET", `${AT}/matching-refs/{ref}`, matchingRefs],
  ["POST", `${AT}/refs`, createRef],
  ["PATCH", `${AT}/refs/{ref}`, updateRef],
  ["DELETE", `${AT}/refs/{ref}`, deleteRef],
  [
    "GET",
    `${AT}/commits/{commit_sha}`,
    (call) =>
      inGit(call, async (repo, git) => ({
        body: gitCommitView(call.root, repo, await git.commit(await commitAt(git, call.param("commit_sha")))),
      })),
  ],
  ["POST", `${AT}/commits`, createCommit],
  ["GET", `${AT}/trees/{tree_sha}`, getTree],
  ["POST", `${AT}/trees`, createTree],
  ["GET", `${AT}/blobs/{file_sha}`, getBlob],
  ["POST", `${AT}/blobs`, createBlob],
  ["POST", `${AT}/tags`, createTag],
  ["GET", `${AT}/tags/{tag_sha}`, getTag],
  ["GET", "/repos/{owner}/{repo}/commits", listCommits],
  ["GET", "/repos/{owner}/{repo}/compare/{basehead}", compare],
  ["GET", "/repos/{owner}/{repo}/tags", listTags],
];

export async function inGit<T>(call: Call, action: (repo: Repo, git: GitRepository) => Promise<T>, write = false): Promise<T> {
  const repo = call.repo(write ? "push" : "pull", "contents", write);
  return action(repo, call.hub.git(repo));
}

export async function commitAt(git: GitRepository, revision: string, status = 404): Promise<string> {
  for (const candidate of [`refs/heads/${revision}`, `refs/tags/${revision}`, revision]) {
    const sha = await git.resolve(candidate);
    if (sha !== undefined) return sha;
  }
  throw status === 404 ? notFound() : new Refusal(status, `No commit found for SHA: ${revision}`);
}

async function refAt(call: Call, repo: Repo, git: GitRepository, ref: string): Promise<object> {
  const found = (await git.refs(ref)).find((candidate) => candidate.ref === ref);
  if (found === undefined) throw notFound();
  return refView(call.root, repo, found);
}
function getRef(call: Call) {
  return inGit(call, async (repo, git) => ({ body: await refAt(call, repo, git, `refs/${call.param("ref")}`) }));
}

function matchingRefs(call: Call) {
  return inGit(call, async (repo, git) => {
    const prefix = `refs/${call.param("ref")}`;
    const all = await git.refs(prefix.slice(0, prefix.lastIndexOf("/")));
    return { page: all.filter(({ ref }) => ref.startsWith(prefix)).map((found) => refView(call.root, repo, found)) };
  });
}

function createRef(call: Call) {
  return inGit(
    call,
    async (repo, git) => {
      const { ref, sha } = call.body(z.object({ ref: text, sha: text }));
      if (!/^refs\/[^/]+\/.+/.test(ref)) throw new Refusal(422, `Reference name must start with 'refs/' and have at least two slashes.`);
      if ((await git.resolve(sha, "")) === undefined) throw new Refusal(422, "Object does not exist");
      if ((await git.resolve(ref, "")) !== undefined) throw new Refusal(422, "Reference already exists");
      await changeReference(call.hub, repo, { ref, before: ZERO, after: sha }, call.login());
      return { status: 201, body: await refAt(call, repo, git, ref) };
    },
    true,
  );
}

function updateRef(call: Call) {
  return inGit(
    call,
    async (repo, git) => {
      const ref = `refs/${call.param("ref")}`;
      const { sha, force } = call.body(z.object({ sha: text, force: z.boolean().default(false) }));
      const before = await git.resolve(ref, "");
      if (before === undefined) throw new Refusal(422, "Reference does not exist");
      if ((await git.resolve(sha, "")) === undefined) throw new Refusal(422, "Object does not exist");
      if (!force && !(await git.isAncestor(before, sha))) throw new Refusal(422, "Update is not a fast forward");
      await changeReference(call.hub, repo, { ref, before, after: sha }, call.login());
      return { body: await refAt(call, repo, git, ref) };
    },
    true,
  );
}

function deleteRef(call: Call) {
  return inGit(
    call,
    async (repo, git) => {
      const ref = `refs/${call.param("ref")}`;
      const before = await git.resolve(ref, "");
      if (before === undefined) throw new Refusal(422, "Reference does not exist");
      if (ref === `refs/heads/${repo.settings.default_branch}`) throw new Refusal(422, "Cannot delete the default branch");
      await changeReference(call.hub, repo, { ref, before, after: ZERO }, call.login());
      return { status: 204 };
    },
    true,
  );
}

const person = z.object({ name: text, email: text, date: text.optional() });
export const signature = (call: Call, given?: z.infer<typeof person> | null) => {
  const me = call.me();
  const by = given ?? { name: me.name ?? me.login, email: me.email ?? `${me.id}+${me.login}@users.noreply.github.com` };
  return { name: by.name, email: by.email, date: by.date ?? call.hub.time() };
};
export const personBody = person;

function createCommit(call: Call) {
  return inGit(
    call,
    async (repo, git) => {
      const body = call.body(
        z.object({ message: text, tree: text, parents: z.array(text).default([]), author: person.nullish(), committer: person.nullish() }),
      );
      if ((await git.resolve(body.tree, "tree")) === undefined) throw new Refusal(422, "Tree SHA does not exist");
      for (const parent of body.parents)
        if ((await git.resolve(parent)) === undefined) throw new Refusal(422, "Parent SHA does not exist or is not a commit object");
      const author = signature(call, body.author);
      const sha = await git.commitTree(
        body.tree,
        body.parents,
        body.message,
        author,
        body.committer ? signature(call, body.committer) : author,
      );
      return { status: 201, body: gitCommitView(call.root, repo, await git.commit(sha)) };
    },
    true,
  );
}

const treeView = (call: Call, repo: Repo, sha: string, tree: Awaited<ReturnType<GitRepository["tree"]>>): object => ({
  sha,
  url: `${repoUrl(call.root, repo)}/git/trees/${sha}`,
  tree: tree.map((entry) => ({ ...entry, url: `${repoUrl(call.root, repo)}/git/${entry.type}s/${entry.sha}` })),
  truncated: false,
});

function getTree(call: Call) {
  return inGit(call, async (repo, git) => {
    const sha = await git.resolve(call.param("tree_sha"), "tree");
    if (sha === undefined) throw notFound();
    return { body: treeView(call, repo, sha, await git.tree(sha, call.query.get("recursive") !== null)) };
  });
}

function createTree(call: Call) {
  return inGit(
    call,
    async (repo, git) => {
      const entry = z.object({
        path: text,
        mode: text.default("100644"),
        type: text.optional(),
        sha: text.nullish(),
        content: text.optional(),
      });
      const body = call.body(z.object({ base_tree: optional.text, tree: z.array(entry) }));
      const changes = await Promise.all(
        body.tree.map(async ({ path, mode, sha, content }) => ({
          path,
          mode,
          sha: content === undefined ? (sha ?? null) : await git.writeBlob(Buffer.from(content)),
        })),
      );
      const tree = await git.writeTree(body.base_tree ?? undefined, changes);
      return { status: 201, body: treeView(call, repo, tree, await git.tree(tree)) };
    },
    true,
  );
}

function getBlob(call: Call) {
  return inGit(call, async (repo, git) => {
    const sha = await git.resolve(call.param("file_sha"), "blob");
    if (sha === undefined) throw notFound();
    const content = await git.blob(sha);
    const url = `${repoUrl(call.root, repo)}/git/blobs/${sha}`;
    return { body: { sha, node_id: nodeId("C", sha), size: content.length, url, content: content.toString("base64"), encoding: "base64" } };
  });
}

function createBlob(call: Call) {
  return inGit(
    call,
    async (repo, git) => {
      const { content, encoding } = call.body(z.object({ content: text, encoding: z.enum(["utf-8", "base64"]).default("utf-8") }));
      const sha = await git.writeBlob(Buffer.from(content, encoding));
      return { status: 201, body: { sha, url: `${repoUrl(call.root, repo)}/git/blobs/${sha}` } };
    },
    true,
  );
}

async function tagView(call: Call, repo: Repo, git: GitRepository, sha: string): Promise<object> {
  const source = await git.git(["cat-file", "tag", sha]);
  const [head = "", message = ""] = [source.slice(0, source.indexOf("\n\n")), source.slice(source.indexOf("\n\n") + 2)];
  const field = (name: string) => new RegExp(`^${name} (.*)$`, "m").exec(head)?.[1] ?? "";
  const tagger = /^(.*) <(.*)> (\d+) /.exec(field("tagger"));
  const url = repoUrl(call.root, repo);
  return {
    node_id: nodeId("TA", sha),
    tag: field("tag"),
    sha,
    url: `${url}/git/tags/${sha}`,
    message: message.trimEnd(),
    tagger: {
      name: tagger?.[1] ?? "",
      email: tagger?.[2] ?? "",
      date: `${new Date(Number(tagger?.[3] ?? 0) * 1000).toISOString().slice(0, 19)}Z`,
    },
    object: { type: field("type"), sha: field("object"), url: `${url}/git/${field("type")}s/${field("object")}` },
    verification: unverified(false),
  };
}

function createTag(call: Call) {
  return inGit(
    call,
    async (repo, git) => {
      const body = call.body(
        z.object({ tag: text, message: text, object: text, type: z.enum(["commit", "tree", "blob"]), tagger: person.optional() }),
      );
      if ((await git.resolve(body.object, body.type)) === undefined) throw new Refusal(422, "Object does not exist");
      const by = signature(call, body.tagger);
      const source = `object ${body.object}\ntype ${body.type}\ntag ${body.tag}\ntagger ${by.name} <${by.email}> ${Math.floor(Date.parse(by.date) / 1000)} +0000\n\n${body.message}\n`;
      return { status: 201, body: await tagView(call, repo, git, (await git.git(["mktag"], { input: source })).trim()) };
    },
    true,
  );
}

function getTag(call: Call) {
  return inGit(call, async (repo, git) => {
    const sha = await git.resolve(call.param("tag_sha"), "tag");
    if (sha === undefined) throw notFound();
    return { body: await tagView(call, repo, git, sha) };
  });
}

function listCommits(call: Call) {
  return inGit(call, async (repo, git) => {
    const sha = await git.resolve(call.query.get("sha") ?? `refs/heads/${repo.settings.default_branch}`);
    if (sha === undefined) throw call.query.get("sha") === null ? new Refusal(409, "Git Repository is empty.") : notFound();
    const path = call.query.get("path");
    const commits = path === null ? await git.commits(sha, []) : await commitsOf(git, sha, path);
    return { page: commits.reverse().map((commit) => commitView(call.hub, call.root, repo, commit)) };
  });
}
async function commitsOf(git: GitRepository, sha: string, path: string) {
  const shas = (await git.git(["log", "--reverse", "--format=%H", sha, "--", path])).split("\n").filter(Boolean);
  return Promise.all(shas.map((one) => git.commit(one)));
}

function compare(call: Call) {
  return inGit(call, async (repo, git) => {
    const [from = "", to = ""] = call.param("basehead").split("...");
    const [base, head] = [await commitAt(git, from), await commitAt(git, to)];
    const start = await git.mergeBase(base, head);
    if (start === undefined) throw new Refusal(404, `No common ancestor between ${from} and ${to}.`);
    const [ahead, behind] = [await git.commits(head, [base]), await git.commits(base, [head])];
    const url = `${repoUrl(call.root, repo)}/compare/${from}...${to}`;
    const page = `${call.root}/${repo.owner}/${repo.name}/compare`;
    return {
      body: {
        url,
        html_url: `${page}/${from}...${to}`,
        permalink_url: `${page}/${repo.owner}:${base.slice(0, 7)}...${repo.owner}:${head.slice(0, 7)}`,
        diff_url: `${page}/${from}...${to}.diff`,
        patch_url: `${page}/${from}...${to}.patch`,
        base_commit: commitView(call.hub, call.root, repo, await git.commit(base)),
        merge_base_commit: commitView(call.hub, call.root, repo, await git.commit(start)),
        status:
          ahead.length === 0 && behind.length === 0
            ? "identical"
            : behind.length === 0
              ? "ahead"
              : ahead.length === 0
                ? "behind"
                : "diverged",
        ahead_by: ahead.length,
        behind_by: behind.length,
        total_commits: ahead.length,
        commits: ahead.map((commit) => commitView(call.hub, call.root, repo, commit)),
        files: (await git.changes(start, head, true)).map((file) => diffEntry(call.root, repo, head, file)),
      },
    };
  });
}

function listTags(call: Call) {
  return inGit(call, async (repo, git) => {
    const url = repoUrl(call.root, repo);
    const tags = await Promise.all(
      (await git.refs("refs/tags")).map(async ({ ref, sha }) => ({ name: ref.slice(10), sha: (await git.resolve(sha)) ?? sha })),
    );
    return {
      page: tags.reverse().map(({ name, sha }) => ({
        name,
        zipball_url: `${url}/zipball/refs/tags/${name}`,
        tarball_url: `${url}/tarball/refs/tags/${name}`,
        commit: { sha, url: `${url}/commits/${sha}` },
        node_id: nodeId("REF", `${repo.id}:refs/tags/${name}`),
      })),
    };
  });
}
