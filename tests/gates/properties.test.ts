import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluateGates } from "../../ops/gates/evaluate.ts";
import type { Verdict } from "../../ops/gates/gate.ts";
import type { GateInput, Lane } from "../../ops/gates/input.ts";
import { laneOf } from "../../ops/gates/lane.ts";
import type { Happening, LedgerEvent } from "../../ops/ledger/event.ts";
import { ann, approved, at, ben, cleo, deployed, inputOf, robot, rolledBack } from "./support.ts";

const hour = fc.double({ min: 0, max: 400, noNaN: true });
const id = fc.constantFrom("a", "b", "c");
const stack = fc.constantFrom("development", "staging", "production");
const actor = fc.constantFrom(ann, ben, cleo, robot, { ...robot, requestedBy: "ann@example.com" });
const incident = fc.constantFrom("INC-1", "INC-2");
const text = fc.constantFrom("x", "constructor", "__proto__");

const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc
    .tuple(stack, id, hour, fc.constantFrom("succeeded", "failed", "restored"))
    .map(([s, r, h, result]) => deployed(s, r, h, result as "failed")),
  fc.tuple(stack, id, id).map(([s, from, to]) => rolledBack(s, from, to)),
  fc
    .tuple(stack, id, fc.constantFrom("qa", "lead", "nobody"), fc.constantFrom("approved", "rejected"), fc.boolean())
    .map(([s, r, role, v, o]) => approved(s, r, role, v as "approved", o)),
  fc.record(
    {
      kind: fc.constant("check" as const),
      stack,
      releaseId: id,
      name: fc.constantFrom("tests", "docs", "constructor"),
      result: fc.constantFrom("passed" as const, "failed" as const),
      evidence: fc.option(text, { nil: undefined }),
      measuredAt: fc.option(hour.map(at), { nil: undefined }),
    },
    { requiredKeys: ["kind", "stack", "releaseId", "name", "result"] },
  ),
  fc.record({ kind: fc.constant("hold" as const), stack, releaseId: id, reason: text, automatic: fc.boolean() }),
  fc.record({ kind: fc.constant("hold-released" as const), stack, releaseId: id, reason: text }),
  fc.record({ kind: fc.constant("freeze" as const), stack, reason: text, until: hour.map(at) }, { requiredKeys: ["kind", "reason"] }),
  fc.record({ kind: fc.constant("unfreeze" as const), stack, reason: text }, { requiredKeys: ["kind", "reason"] }),
  fc.record(
    { kind: fc.constant("incident-opened" as const), incident, stack, releaseId: id, summary: text },
    { requiredKeys: ["kind", "incident", "stack", "summary"] },
  ),
  fc.record({ kind: fc.constant("incident-closed" as const), incident, stack }),
  fc.record({ kind: fc.constant("migrations-confirmed" as const), stack, releaseId: id, migrations: fc.subarray(["1", "2"]) }),
  fc.record({
    kind: fc.constant("break-glass" as const),
    stack,
    releaseId: id,
    reason: text,
    incident,
    confirmBy: hour.map(at),
    expires: hour.map(at),
  }),
  fc.record({ kind: fc.constant("break-glass-confirmed" as const), stack, releaseId: id, breakGlass: fc.constantFrom("e1", "e2", "e3") }),
  fc.record({
    kind: fc.constant("watch" as const),
    stack,
    releaseId: id,
    result: fc.constantFrom("passed" as const, "failed" as const),
    minutes: fc.constant(30),
  }),
  fc.record({
    kind: fc.constant("rehearsal" as const),
    stack,
    from: id,
    to: id,
    result: fc.constantFrom("passed" as const, "failed" as const),
    seconds: fc.constant(9),
  }),
  fc.record({ kind: fc.constant("backup" as const), stack, backup: text, verified: fc.boolean(), takenAt: hour.map(at) }),
  fc.constant({ kind: "of-a-later-version", stack: "production" } as never),
);

const entries = fc.array(fc.tuple(hour, happening, actor), { maxLength: 25 }).map((drawn) =>
  [...drawn]
    .sort(([a], [b]) => a - b)
    .map(
      ([hours, what, who], index): LedgerEvent => ({
        id: `e${index + 1}`,
        number: index + 1,
        previous: null,
        at: at(hours),
        actor: who,
        what,
      }),
    ),
);
const ran = fc
  .array(fc.tuple(id, hour), { maxLength: 6 })
  .map((drawn) => [...drawn].sort(([, a], [, b]) => b - a).map(([release, hours]) => ({ id: release, liveSince: at(hours) })));

const gates = {
  soak: "24h",
  approvals: [
    { roles: ["qa", "lead"], count: 2 },
    { roles: ["lead"], codeOwner: true },
  ],
  approvalsExpire: "3d",
  checks: [{ name: "tests", in: "staging", evidence: true, maxAge: "1d" }, { name: "docs" }],
  windows: [
    { days: ["mon", "fri"], from: "16:00", to: "18:30", timeZone: "Europe/Vienna" },
    { from: "23:00", to: "02:30", timeZone: "America/New_York", for: "migrations" },
  ],
  backupMaxAge: "26h",
  rehearsal: { in: "staging", maxAge: "5d" },
  hotfix: { soak: "1h", checks: ["tests"] },
};

const story: fc.Arbitrary<GateInput> = fc
  .record({
    events: entries,
    staging: ran,
    production: ran,
    now: fc.double({ min: 0, max: 500, noNaN: true }),
    lane: fc.constantFrom<Lane>("normal", "hotfix", "rollback", "break-glass"),
    requester: fc.option(actor, { nil: undefined }),
    pendingMigrations: fc.subarray(["1", "2"]),
  })
  .map(({ staging, production, now, pendingMigrations, requester, ...more }) =>
    inputOf({
      gates,
      ran: { staging, production },
      now: new Date(at(now)),
      release: { pendingMigrations },
      ...(requester === undefined ? {} : { requester }),
      ...more,
    }),
  );

const key = ({ gate, subject }: Verdict): string => `${gate} ${subject}`;
const byName = (verdicts: readonly Verdict[]): Map<string, Verdict> => new Map(verdicts.map((v) => [key(v), v]));
const appended = (input: GateInput, what: Happening, who = ann): GateInput => ({
  ...input,
  events: [...input.events, { id: "new", number: input.events.length + 1, previous: null, at: input.now.toISOString(), actor: who, what }],
});

describe("whatever stands in the ledger", () => {
  test("gates say something about every gate, and never throw", () => {
    fc.assert(
      fc.property(story, (input) => {
        const verdicts = evaluateGates(input);
        expect(verdicts.length).toBeGreaterThan(0);
        for (const v of verdicts) {
          expect(v.text).not.toMatch(/undefined|NaN|Invalid/);
          expect(v.code).toMatch(/^[a-z]+(-[a-z]+)*$/);
          if (v.opensAt !== undefined) expect(Number.isFinite(v.opensAt.getTime())).toBe(true);
          if (!v.open) expect(v.next ?? v.opensAt ?? v.code).toBeDefined();
        }
        laneOf({ ...input, releaseId: input.release.id, ran: input.ran(input.stack) ?? [] });
      }),
      { numRuns: 600 },
    );
  });

  test("a gate that says when it opens is open then, and was not before it", () => {
    fc.assert(
      fc.property(story, (input) => {
        for (const closed of evaluateGates(input).filter((v) => v.opensAt !== undefined)) {
          expect(closed.open).toBe(false);
          expect(closed.opensAt!.getTime()).toBeGreaterThan(input.now.getTime());
          const then = byName(evaluateGates({ ...input, now: closed.opensAt! }));
          expect(then.get(key(closed)), `${closed.text}`).toMatchObject({ open: true });
          const before = byName(evaluateGates({ ...input, now: new Date(closed.opensAt!.getTime() - 1) }));
          expect(before.get(key(closed))).toMatchObject({ open: false });
        }
      }),
      { numRuns: 600 },
    );
  });

  test("time only ever opens a soak", () => {
    fc.assert(
      fc.property(story, fc.double({ min: 0, max: 1000, noNaN: true }), (input, later) => {
        const now = byName(evaluateGates(input));
        const then = byName(evaluateGates({ ...input, now: new Date(input.now.getTime() + later * 3_600_000) }));
        for (const [name, v] of now) if (v.gate === "soak" && v.open) expect(then.get(name)).toMatchObject({ open: true });
      }),
      { numRuns: 400 },
    );
  });

  test("an approval closes no gate; only a rejection may", () => {
    fc.assert(
      fc.property(story, actor, fc.constantFrom("qa", "lead", "nobody"), fc.boolean(), (input, who, role, owner) => {
        const before = byName(evaluateGates(input));
        const after = byName(evaluateGates(appended(input, approved("production", input.release.id, role, "approved", owner), who)));
        for (const [name, v] of before) if (v.open) expect(after.get(name), name).toMatchObject({ open: true });
      }),
      { numRuns: 600 },
    );
  });

  test("a hold or a freeze opens nothing", () => {
    fc.assert(
      fc.property(story, (input) => {
        const before = byName(evaluateGates(input));
        const hold = appended(input, { kind: "hold", stack: "production", releaseId: input.release.id, reason: "x", automatic: false });
        for (const changed of [hold, appended(input, { kind: "freeze", reason: "x" })])
          for (const [name, v] of byName(evaluateGates(changed))) if (v.open) expect(before.get(name), name).toMatchObject({ open: true });
      }),
      { numRuns: 300 },
    );
  });
});
