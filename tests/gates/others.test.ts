import { describe, expect, test } from "vitest";
import type { Window } from "../../components/gates.schema.ts";
import { checklistAfter } from "../../ops/gates/checks.ts";
import { openingsAround } from "../../ops/gates/windows.ts";
import { span } from "../../ops/gates/words.ts";
import { ann, approved, at, ben, checked, inputOf, judge, ledger, live, only, the, time } from "./support.ts";

describe("checks", () => {
  const gates = { checks: [{ name: "tests", in: "staging", evidence: true, maxAge: "1d" }] };
  const check = (...entries: Parameters<typeof ledger>) => the("check", { gates, events: ledger(...entries) });
  const link = { evidence: "https://ci.example.com/7" };
  test("missing, passed, failed, passed without evidence, too old", () => {
    expect(check()).toMatchObject({ open: false, code: "check-missing", next: "liftlock check staging tests passed --evidence WHERE" });
    expect(check([40, checked("staging", "b", "tests", "passed", link)])).toMatchObject({
      open: true,
      text: expect.stringContaining("see https://ci.example.com/7"),
    });
    expect(check([40, checked("staging", "b", "tests", "failed", link)])).toMatchObject({ open: false, code: "check-failed" });
    expect(check([40, checked("staging", "b", "tests")])).toMatchObject({ open: false, code: "evidence-missing" });
    expect(check([23, checked("staging", "b", "tests", "passed", link)])).toMatchObject({ open: false, code: "check-stale" });
  });
  test("the age is that of the measurement, not of the entry", () =>
    expect(check([47, checked("staging", "b", "tests", "passed", { ...link, measuredAt: at(1) })])).toMatchObject({ code: "check-stale" }));
  test("the last result counts", () =>
    expect(check([40, checked("staging", "b", "tests", "passed", link)], [41, checked("staging", "b", "tests", "failed")])).toMatchObject({
      code: "check-failed",
    }));
  test("a result of another release, or from another environment, is none", () => {
    expect(check([40, checked("staging", "c", "tests", "passed", link)])).toMatchObject({ code: "check-missing" });
    expect(check([40, checked("production", "b", "tests", "passed", link)])).toMatchObject({ code: "check-missing" });
  });
  test("what is checked after a deployment is no gate", () => {
    const after = { checks: [{ name: "calm", when: "after" }] };
    expect(only("check", { gates: after })).toEqual([]);
    expect(checklistAfter(inputOf({ gates: after }))).toMatchObject([{ subject: "calm", open: false }]);
  });
});

describe("windows", () => {
  const window = (more: Partial<Window>): Window => ({
    days: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
    from: "16:00",
    to: "18:00",
    timeZone: "Europe/Vienna",
    for: "releases",
    ...more,
  });
  const opening = (w: Window, now: string) =>
    openingsAround(w, new Date(now)).map(({ from, to }) => `${from.toISOString().slice(0, 16)}/${to.toISOString().slice(0, 16)}`);
  const verdict = (w: Partial<Window>, now: string, more: object = {}) =>
    the("window", { gates: { windows: [window(w)] }, now: new Date(now), ...more });

  test("open inside, closed outside, and says when it opens", () => {
    expect(verdict({ days: ["fri"] }, "2026-05-08T14:00:00Z")).toMatchObject({ open: true, code: "inside-window" });
    expect(verdict({ days: ["fri"] }, "2026-05-08T13:59:59Z")).toMatchObject({ open: false, opensAt: new Date("2026-05-08T14:00:00Z") });
    expect(verdict({ days: ["fri"] }, "2026-05-08T16:00:00Z")).toMatchObject({ open: false, opensAt: new Date("2026-05-15T14:00:00Z") });
  });
  test("daylight saving, both ways: 16:00 stays 16:00", () => {
    expect(verdict({ days: ["fri"] }, "2026-03-27T14:30:00Z")).toMatchObject({ open: false, opensAt: new Date("2026-03-27T15:00:00Z") });
    expect(verdict({ days: ["fri"] }, "2026-03-28T14:30:00Z")).toMatchObject({ open: false, opensAt: new Date("2026-04-03T14:00:00Z") });
    expect(verdict({ days: ["fri"] }, "2026-10-24T14:30:00Z")).toMatchObject({ open: false, opensAt: new Date("2026-10-30T15:00:00Z") });
  });
  test("spring: what falls into the hour that is left out comes after it, and does not vanish", () => {
    expect(opening(window({ from: "02:00", to: "03:00" }), "2026-03-29T00:00:00Z")).toContain("2026-03-29T01:00/2026-03-29T02:00");
    expect(opening(window({ from: "02:30", to: "04:00" }), "2026-03-29T00:00:00Z")).toContain("2026-03-29T01:30/2026-03-29T02:00");
    expect(opening(window({ from: "01:00", to: "02:30" }), "2026-03-29T00:00:00Z")).toContain("2026-03-29T00:00/2026-03-29T01:30");
  });
  test("autumn: of the hour that comes twice it holds both", () => {
    expect(opening(window({ from: "02:00", to: "03:00" }), "2026-10-25T00:00:00Z")).toContain("2026-10-25T00:00/2026-10-25T02:00");
    expect(opening(window({ from: "01:00", to: "02:30" }), "2026-10-25T00:00:00Z")).toContain("2026-10-24T23:00/2026-10-25T01:30");
  });
  test("over midnight it belongs to the day on which it begins", () => {
    const night = { days: ["sun"], from: "22:00", to: "02:00", timeZone: "Etc/UTC" } as const;
    expect(verdict({ ...night, days: ["sun"] }, "2026-05-11T01:59:00Z")).toMatchObject({ open: true });
    expect(verdict({ ...night, days: ["sun"] }, "2026-05-10T01:00:00Z")).toMatchObject({ open: false });
  });
  test("the weekday is the zone's, not Greenwich's", () =>
    expect(verdict({ days: ["mon"], from: "08:00", to: "10:00", timeZone: "Pacific/Auckland" }, "2026-05-10T21:00:00Z")).toMatchObject({
      open: true,
    }));
  test("one for migrations keeps only those waiting", () => {
    const night = { windows: [window({ days: ["sun"], for: "migrations" })] };
    expect(the("window", { gates: night })).toMatchObject({ open: true, code: "no-migrations" });
    expect(the("window", { gates: night, release: { pendingMigrations: ["7_seats"] } })).toMatchObject({
      open: false,
      subject: "migrations",
    });
    expect(the("window", { gates: night, release: { pendingMigrations: ["7_seats"] }, ran: { production: [] } })).toMatchObject({
      open: true,
      code: "first-deployment",
    });
  });
});

describe("freezes", () => {
  const frozen = [1, { kind: "freeze", stack: "production", reason: "party", until: at(100) }] as const;
  const everything = [2, { kind: "freeze", reason: "audit" }] as const;
  const freeze = (...entries: Parameters<typeof ledger>) => the("freeze", { events: ledger(...entries) });
  test("close until they end, are lifted, or forever", () => {
    expect(freeze(frozen)).toMatchObject({ open: false, code: "frozen", opensAt: time(100) });
    expect(freeze(everything).opensAt).toBeUndefined();
    expect(freeze(frozen, everything).opensAt).toBeUndefined();
    expect(the("freeze", { events: ledger(frozen), now: time(100) })).toMatchObject({ open: true });
    expect(freeze(frozen, [3, { kind: "unfreeze", stack: "production", reason: "over" }])).toMatchObject({ open: true });
  });
  test("each is lifted in its own scope; another environment's closes nothing", () => {
    expect(freeze(everything, [3, { kind: "unfreeze", stack: "production", reason: "over" }])).toMatchObject({ open: false });
    expect(freeze([1, { kind: "freeze", stack: "staging", reason: "party" }])).toMatchObject({ open: true });
  });
  test("a hotfix passes once a second person approved it, not before", () => {
    expect(the("freeze", { lane: "hotfix", requester: ann, events: ledger(frozen) })).toMatchObject({ open: false });
    expect(
      the("freeze", { lane: "hotfix", requester: ann, events: ledger(frozen, [2, approved("production", "b", "qa"), ben]) }),
    ).toMatchObject({ open: true, code: "approved-hotfix" });
  });
});

describe("holds", () => {
  const held = [1, { kind: "hold", stack: "production", releaseId: "b", reason: "crashes", automatic: true }] as const;
  test("obeyed by every lane but a rollback, until released", () => {
    for (const lane of ["normal", "hotfix", "break-glass"] as const)
      expect(the("hold", { lane, events: ledger(held) })).toMatchObject({ open: false, code: "held" });
    expect(only("hold", { lane: "rollback", events: ledger(held) })).toEqual([]);
    expect(
      the("hold", { events: ledger(held, [2, { kind: "hold-released", stack: "production", releaseId: "b", reason: "fixed" }]) }),
    ).toMatchObject({ open: true });
  });
  test("stays put whatever else is written: deployments, other releases, other environments", () => {
    const events = ledger(
      held,
      [2, { kind: "hold-released", stack: "staging", releaseId: "b", reason: "x" }],
      [3, { kind: "hold-released", stack: "production", releaseId: "c", reason: "x" }],
    );
    expect(the("hold", { events })).toMatchObject({ open: false });
  });
});

describe("migrations and backups", () => {
  const release = { pendingMigrations: ["6_rows", "7_seats"] };
  const confirm = (...migrations: string[]) =>
    [1, { kind: "migrations-confirmed", stack: "production", releaseId: "b", migrations }] as const;
  test("each pending migration must be confirmed, by name and for this release", () => {
    expect(the("migrations", { release })).toMatchObject({
      open: false,
      text: expect.stringContaining("6_rows and 7_seats"),
      next: "liftlock confirm-migrations production",
    });
    expect(the("migrations", { release, events: ledger(confirm("7_seats")) })).toMatchObject({
      open: false,
      text: expect.stringMatching(/: 6_rows$/),
    });
    expect(the("migrations", { release, events: ledger(confirm("6_rows"), confirm("7_seats")) })).toMatchObject({ open: true });
    expect(the("migrations", { release, events: ledger([1, { ...confirm("6_rows", "7_seats")[1], releaseId: "a" }]) })).toMatchObject({
      open: false,
    });
    expect(the("migrations", {})).toMatchObject({ open: true });
  });
  test("a database that is new has nothing to lose", () =>
    expect(the("migrations", { release, ran: { production: [] } })).toMatchObject({ open: true, code: "first-deployment" }));
  test("a migration needs a verified backup that is not too old", () => {
    const gates = { backupMaxAge: "26h" };
    const backup = (hours: number, verified = true) =>
      [hours, { kind: "backup", stack: "production", backup: "x", verified, takenAt: at(hours) }] as const;
    expect(the("backup", { gates })).toMatchObject({ open: true, code: "no-migrations" });
    expect(the("backup", { gates, release })).toMatchObject({ open: false, code: "no-backup" });
    expect(the("backup", { gates, release, events: ledger(backup(47, false)) })).toMatchObject({ open: false, code: "no-backup" });
    expect(the("backup", { gates, release, events: ledger(backup(21), backup(1)) })).toMatchObject({ open: false, code: "backup-too-old" });
    expect(the("backup", { gates, release, events: ledger(backup(22), backup(47, false)) })).toMatchObject({ open: true });
  });
});

test("configuration: every declared key is set", () => {
  expect(the("configuration", { configuration: { declared: ["A", "B", "C"], set: ["B"] } })).toMatchObject({
    open: false,
    text: "not set for production: A and C",
  });
  expect(the("configuration", { configuration: { declared: ["A"], set: ["A", "Z"] } })).toMatchObject({ open: true });
});

test("rehearsal: of this release, passed, and not too long ago", () => {
  const gates = { rehearsal: { in: "staging", maxAge: "1d" } };
  const rehearsed = (hours: number, from = "b", result: "passed" | "failed" = "passed") =>
    [hours, { kind: "rehearsal", stack: "staging", from, to: "a", result, seconds: 9 }] as const;
  const verdict = (...entries: Parameters<typeof ledger>) => the("rehearsal", { gates, events: ledger(...entries) });
  expect(verdict()).toMatchObject({ open: false, code: "not-rehearsed", next: "liftlock rehearse staging" });
  expect(verdict(rehearsed(40, "z"))).toMatchObject({ code: "not-rehearsed" });
  expect(verdict(rehearsed(40), rehearsed(41, "b", "failed"))).toMatchObject({ code: "rehearsal-failed" });
  expect(verdict(rehearsed(10))).toMatchObject({ code: "rehearsal-stale" });
  expect(verdict(rehearsed(40))).toMatchObject({ open: true });
});

test("an incident of the same id in another environment, opened at the same moment by somebody else, is closed by itself", () => {
  const opened = (stack: string) => ({ kind: "incident-opened", incident: "INC-1", stack, summary: "down" }) as const;
  const events = ledger(
    [1, opened("staging")],
    [1, opened("production")],
    [2, { kind: "incident-closed", incident: "INC-1", stack: "staging" }],
  );
  expect(the("incident", { events })).toMatchObject({ open: false, code: "incident-open" });
});
test("an open incident closes the normal lane, and no lane that may end it", () => {
  const opened = [1, { kind: "incident-opened", incident: "INC-1", stack: "production", summary: "down" }] as const;
  expect(the("incident", { events: ledger(opened) })).toMatchObject({ open: false, code: "incident-open" });
  expect(
    the("incident", { events: ledger(opened, [2, { kind: "incident-closed", incident: "INC-1", stack: "production" }]) }),
  ).toMatchObject({ open: true });
  expect(only("incident", { lane: "hotfix", events: ledger(opened) })).toEqual([]);
});

test("an environment without declared gates has the defaults", () => {
  expect(judge({ ran: { production: [live("a", 0)] } }).map(({ gate }) => gate)).toEqual([
    "upstream",
    "migrations",
    "freeze",
    "hold",
    "incident",
  ]);
  expect(judge({ stack: "development" }).map(({ gate }) => gate)).toEqual(["freeze", "hold", "incident"]);
});

test("times are said in at most two units", () =>
  expect([0, 59, 60, 5400, 90_000, 172_800].map(span)).toEqual(["0 s", "59 s", "1 min", "1 h 30 min", "1 d 1 h", "2 d"]));
