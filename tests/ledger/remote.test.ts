import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { UserError } from "../../ops/user-error.ts";
import { BRANCH, clones, env, folder, freeze, git, open, reasons, repository, tamper } from "./support.ts";

const writer = (dir: string, name: string, count: number) =>
  execa(process.execPath, [path.join(import.meta.dirname, "writer.ts"), dir, name, String(count)], { env, extendEnv: false });
const numbered = (name: string, count: number) => Array.from({ length: count }, (_, i) => `${name} ${i + 1}`);
const unplug = (dir: string) => git(dir, ["remote", "set-url", "origin", "/nowhere/at-all.git"]);
const plug = (dir: string, remote: string) => git(dir, ["remote", "set-url", "origin", remote]);

describe("writers at the same time", () => {
  test("of two clones: every entry arrives once, in one chain, in each writer's own order", { timeout: 60_000 }, async () => {
    const { remote, dirs } = clones(2);
    const ended = await Promise.all([writer(dirs[0]!, "left", 6), writer(dirs[1]!, "right", 6)]);
    expect(ended.map(({ stdout }) => stdout)).toEqual(["0", "0"]);
    const fresh = folder();
    git(fresh, ["clone", "-q", remote, "."]);
    const { events, findings } = await (await open(fresh)).read();
    expect(findings).toEqual([]);
    const all = reasons(events);
    expect(all.filter((reason) => reason.startsWith("left"))).toEqual(numbered("left", 6));
    expect(all.filter((reason) => reason.startsWith("right"))).toEqual(numbered("right", 6));
    for (const dir of dirs) {
      const ledger = await open(dir);
      await ledger.sync();
      expect(await ledger.read()).toEqual({ events, findings: [] });
    }
    // The remote's history only ever grew: no commit changed or removed an entry.
    expect(git(remote, ["log", "--format=", "--name-status", "--diff-filter=MDR", BRANCH])).toBe("");
    expect(git(remote, ["rev-list", "--merges", BRANCH])).toBe("");
  });
  test("of one clone: they take turns", { timeout: 60_000 }, async () => {
    const dir = repository();
    await Promise.all(["a", "b", "c"].map((name) => writer(dir, name, 4)));
    const { events, findings } = await (await open(dir)).read();
    expect(findings).toEqual([]);
    expect(reasons(events).sort()).toEqual(["a", "b", "c"].flatMap((name) => numbered(name, 4)));
    expect(git(dir, ["rev-list", "--count", BRANCH])).toBe("12");
  });
  test("of one process: they take turns too", async () => {
    const ledger = await open(repository());
    await Promise.all(["a", "b", "c"].map((reason) => ledger.append(freeze(reason))));
    expect(reasons((await ledger.read()).events).sort()).toEqual(["a", "b", "c"]);
  });
});

describe("without the network", () => {
  test("entries are kept, counted, and end up behind the remote's when it is back", async () => {
    const { remote, dirs } = clones(2);
    const [left, right] = dirs as [string, string];
    await (await open(left)).append(freeze("before"));
    await (await open(right)).sync();
    unplug(right);
    const offline = await open(right);
    expect((await offline.append(freeze("mine 1"))).unsynced).toBe(1);
    expect((await offline.append(freeze("mine 2"))).unsynced).toBe(2);
    expect(await offline.sync()).toMatchObject({ sent: 0, offline: true, reason: expect.stringContaining("at-all.git") });
    expect(reasons((await offline.read()).events)).toEqual(["before", "mine 1", "mine 2"]);
    await (await open(left)).append(freeze("theirs"));

    plug(right, remote);
    const online = await open(right);
    expect(await online.sync()).toEqual({ sent: 2, received: 1, offline: false });
    const { events, findings } = await online.read();
    expect(findings).toEqual([]);
    expect(reasons(events)).toEqual(["before", "theirs", "mine 1", "mine 2"]);
    expect(events.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
    expect(await (await open(left)).sync()).toEqual({ sent: 0, received: 2, offline: false });
    expect((await (await open(left)).read()).events).toEqual(events);
    expect(await online.sync()).toEqual({ sent: 0, received: 0, offline: false });
  });
  test("an entry that refers to another keeps referring to it when both are chained anew", async () => {
    const { remote, dirs } = clones(2);
    const [left, right] = dirs as [string, string];
    unplug(right);
    const offline = await open(right);
    const broken = { stack: "production", releaseId: "1.5.0-0a1b2c3d" };
    const times = { confirmBy: "2026-11-21T12:00:00Z", expires: "2026-11-22T12:00:00Z" };
    const { events } = await offline.append({ kind: "break-glass", ...broken, reason: "down", incident: "7", ...times });
    await offline.append({ kind: "break-glass-confirmed", ...broken, breakGlass: events[0]!.id });
    await (await open(left)).append(freeze("first"));
    plug(right, remote);
    const online = await open(right);
    await online.sync();
    const [, glass, confirmed] = (await online.read()).events;
    expect(glass?.id).not.toBe(events[0]?.id);
    expect(confirmed?.what).toMatchObject({ kind: "break-glass-confirmed", breakGlass: glass?.id });
  });
  test("both clones may begin a ledger: it becomes one", async () => {
    const { remote, dirs } = clones(2);
    for (const [i, dir] of dirs.entries()) {
      unplug(dir);
      await (await open(dir)).append(freeze(`root ${i}`));
      plug(dir, remote);
    }
    for (const dir of [...dirs, dirs[0]!]) await (await open(dir)).sync();
    for (const dir of dirs) {
      const { events, findings } = await (await open(dir)).read();
      expect([reasons(events), findings]).toEqual([["root 0", "root 1"], []]);
    }
  });
  test("append hands out the entries as they finally stand", async () => {
    const { dirs } = clones(2);
    await (await open(dirs[0]!)).append(freeze("before"));
    await (await open(dirs[1]!)).sync();
    await (await open(dirs[0]!)).append(freeze("theirs"));
    const ledger = await open(dirs[1]!);
    const { events, unsynced } = await ledger.append(freeze("mine 1"), freeze("mine 2"));
    expect(unsynced).toBe(0);
    expect(events.map(({ number }) => number)).toEqual([3, 4]);
    expect((await ledger.read()).events.slice(2)).toEqual(events);
  });
});

describe("a clone", () => {
  test("that never saw the ledger reads the remote's, and what git fetch brings", async () => {
    const { remote, dirs } = clones(1);
    const late = folder();
    git(late, ["clone", "-q", remote, "."]);
    await (await open(dirs[0]!)).append(freeze("a"));
    const ledger = await open(late);
    expect(reasons((await ledger.read()).events)).toEqual(["a"]);
    await (await open(dirs[0]!)).append(freeze("b"));
    expect(reasons((await ledger.read()).events)).toEqual(["a"]);
    git(late, ["fetch", "-q"]);
    expect(reasons((await ledger.read()).events)).toEqual(["a", "b"]);
    await ledger.append(freeze("c"));
    expect((await ledger.read()).events.map(({ number }) => number)).toEqual([1, 2, 3]);
  });
  test("that is shallow and has one branch only, as continuous integration has it, reads and writes", async () => {
    const { remote, dirs } = clones(1);
    await (await open(dirs[0]!)).append(freeze("a"));
    await (await open(dirs[0]!)).append(freeze("b"));
    const shallow = folder();
    git(shallow, ["clone", "-q", "--depth", "1", `file://${remote}`, "."]);
    const ledger = await open(shallow);
    expect((await ledger.append(freeze("c"))).unsynced).toBe(0);
    expect(await ledger.read()).toMatchObject({ findings: [], events: [{ number: 1 }, { number: 2 }, { number: 3 }] });
  });
  test("runs none of the user's push hooks", async () => {
    const { dirs } = clones(1);
    const hook = path.join(dirs[0]!, ".git/hooks/pre-push");
    writeFileSync(hook, "#!/bin/sh\nexit 1\n");
    chmodSync(hook, 0o755);
    expect((await (await open(dirs[0]!)).append(freeze("a"))).unsynced).toBe(0);
  });
});

describe("a remote", () => {
  test("that refuses the branch is quoted, and the entry stays here", async () => {
    const { remote, dirs } = clones(1);
    const hook = path.join(remote, "hooks/pre-receive");
    writeFileSync(hook, "#!/bin/sh\nexit 1\n");
    chmodSync(hook, 0o755);
    const ledger = await open(dirs[0]!);
    expect(await ledger.append(freeze("a"))).toMatchObject({ unsynced: 1, reason: expect.stringContaining("pre-receive hook declined") });
    expect(await ledger.sync()).toEqual({
      sent: 0,
      received: 0,
      offline: false,
      reason: "origin refuses the ledger: pre-receive hook declined",
    });
  });
  test("that lost the ledger gets it back", async () => {
    const { remote, dirs } = clones(1);
    const ledger = await open(dirs[0]!);
    await ledger.append(freeze("a"));
    git(remote, ["update-ref", "-d", BRANCH]);
    expect(await ledger.sync()).toEqual({ sent: 1, received: 0, offline: false, reason: "origin had lost the ledger: it was put back." });
    expect(git(remote, ["rev-parse", BRANCH])).toBe(git(dirs[0]!, ["rev-parse", BRANCH]));
  });
  test("whose history was rewritten is not followed, and both ways out are said", async () => {
    const { remote, dirs } = clones(2);
    const [left, right] = dirs as [string, string];
    const ledger = await open(left);
    for (const reason of ["a", "b", "c"]) await ledger.append(freeze(reason));
    await (await open(right)).sync();
    tamper(remote, { "events/000000/00000003.json": null }, { amend: true });
    const error = await ledger.sync().catch((e: unknown) => e);
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toMatch(/no longer holds.*Entry 3: was removed from the ledger on origin.*push --force.*git update-ref/s);
    expect(reasons((await ledger.read()).events)).toEqual(["a", "b", "c"]);
    expect((await ledger.read()).findings).toEqual([expect.stringContaining("Entry 3: was removed from the ledger on origin")]);
    // What is written meanwhile stays here, and does not make the loss forgotten.
    expect((await ledger.append(freeze("d"))).unsynced).toBeGreaterThan(0);
    expect((await ledger.read()).findings).toEqual([expect.stringContaining("Entry 3: was removed")]);
    // The way back that the message names.
    const [, command] = /To put back what was there: git (.*)/.exec(String(error))!;
    git(left, command!.split(" "));
    expect(await ledger.sync()).toMatchObject({ offline: false });
    expect(await (await open(right)).sync()).toMatchObject({ received: 1 });
    expect((await ledger.read()).findings).toEqual([]);
  });
  test("is the branch's own, origin, or the only one", async () => {
    const dir = repository();
    const [one, two] = [folder(), folder()];
    for (const bare of [one, two]) git(bare, ["init", "-q", "--bare"]);
    git(dir, ["remote", "add", "one", one]);
    await (await open(dir)).append(freeze("a"));
    git(dir, ["remote", "add", "two", two]);
    expect(await (await open(dir)).sync()).toMatchObject({ offline: true, reason: expect.stringContaining("no remote") });
    git(dir, ["config", "branch.liftlock-ledger.remote", "two"]);
    expect(await (await open(dir)).sync()).toMatchObject({ sent: 1 });
    expect([one, two].map((bare) => git(bare, ["for-each-ref", "--format=%(refname)"]))).toEqual([BRANCH, BRANCH]);
  });
});
