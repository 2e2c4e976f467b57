import { describe, expect, test } from "vitest";
import { happening } from "../../bench/ledger-fixture.ts";
import { Happening } from "../../ops/ledger/event.ts";
import { kindsOf, moment, select } from "../../ops/ledger/select.ts";
import { inWords } from "../../ops/ledger/words.ts";
import { liftlock } from "../ops/support/harness.ts";
import { BRANCH, clones, freeze, git, open, release, repository } from "./support.ts";

const now = () => new Date("2026-11-21T12:00:00.000Z");
const promotion: Happening = { kind: "promotion", from: "staging", to: "production", release: release("1.5.0"), lane: "normal" };
const check: Happening = { kind: "check", stack: "staging", releaseId: "1.5.0-0a1b2c3d", name: "performance", result: "failed" };

async function filled() {
  const dir = repository();
  const ledger = await open(dir, { now });
  await ledger.append(freeze("moving house"), promotion, check);
  return { dir, ledger };
}

describe("liftlock log", () => {
  test("tells who did what when, newest first, with the release's version", async () => {
    const { ledger } = await filled();
    const { out, exitCode } = await liftlock("log", { ledger });
    expect(exitCode).toBe(0);
    expect(out.split("\n")).toEqual([
      "#  when               who  what",
      "3  2026-11-21 12:00Z  Ada  check performance of 1.5.0-0a1b2c3d failed in staging",
      "2  2026-11-21 12:00Z  Ada  1.5.0 promoted from staging to production",
      "1  2026-11-21 12:00Z  Ada  all environments frozen: moving house",
    ]);
  });
  test("of one environment leaves out what does not concern it", async () => {
    const { ledger } = await filled();
    const { out } = await liftlock("log production", { ledger });
    expect(out).toContain("promoted");
    expect(out).toContain("all environments frozen");
    expect(out).not.toContain("performance");
  });
  test("keeps to a number, a kind and a time", async () => {
    const { ledger } = await filled();
    expect((await liftlock("log --limit 1", { ledger })).out).toMatch(/^#.*\n3 .*\nand 2 older \(--limit\)$/);
    expect((await liftlock("log --kind freeze,check", { ledger })).out).not.toContain("promoted");
    expect((await liftlock("log --since 2026-11-22", { ledger })).out).toBe("The ledger has no such entries.");
    expect((await liftlock("log --since 2026-11-21", { ledger })).out).toContain("promoted");
  });
  test.each([
    ["log --kind promotoin", /no entries of kind "promotoin"\. There are: release, promotion/],
    ["log --since yesterday", /--since takes/],
    ["log --limit 0", /--limit takes/],
    ["log prodction", /Did you mean production/],
  ])("%s is refused before anything is asked", async (args, message) => {
    const { ledger } = await filled();
    const { exitCode, err } = await liftlock(args, { ledger });
    expect([exitCode, err]).toEqual([2, expect.stringMatching(message)]);
  });
  test("prints JSON, whole", async () => {
    const { ledger } = await filled();
    const { out } = await liftlock("log --json", { ledger });
    expect(JSON.parse(out)).toEqual({ findings: [], events: (await ledger.read()).events.toReversed() });
  });
  test("puts what is wrong on top, and goes on", async () => {
    const { dir, ledger } = await filled();
    await ledger.append(freeze("to be lost"));
    git(dir, ["update-ref", BRANCH, `${BRANCH}~`]);
    const { out, exitCode } = await liftlock("log", { ledger });
    expect(out).toMatch(/^! Entry 4: was removed from the ledger/);
    expect(out).toContain("promoted");
    expect(exitCode).toBe(0);
  });
  test("compares with the stacks' own history", async () => {
    const { ledger } = await filled();
    const update = {
      version: 0,
      kind: "update",
      message: "",
      result: "succeeded",
      environment: {},
      config: {},
      resourceChanges: { create: 3 },
    } as const;
    const times = { startTime: "2026-11-21T13:00:00.000Z", endTime: "2026-11-21T13:01:00.000Z" };
    const engine = {
      stacks: async () => [{ name: "staging", hasSettings: true, hasState: true }],
      history: async () => [{ ...update, ...times }],
    };
    const { out } = await liftlock("log", { ledger, engine });
    expect(out).toMatch(/^! staging: the update of 2026-11-21 13:00Z is not in the ledger/);
    const verified = await liftlock("log --verify", { ledger, engine });
    expect([verified.exitCode, verified.out]).toEqual([
      1,
      expect.stringMatching(/3 entries in 1 commit .*compared with the history of development, staging and production: 1 finding\.$/),
    ]);
  });
  test("--verify ends well when all is whole", async () => {
    const { ledger } = await filled();
    const { exitCode, out } = await liftlock("log --verify", { ledger });
    expect([exitCode, out]).toEqual([0, expect.stringMatching(/^3 entries in 1 commit \(0 with a good signature\).*: whole\.$/)]);
  });
  test("--sync exchanges first, and fails when nobody answers", async () => {
    const { dirs } = clones(2);
    await (await open(dirs[0]!)).append(freeze("from elsewhere"));
    const ledger = await open(dirs[1]!);
    const { out } = await liftlock("log --sync", { ledger });
    expect(out).toMatch(/^0 entries sent, 1 entry received\.\n.*\n1 .*from elsewhere/);
    git(dirs[1]!, ["remote", "set-url", "origin", "https://ada:hunter22@127.0.0.1:9/x.git"]);
    const offline = await liftlock("log --sync", { ledger: await open(dirs[1]!) });
    expect([offline.exitCode, offline.err]).toEqual([1, expect.stringMatching(/could not be exchanged/)]);
    expect(offline.err).not.toContain("hunter22");
  });
});

test("every kind of entry has words, in one line", () => {
  const at = "2026-11-21T12:00:00Z";
  const all = {
    stack: "staging",
    releaseId: "r",
    release: release("1.5.0"),
    from: "one",
    to: "two",
    reason: "line\nbreak",
    cause: "c",
    commits: [],
  };
  const more = {
    role: "quality",
    verdict: "approved",
    migrations: ["m"],
    name: "n",
    result: "passed",
    incident: "7",
    summary: "s",
    confirmBy: at,
    findings: 2,
    seconds: 3,
    minutes: 4,
    backup: "b",
    verified: true,
    lane: "normal",
  };
  const own: Partial<Record<Happening["kind"], object>> = {
    rollback: { from: release("1.5.0"), to: release("1.4.0") },
    "back-ported": { to: ["main"] },
    "server-retired": { server: "old", serving: "new" },
  };
  for (const { shape } of Happening.options) {
    const kind = shape.kind.value;
    const text = inWords({ ...all, ...more, ...own[kind], kind } as unknown as Happening);
    expect(text).toMatch(/^[^\n]+$/);
    expect(text).not.toMatch(/undefined|\[object/);
  }
});

test("a moment is a date or so long ago", () => {
  const noon = Date.parse("2026-11-21T12:00:00Z");
  expect(new Date(moment("2h", noon)).toISOString()).toBe("2026-11-21T10:00:00.000Z");
  expect(new Date(moment("2026-11-20", noon)).toISOString()).toBe("2026-11-20T00:00:00.000Z");
  expect(kindsOf("hold, freeze")).toEqual(["hold", "freeze"]);
  expect(select([], { stack: "staging" })).toEqual([]);
  expect(Happening.safeParse(happening(6, "2026-11-21T12:00:00Z", "2026-11-21T12:01:00Z")).success).toBe(true);
});
