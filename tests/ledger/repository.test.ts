import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { importLedger } from "../../bench/ledger-fixture.ts";
import { UserError } from "../../ops/user-error.ts";
import { BRANCH, bareEnv, clones, env, folder, freeze, git, open, reasons, release, repository } from "./support.ts";

describe("the ledger of a repository without a remote", () => {
  test("gives back what was appended, in order, by whom and when", async () => {
    const ledger = await open(repository(), { now: () => new Date("2026-11-21T12:00:00.123Z") });
    const first = await ledger.append(freeze("a"));
    const more = await ledger.append(freeze("b"), {
      kind: "promotion",
      from: "staging",
      to: "production",
      release: release("1.5.0"),
      lane: "normal",
    });
    const { events, findings } = await ledger.read();
    expect(findings).toEqual([]);
    expect(events).toEqual([...first.events, ...more.events]);
    expect(events.map(({ number, at, actor }) => [number, at, actor])).toEqual(
      [1, 2, 3].map((n) => [n, "2026-11-21T12:00:00.123Z", { name: "Ada", email: "ada@example.com" }]),
    );
    expect([first.unsynced, more.unsynced]).toEqual([1, 3]);
  });
  test("is empty before its first entry, and reading makes nothing", async () => {
    const dir = repository();
    expect(await (await open(dir)).read()).toEqual({ events: [], findings: [] });
    expect(git(dir, ["for-each-ref", "--format=%(refname)"])).toBe("refs/heads/main");
  });
  test("is an orphan branch with one small file an entry, which git log tells in words", async () => {
    const dir = repository();
    const ledger = await open(dir);
    await ledger.append(freeze("moving house"));
    await ledger.append({ kind: "unfreeze", reason: "moved" });
    expect(git(dir, ["ls-tree", "-r", "--name-only", BRANCH]).split("\n")).toEqual([
      "events/000000/00000001.json",
      "events/000000/00000002.json",
    ]);
    expect(git(dir, ["log", "--format=%an %s", BRANCH]).split("\n")).toEqual([
      "Ada #2 all environments unfrozen: moved",
      "Ada #1 all environments frozen: moving house",
    ]);
    expect(() => git(dir, ["merge-base", BRANCH, "main"])).toThrow();
  });
  test("touches neither working tree nor index nor HEAD", async () => {
    const dir = repository();
    writeFileSync(path.join(dir, "staged"), "staged");
    git(dir, ["add", "staged"]);
    writeFileSync(path.join(dir, "untracked"), "");
    const state = () => [
      git(dir, ["status", "--porcelain=v2", "--branch"]),
      readFileSync(path.join(dir, ".git/index")).toString("hex"),
      git(dir, ["symbolic-ref", "HEAD"]),
      readdirSync(dir),
    ];
    const before = state();
    const ledger = await open(dir);
    await ledger.append(freeze("a"));
    await ledger.read();
    await ledger.sync();
    expect(state()).toEqual(before);
    expect(existsSync(path.join(dir, ".git/FETCH_HEAD"))).toBe(false);
  });
  test("works before the repository's first commit", async () => {
    const dir = folder();
    git(dir, ["init", "-q"]);
    const ledger = await open(dir);
    await ledger.append(freeze("a"));
    expect(reasons((await ledger.read()).events)).toEqual(["a"]);
  });
  test("works with a detached HEAD, from a folder deep down", async () => {
    const dir = repository();
    git(dir, ["checkout", "-q", "--detach"]);
    const deep = path.join(dir, ".git", "..");
    await (await open(deep)).append(freeze("a"));
    expect(git(dir, ["rev-parse", "--abbrev-ref", "HEAD"])).toBe("HEAD");
    expect(reasons((await (await open(dir)).read()).events)).toEqual(["a"]);
  });
  test("is one for all worktrees", async () => {
    const dir = repository();
    const other = path.join(folder(), "other");
    git(dir, ["worktree", "add", "-q", "--detach", other]);
    await (await open(dir)).append(freeze("a"));
    await (await open(other)).append(freeze("b"));
    expect(reasons((await (await open(dir)).read()).events)).toEqual(["a", "b"]);
  });
  test("works inside a git hook, whose environment points at another index", async () => {
    const dir = repository();
    const hook = { GIT_DIR: path.join(folder(), "elsewhere"), GIT_INDEX_FILE: "/nowhere/index", GIT_WORK_TREE: "/nowhere" };
    const ledger = await open(dir, { env: { ...env, ...hook } });
    await ledger.append(freeze("a"));
    expect(reasons((await ledger.read()).events)).toEqual(["a"]);
  });
  test("does not move a branch that somebody has checked out", async () => {
    const dir = repository();
    const ledger = await open(dir);
    await ledger.append(freeze("a"));
    git(dir, ["checkout", "-q", "liftlock-ledger"]);
    await expect(ledger.append(freeze("b"))).rejects.toThrow(/liftlock-ledger is checked out in .*git switch -/);
    expect(git(dir, ["status", "--porcelain"])).toBe("");
    expect(reasons((await ledger.read()).events)).toEqual(["a"]);
  });
  test("asks for a repository where there is none", async () => {
    const error = await open(folder()).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toMatch(/is in no git repository.*git init/);
  });
  test("says when git itself is missing", async () => {
    await expect(open(repository(), { env: { ...env, PATH: "/nowhere" } })).rejects.toThrow(/git was not found/);
  });
  test("writes the same chain whatever the order of keys", async () => {
    const ledger = await open(repository());
    const { events } = await ledger.append({ reason: "a", kind: "freeze" });
    expect(events).toEqual((await ledger.read()).events);
  });
  test("refuses what is no happening, and writes nothing of it", async () => {
    const ledger = await open(repository());
    await expect(ledger.append(freeze("a"), freeze(""))).rejects.toThrow();
    expect((await ledger.read()).events).toEqual([]);
  });
});

describe("who did it", () => {
  const actorOf = async (given: Record<string, string>, local = false) =>
    (await open(repository(), { env: { ...bareEnv, ...given }, local })).actor();
  test("GitHub Actions knows who started the run", async () => {
    expect(await actorOf({ GITHUB_ACTIONS: "true", GITHUB_ACTOR: "ada" })).toEqual({ name: "ada", login: "ada" });
    expect(await actorOf({ GITHUB_ACTIONS: "true", GITHUB_ACTOR: "dependabot[bot]" })).toEqual({
      name: "dependabot[bot]",
      login: "dependabot[bot]",
      bot: true,
    });
  });
  test("git's own configuration counts", async () => {
    const dir = repository();
    git(dir, ["config", "user.name", "Grace"]);
    git(dir, ["config", "user.email", "grace@example.com"]);
    const ledger = await open(dir, { env: bareEnv });
    await ledger.append(freeze("a"));
    expect((await ledger.read()).events[0]?.actor).toEqual({ name: "Grace", email: "grace@example.com" });
    expect(git(dir, ["log", "-1", "--format=%an %ae %cn", BRANCH])).toBe("Grace grace@example.com Grace");
  });
  test("somebody whom git does not know is told what to do", async () => {
    const ledger = await open(repository(), { env: bareEnv });
    await expect(ledger.append(freeze("a"))).rejects.toThrow(/git config --global user.name/);
    expect(await ledger.read()).toEqual({ events: [], findings: [] });
  });
  test("in the local world the account's name is enough", async () => {
    const dir = repository();
    const ledger = await open(dir, { env: bareEnv, local: true });
    await ledger.append(freeze("a"));
    expect((await ledger.read()).events[0]?.actor.name).toBe(execFileSync("id", ["-un"], { encoding: "utf8" }).trim());
  });
  test("the caller's word goes first", async () => {
    const ledger = await open(repository(), { actor: { name: "liftlock[bot]", bot: true, requestedBy: "ada" } });
    expect((await ledger.append(freeze("a"))).events[0]?.actor).toEqual({ name: "liftlock[bot]", bot: true, requestedBy: "ada" });
  });
});

describe("the local world's ledger", () => {
  test("is apart from the team's and goes nowhere", async () => {
    const { remote, dirs } = clones(1);
    const ledger = await open(dirs[0]!, { local: true });
    expect((await ledger.append(freeze("local"))).unsynced).toBe(0);
    expect(await ledger.sync()).toMatchObject({ sent: 0, offline: false });
    expect(reasons((await ledger.read()).events)).toEqual(["local"]);
    expect((await (await open(dirs[0]!)).read()).events).toEqual([]);
    expect(git(remote, ["for-each-ref", "--format=%(refname)"])).toBe("refs/heads/main");
    expect(git(dirs[0]!, ["branch", "--list"])).toBe("* main");
  });
});

describe("with signing on", () => {
  test("every entry is a signed commit", async () => {
    const dir = repository();
    const keys = folder();
    const key = path.join(keys, "key");
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "ada", "-f", key]);
    chmodSync(key, 0o600);
    writeFileSync(path.join(keys, "allowed"), `ada@example.com ${readFileSync(`${key}.pub`, "utf8")}`);
    for (const [name, value] of [
      ["user.name", "Ada"],
      ["user.email", "ada@example.com"],
      ["gpg.format", "ssh"],
      ["user.signingkey", key],
      ["commit.gpgsign", "true"],
      ["gpg.ssh.allowedSignersFile", path.join(keys, "allowed")],
    ] as const) {
      git(dir, ["config", name, value]);
    }
    const ledger = await open(dir);
    await ledger.append(freeze("a"));
    await ledger.append(freeze("b"));
    expect(git(dir, ["log", "--format=%G?", BRANCH]).split("\n")).toEqual(["G", "G"]);
    git(dir, ["config", "user.signingkey", path.join(keys, "gone")]);
    await expect((await open(dir)).append(freeze("c"))).rejects.toThrow(UserError);
    expect(reasons((await ledger.read()).events)).toEqual(["a", "b"]);
  });
});

describe("secrets", () => {
  test("are nowhere in the repository, whatever carried them", async () => {
    const planted = "correct-horse-battery-staple";
    const dir = repository();
    const ledger = await open(dir, { secrets: [planted] });
    const at = "2026-11-21T12:00:00Z";
    await ledger.append(
      freeze(`because ${planted}`),
      {
        kind: "deployment",
        stack: "staging",
        release: release("1.5.0"),
        result: "failed",
        startedAt: at,
        endedAt: at,
        engine: "e",
        cause: `login ${planted} refused`,
      },
      { kind: "incident-opened", incident: planted, stack: "staging", summary: `https://ada:${planted}@example.com` },
    );
    const objects = git(dir, ["cat-file", "--batch-all-objects", "--batch-check=%(objectname)"]).split("\n");
    expect(objects.length).toBeGreaterThan(6);
    const everything = objects
      .map((object) => execFileSync("git", ["cat-file", "-p", object], { cwd: dir, encoding: "latin1" }))
      .join("\n");
    expect(everything).toContain("[secret]");
    expect(everything).not.toContain(planted);
    expect((await ledger.read()).findings).toEqual([]);
  });
});

describe("ten thousand entries", () => {
  test("are read whole and in order, and appended to", async () => {
    const dir = repository();
    importLedger(dir, 10_000, { env, perCommit: 100 });
    const ledger = await open(dir);
    const { events, findings } = await ledger.read();
    expect(findings).toEqual([]);
    expect(events.length).toBe(10_000);
    expect(events.at(-1)?.number).toBe(10_000);
    const { events: more } = await ledger.append(freeze("one more"));
    expect(more[0]).toMatchObject({ number: 10_001, previous: events.at(-1)?.id });
    expect((await ledger.read()).events.length).toBe(10_001);
  });
});

test("a lock that a killed git left is named at once: no waiting takes it away", async () => {
  const dir = repository();
  await (await open(dir)).append(freeze("a"));
  const lock = path.join(dir, ".git", `${BRANCH}.lock`);
  writeFileSync(lock, "");
  utimesSync(lock, new Date(), new Date(Date.now() - 3_600_000));
  await expect((await open(dir)).append(freeze("b"))).rejects.toThrow(`git has held ${lock} since`);
  rmSync(lock);
  expect((await (await open(dir)).append(freeze("b"))).events).toMatchObject([{ number: 2 }]);
});
