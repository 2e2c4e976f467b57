import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Position, StrategySettings } from "../../components/strategy/strategy.schema.ts";
import { type PlanInput, planSteps } from "../../ops/strategy/plan.ts";
import { atRest, onTrial, positionBack, withoutTraffic } from "../../ops/strategy/position.ts";

const now = new Date("2026-11-03T10:00:00Z");
const canary = (steps: number[], more: object = {}) => StrategySettings.parse({ kind: "canary", steps, pause: "5m", keep: "10m", ...more });
const blueGreen = StrategySettings.parse({ kind: "blueGreen", keep: "30m" });
const input = (change: Partial<PlanInput> = {}): PlanInput => ({
  rollout: { api: { active: "blue" } },
  strategies: { api: blueGreen },
  affected: new Set(["api"]),
  release: "2.0.0-b",
  previous: "1.0.0-a",
  replicas: () => 8,
  now,
  ...change,
});
const positions = (change?: Partial<PlanInput>) => planSteps(input(change)).map(({ position }) => position(now));
const weights = (change?: Partial<PlanInput>, name = "api") =>
  positions(change).map((rollout) => {
    const other = rollout[name]?.other;
    return other?.role === "candidate" ? other.weight : other?.role;
  });

describe("the steps of a rollout", () => {
  test("blue-green: as large as the colour that serves, tested, then the switch; what was left is kept for as long as is said", () => {
    expect(positions()).toEqual([
      { api: { active: "blue", other: { role: "candidate", release: "2.0.0-b", weight: 0, replicas: 8 } } },
      { api: { active: "green", other: { role: "kept", release: "1.0.0-a", replicas: 8, until: "2026-11-03T10:30:00.000Z" } } },
    ]);
    expect(planSteps(input())[0]?.sized).toEqual([{ service: "api", colour: "green", replicas: 8 }]);
  });

  test("canary: share by share, each paused and checked, none before it is there", () => {
    const check = { kind: "command", command: ["true"] };
    const strategies = { api: canary([10, 25, 50, 100], { checks: [check] }) };
    expect(weights({ strategies })).toEqual([0, 10, 25, 50, 100, "kept"]);
    const steps = planSteps(input({ strategies }));
    expect(steps.map(({ pause }) => pause)).toEqual([0, 300, 300, 300, 300, 0]);
    expect(steps.flatMap(({ checks }) => checks.map(({ weight, colour }) => `${colour} ${weight}`))).toEqual([
      "green 10",
      "green 25",
      "green 50",
      "green 100",
    ]);
  });

  test("one that was interrupted is paused and checked at the share that it has, then goes on", () => {
    const rollout = { api: { active: "green", other: { role: "candidate", release: "2.0.0-b", weight: 25, replicas: 9 } } } as const;
    const change = { rollout, strategies: { api: canary([10, 25, 50]) }, replicas: () => 3 };
    expect(weights(change)).toEqual([25, 50, "kept"]);
    expect(planSteps(input(change))[0]?.pause).toBe(300);
    // The size of before traffic moved away counts.
    expect(positions(change)[0]).toEqual(rollout);
  });

  test("what is on trial for another release begins without traffic", () => {
    const rollout = { api: { active: "blue", other: { role: "candidate", release: "1.9.0-x", weight: 50, replicas: 8 } } } as const;
    expect(weights({ rollout, strategies: { api: canary([10, 50]) } })).toEqual([0, 10, 50, "kept"]);
  });

  test("nothing new for its pods: one update; what was on trial goes, what is kept stays for its time", () => {
    const kept = (until: string): Position => ({ active: "green", other: { role: "kept", release: "1.0.0-a", replicas: 8, until } });
    const candidate: Position = { active: "blue", other: { role: "candidate", release: "2.0.0-b", weight: 25, replicas: 8 } };
    const rollout = { api: candidate, web: kept("2026-11-03T10:00:01Z"), old: kept("2026-11-03T09:59:59Z") };
    expect(positions({ rollout, affected: new Set() })).toEqual([
      { api: { active: "blue" }, web: kept("2026-11-03T10:00:01Z"), old: { active: "green" } },
    ]);
  });

  const colour = fc.constantFrom("blue" as const, "green" as const);
  const other = fc.option(
    fc.oneof(
      fc.record({
        role: fc.constant("candidate" as const),
        release: fc.constantFrom("2.0.0-b", "1.9.0-x"),
        weight: fc.integer({ min: 0, max: 100 }),
        replicas: fc.integer({ min: 1, max: 20 }),
      }),
      fc.record({
        role: fc.constant("kept" as const),
        release: fc.constant("0.9.0-z"),
        replicas: fc.integer({ min: 1, max: 20 }),
        until: fc.constantFrom("2026-11-03T09:00:00Z", "2026-11-03T11:00:00Z"),
      }),
    ),
    { nil: undefined },
  );
  const strategy = fc.oneof(
    fc.constant(blueGreen),
    fc.uniqueArray(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 5 }).map((steps) => canary(steps.sort((a, b) => a - b))),
  );
  const services = fc.uniqueArray(fc.constantFrom("a", "b", "c"), { minLength: 1 });
  const inputs = services.chain((names) =>
    fc.record({
      rollout: fc
        .tuple(...names.map(() => fc.record({ active: colour, other })))
        .map((all) => Object.fromEntries(names.map((name, i) => [name, all[i]! as Position]))),
      strategies: fc.tuple(...names.map(() => strategy)).map((all) => Object.fromEntries(names.map((name, i) => [name, all[i]!]))),
      affected: fc.subarray(names).map((some) => new Set<string>(some)),
      release: fc.constant("2.0.0-b"),
      previous: fc.constant("1.0.0-a"),
      replicas: fc.integer({ min: 1, max: 20 }).map((n) => () => n),
      now: fc.constant(now),
    }),
  );
  test("from any position: no colour switches before the last step, shares only grow, and a stop anywhere goes on to the same end", () => {
    fc.assert(
      fc.property(inputs, fc.nat(), (drawn, stop) => {
        const all = planSteps(drawn).map(({ position }) => position(now));
        const end = all.at(-1)!;
        for (const name of Object.keys(drawn.rollout)) {
          const actives = all.slice(0, -1).map((rollout) => rollout[name]!.active);
          expect(new Set([drawn.rollout[name]!.active, ...actives]).size).toBe(1);
          const isNew = drawn.affected.has(name);
          expect(end[name]!.active === drawn.rollout[name]!.active).toBe(!isNew);
          expect(end[name]!.other?.role).not.toBe("candidate");
          const shares = all.slice(0, -1).map((rollout) => {
            const beside = rollout[name]!.other;
            return beside?.role === "candidate" ? beside.weight : 0;
          });
          expect(shares).toEqual([...shares].sort((a, b) => a - b));
        }
        const at = all[stop % all.length]!;
        if (!onTrial(at)) return;
        expect(
          planSteps({ ...drawn, rollout: at })
            .at(-1)
            ?.position(now),
        ).toEqual(end);
      }),
    );
  });
});

describe("ways back", () => {
  const kept: Position = { active: "green", other: { role: "kept", release: "1.0.0-a", replicas: 8, until: "2026-11-03T10:00:00Z" } };
  const candidate: Position = { active: "blue", other: { role: "candidate", release: "2.0.0-b", weight: 25, replicas: 8 } };
  test("to what a kept colour runs: it serves again; to anything else: the colour that serves takes it; what is on trial goes", () => {
    expect(positionBack({ kept, candidate }, "1.0.0-a")).toEqual({ kept: { active: "blue" }, candidate: { active: "blue" } });
    expect(positionBack({ kept }, "0.9.0-z")).toEqual({ kept: { active: "green" } });
  });
  test("traffic is taken from what is on trial, and nothing else is touched", () => {
    expect(withoutTraffic({ kept, candidate })).toEqual({ kept, candidate: { active: "blue", other: { ...candidate.other, weight: 0 } } });
    expect(atRest({ kept, candidate })).toEqual({ kept: { active: "green" }, candidate: { active: "blue" } });
  });
});
