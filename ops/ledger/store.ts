import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { UserError } from "../user-error.ts";
import { gitIdentity } from "./actor.ts";
import { type EntryFile, entryNumber, entryPath } from "./chain.ts";
import { entryText, idOf, seal } from "./entry.ts";
import type { Actor, LedgerEvent } from "./event.ts";
import type { Git } from "./git.ts";
import { rewritten } from "./rewritten.ts";

/** An entry before it has its place; with `id` when it had another place before. */
export type Draft = Pick<LedgerEvent, "at" | "actor" | "what"> & { readonly id?: string };

/** The refs of one ledger. `seen` remembers the last tip: what was there once must still be there. */
export interface Refs {
  readonly tip: string;
  readonly seen: string;
}

/** Entries as objects of a git repository: read from a commit, written as a commit, moved to by compare-and-swap of a ref. */
export class Store {
  readonly git: Git;
  readonly refs: Refs;
  readonly #env: Readonly<Record<string, string | undefined>>;

  constructor(git: Git, refs: Refs, env: Readonly<Record<string, string | undefined>>) {
    this.git = git;
    this.refs = refs;
    this.#env = env;
  }

  /** Paths of a commit's files and the blobs behind them, in order. */
  async list(commit: string): Promise<{ path: string; blob: string }[]> {
    const lines = (await this.git.buffer(["ls-tree", "-r", "-z", "--full-tree", commit])).toString("utf8").split("\0");
    return lines.flatMap((line) => {
      const [meta, file] = line.split("\t");
      return file === undefined ? [] : [{ path: file, blob: meta!.split(" ")[2]! }];
    });
  }

  /** A commit's files with their texts; `only` leaves others out. */
  async read(commit: string, only: (file: string) => boolean = () => true): Promise<EntryFile[]> {
    const files = (await this.list(commit)).filter((file) => only(file.path));
    if (files.length === 0) return [];
    const input = files.map(({ blob }) => `${blob}\n`).join("");
    const output = await this.git.buffer(["cat-file", "--batch", "--buffer"], { input });
    let at = 0;
    return files.map((file) => {
      const end = output.indexOf(10, at);
      const [, type, size] = output.toString("utf8", at, end).split(" ");
      if (type !== "blob") throw new UserError(`git has lost ${file.path} of the ledger (${file.blob}). Run git fsck, or clone anew.`);
      const start = end + 1;
      at = start + Number(size) + 1;
      return { path: file.path, text: output.toString("utf8", start, at - 1) };
    });
  }

  /** The last entry's number and id; `undefined` in an empty ledger. */
  async last(commit: string): Promise<{ number: number; id: string } | undefined> {
    const numbers = (await this.list(commit)).flatMap((file) => entryNumber(file.path) ?? []);
    const number = numbers.reduce((a, b) => Math.max(a, b), 0);
    return number === 0 ? undefined : { number, id: idOf(await this.git.text(["cat-file", "blob", `${commit}:${entryPath(number)}`])) };
  }

  /** Writes drafts behind `tip` as one commit, which no ref names yet. */
  async write(tip: string | undefined, drafts: readonly Draft[], message: (events: readonly LedgerEvent[]) => string, author: Actor) {
    let last = tip === undefined ? undefined : await this.last(tip);
    const events: LedgerEvent[] = [];
    const blobs: string[] = [];
    /** Entries refer to others by id: a reference to one that moves has to move with it. */
    const moved = new Map<string, string>();
    for (const { id, at, actor, what } of drafts) {
      const place = { number: (last?.number ?? 0) + 1, previous: last?.id ?? null };
      const event = seal({ ...place, at, actor, what: moved.size === 0 ? what : replaced(what, moved) });
      if (id !== undefined) moved.set(id, event.id);
      blobs.push(await this.git.text(["hash-object", "-w", "--stdin"], { input: entryText(event) }));
      events.push(event);
      last = event;
    }
    const index = events.map((event, i) => `100644 blob ${blobs[i]}\t${entryPath(event.number)}\n`).join("");
    const tree = await this.#tree(tip, index);
    const sign = /^(true|yes|on|1)$/i.test((await this.git.config()).get("commit.gpgsign") ?? "") ? ["-S"] : [];
    const parent = tip === undefined ? [] : ["-p", tip];
    const commit = await this.git.text(["commit-tree", tree, ...parent, ...sign, "-F", "-"], {
      input: message(events),
      env: await gitIdentity(this.git, author, this.#env),
    });
    return { commit, events };
  }

  /** A tree with these files added. The index is a temporary one: the user's own is never touched. */
  async #tree(tip: string | undefined, indexInfo: string): Promise<string> {
    const dir = await mkdtemp(path.join(tmpdir(), "liftlock-ledger-"));
    const env = { GIT_INDEX_FILE: path.join(dir, "index") };
    try {
      if (tip !== undefined) await this.git.buffer(["read-tree", tip], { env });
      await this.git.buffer(["update-index", "--add", "--index-info"], { env, input: indexInfo });
      return await this.git.text(["write-tree"], { env });
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  }

  /** How many entries `tip` has that `base` has not. */
  async grown(base: string | undefined, tip: string): Promise<number> {
    if (base === tip) return 0;
    return (await this.list(tip)).length - (base === undefined ? 0 : (await this.list(base)).length);
  }

  /**
   * Moves the ledger from `old` to `next`; `false` when another writer was quicker. What is remembered moves along in the same
   * transaction, but never over a loss: that stays a finding.
   */
  async move(next: string, old: string | undefined): Promise<boolean> {
    await this.#refuseCheckedOut();
    const zero = "0".repeat(next.length);
    const [seen] = await this.git.refs(this.refs.seen);
    const whole = (await rewritten(this.git, seen, old ?? next, "")).length === 0;
    const steps = [
      "start",
      `update ${this.refs.tip} ${next} ${old ?? zero}`,
      ...(whole ? [`update ${this.refs.seen} ${next} ${seen ?? zero}`] : []),
      "commit",
      "",
    ];
    const { code, stderr } = await this.git.attempt(["update-ref", "-m", "liftlock: ledger", "--stdin"], { input: steps.join("\n") });
    if (code === 0) return true;
    await refuseStaleLock(stderr);
    if (/cannot lock ref|is at .* but expected|reference already exists|\.lock/i.test(stderr)) return false;
    throw new UserError(`git cannot move ${this.refs.tip}: ${stderr}`);
  }

  /** Remembers the tip as whole, unless somebody moved it meanwhile. */
  async remember(tip: string): Promise<void> {
    const [seen] = await this.git.refs(this.refs.seen);
    if (seen === tip) return;
    const steps = ["start", `verify ${this.refs.tip} ${tip}`, `update ${this.refs.seen} ${tip}`, "commit", ""];
    // A repository that cannot be written to can still be read.
    await this.git.attempt(["update-ref", "--stdin"], { input: steps.join("\n") });
  }

  /** A branch that somebody has checked out must not move under their feet. */
  async #refuseCheckedOut(): Promise<void> {
    const listed = await this.git.text(["worktree", "list", "--porcelain"]);
    const where = listed.split("\n\n").find((block) => block.split("\n").includes(`branch ${this.refs.tip}`));
    if (where === undefined) return;
    const folder = where.split("\n")[0]!.replace(/^worktree /, "");
    throw new UserError(
      `The branch ${this.refs.tip.replace("refs/heads/", "")} is checked out in ${folder}, and the ledger grows there. Run git switch - in it.`,
    );
  }
}

/** Git holds a ref for milliseconds. */
const STALE_MS = 60_000;

/** What a git that was killed left behind, no waiting takes away. */
async function refuseStaleLock(stderr: string): Promise<void> {
  const [, file] = /Unable to create '([^'\n]+\.lock)'/.exec(stderr) ?? [];
  if (file === undefined) return;
  const since = await stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined, // given back meanwhile
  );
  if (since === undefined || Date.now() - since < STALE_MS) return;
  throw new UserError(
    `The ledger cannot be written: git has held ${file} since ${new Date(since).toISOString()}. If no git runs in this clone, one that was killed left it: delete that file.`,
  );
}

function replaced<T>(value: T, moved: ReadonlyMap<string, string>): T {
  const walk = (node: unknown): unknown => {
    if (typeof node === "string") return moved.get(node) ?? node;
    if (Array.isArray(node)) return node.map(walk);
    if (typeof node !== "object" || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, inner]) => [key, walk(inner)]));
  };
  return walk(value) as T;
}
