import { describe, expect, test } from "vitest";
import type { Happening, LedgerEvent } from "../../ops/ledger/event.ts";
import { type MetricName, measure } from "../../ops/metrics/measure.ts";
import { outagesOf } from "../../ops/metrics/outages.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const start = Date.parse("2026-03-01T00:00:00.000Z");
const iso = (time: number) => new Date(start + time).toISOString();
const reference = (version: string) => ({ id: `${version}-aaaaaaaa`, version, commit: "0".repeat(40), images: {} });
const idOf = (version: string) => reference(version).id;

/** A ledger: what happened, and when since the start. */
function ledger(...entries: [number, Happening][]): LedgerEvent[] {
  return entries.map(([time, what], index) => ({
    id: `e${index + 1}`,
    number: index + 1,
    previous: index === 0 ? null : `e${index}`,
    at: iso(time),
    actor: { name: "Ada" },
    what,
  }));
}
type Result = "succeeded" | "failed" | "restored" | "cancelled";
const deployed = (at: number, version: string, result: Result = "succeeded", stack = "production"): [number, Happening] => [
  at,
  { kind: "deployment", stack, release: reference(version), result, startedAt: iso(at - 60_000), endedAt: iso(at), engine: "test" },
];
const made = (at: number, version: string, ...commits: number[]): [number, Happening] => [
  at,
  { kind: "release", release: reference(version), commits: commits.map((time, n) => ({ id: `${n}`, subject: "s", at: iso(time) })) },
];
const rolledBack = (at: number, from: string, to: string, secondsToRestore?: number): [number, Happening] => [
  at,
  {
    kind: "rollback",
    stack: "production",
    from: reference(from),
    to: reference(to),
    automatic: secondsToRestore !== undefined,
    cause: "slow",
    class: "safe",
    ...(secondsToRestore === undefined ? {} : { secondsToRestore }),
  },
];
const opened = (at: number, incident: string): [number, Happening] => [
  at,
  { kind: "incident-opened", incident, stack: "production", summary: "down" },
];
const closed = (at: number, incident: string): [number, Happening] => [at, { kind: "incident-closed", incident, stack: "production" }];

const month = { from: start, to: start + 28 * DAY };
const measured = (events: LedgerEvent[], name: MetricName, period = month) =>
  measure(events, "production", period, {}).metrics.find((metric) => metric.name === name)!;

describe("deployments", () => {
  test("only what brought another release to this environment counts", () => {
    const events = ledger(
      deployed(DAY, "1.0.0"),
      deployed(2 * DAY, "1.0.0"), // a configuration fix
      deployed(3 * DAY, "1.1.0", "succeeded", "staging"),
      deployed(4 * DAY, "1.1.0", "cancelled"),
      deployed(5 * DAY, "1.1.0"),
    );
    expect(measured(events, "deploymentsPerWeek", { ...month, from: start + DAY })).toMatchObject({ value: 2 / (27 / 7), of: 2 });
  });
  test("back and forward again is another delivery", () => {
    const events = ledger(deployed(0, "1.0.0"), deployed(DAY, "1.1.0"), rolledBack(2 * DAY, "1.1.0", "1.0.0"), deployed(3 * DAY, "1.1.0"));
    expect(measured(events, "deploymentsPerWeek")).toMatchObject({ value: 3 / 4, of: 3 });
  });
  test("a young ledger is measured over a week, not over its first hour", () => {
    const to = start + HOUR;
    expect(measured(ledger(deployed(0, "1.0.0")), "deploymentsPerWeek", { from: start - 21 * DAY, to }).value).toBe(1);
  });
  test("runs that failed or were restored did not succeed", () => {
    const events = ledger(
      deployed(0, "1.0.0"),
      deployed(DAY, "1.1.0", "restored"),
      deployed(2 * DAY, "1.2.0", "failed"),
      deployed(3 * DAY, "1.2.0"),
    );
    expect(measured(events, "deploymentSuccess")).toMatchObject({ value: 50, of: 4 });
  });
});

describe("lead time", () => {
  test("from each commit to the first release that holds it being live; releases left out count with the next", () => {
    const events = ledger(
      made(0, "1.0.0", 0),
      deployed(HOUR, "1.0.0"),
      made(DAY, "1.1.0", DAY), // never reaches production
      made(2 * DAY, "1.2.0", 2 * DAY - HOUR),
      deployed(2 * DAY + HOUR, "1.2.0"),
    );
    // 1 h, 25 h and 2 h.
    expect(measured(events, "leadTime")).toMatchObject({ value: 2 * 3600, of: 3 });
  });
  test("going back and forward again counts no commit twice", () => {
    const events = ledger(made(0, "1.0.0", 0), deployed(HOUR, "1.0.0"), rolledBack(DAY, "1.0.0", "0.9.0"), deployed(2 * DAY, "1.0.0"));
    expect(measured(events, "leadTime")).toMatchObject({ value: 3600, of: 1 });
  });
  test("nothing made, nothing told", () => {
    expect(measured(ledger(deployed(0, "1.0.0")), "leadTime")).toMatchObject({ value: null, of: 0 });
  });
});

describe("change failure rate", () => {
  const three = [deployed(0, "1.0.0"), deployed(DAY, "1.1.0"), deployed(2 * DAY, "1.2.0")] as const;
  test.each<[string, [number, Happening]]>([
    ["taken back", rolledBack(3 * DAY, "1.2.0", "1.1.0")],
    ["restored by itself", deployed(3 * DAY, "1.2.0", "restored")],
    ["an incident while it ran", opened(3 * DAY, "I-1")],
    ["replaced by a hotfix", [3 * DAY, { kind: "hotfix", stack: "production", release: reference("1.2.1"), reason: "login" }]],
    ["a failed watch", [3 * DAY, { kind: "watch", stack: "production", releaseId: idOf("1.2.0"), result: "failed", minutes: 3 }]],
  ])("%s: that release failed, once", (_, entry) => {
    expect(measured(ledger(...three, entry), "changeFailureRate")).toMatchObject({ value: 100 / 3, of: 3 });
  });
  test("trouble elsewhere is not this environment's", () => {
    const elsewhere: [number, Happening] = [DAY, { kind: "incident-opened", incident: "I-2", stack: "staging", summary: "x" }];
    expect(measured(ledger(...three, elsewhere), "changeFailureRate").value).toBe(0);
  });
});

describe("outages", () => {
  test("an automatic rollback lasted since the cluster's first report", () => {
    const events = ledger(deployed(0, "1.0.0"), deployed(DAY, "1.1.0", "restored"), rolledBack(DAY, "1.1.0", "1.0.0", 12));
    expect(outagesOf(events, "production")).toEqual([
      { since: start + DAY - 12_000, until: start + DAY, releaseId: idOf("1.1.0"), cause: "slow" },
    ]);
    expect(measured(events, "timeToRestore")).toMatchObject({ value: 12, of: 1 });
  });
  test("a failed run lasts until something goes through", () => {
    const events = ledger(deployed(0, "1.0.0"), deployed(DAY, "1.1.0", "failed"), deployed(DAY + HOUR, "1.1.1"));
    expect(measured(events, "timeToRestore").value).toBe(3600);
  });
  test("what overlaps is one outage, and its time is not counted twice", () => {
    const events = ledger(
      deployed(0, "1.0.0"),
      opened(DAY, "I-1"),
      opened(DAY + HOUR, "I-2"),
      closed(DAY + 2 * HOUR, "I-1"),
      closed(DAY + 3 * HOUR, "I-2"),
    );
    expect(measured(events, "timeToRestore")).toMatchObject({ value: 3 * 3600, of: 1 });
    expect(measured(events, "uptime").value).toBeCloseTo(100 - (100 * 3) / (28 * 24), 9);
  });
  test("one that lasts takes from the uptime, and from no mean", () => {
    const events = ledger(deployed(0, "1.0.0"), opened(14 * DAY, "I-1"));
    expect(measured(events, "timeToRestore")).toMatchObject({ value: null, of: 0 });
    expect(measured(events, "uptime").value).toBeCloseTo(50, 9);
  });
  test("an outage from before the window counts for its part within", () => {
    const events = ledger(deployed(0, "1.0.0"), opened(6 * DAY, "I-1"), closed(8 * DAY, "I-1"));
    expect(measured(events, "uptime", { from: start + 7 * DAY, to: start + 17 * DAY }).value).toBeCloseTo(90, 9);
  });
});

test("targets: at least for what should be high, at most for what should be low", () => {
  const events = ledger(
    made(0, "1.0.0", 0),
    deployed(2 * HOUR, "1.0.0"),
    deployed(DAY, "1.1.0", "restored"),
    rolledBack(DAY, "1.1.0", "1.0.0", 60),
  );
  const { metrics } = measure(events, "production", month, {
    deploymentsPerWeek: 2,
    leadTime: "2h",
    changeFailureRate: 15,
    timeToRestore: "1h",
    deploymentSuccess: 50,
    uptime: 99.9,
  });
  expect(Object.fromEntries(metrics.map(({ name, met }) => [name, met]))).toEqual({
    deploymentsPerWeek: false,
    leadTime: true,
    changeFailureRate: false,
    timeToRestore: true,
    deploymentSuccess: true,
    uptime: true,
  });
});
