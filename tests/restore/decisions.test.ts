import type { V1Job, V1Pod } from "@kubernetes/client-node";
import { describe, expect, test } from "vitest";
import { upTo } from "../../components/restore.ts";
import type { Happening } from "../../ops/ledger/event.ts";
import { migrated } from "../../ops/promotion/survey.ts";
import { findBackup, known, newEntries } from "../../ops/restore/backups.ts";
import { planRestore } from "../../ops/restore/plan.ts";
import { backupOf } from "../../ops/restore/report.ts";
import { at, ledger, the, time } from "../gates/support.ts";

const job = (name: string, type: "Complete" | "Failed" | undefined): V1Job => ({
  metadata: { name },
  status: { startTime: new Date("2026-05-01T02:00:00Z"), ...(type ? { conditions: [{ type, status: "True" }] } : {}) },
});
const pod = (message: string): V1Pod =>
  ({ status: { containerStatuses: [{ state: { terminated: { message, exitCode: 0 } } }] } }) as unknown as V1Pod;
const report = (id: string, more: object = {}) =>
  JSON.stringify({
    id,
    takenAt: "2026-05-01T02:00:07Z",
    release: "1.4.0",
    schemaVersion: "b",
    reason: "schedule",
    job: "backup-1",
    kind: "sqlite",
    verified: true,
    bytes: 4096,
    sha256: "0",
    ...more,
  });

describe("what a Job says of its backup", () => {
  test("is its report; without one, that it succeeded", () => {
    expect(backupOf(job("backup-1", "Complete"), [pod(report("X"))])).toMatchObject({
      id: "X",
      version: "1.4.0",
      schemaVersion: "b",
      bytes: 4096,
      verified: true,
    });
    for (const pods of [[], [pod("")], [pod("{}")], [pod("not json")]])
      expect(backupOf(job("backup-1", "Complete"), pods)).toEqual({
        id: "backup-1",
        job: "backup-1",
        takenAt: "2026-05-01T02:00:00.000Z",
        verified: true,
      });
  });
  test("is nothing while it runs, when it failed, and when there was nothing to back up", () => {
    expect(backupOf(job("backup-1", undefined), [pod(report("X"))])).toBeUndefined();
    expect(backupOf(job("backup-1", "Failed"), [pod(report("X"))])).toBeUndefined();
    expect(backupOf(job("backup-1", "Complete"), [pod('{"empty":true}')])).toBeUndefined();
  });
});

describe("backups", () => {
  const backup = (id: string, hours: number, more: object = {}) => ({ id, takenAt: at(hours), verified: true, ...more });
  test("are recorded once, also when the pod with the report is gone by then", () => {
    const first = newEntries("s", [backup("X", 1, { job: "backup-b" })], []);
    expect(first).toEqual([{ kind: "backup", stack: "s", backup: "X", job: "backup-b", takenAt: at(1), verified: true }]);
    const events = ledger([1, first[0]!]);
    expect(newEntries("s", [backup("X", 1, { job: "backup-b" }), backup("backup-b", 1, { job: "backup-b" })], events)).toEqual([]);
    expect(newEntries("t", [backup("X", 1)], events)).toHaveLength(1);
  });
  test("that the newest report no longer lists are gone", () => {
    const ids = ["20260501T000000Z-1.0.0", "20260502T000000Z-1.0.0", "20260503T000000Z-1.0.0"] as const;
    const events = ledger(
      ...ids.slice(0, 2).map((id, day) => [0, { kind: "backup", stack: "s", backup: id, verified: true, takenAt: at(day * 24) }] as const),
    );
    expect(known("s", [backup(ids[2], 48, { kept: [ids[1], ids[2]] })], events).map(({ id }) => id)).toEqual([ids[1], ids[2]]);
    expect(known("s", [], events).map(({ id }) => id)).toEqual([ids[0], ids[1]]);
  });
  test("whose Job lost its report are the ones that the ledger has", () => {
    const events = ledger([
      0,
      { kind: "backup", stack: "s", backup: "X", job: "backup-b", verified: true, takenAt: at(0), schemaVersion: "a" },
    ]);
    expect(known("s", [backup("backup-b", 0, { job: "backup-b" })], events)).toEqual([
      { id: "X", job: "backup-b", verified: true, takenAt: at(0), schemaVersion: "a" },
    ]);
  });
  test("are found by id, its beginning when that is enough, Job, or as the latest", () => {
    const all = [backup("2026-a", 1, { job: "backup-x" }), backup("2026-b", 2)];
    const found = (wanted: string) => findBackup(wanted, all)?.id;
    expect(["2026-a", "2026-b", "backup-x", "latest", "2026-", "c"].map(found)).toEqual([
      "2026-a",
      "2026-b",
      "2026-a",
      "2026-b",
      undefined,
      undefined,
    ]);
  });
});

describe("a restore's plan", () => {
  const release = { version: "2.0.0", commit: "0".repeat(40), schemaVersion: "b", images: {} } as never;
  const plan = (schemaVersion: string | undefined, more: object = {}) =>
    planRestore({
      stack: "s",
      backup: { id: "X", takenAt: at(0), verified: true, ...(schemaVersion === undefined ? {} : { schemaVersion }) },
      wanted: "X",
      release,
      applied: ["a", "b", "c"],
      now: time(26),
      interrupted: undefined,
      ...more,
    });
  test("says what is lost, and since when", () => {
    expect(plan("b").refused).toBeUndefined();
    expect(plan("b").lines.join("\n")).toMatch(/X was taken 2026-05-04 00:00.*LOST is everything that was written since/);
    expect(plan("b").lines.join("\n")).not.toMatch(/migrates/);
  });
  test.each([
    ["a", "b"],
    ["", "a, b"],
  ])("with data of schema '%s' migrates %s once more", (schema, again) => {
    expect(plan(schema).lines.join("\n")).toContain(`migrates ${again} once more`);
  });
  test.each([
    ["c", /newer than 2\.0\.0 \(b\) knows/],
    ["z", /which s does not know/],
  ])("with data of schema %s is refused", (schema, why) => {
    expect(plan(schema).refused).toMatch(why);
  });
  test("of what nobody knows, or after an interruption, says so", () => {
    expect(plan(undefined, { backup: undefined, wanted: "Y", interrupted: "X" }).lines.join("\n")).toMatch(
      /restore of X was interrupted.*\nNothing is known of Y/,
    );
  });
  test("takes back the schema versions that the data has not seen", () => {
    const ran = ["a", "b", "c"].map((schemaVersion) => ({ schemaVersion, release: "r" }));
    const left = (version: string | undefined) => upTo(ran, version).map(({ schemaVersion }) => schemaVersion);
    expect([left("b"), left(""), left(undefined), left("unknown")]).toEqual([["a", "b"], [], ["a", "b", "c"], ["a", "b", "c"]]);
  });
});

test("the gate asks for a restore that went well, and not too long ago", () => {
  const gates = { restoreTested: "7d" };
  const restore = (hours: number, result: "succeeded" | "failed" = "succeeded", stack = "production") =>
    [hours, { kind: "restore", stack, backup: "x", result, seconds: 1, drill: true }] as const;
  const judged = (...events: Parameters<typeof ledger>) => the("restore-tested", { gates, events: ledger(...events), now: time(200) });
  expect(judged()).toMatchObject({ open: false, code: "restore-untested", next: "liftlock restore production --drill" });
  expect(judged(restore(190, "succeeded", "staging"))).toMatchObject({ code: "restore-untested" });
  expect(judged(restore(31))).toMatchObject({ open: false, code: "restore-stale" });
  expect(judged(restore(32))).toMatchObject({ open: true, code: "restored", evidence: ["e1"] });
  expect(judged(restore(150), restore(160, "failed"))).toMatchObject({ open: false, code: "restore-failed" });
  expect(judged(restore(160, "failed"), restore(170))).toMatchObject({ open: true });
  expect(the("restore-tested", { gates, ran: { production: [] } })).toMatchObject({ open: true, code: "first-deployment" });
});

test("what a failed release had migrated is gone with the data that a restore brought back", () => {
  const reference = { id: "b", version: "2.0.0", commit: "0".repeat(40), images: {} };
  const failed = {
    kind: "deployment",
    stack: "s",
    release: reference,
    result: "failed",
    startedAt: at(0),
    endedAt: at(1),
    engine: "e",
    migrations: ["b"],
  } satisfies Happening;
  const restored = (more: object = {}) => ({ kind: "restore", stack: "s", backup: "x", result: "succeeded", seconds: 1, ...more }) as const;
  expect(migrated(["a"], ledger([1, failed]), "s")).toEqual(["a", "b"]);
  expect(migrated(["a"], ledger([1, failed], [2, restored()]), "s")).toEqual(["a"]);
  expect(migrated(["a"], ledger([1, failed], [2, restored({ drill: true })]), "s")).toEqual(["a", "b"]);
  expect(migrated(["a"], ledger([1, failed], [2, restored({ result: "failed" as const })]), "s")).toEqual(["a", "b"]);
});
