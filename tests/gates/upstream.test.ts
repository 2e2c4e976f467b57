import { describe, expect, test } from "vitest";
import { checked, deployed, judge, ledger, live, only, rolledBack, the, time } from "./support.ts";

const day = { soak: "24h" };

describe("upstream ran it", () => {
  test("and it passed its tests there", () => expect(the("upstream", {})).toMatchObject({ open: true, code: "ran", subject: "staging" }));
  test("never: closed, and says what to do", () => {
    expect(the("upstream", { ran: { staging: [live("a", 0)] } })).toMatchObject({
      open: false,
      code: "not-run-upstream",
      next: expect.stringContaining("liftlock up staging"),
    });
  });
  test("no environment is skipped: one that was never deployed closes", () =>
    expect(the("upstream", { ran: { staging: undefined as never } })).toMatchObject({ open: false, code: "upstream-missing" }));
  test("the ledger knows what the environment itself has forgotten", () =>
    expect(the("upstream", { ran: { staging: [live("z", 40)] }, events: ledger([1, deployed("staging", "b", 1)]) })).toMatchObject({
      open: true,
    }));
  test("a run that failed there proves nothing", () =>
    expect(
      the("upstream", { ran: { staging: [live("z", 40)] }, events: ledger([1, deployed("staging", "b", 1, "failed")]) }),
    ).toMatchObject({ open: false }));
  test("a rollback takes the proof away, until it goes through again", () => {
    const story = [
      [1, deployed("staging", "b", 1)],
      [2, rolledBack("staging", "b", "a")],
    ] as const;
    const ran = { staging: [live("a", 2), live("b", 1)] };
    expect(the("upstream", { ran, events: ledger(...story) })).toMatchObject({ open: false, code: "rolled-back-upstream" });
    const again = { ran: { staging: [live("b", 3), ...ran.staging] }, events: ledger(...story, [3, deployed("staging", "b", 3)]) };
    expect(the("upstream", again)).toMatchObject({ open: true });
  });
  test("the first environment has none before it", () =>
    expect(judge({ stack: "development" }).filter(({ gate }) => gate === "upstream")).toEqual([]));
});

describe("several upstreams", () => {
  const regions = (rule: "all" | "any") => ({
    path: ["development", "eu", "us", "production"],
    gates: {
      eu: { upstream: { all: ["development"] } },
      us: { upstream: { all: ["development"] } },
      production: { upstream: { [rule]: ["eu", "us"] }, ...day },
    },
  });
  const ran = { eu: [live("b", 0)], us: [live("b", 12)] };

  test("fan-in `all`: each must have soaked, and the last one says when", () => {
    const [eu, us] = only("soak", { promotion: regions("all"), ran, now: time(30) });
    expect([eu, us]).toMatchObject([
      { subject: "eu", open: true },
      { subject: "us", open: false, opensAt: time(36) },
    ]);
    expect(judge({ promotion: regions("all"), ran, now: time(36) }).every(({ open }) => open)).toBe(true);
  });
  test("fan-in `all`: one that never ran it closes, however long the other did", () =>
    expect(only("upstream", { promotion: regions("all"), ran: { eu: ran.eu, us: [live("a", 0)] } })).toMatchObject([
      { open: true },
      { open: false },
    ]));
  test("fan-in `any`: one is enough, and the first one says when", () => {
    expect(the("soak", { promotion: regions("any"), ran, now: time(24) })).toMatchObject({ open: true, subject: "eu or us" });
    expect(the("soak", { promotion: regions("any"), ran, now: time(20) })).toMatchObject({ open: false, opensAt: time(24) });
    expect(the("upstream", { promotion: regions("any"), ran: { us: ran.us } })).toMatchObject({ open: true });
  });
  test("a node that only passes on stands for what is behind it, and soak is earned there", () => {
    const promotion = {
      path: ["development", "eu", "us", "production"],
      gates: { regions: { passThrough: true, upstream: { all: ["eu", "us"] } }, production: { upstream: { all: ["regions"] }, ...day } },
    };
    expect(only("soak", { promotion, ran, now: time(30) })).toMatchObject([
      { subject: "eu", open: true },
      { subject: "us", open: false, opensAt: time(36) },
    ]);
  });
});

describe("soak", () => {
  const soak = (more: Parameters<typeof the>[1]) => the("soak", { gates: day, ...more });

  test("opens when the time is over, and says before when", () => {
    expect(soak({ now: time(23) })).toMatchObject({ open: false, code: "soaking", opensAt: time(24) });
    expect(soak({ now: time(24) })).toMatchObject({ open: true, code: "soaked" });
  });
  test("a superseded release keeps the soak that it earned", () =>
    expect(soak({ ran: { staging: [live("c", 30), live("b", 0)] } })).toMatchObject({ open: true }));
  test("a release that was superseded too early does not go on soaking", () => {
    const verdict = soak({ ran: { staging: [live("c", 10), live("b", 0)] }, now: time(1000) });
    expect(verdict).toMatchObject({ open: false, code: "superseded" });
    expect(verdict.opensAt).toBeUndefined();
  });
  test("two short times are not one long one", () =>
    expect(soak({ ran: { staging: [live("b", 30), live("c", 20), live("b", 0)] } })).toMatchObject({ open: false, opensAt: time(54) }));
  test("churn: where nothing ever gets its time, it says so, and what to do", () => {
    const staging = ["g", "f", "e", "d", "c", "b"].map((id, index) => live(id, 50 - index * 10));
    expect(soak({ ran: { staging } })).toMatchObject({
      code: "superseded",
      text: expect.stringContaining("5 releases have followed it"),
      next: expect.stringContaining("liftlock freeze staging"),
    });
  });
  test("a record that was written again for the same release is no break", () =>
    expect(soak({ ran: { staging: [live("b", 20), live("b", 0)] }, now: time(24) })).toMatchObject({ open: true }));
  test("a failed smoke test of a later run resets it, until a run goes through", () => {
    const failed = [
      [0, deployed("staging", "b", 0)],
      [10, deployed("staging", "b", 10, "failed")],
    ] as const;
    expect(soak({ events: ledger(...failed) })).toMatchObject({ open: false, code: "soak-reset", next: "liftlock up staging" });
    expect(soak({ events: ledger(...failed, [12, deployed("staging", "b", 12)]), now: time(35) })).toMatchObject({
      open: false,
      opensAt: time(36),
    });
    expect(soak({ events: ledger(...failed, [12, deployed("staging", "b", 12)]), now: time(36) })).toMatchObject({ open: true });
  });
  test("a failed run of another release resets nothing", () =>
    expect(soak({ events: ledger([10, deployed("staging", "c", 10, "restored")]) })).toMatchObject({ open: true }));
  test("a rollback resets it", () =>
    expect(
      soak({
        events: ledger([0, deployed("staging", "b", 0)], [30, rolledBack("staging", "b", "a")]),
        ran: { staging: [live("a", 30), live("b", 0)] },
      }),
    ).toMatchObject({
      open: false,
      code: "soak-reset",
    }));
  test("a failed watch resets it", () =>
    expect(soak({ events: ledger([1, { kind: "watch", stack: "staging", releaseId: "b", result: "failed", minutes: 30 }]) })).toMatchObject(
      { code: "soak-reset" },
    ));
  test("an incident resets it: nothing while it is open, from its end on afterwards", () => {
    const opened = [10, { kind: "incident-opened", incident: "INC-1", stack: "staging", summary: "slow" }] as const;
    const closed = [14, { kind: "incident-closed", incident: "INC-1", stack: "staging" }] as const;
    expect(soak({ events: ledger(opened) })).toMatchObject({
      open: false,
      code: "soak-reset",
      next: expect.stringContaining("incident close"),
    });
    expect(soak({ events: ledger(opened, closed), now: time(37) })).toMatchObject({ open: false, code: "soak-reset", opensAt: time(38) });
    expect(soak({ events: ledger(opened, closed), now: time(38) })).toMatchObject({ open: true });
  });
  test("an incident of another environment, of another release, or from after its time resets nothing", () => {
    const opened = (more: object) =>
      ledger([10, { kind: "incident-opened", incident: "INC-1", stack: "staging", summary: "slow", ...more }]);
    expect(soak({ events: opened({ stack: "development" }) })).toMatchObject({ open: true });
    expect(soak({ events: opened({ releaseId: "z" }) })).toMatchObject({ open: true });
    const later = ledger([40, { kind: "incident-opened", incident: "INC-1", stack: "staging", summary: "slow" }]);
    expect(soak({ events: later, ran: { staging: [live("c", 30), live("b", 0)] } })).toMatchObject({ open: true });
  });
  test("clock skew: a cluster's clock ahead of ours earns nothing, and does not go below nothing", () =>
    expect(soak({ ran: { staging: [live("b", 50)] }, now: time(48) })).toMatchObject({
      open: false,
      code: "clock-skew",
      opensAt: time(74),
    }));
  test("clock skew: a rollback noted a little before the cluster says the release went live still counts", () => {
    const minutes = 4 / 60;
    const events = ledger([0.01, rolledBack("staging", "b", "a")]);
    expect(soak({ events, ran: { staging: [live("a", minutes * 1.2), live("b", minutes)] } })).toMatchObject({ open: false });
    expect(the("upstream", { events, ran: { staging: [live("b", minutes)] } })).toMatchObject({
      open: false,
      code: "rolled-back-upstream",
    });
  });
  test("a hotfix has a shorter one, not none", () => {
    const gates = { ...day, hotfix: { soak: "1h" } };
    expect(the("soak", { gates, lane: "hotfix", now: time(0.5) })).toMatchObject({ open: false, opensAt: time(1) });
    expect(the("soak", { gates, lane: "hotfix", now: time(1) })).toMatchObject({ open: true });
  });
  test("entries that this version does not know are passed over", () => {
    const strange = { kind: "of-a-later-version", stack: "staging" } as never;
    expect(judge({ gates: day, events: ledger([1, strange]) })).toEqual(judge({ gates: day }));
  });
});

test("each verdict names the entries that it stands on", () => {
  const events = ledger(
    [0, deployed("staging", "b", 0)],
    [1, checked("production", "b", "docs")],
    [2, { kind: "hold", stack: "production", releaseId: "b", reason: "wait", automatic: false }],
  );
  const verdicts = judge({ gates: { ...day, checks: [{ name: "docs" }] }, events });
  const evidence = Object.fromEntries(verdicts.map((v) => [v.gate, v.evidence]));
  expect(evidence).toMatchObject({ upstream: ["e1"], soak: ["e1"], check: ["e2"], hold: ["e3"] });
});
