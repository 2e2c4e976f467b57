import { describe, expect, test } from "vitest";
import { seconds } from "../../components/primitives.ts";
import { gatesOf, sourcesOf, stacksOf } from "../../components/upstream.ts";
import { faultsOf, parse, type Variation } from "../settings/support.ts";
import { promotionOf } from "./support.ts";

const roles = { qa: { people: ["ann@example.com", "ben"] } };
/** Faults of the settings with these gates before `prod`. */
const faults = (gates: object, promotion: object = {}) => {
  const change: Variation["change"] = (settings) => {
    settings.application.promotion = { path: ["dev", "prod"], roles, people: { ben: ["@ben"] }, gates: { prod: gates }, ...promotion };
  };
  return faultsOf({ change }).map((fault) => fault.replace("Pulumi.yaml application.promotion.", ""));
};

describe("the settings of gates", () => {
  test("that are right", () =>
    expect(
      faults({
        soak: "24h",
        approvals: [{ roles: ["qa"], count: 2 }],
        checks: [{ name: "tests", in: "dev" }],
        hotfix: { soak: "1h", checks: ["tests"] },
      }),
    ).toEqual([]));
  test("a team of one says so, and names nobody else", () =>
    expect(
      faults({}, { secondPerson: false, people: { ann: ["ann@example.com", "@ann"] }, roles: { qa: { people: ["ann", "@ann"] } } }),
    ).toEqual([]));
  test("a path alone works as before", () => expect(parse({}).ok).toBe(true));
  test.each<[object, object, string]>([
    [{ soak: "one day" }, {}, "gates.prod.soak: must be a duration such as 30s, 10m, 72h or 7d"],
    [
      { approvals: [{ roles: ["boss"] }] },
      {},
      'gates.prod.approvals[0].roles[0]: names the role "boss", which promotion.roles does not declare',
    ],
    [{ approvals: [{ roles: ["qa"], count: 3 }] }, {}, "gates.prod.approvals[0].count: asks for 3 people, and these roles have 2"],
    [
      { upstream: { all: ["nowhere"] } },
      {},
      'gates.prod.upstream: names "nowhere", which is neither on the promotion path nor a node that passes on',
    ],
    [{ upstream: { any: ["prod"] } }, {}, "gates.prod.upstream: leads back to itself: a release could never get there"],
    [{ checks: [{ name: "a" }, { name: "a" }] }, {}, 'gates.prod.checks[1].name: "a" stands here twice'],
    [{ checks: [{ name: "a", in: "mars" }] }, {}, 'gates.prod.checks[0].in: names "mars", which is not on the promotion path'],
    [{ hotfix: { soak: "1h" } }, {}, "gates.prod.hotfix.soak: must be shorter than the normal soak, or be left out"],
    [{ soak: "1h", hotfix: { soak: "1h" } }, {}, "gates.prod.hotfix.soak: must be shorter than the normal soak, or be left out"],
    [{ hotfix: { checks: ["a"] } }, {}, 'gates.prod.hotfix.checks[0]: names "a", which is no check before this environment'],
    [
      { windows: [{ from: "16:00", to: "18:00", timeZone: "Vienna" }] },
      {},
      "gates.prod.windows[0].timeZone: must be an IANA time zone, such as Europe/Vienna or Etc/UTC",
    ],
    [
      { windows: [{ from: "4pm", to: "18:00", timeZone: "Etc/UTC" }] },
      {},
      'gates.prod.windows[0].from: must be a time of day in quotes, such as "16:00"',
    ],
    [{ surprise: true }, {}, "gates.prod.surprise: is not a known setting"],
    [{}, { secondPerson: false }, "secondPerson: must be true: roles and people name more than one, so there is somebody else to ask"],
    [{}, { roles: { qa: {} } }, "roles.qa: has nobody in it: add people or teams"],
    [{}, { roles: { qa: { people: ["zoe"] } } }, 'roles.qa.people[0]: names "zoe", who is not in promotion.people'],
    [{}, { gates: { eu: {} } }, "gates.eu: is no environment of the promotion path"],
    [{}, { gates: { eu: { passThrough: true } } }, "gates.eu.upstream: is missing: a node that passes on gathers other nodes"],
    [{}, { gates: { dev: { soak: "1h" } } }, "gates.dev.soak: has no environment before it in which a release could soak: remove it"],
  ])("%j %j is refused", (gates, promotion, fault) =>
    expect(faults(gates, promotion).find((found) => found.startsWith(fault)) ?? faults(gates, promotion)).toContain(fault),
  );
});

test("left out, the environment before on the path comes first, and migrations need a confirmation", () => {
  const promotion = promotionOf({});
  expect(["development", "staging", "production"].map((stack) => stacksOf(sourcesOf(promotion, stack)))).toEqual([
    [],
    ["development"],
    ["staging"],
  ]);
  expect(["development", "staging"].map((stack) => gatesOf(promotion, stack).confirmMigrations)).toEqual([false, true]);
  expect([gatesOf(promotion, "staging").approvalsExpire, gatesOf(promotion, "staging").breakGlass.confirmWithin].map(seconds)).toEqual([
    604_800, 14_400,
  ]);
});
