import { execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
export const ZERO = "0".repeat(40);

export interface Person {
  name: string;
  email: string;
  date: string;
}
export interface CommitInfo {
  sha: string;
  tree: string;
  parents: string[];
  author: Person;
  committer: Person;
  message: string;
  signed: boolean;
}
export interface TreeEntry {
  mode: string;
  type: "blob" | "tree" | "commit";
  sha: string;
  path: string;
  size?: number;
}
export interface FileChange {
  status: "added" | "removed" | "modified" | "renamed";
  path: string;
  previous?: string;
  sha: string | null;
  additions: number;
  deletions: number;
  patch?: string;
}

/** A bare repository, asked and changed through git's own commands. */
export class GitRepository {
  readonly dir: string;
  constructor(dir: string) {
    this.dir = dir;
  }

  async git(args: string[], options: { input?: string | Buffer; env?: NodeJS.ProcessEnv } = {}): Promise<string> {
    return (await this.bytes(args, options)).toString("utf8");
  }
  async bytes(args: string[], { input, env }: { input?: string | Buffer; env?: NodeJS.ProcessEnv } = {}): Promise<Buffer> {
    const child = run("git", args, {
      cwd: this.dir,
      encoding: "buffer",
      maxBuffer: 1 << 28,
      env: { ...gitEnvironment(), GIT_DIR: this.dir, ...env },
    });
    if (input !== undefined) child.child.stdin?.end(input);
    return (await child).stdout;
  }

  static async init(dir: string, branch: string): Promise<GitRepository> {
    await run("git", ["init", "--quiet", "--bare", `--initial-branch=${branch}`, "--template=", dir], { env: gitEnvironment() });
    const repository = new GitRepository(dir);
    await repository.git(["config", "http.receivepack", "true"]);
    await repository.git(["config", "receive.advertisePushOptions", "false"]);
    return repository;
  }

  /** The commit, tag or other object that a revision names; undefined when there is none. */
  async resolve(revision: string, type = "commit"): Promise<string | undefined> {
    if (revision === "" || revision.startsWith("-")) return undefined;
    const suffix = type === "" ? "" : `^{${type}}`;
    return this.git(["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}${suffix}`]).then(
      (text) => text.trim(),
      () => undefined,
    );
  }
  async refs(prefix: string): Promise<{ ref: string; sha: string; type: string }[]> {
    const text = await this.git(["for-each-ref", "--format=%(refname) %(objectname) %(objecttype)", prefix]);
    return text
      .split("\n")
      .filter(Boolean)
      .map((line) => line.split(" "))
      .map(([ref, sha, type]) => ({ ref: ref!, sha: sha!, type: type! }));
  }
  async isAncestor(ancestor: string, of: string): Promise<boolean> {
    return this.git(["merge-base", "--is-ancestor", ancestor, of]).then(
      () => true,
      () => false,
    );
  }
  async mergeBase(a: string, b: string): Promise<string | undefined> {
    return this.git(["merge-base", a, b]).then(
      (text) => text.trim(),
      () => undefined,
    );
  }
  /** Commits that `to` has and none of `from` has, oldest first. */
  async commits(to: string, from: string[], more: string[] = []): Promise<CommitInfo[]> {
    const format = "%H%x00%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B%x00%x01";
    const text = await this.git(["log", "--reverse", "--topo-order", `--format=${format}`, ...more, to, "--not", ...from]);
    return Promise.all(
      text
        .split("\0\x01")
        .map((record) => record.replace(/^\n/, ""))
        .filter(Boolean)
        .map(async (record) => {
          const [sha, tree, parents, an, ae, ad, cn, ce, cd, message] = record.split("\0") as [string, string, string, ...string[]];
          const [author, committer] = [
            { name: an!, email: ae!, date: utc(ad!) },
            { name: cn!, email: ce!, date: utc(cd!) },
          ];
          return { sha, tree, parents: parents.split(" ").filter(Boolean), author, committer, message: message!.trimEnd(), signed: false };
        }),
    );
  }
  /** Whether each commit carries a signature; whose it is stays unjudged. */
  async signed(sha: string): Promise<boolean> {
    return /^gpgsig(-sha256)? /m.test((await this.git(["cat-file", "commit", sha])).split("\n\n")[0] ?? "");
  }
  async commit(sha: string): Promise<CommitInfo> {
    const [found] = await this.commits(sha, [], ["--max-count=1"]);
    if (found === undefined) throw new Error(`no commit ${sha}`);
    return { ...found, signed: await this.signed(sha) };
  }

  async tree(treeish: string, recursive = false): Promise<TreeEntry[]> {
    const text = await this.git(["ls-tree", "-z", "-l", ...(recursive ? ["-r", "-t"] : []), treeish]);
    return text
      .split("\0")
      .filter(Boolean)
      .map((line) => {
        const [head, path] = line.split("\t") as [string, string];
        const [mode, type, sha, size] = head.split(/ +/) as [string, TreeEntry["type"], string, string];
        return { mode, type, sha, path, ...(size === "-" ? {} : { size: Number(size) }) };
      });
  }
  async blob(sha: string): Promise<Buffer> {
    return this.bytes(["cat-file", "blob", sha]);
  }
  async file(commit: string, path: string): Promise<TreeEntry | undefined> {
    const text = await this.git(["ls-tree", "-z", "-l", commit, "--", path]).catch(() => "");
    const [entry] = text.split("\0").filter(Boolean);
    if (entry === undefined) return undefined;
    const [mode, type, sha, size] = entry.split("\t")[0]!.split(/ +/) as [string, TreeEntry["type"], string, string];
    return { mode, type, sha, path, ...(size === "-" ? {} : { size: Number(size) }) };
  }

  async writeBlob(content: Buffer): Promise<string> {
    return (await this.git(["hash-object", "-w", "--stdin"], { input: content })).trim();
  }
  /** A tree as `base` (none: empty) with these paths set or, with `sha: null`, gone. */
  async writeTree(base: string | undefined, changes: { path: string; mode: string; sha: string | null }[]): Promise<string> {
    const index = `${this.dir}/index-${randomUUID()}`;
    const env = { GIT_INDEX_FILE: index };
    const lines = changes.map(({ path, mode, sha }) => `${sha === null ? `0 ${ZERO}` : `${mode} ${sha}`}\t${path}\n`);
    try {
      await this.git(base === undefined ? ["read-tree", "--empty"] : ["read-tree", base], { env });
      await this.git(["update-index", "--add", "--index-info"], { env, input: lines.join("") });
      return (await this.git(["write-tree"], { env })).trim();
    } finally {
      await rm(index, { force: true });
    }
  }
  async commitTree(tree: string, parents: string[], message: string, author: Person, committer: Person = author): Promise<string> {
    const env = {
      GIT_AUTHOR_NAME: author.name,
      GIT_AUTHOR_EMAIL: author.email,
      GIT_AUTHOR_DATE: author.date,
      GIT_COMMITTER_NAME: committer.name,
      GIT_COMMITTER_EMAIL: committer.email,
      GIT_COMMITTER_DATE: committer.date,
    };
    return (await this.git(["commit-tree", tree, ...parents.flatMap((parent) => ["-p", parent])], { env, input: message })).trim();
  }
  /** The tree of a three-way merge; undefined when it conflicts. */
  async mergeTree(ours: string, theirs: string): Promise<string | undefined> {
    return this.git(["merge-tree", "--write-tree", "--no-messages", ours, theirs]).then(
      (text) => text.trim().split("\n")[0],
      () => undefined,
    );
  }

  /** Moves a reference, provided it is still at `before` (ZERO: it does not exist). */
  async updateRef(ref: string, after: string, before?: string): Promise<void> {
    await this.git(
      after === ZERO ? ["update-ref", "-d", ref, ...(before ? [before] : [])] : ["update-ref", ref, after, ...(before ? [before] : [])],
    );
  }

  async changes(from: string, to: string, withPatch = false): Promise<FileChange[]> {
    const [numbers, raw] = await Promise.all([
      this.git(["diff-tree", "-r", "-z", "--no-commit-id", "--numstat", "--no-renames", from, to]),
      this.git(["diff-tree", "-r", "-z", "--no-commit-id", "--raw", "--no-renames", "--abbrev=40", from, to]),
    ]);
    const counts = new Map(
      numbers
        .split("\0")
        .filter(Boolean)
        .map((line) => line.split("\t"))
        .map(([added, deleted, path]) => [path!, { additions: Number(added) || 0, deletions: Number(deleted) || 0 }]),
    );
    const parts = raw.split("\0").filter(Boolean);
    const changes: FileChange[] = [];
    for (let i = 0; i + 1 < parts.length; i += 2) {
      const [, , , sha, letter] = parts[i]!.split(" ");
      const path = parts[i + 1]!;
      const status = letter === "A" ? "added" : letter === "D" ? "removed" : "modified";
      const patch = withPatch ? await this.patch(from, to, path) : undefined;
      changes.push({
        status,
        path,
        sha: status === "removed" ? null : sha!,
        ...(counts.get(path) ?? { additions: 0, deletions: 0 }),
        ...(patch ? { patch } : {}),
      });
    }
    return changes;
  }
  private async patch(from: string, to: string, path: string): Promise<string | undefined> {
    const text = await this.git(["diff", "--no-renames", from, to, "--", path]);
    const at = text.indexOf("@@");
    return at < 0 ? undefined : text.slice(at).trimEnd();
  }
}

/** Nothing of the user's own git may change what the stand-in does. */
export const gitEnvironment = (): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  HOME: "/nonexistent",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  LC_ALL: "C",
});

const utc = (date: string): string => `${new Date(date).toISOString().slice(0, 19)}Z`;

/** Starts git's own HTTP server program for one request (CGI, RFC 3875). */
export const httpBackend = (env: NodeJS.ProcessEnv) =>
  spawn("git", ["http-backend"], { env: { ...gitEnvironment(), ...env }, stdio: ["pipe", "pipe", "pipe"] });
