import { execFileSync, type SpawnSyncReturns } from "node:child_process";
import { mkdtempSync, realpathSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach } from "vitest";
import type { Happening, LedgerEvent, ReleaseReference } from "../../ops/ledger/event.ts";
import { type OpenLedgerOptions, openLedger } from "../../ops/ledger/ledger.ts";

/** An environment in which nobody's own git configuration counts, and nobody is known to git. */
export const bareEnv: Record<string, string> = {
  PATH: process.env.PATH!,
  HOME: "/nowhere",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
};
export const ada = { GIT_AUTHOR_NAME: "Ada", GIT_AUTHOR_EMAIL: "ada@example.com" };
export const env: Record<string, string> = { ...bareEnv, ...ada };

const folders: string[] = [];
afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

export function folder(): string {
  const dir = realpathSync(mkdtempSync(path.join(tmpdir(), "liftlock-test-")));
  folders.push(dir);
  return dir;
}

export function git(dir: string, args: readonly string[], input?: string): string {
  const own = { ...env, GIT_COMMITTER_NAME: "Ada", GIT_COMMITTER_EMAIL: "ada@example.com" };
  try {
    return execFileSync("git", args, {
      cwd: dir,
      env: own,
      encoding: "utf8",
      input,
      stdio: ["pipe", "pipe", "pipe"],
      maxBuffer: 1 << 28,
    }).trim();
  } catch (error) {
    throw new Error(`git ${args.join(" ")}: ${(error as SpawnSyncReturns<string>).stderr}`);
  }
}

/** A repository with one commit, and no remote. */
export function repository(): string {
  const dir = folder();
  git(dir, ["init", "-q", "-b", "main"]);
  git(dir, ["commit", "-q", "--allow-empty", "-m", "Begin"]);
  return dir;
}

/** A bare remote and as many clones of it. */
export function clones(count: number): { remote: string; dirs: string[] } {
  const remote = folder();
  git(remote, ["init", "-q", "--bare", "-b", "main"]);
  git(repository(), ["push", "-q", remote, "main"]);
  const dirs = Array.from({ length: count }, () => {
    const dir = folder();
    git(dir, ["clone", "-q", remote, "."]);
    return dir;
  });
  return { remote, dirs };
}

export const open = (projectDir: string, more: Partial<OpenLedgerOptions> = {}) => openLedger({ projectDir, env, ...more });

export const freeze = (reason: string): Happening => ({ kind: "freeze", reason });
export const reasons = (events: readonly LedgerEvent[]): string[] =>
  events.map(({ what }) => (what.kind === "freeze" ? what.reason : what.kind));

export const release = (version: string): ReleaseReference => ({
  id: `${version}-0a1b2c3d`,
  version,
  commit: "8adf083996e31d4a9f918af6b0075893f50c41bd",
  images: { web: `registry.example.com/ferry/web:${version}@sha256:${"a".repeat(64)}` },
});

export const BRANCH = "refs/heads/liftlock-ledger";

/** Puts other contents at some paths of the ledger, by a commit on top (or, amended, in place of the last one). `null` removes. */
export function tamper(dir: string, files: Readonly<Record<string, string | null>>, { amend = false, ref = BRANCH } = {}): void {
  const index = path.join(folder(), "index");
  const within = (args: string[], input?: string) =>
    execFileSync("git", args, { cwd: dir, env: { ...env, GIT_INDEX_FILE: index }, encoding: "utf8", input }).trim();
  within(["read-tree", ref]);
  for (const [file, text] of Object.entries(files)) {
    if (text === null) within(["update-index", "--index-info"], `0 ${"0".repeat(40)}\t${file}\n`);
    else within(["update-index", "--add", "--cacheinfo", `100644,${within(["hash-object", "-w", "--stdin"], text)},${file}`]);
  }
  const parent = git(dir, ["rev-parse", amend ? `${ref}~` : ref]);
  git(dir, ["update-ref", ref, git(dir, ["commit-tree", within(["write-tree"]), "-p", parent, "-m", "Nothing to see"])]);
}
