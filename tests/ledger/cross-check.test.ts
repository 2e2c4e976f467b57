import { describe, expect, test } from "vitest";
import type { HistoryEntry } from "../../ops/engine.ts";
import { crossCheck } from "../../ops/ledger/cross-check.ts";
import { seal } from "../../ops/ledger/entry.ts";
import type { Happening, HappeningOf, LedgerEvent } from "../../ops/ledger/event.ts";
import { freeze, release } from "./support.ts";

/** Minutes after noon. */
const at = (minute: number, second = 0): string => new Date(Date.UTC(2026, 10, 21, 12, minute, second, 123)).toISOString();
const wholeSecond = (time: string): string => time.replace(/\.\d+Z$/, ".000Z");
const update = (minute: number, more: Partial<HistoryEntry> = {}): HistoryEntry => ({
  version: 0,
  kind: "update",
  startTime: wholeSecond(at(minute, 1)),
  endTime: wholeSecond(at(minute, 40)),
  message: "",
  result: "succeeded",
  environment: {},
  config: {},
  resourceChanges: { update: 1, same: 8 },
  ...more,
});
const deployed = (minute: number, more: Partial<HappeningOf<"deployment">> = {}): Happening => ({
  kind: "deployment",
  stack: "staging",
  release: release("1.5.0"),
  result: "succeeded",
  startedAt: at(minute),
  endedAt: at(minute, 45),
  engine: "an engine",
  ...more,
});
const ledger = (...what: [minute: number, what: Happening][]): LedgerEvent[] =>
  what.map(([minute, happening], i) =>
    seal({ number: i + 1, previous: null, at: at(minute, 46), actor: { name: "Ada" }, what: happening }),
  );
/** As engines tell history: newest first. */
const history = (...entries: HistoryEntry[]): HistoryEntry[] => entries.toReversed();
const check = (events: LedgerEvent[], entries: HistoryEntry[]) => crossCheck("staging", events, entries);

describe("the ledger against the stack's own history", () => {
  test("says nothing when they tell the same", () => {
    expect(check(ledger([1, deployed(1)], [5, deployed(5)]), history(update(1), update(5)))).toEqual([]);
  });
  test("finds an update that nobody wrote down", () => {
    expect(check(ledger([1, deployed(1)]), history(update(1), update(5, { message: "by hand\nand more" })))).toEqual([
      expect.stringMatching(/^staging: the update of 2026-11-21 12:05Z \("by hand"\) is not in the ledger/),
    ]);
  });
  test("finds one that failed halfway", () => {
    expect(check(ledger([1, deployed(1)]), history(update(1), update(5, { result: "failed" })))).toEqual([
      expect.stringContaining("which failed,"),
    ]);
  });
  test("finds an entry about an update that never was", () => {
    expect(check(ledger([1, deployed(1)], [5, deployed(5)]), history(update(1)))).toEqual([
      expect.stringMatching(/^Entry 2: says that 1\.5\.0 was deployed to staging \(2026-11-21 12:05Z\)/),
    ]);
  });
  test("wants no entry for a run that changed nothing, a preview, a refresh or one that still runs", () => {
    const others = [
      update(5, { resourceChanges: { same: 9 } }),
      update(6, { kind: "refresh" }),
      update(7, { kind: "preview" }),
      update(8, { result: "in-progress", endTime: undefined }),
      update(9, { resourceChanges: undefined }),
    ];
    expect(check(ledger([1, deployed(1)]), history(update(1), ...others))).toEqual([]);
  });
  test("one deployment holds the update that put the previous release back", () => {
    const restored = deployed(5, { result: "restored", endedAt: at(7, 30) });
    expect(check(ledger([1, deployed(1)], [7, restored]), history(update(1), update(5, { result: "failed" }), update(6)))).toEqual([]);
  });
  test("a failed deployment need not have reached the engine", () => {
    expect(check(ledger([1, deployed(1)], [5, deployed(5, { result: "failed" })]), history(update(1)))).toEqual([]);
  });
  test("deployments of other stacks are theirs", () => {
    const other = deployed(5, { stack: "production" });
    expect(check(ledger([1, deployed(1)], [5, other]), history(update(1)))).toEqual([]);
    expect(check(ledger([1, deployed(1)], [5, other]), history(update(1), update(5)))).toHaveLength(1);
  });
  test("what was before the ledger's first entry is nobody's fault", () => {
    expect(check(ledger([5, freeze("a")], [6, deployed(6)]), history(update(1), update(6)))).toEqual([]);
  });
  test("an empty ledger says so once", () => {
    expect(check([], history(update(1), update(2)))).toEqual([expect.stringMatching(/^staging: was updated \(2 in its history\)/)]);
    expect(check([], [])).toEqual([]);
  });
  test("a history that was lost is one finding, however many entries it held", () => {
    const events = ledger([1, deployed(1)], [2, deployed(2)], [9, deployed(9)]);
    expect(check(events, history(update(9)))).toEqual([
      expect.stringMatching(/begins at 2026-11-21 12:09Z, so 2 entries, the last one 2,/),
    ]);
    expect(check(events, [])).toEqual([expect.stringMatching(/is empty, so 3 entries/)]);
  });
});

test("a restore's own updates are in the ledger by its entry, one that was only tried has none", () => {
  const restored = (drill?: boolean): Happening => ({
    kind: "restore",
    stack: "staging",
    backup: "x",
    result: "succeeded",
    seconds: 120,
    ...(drill ? { drill } : {}),
  });
  const runs = history(update(0), update(4), update(5));
  expect(check(ledger([0, deployed(0)], [5, restored()]), runs)).toEqual([]);
  expect(check(ledger([0, deployed(0)], [5, restored(true)]), runs)).toHaveLength(2);
  expect(check(ledger([0, deployed(0)], [9, restored()]), runs)).toHaveLength(2);
});
