import os from "node:os";
import { describe, expect, test } from "vitest";
import { StrategySettings } from "../../components/strategy/strategy.schema.ts";
import { ask, judge } from "../../ops/strategy/checks.ts";
import { faultsOf } from "../settings/support.ts";

const vector = (...values: string[]) => ({
  status: "success",
  data: { resultType: "vector", result: values.map((value) => ({ metric: {}, value: [1, value] })) },
});

describe("a metric", () => {
  test.each([
    ["within", vector("0.001"), { max: 0.01 }, undefined],
    ["every sample counts", vector("0.001", "0.02"), { max: 0.01 }, "0.02 is more than 0.01: q"],
    ["too little", vector("0.9"), { min: 0.99 }, "0.9 is less than 0.99: q"],
    ["a scalar", { status: "success", data: { resultType: "scalar", result: [1, "3"] } }, { max: 2 }, "3 is more than 2: q"],
    ["no sample", vector(), { max: 1 }, "there is no sample: q"],
    ["not a number", vector("NaN"), { max: 1 }, "NaN is no number: q"],
    ["nothing", vector(""), { min: 0 }, " is no number: q"],
    ["infinite", vector("+Inf"), { max: 1 }, "+Inf is more than 1: q"],
    ["infinite, and that is enough", vector("+Inf"), { min: 1 }, undefined],
    ["an error", { status: "error", error: "parse error" }, { max: 1 }, "the answer cannot be read (parse error): q"],
    ["no answer", undefined, { max: 1 }, "the answer cannot be read: q"],
    ["something else", { status: "success", data: { resultType: "matrix", result: [] } }, { max: 1 }, "the answer cannot be read: q"],
  ])("%s", (_, body, threshold, expected) => expect(judge(body, "q", threshold)).toBe(expected));

  test("a server that does not answer, and a token that is not there, fail", async () => {
    const asked = { dir: os.tmpdir(), env: {}, stack: "prod", namespace: "shop", release: "2", signal: new AbortController().signal };
    const step = (more: object) => {
      const metric = { kind: "metric", url: "http://127.0.0.1:9", query: "q", max: 1, ...more };
      const strategy = StrategySettings.parse({ kind: "canary", checks: [metric] });
      if (strategy.kind !== "canary") throw new Error("no canary");
      return { service: "api", colour: "green", weight: 10, check: strategy.checks[0]! } as const;
    };
    expect(await ask(step({}), asked)).toMatch(/^http:\/\/127\.0\.0\.1:9 does not answer/);
    expect(await ask(step({ token: "TOKEN" }), asked)).toBe("TOKEN is not set: http://127.0.0.1:9 wants it");
  });
});

describe("a command", () => {
  const asked = {
    dir: os.tmpdir(),
    env: process.env,
    stack: "prod",
    namespace: "shop",
    release: "2",
    signal: new AbortController().signal,
  };
  const run = (...command: string[]) =>
    ask({ service: "api", colour: "green", weight: 25, check: { kind: "command", command, timeout: "5s" } }, asked);
  test("passes with exit code 0, and fails with its last words otherwise", async () => {
    expect(await run("sh", "-c", '[ "$LIFTLOCK_WORKLOAD $LIFTLOCK_WEIGHT" = "api-green 25" ]')).toBeUndefined();
    expect(await run("sh", "-c", "echo first; echo too slow >&2; exit 3")).toBe("sh: exit code 3: too slow");
    expect(await run("liftlock-no-such-program")).toMatch(/^liftlock-no-such-program: /);
  });
});

describe("settings that cannot be are refused, and say why", () => {
  const with_ = (name: string, strategy: object, more: (settings: ReturnType<typeof Object>) => void = () => {}) =>
    faultsOf({
      change: (settings) => {
        settings.environment.services = { [name]: { strategy } };
        more(settings);
      },
    });
  test.each([
    ["store", { kind: "blueGreen" }, /strategy\.kind: "store" allows one writer to its volume: two colours .* would corrupt its data/],
    ["store", { kind: "canary" }, /strategy\.kind: "store" allows one writer/],
    ["mailer", { kind: "blueGreen" }, /"mailer" is a worker: it takes work by itself, so there is no traffic to switch/],
    ["api", { kind: "blueGreen", suites: ["load"] }, /strategy\.suites\[0\]: "load" is not declared: add it to application\.suites/],
    ["api", { kind: "canary", steps: [25, 10] }, /strategy\.steps\[1\]: must be more than the step before \(25\)/],
    ["api", { kind: "canary", checks: [{ kind: "metric", url: "http://p", query: "q" }] }, /checks\[0\]: needs a threshold/],
    ["api", { kind: "recreate" }, /strategy\.kind: must be one of rolling, blueGreen, canary/],
  ])("%s: %o", (name, strategy, expected) => expect(with_(name, strategy)).toEqual([expect.stringMatching(expected)]));
  test("a canary without a route, and names that are taken", () => {
    const noRoute = with_("api", { kind: "canary" }, ({ application }) => delete application.services[1].route);
    expect(noRoute).toEqual([expect.stringMatching(/"api" has no route: .* Use kind: blueGreen/)]);
    const taken = with_("api", { kind: "blueGreen" }, (settings) => {
      settings.application.services.push({ name: "api-green", kind: "web", image: "ghcr.io/acme/x" });
      settings.release.images["api-green"] = `ghcr.io/acme/x:1@sha256:${"9".repeat(64)}`;
    });
    expect(taken).toEqual([expect.stringMatching(/strategy: needs the name "api-green"/)]);
  });
  test("positions of what has none", () => {
    const at = (rollout: object) => faultsOf({ change: (settings) => Object.assign(settings, { rollout }) });
    expect(at({ nothing: { active: "blue" } })).toEqual([
      'Pulumi.prod.yaml rollout.nothing: the application declares no service "nothing": take its position away',
    ]);
    expect(at({ store: { active: "blue" } })).toEqual([expect.stringMatching(/rollout\.store: "store" allows one writer/)]);
    expect(at({ api: { active: "blue", other: { role: "candidate", release: "2", replicas: 2 } } })).toEqual([
      expect.stringMatching(/rollout\.api\.other: a release is on trial here: end that first/),
    ]);
    expect(at({ api: { active: "blue" } })).toEqual([]);
  });
});
