import { describe, expect, test } from "vitest";
import type { Approval } from "../../ops/gates/input.ts";
import { laneOf } from "../../ops/gates/lane.ts";
import { ann, approved, at, ben, cleo, inputOf, judge, ledger, live, promotionOf, release, robot, the, time } from "./support.ts";

const one = { approvals: [{ roles: ["qa", "lead"] }] };
const two = { approvals: [{ roles: ["qa", "lead"], count: 2 }] };
const says = (hours: number, who: typeof ann, role = "qa", verdict: "approved" | "rejected" = "approved", id = "b") =>
  [hours, approved("production", id, role, verdict), who] as const;
const approval = (gates: object, ...entries: Parameters<typeof ledger>) => the("approval", { gates, events: ledger(...entries) });

describe("approvals", () => {
  test("somebody in one of the roles", () => {
    expect(approval(one)).toMatchObject({
      open: false,
      code: "approval-missing",
      next: expect.stringContaining("liftlock approve production"),
    });
    expect(approval(one, says(1, cleo, "lead"))).toMatchObject({ open: true, code: "approved", evidence: ["e1"] });
  });
  test("somebody in none of them does not count, whatever they write", () =>
    expect(approval({ approvals: [{ roles: ["lead"] }] }, says(1, ben, "lead"))).toMatchObject({ open: false, code: "approval-missing" }));
  test("N of M", () => {
    expect(approval(two, says(1, ann))).toMatchObject({ open: false, text: expect.stringContaining("ann@example.com approved") });
    expect(approval(two, says(1, ann), says(2, ben))).toMatchObject({ open: true });
  });
  test("one person counts once, twice approved or in two roles", () => {
    expect(approval(two, says(1, ann), says(2, ann))).toMatchObject({ open: false });
    expect(approval(two, says(1, ann, "qa"), says(2, ann, "lead"))).toMatchObject({ open: false });
  });
  test("one person counts once under two identities", () => {
    const promotion = {
      people: { ann: ["ann@example.com", "@ann"] },
      roles: { qa: { people: ["ann", "ben@example.com"] } },
      gates: { production: { approvals: [{ roles: ["qa"], count: 2 }] } },
    };
    const viaGitHub = { name: "ann", login: "ann" };
    const events = ledger([1, approved("production", "b", "qa"), ann], [2, approved("production", "b", "qa"), viaGitHub]);
    expect(the("approval", { promotion, events })).toMatchObject({ open: false });
    expect(the("approval", { promotion, events, requester: viaGitHub })).toMatchObject({ open: false, code: "self-approval" });
  });
  test("no self-approval", () => {
    const events = ledger(says(1, ann));
    expect(the("approval", { gates: one, events, requester: ann })).toMatchObject({
      open: false,
      code: "self-approval",
      text: expect.stringContaining("ann@example.com, who asks"),
    });
    expect(the("approval", { gates: one, events, requester: ben })).toMatchObject({ open: true });
  });
  test("no self-approval through an automation that one asked", () => {
    const requester = { ...robot, requestedBy: "ann@example.com" };
    expect(the("approval", { gates: one, events: ledger(says(1, ann)), requester })).toMatchObject({ open: false, code: "self-approval" });
    expect(the("approval", { gates: one, events: ledger(says(1, ben)), requester })).toMatchObject({ open: true });
  });
  test("an automation approves nothing, even for somebody", () =>
    expect(approval(one, [1, approved("production", "b", "qa"), { ...robot, requestedBy: "ann@example.com" }])).toMatchObject({
      open: false,
    }));
  test("an approval does not leak to another release or another environment", () => {
    expect(approval(one, says(1, ann, "qa", "approved", "b2"))).toMatchObject({ open: false, code: "approved-another-release" });
    expect(approval(one, [1, approved("staging", "b", "qa"), ann])).toMatchObject({ open: false, code: "approval-missing" });
  });
  test("a rejection closes, whoever approved, until the same person approves", () => {
    expect(approval(one, says(1, ann), says(2, ben, "qa", "rejected"))).toMatchObject({ open: false, code: "rejected" });
    expect(approval(one, says(1, ann), says(2, ben, "qa", "rejected"), says(3, ann))).toMatchObject({ open: false, code: "rejected" });
    expect(approval(one, says(1, ann), says(2, ben, "qa", "rejected"), says(3, ben))).toMatchObject({ open: true });
  });
  test("the ledger's order counts, not what the clocks of a person's machines said", () => {
    expect(approval(one, says(5, ben), says(4, ben, "qa", "rejected"))).toMatchObject({ open: false, code: "rejected" });
    expect(approval(one, says(5, ben, "qa", "rejected"), says(4, ben))).toMatchObject({ open: true });
  });
  test("a rejection by somebody without a role closes nothing", () =>
    expect(approval({ approvals: [{ roles: ["lead"] }] }, says(1, cleo, "lead"), says(2, ben, "lead", "rejected"))).toMatchObject({
      open: true,
    }));
  test("expires", () => {
    const gates = { ...one, approvalsExpire: "2d" };
    const events = ledger(says(0, ann));
    expect(the("approval", { gates, events, now: time(48) })).toMatchObject({ open: true });
    expect(the("approval", { gates, events, now: time(48.1) })).toMatchObject({ open: false, code: "approval-expired" });
  });
  test("one of them a code owner", () => {
    const gates = { approvals: [{ roles: ["qa"], count: 2, codeOwner: true }] };
    expect(approval(gates, says(1, ann), says(2, ben))).toMatchObject({ open: false, code: "code-owner-missing" });
    expect(approval(gates, says(1, ann), [2, approved("production", "b", "qa", "approved", true), ben])).toMatchObject({ open: true });
    expect(approval(gates, says(1, ann), [2, approved("production", "b", "qa", "approved", true), ben], says(3, ben))).toMatchObject({
      open: true,
    });
  });
  test("only when certain paths changed; when nobody knows, always", () => {
    const gates = { approvals: [{ roles: ["lead"], whenChanged: ["**/auth/**", "*.sql"] }] };
    const changed = (...changedPaths: string[]) => the("approval", { gates, release: { changedPaths } });
    expect(changed("docs/readme.md")).toMatchObject({ open: true, code: "not-needed" });
    expect(changed("docs/readme.md", "api/auth/login.ts")).toMatchObject({ open: false });
    expect(changed("schema.sql")).toMatchObject({ open: false });
    expect(the("approval", { gates })).toMatchObject({ open: false });
  });
  test("a team's members are known to GitHub, not to the ledger", () => {
    const promotion = { roles: { qa: { teams: ["acme/qa"] } }, gates: { production: { approvals: [{ roles: ["qa"] }] } } };
    const review: Approval = {
      source: "github",
      id: "review-7",
      stack: "production",
      releaseId: "b",
      actor: ann,
      role: "qa",
      teams: ["acme/qa"],
      codeOwner: false,
      verdict: "approved",
      at: at(1),
    };
    expect(the("approval", { promotion, events: ledger(says(1, ann)) })).toMatchObject({ open: false });
    expect(the("approval", { promotion, approvals: [review] })).toMatchObject({ open: true, evidence: ["review-7"] });
    expect(the("approval", { promotion, approvals: [{ ...review, teams: ["acme/dev"] }] })).toMatchObject({ open: false });
  });
});

describe("lanes", () => {
  const story = { ran: [live("b", 10), live("a", 0)], now: time(48) };
  const lane = (releaseId: string, ...entries: Parameters<typeof ledger>) =>
    laneOf({ promotion: promotionOf({}), stack: "production", releaseId, events: ledger(...entries), ...story });
  const glass = {
    kind: "break-glass",
    stack: "production",
    releaseId: "c",
    reason: "down",
    incident: "INC-1",
    confirmBy: at(50),
    expires: at(60),
  } as const;

  test("what ran here before is a way back; what runs, or is new, is none", () =>
    expect([lane("a"), lane("b"), lane("c")]).toEqual(["rollback", "normal", "normal"]));
  test("what was rolled back is no way back while it is held", () => {
    const hold = [20, { kind: "hold", stack: "production", releaseId: "a", reason: "crashes", automatic: true }] as const;
    expect(lane("a", hold)).toBe("normal");
    expect(lane("a", hold, [21, { kind: "hold-released", stack: "production", releaseId: "a", reason: "fixed outside" }])).toBe("rollback");
  });
  test("a hotfix is one release's, in one environment", () => {
    const declared = [20, { kind: "hotfix", stack: "production", release: release("c"), reason: "leak" }] as const;
    expect([lane("c", declared), lane("d", declared)]).toEqual(["hotfix", "normal"]);
  });
  test("broken glass holds for one release and a while", () => {
    expect([lane("c", [47, glass]), lane("d", [47, glass])]).toEqual(["break-glass", "normal"]);
    expect(lane("c", [47, { ...glass, expires: at(48) }])).toBe("normal");
  });

  test("a rollback passes everything but what it asks for itself", () => {
    const closed = ledger(
      [1, { kind: "freeze", reason: "party" }],
      [2, { kind: "hold", stack: "production", releaseId: "z", reason: "x", automatic: true }],
    );
    const here = { ...one, checks: [{ name: "docs" }], soak: "24h" };
    const ran = { production: [live("c", 40), live("b", 0)], staging: [] };
    expect(judge({ gates: here, events: closed, lane: "rollback", ran }).map(({ gate, open }) => [gate, open])).toEqual([
      ["way-back", true],
    ]);
    expect(judge({ lane: "rollback" })).toMatchObject([{ gate: "way-back", open: false, code: "never-ran-here" }]);
    expect(the("approval", { gates: { rollbackApprovals: [{ roles: ["qa"] }] }, lane: "rollback" })).toMatchObject({ open: false });
  });
  test("a hotfix: fewer checks, its own approvals, no windows", () => {
    const gates = {
      checks: [{ name: "docs" }, { name: "tests" }],
      windows: [{ days: ["sun"], from: "01:00", to: "02:00", timeZone: "Etc/UTC" }],
      rehearsal: { in: "staging" },
      approvals: [{ roles: ["qa"], count: 2 }],
      hotfix: { checks: ["tests"], approvals: [{ roles: ["qa"] }] },
    };
    const found = judge({ gates, lane: "hotfix", events: ledger(says(1, ben)), requester: ann });
    expect(found.filter(({ open }) => !open).map(({ gate, subject }) => [gate, subject])).toEqual([["check", "tests"]]);
  });
  test("a hotfix always needs a second person", () => {
    expect(the("approval", { lane: "hotfix", requester: ann, events: ledger(says(1, ann)) })).toMatchObject({ open: false });
    expect(the("approval", { lane: "hotfix", requester: ann, events: ledger(says(1, ben)) })).toMatchObject({ open: true });
  });
  test("in a team of one a hotfix asks nobody else, passes a freeze and says why; a rejection still closes it", () => {
    const promotion = { secondPerson: false };
    const frozen = [1, { kind: "freeze", reason: "party" }] as const;
    const found = judge({ promotion, lane: "hotfix", requester: ann, events: ledger(frozen) });
    expect(found.filter(({ open }) => !open)).toEqual([]);
    expect(the("approval", { promotion, lane: "hotfix", requester: ann })).toMatchObject({
      open: true,
      code: "one-person",
      text: expect.stringContaining("promotion.secondPerson"),
    });
    expect(the("approval", { promotion, lane: "hotfix", requester: ann, events: ledger(says(1, ann, "qa", "rejected")) })).toMatchObject({
      open: false,
    });
    // Rules that the environment states hold all the same.
    const gates = { production: { approvals: [{ roles: ["qa"] }] } };
    const stated = { secondPerson: false, roles: { qa: { people: ["ann@example.com"] } }, gates };
    expect(the("approval", { promotion: stated, lane: "hotfix", requester: ann, events: ledger(says(1, ann)) })).toMatchObject({
      open: false,
      code: "self-approval",
    });
  });
  test("in a team of one broken glass stands alone, where the ledger says so and the settings still do", () => {
    const said = (alone: object, promotion: Record<string, unknown>) =>
      the("break-glass", {
        promotion,
        lane: "break-glass",
        release: { id: "c" },
        now: time(55),
        events: ledger([47, { ...glass, ...alone }, ann]),
      });
    expect(said({ alone: true }, { secondPerson: false })).toMatchObject({ open: true, code: "one-person" });
    expect(said({}, { secondPerson: false })).toMatchObject({ open: false, code: "break-glass-unconfirmed" });
    expect(said({ alone: true }, {})).toMatchObject({ open: false, code: "break-glass-unconfirmed" });
  });
  test("broken glass passes all but holds and a complete configuration", () => {
    const configuration = { declared: ["KEY"], set: [] };
    const input = { lane: "break-glass", release: { id: "c" }, configuration, events: ledger([47, glass]), ran: { staging: [] } } as const;
    expect(judge(input).map(({ gate, open }) => [gate, open])).toEqual([
      ["break-glass", true],
      ["hold", true],
      ["configuration", false],
    ]);
  });
  test("broken glass: a second person confirms in time, and nobody confirms their own", () => {
    const confirm = { kind: "break-glass-confirmed", stack: "production", releaseId: "c", breakGlass: "e1" } as const;
    const verdict = (now: number, ...more: Parameters<typeof ledger>) =>
      the("break-glass", { lane: "break-glass", release: { id: "c" }, now: time(now), events: ledger([47, glass, ann], ...more) });
    expect(verdict(48)).toMatchObject({
      open: true,
      code: "to-be-confirmed",
      next: expect.stringContaining("break-glass confirm production"),
    });
    expect(verdict(50)).toMatchObject({ open: false, code: "break-glass-unconfirmed" });
    expect(verdict(50, [48, confirm, ann])).toMatchObject({ open: false, code: "break-glass-unconfirmed" });
    expect(verdict(50, [48, confirm, { ...robot, requestedBy: "ben@example.com" }])).toMatchObject({ open: false });
    expect(verdict(50, [48, confirm, ben])).toMatchObject({ open: true, code: "confirmed" });
    expect(verdict(60, [48, confirm, ben])).toMatchObject({ open: false, code: "break-glass-expired" });
  });
  test("the input of a story is as it says", () => expect(inputOf({}).stack).toBe("production"));
});
