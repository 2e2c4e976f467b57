import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { earlierConfig } from "../../local/engine/project/earlier-config.ts";
import type { EngineEvent, HistoryEntry } from "../../ops/engine.ts";
import type { Happening, LedgerEvent } from "../../ops/ledger/event.ts";
import { configurationOf, digestOf, readRelease, releaseOf, withValue } from "../../ops/promotion/configuration.ts";
import { activeHolds, holdOn } from "../../ops/promotion/holds.ts";
import { moved, type Pin, readPin, stateSerial, writePin } from "../../ops/promotion/pin.ts";
import { programHash } from "../../ops/promotion/program-hash.ts";
import { migrated } from "../../ops/promotion/survey.ts";
import { deploymentsOf, findTarget, isSettled } from "../../ops/rollback/deployments.ts";
import { wayBack } from "../../ops/rollback/go-back.ts";
import { type Health, HealthWatch } from "../../ops/rollback/health.ts";
import { RunWatch } from "../../ops/rollback/run-watch.ts";
import { runsAlready } from "../../ops/rollback/runs-already.ts";

const dir = mkdtempSync(path.join(os.tmpdir(), "liftlock-decisions-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const release = (version: string) => ({ version, commit: "a".repeat(40), images: { api: `registry.example.com/shop/api:${version}` } });
const config = (version: string, level = "info"): HistoryEntry["config"] => ({
  "shop:release": { value: "{}", objectValue: release(version), secret: false },
  "shop:environment": { value: "{}", objectValue: { config: { api: { LEVEL: level } }, namespace: "shop" }, secret: false },
  "shop:application": { value: "{}", objectValue: { services: [{ name: "api" }], promotion: { path: ["a"] } }, secret: false },
  "shop:PASSWORD": { secret: true },
});
const entry = (more: Partial<HistoryEntry> & { version?: never; release?: string }): HistoryEntry => ({
  version: 0,
  kind: "update",
  startTime: "2026-01-01T00:00:00Z",
  message: "",
  result: "succeeded",
  environment: {},
  config: config(more.release ?? "1.0.0"),
  resourceChanges: { update: 1 },
  ...more,
});

describe("deployments of a stack", () => {
  test("are the updates that got through, newest first, and none from before it was destroyed", () => {
    const history = [
      entry({ release: "4.0.0" }),
      entry({ release: "3.0.0", result: "failed" }),
      entry({ kind: "refresh", release: "9.0.0" }),
      entry({ release: "2.0.0" }),
      entry({ kind: "destroy" }),
      entry({ release: "1.0.0" }),
    ];
    expect(deploymentsOf(history, "shop").map((d) => d.release.version)).toEqual(["4.0.0", "2.0.0"]);
    expect(deploymentsOf(history, "other")).toEqual([]);
  });

  test.each<[string, HistoryEntry[], number, boolean]>([
    ["a deployment that got through", [entry({})], 0, true],
    ["operations that nobody ended", [entry({})], 1, false],
    ["a failed one that changed something", [entry({ result: "failed" }), entry({})], 0, false],
    ["a failed one that changed nothing", [entry({ result: "failed", resourceChanges: { same: 4 } }), entry({})], 0, true],
    ["a refresh after it", [entry({ kind: "refresh" }), entry({})], 0, true],
    ["destroyed", [entry({ kind: "destroy" }), entry({})], 0, false],
    ["never made", [], 0, false],
  ])("settled? %s", (_, history, pending, expected) => expect(isSettled(history, pending)).toBe(expected));

  const deployments = deploymentsOf([entry({ release: "3.0.0" }), entry({ release: "2.0.0" }), entry({ release: "1.0.0" })], "shop");
  const [three, two, one] = deployments;
  const none = () => false;
  test("the one to go back to is the newest that the file does not name and nobody holds", () => {
    expect(findTarget(deployments, { id: three!.id, isHeld: false }, none)).toEqual({ target: two });
    expect(findTarget(deployments, { id: "bad", isHeld: true }, none)).toEqual({ target: three });
    expect(findTarget(deployments, { id: three!.id, isHeld: false }, (d) => d === two)).toEqual({ target: one });
    expect(findTarget([three!], { id: three!.id, isHeld: false }, none)).toEqual({ none: expect.stringContaining("no earlier release") });
    // The release is good, its new configuration is held: back to the same release as it was.
    expect(findTarget([three!], { id: three!.id, isHeld: true }, none)).toEqual({ target: three });
  });
  test.each([
    ["1.0.0", "1.0.0"],
    ["2.0", "2.0.0"],
  ])("named %s", (wanted, version) => {
    const found = findTarget(deployments, { id: three!.id, isHeld: false }, none, wanted);
    expect("target" in found && found.target.release.version).toBe(version);
  });
  test.each([
    ["7", "No release"],
    ["", "names several"],
  ])("named %j is refused", (wanted, message) => {
    expect(findTarget(deployments, { id: undefined, isHeld: false }, none, wanted)).toEqual({ none: expect.stringContaining(message) });
  });
  test("what runs already, as it was, is nothing to go back to: it would only be held", () => {
    const now = { settled: true, configuration: three!.configuration, deployments, declaredId: three!.id };
    expect(runsAlready(now, three!, "shop")).toBe(true);
    expect(runsAlready(now, one!, "shop")).toBe(false);
    expect(runsAlready({ ...now, settled: false }, three!, "shop")).toBe(false);
    expect(runsAlready({ ...now, declaredId: "another" }, three!, "shop")).toBe(false);
    expect(runsAlready({ ...now, configuration: config("3.0.0", "debug") }, three!, "shop")).toBe(false);
  });
  test("a held one is refused also by name", () => {
    expect(findTarget(deployments, { id: three!.id, isHeld: false }, () => true, "1.0.0")).toEqual({
      none: expect.stringContaining("is held"),
    });
  });
});

const event = (what: Happening, number = 1): LedgerEvent => ({
  id: `e${number}`,
  number,
  previous: null,
  at: "2026-01-01T00:00:00.000Z",
  actor: { name: "Ada" },
  what,
});
const hold = (releaseId: string, configuration?: string): Happening => ({
  kind: "hold",
  stack: "upper",
  releaseId,
  reason: "crash",
  automatic: true,
  ...(configuration === undefined ? {} : { configuration }),
});

describe("holds", () => {
  test("stand until they are released, stack by stack and release by release", () => {
    const events = [
      event(hold("a")),
      event(hold("b")),
      event({ ...(hold("c") as object), stack: "lower" } as Happening),
      event({ kind: "hold-released", stack: "upper", releaseId: "a", reason: "x" }),
    ];
    expect(activeHolds(events, "upper").map(({ releaseId }) => releaseId)).toEqual(["b"]);
    expect(activeHolds([...events, event(hold("a"))], "upper").map(({ releaseId }) => releaseId)).toEqual(["b", "a"]);
  });
  test("a hold on a configuration leaves the release's others free", () => {
    const holds = activeHolds([event(hold("a", "1"))], "upper");
    expect(holdOn(holds, "a", "1")).toBeDefined();
    expect(holdOn(holds, "a", "2")).toBeUndefined();
    expect(holdOn(activeHolds([event(hold("a"))], "upper"), "a", "2")).toBeDefined();
  });
  test("what failed runs had migrated already counts as applied", () => {
    const failed: Happening = {
      kind: "deployment",
      stack: "upper",
      release: { id: "b", version: "2", commit: "", images: {} },
      result: "failed",
      startedAt: "",
      endedAt: "",
      engine: "",
      migrations: ["b"],
    };
    expect(migrated(["a"], [event(failed), event(failed), event({ ...failed, stack: "lower", migrations: ["c"] })], "upper")).toEqual([
      "a",
      "b",
    ]);
  });
});

describe("configuration", () => {
  test("is the same by its values, in whatever order they are written, and whoever tells it", () => {
    const told = configurationOf({
      "shop:environment": '{"namespace":"shop","config":{"api":{"LEVEL":"info"}}}',
      "shop:application": '{"promotion":{"path":["a"]},"services":[{"name":"api"}]}',
      "shop:release": JSON.stringify(release("1.0.0")),
      "shop:PASSWORD": "[secret]",
    });
    expect(digestOf(told, "shop")).toBe(digestOf(config("2.0.0"), "shop"));
    expect(digestOf(told, "shop")).not.toBe(digestOf(config("1.0.0", "debug"), "shop"));
    expect(releaseOf(told, "shop")).toEqual(release("1.0.0"));
    expect(readRelease({ id: "x", ...release("1.0.0") })).toEqual(release("1.0.0"));
    expect(readRelease({ version: "no" })).toBeUndefined();
  });
  test("of an earlier run takes its values and keys, and the secrets of now", () => {
    const current = {
      "shop:PASSWORD": { value: "rotated", secret: true },
      "shop:NEW": { value: "n", secret: true },
      "shop:release": { value: "{}", secret: false },
    };
    const earlier = earlierConfig({ ...config("1.0.0"), "shop:text": { value: "12", secret: false } }, current, "upper");
    expect(earlier["shop:PASSWORD"]).toEqual({ value: "rotated", secret: true });
    expect(Object.keys(earlier)).not.toContain("shop:NEW");
    expect(earlier["shop:release"]).toMatchObject({ object: true });
    expect(earlier["shop:text"]).toEqual({ value: "12", secret: false });
    expect(() => earlierConfig(config("1.0.0"), {}, "upper")).toThrow(/no longer set: shop:PASSWORD/);
  });
});

describe("the way back", () => {
  const [target] = deploymentsOf([entry({})], "shop");
  test("restores the values that the application reads, and keeps how much of it runs", () => {
    const now = withValue(config("2.0.0"), "shop", "environment", {
      config: { api: { LEVEL: "debug" } },
      namespace: "shop",
      defaults: { replicas: 9 },
    });
    const back = wayBack("shop", now, target!, false);
    expect(back.environment).toEqual({ config: { api: { LEVEL: "info" } }, namespace: "shop", defaults: { replicas: 9 } });
    expect(back.changes.map(({ path: p }) => p.join("."))).toEqual(["environment.config.api.LEVEL"]);
    expect(releaseOf(back.configuration, "shop")?.version).toBe("1.0.0");
    expect(wayBack("shop", now, target!, true).changes).toEqual([]);
  });
  test("takes the application as it was then, when it was declared differently", () => {
    const now = withValue(config("2.0.0"), "shop", "application", {
      services: [{ name: "api" }, { name: "new" }],
      promotion: { path: ["b"] },
    });
    const back = wayBack("shop", now, target!, false);
    expect(back.application.length).toBeGreaterThan(0);
    expect(back.configuration["shop:application"]).toEqual(target!.configuration["shop:application"]);
  });
});

describe("a preview that an update is pinned to", () => {
  const pin: Pin = { stack: "upper", at: "2026-01-01T00:00:00Z", program: "p", release: "r", state: "s" };
  test.each([["program"], ["release"], ["state"]] as const)("%s moved", (part) => {
    const changes = moved(pin, { ...pin, [part]: "other" });
    expect(changes).toHaveLength(1);
    expect(changes[0]).toContain(`${pin[part]} -> other`);
  });
  test("nothing moved", () => expect(moved(pin, pin)).toEqual([]));
  test("is kept in a file; a damaged one is said", async () => {
    const file = path.join(dir, "deep", "pin.json");
    expect(readPin(file)).toBeUndefined();
    await writePin(file, pin);
    expect(readPin(file)).toEqual(pin);
    writeFileSync(file, "{");
    expect(() => readPin(file)).toThrow(/is damaged/);
  });
  test("state is known by what it holds, not by when it was written", () => {
    const state = (time: string, resources: object[]) => ({ version: 3, deployment: { manifest: { time }, resources } });
    expect(stateSerial(state("1", [{ urn: "a" }]))).toBe(stateSerial(state("2", [{ urn: "a" }])));
    expect(stateSerial(state("1", [{ urn: "a" }]))).not.toBe(stateSerial(state("1", [{ urn: "b" }])));
    expect(stateSerial({})).toBe(stateSerial({ deployment: {} }));
  });
  test("the program is its entry, all that it imports, its settings and its packages", () => {
    const project = path.join(dir, "program");
    const write = (file: string, text: string) => {
      mkdirSync(path.dirname(path.join(project, file)), { recursive: true });
      writeFileSync(path.join(project, file), text);
    };
    const hash = () => programHash(project, path.join(project, "Pulumi.a.yaml"));
    write("Pulumi.yaml", "name: x\n");
    write("Pulumi.a.yaml", "config: {}\n");
    write("Pulumi.b.yaml", "config: {}\n");
    write("index.ts", 'import { a } from "./parts/a.ts";\nexport { a };\n');
    write("parts/a.ts", 'export const a = async () => import("./b.ts");\n');
    write("parts/b.ts", "export const b = 1;\n");
    write("parts/unused.ts", "export const c = 1;\n");
    write("package-lock.json", "{}");
    const first = hash();
    for (const [file, counts] of [
      ["parts/unused.ts", false],
      ["Pulumi.b.yaml", false],
      ["parts/b.ts", true],
      ["parts/a.ts", true],
      ["Pulumi.a.yaml", true],
      ["Pulumi.yaml", true],
      ["package-lock.json", true],
    ] as const) {
      const before = hash();
      write(
        file,
        `${file.endsWith("json") ? '{ "a": 1 }' : file.endsWith("yaml") ? "name: y\n" : file === "parts/a.ts" ? 'export const a = 2; import("./b.ts");\n' : "export const x = 3;\n"}`,
      );
      expect([file, hash() !== before]).toEqual([file, counts]);
    }
    expect(hash()).not.toBe(first);
  });
});

const urn = (type: string, name: string) => `urn:pulumi:a::shop::${type}::${name}`;
const job = (name: string) => urn("liftlock:database:Migration$kubernetes:batch/v1:Job", name);
const api = urn("liftlock:workload:Workload$kubernetes:apps/v1:Deployment", "api");
const events = {
  report: (of: string) => ({ diagnosticEvent: { urn: of, severity: "warning", ephemeral: true, message: "", color: "never" } }),
  begin: (of: string, op = "create") => ({ resourcePreEvent: { metadata: { urn: of, op, new: { custom: true } } } }),
  end: (of: string) => ({ resOutputsEvent: { metadata: { urn: of, op: "create" } } }),
  fail: (of: string, status = 1) => ({ resOpFailedEvent: { metadata: { urn: of, op: "update" }, status, steps: 0 } }),
};

describe("a run that is watched", () => {
  function watched(...given: object[]): RunWatch {
    let now = 0;
    const watch = new RunWatch(() => now);
    for (const one of given) {
      now++;
      watch.add(one as EngineEvent);
    }
    return watch;
  }
  test("the first report is that of what failed in the end, not of what came right", () => {
    expect(watched(events.report("other"), events.report(api), events.end("other"), events.report(api), events.fail(api)).firstReport).toBe(
      2,
    );
    expect(watched(events.fail(api)).firstReport).toBe(1);
    expect(watched(events.report(api), events.end(api), events.fail(api)).firstReport).toBe(3);
    expect(watched(events.report(api)).firstReport).toBeUndefined();
  });
  test("knows whether it touched anything, and whether a migration began", () => {
    expect(watched(events.fail(api, 0)).touched).toBe(false);
    expect(watched(events.fail(api, 1)).touched).toBe(true);
    expect(watched(events.begin(job("backup-b"))).migrated).toBe(false);
    expect(watched(events.begin(job("migrate-b"), "same")).migrated).toBe(false);
    expect(watched(events.begin(job("migrate-b"))).migrated).toBe(true);
    expect(watched(events.begin(job("migrate-b"), "create-replacement")).migrated).toBe(true);
  });
});

describe("a run that has failed is not waited for", () => {
  const mayStop = (...given: object[]) => {
    const watch = new RunWatch();
    for (const one of given) watch.add(one as EngineEvent);
    return watch.mayStop;
  };
  const web = urn("liftlock:workload:Workload$kubernetes:apps/v1:Deployment", "web");
  test("at its first failure for good, not at a report that may pass", () => {
    expect(mayStop(events.begin(api), events.report(api))).toBe(false);
    expect(mayStop(events.begin(api), events.begin(web), events.report(api), events.fail(api))).toBe(true);
    expect(mayStop(events.begin(web), events.fail(api, 0))).toBe(true);
  });
  test.each([
    ["a backup", job("backup-b")],
    ["a migration", job("migrate-b")],
    ["what is no Kubernetes object", urn("azure-native:cache:Redis", "cache")],
    ["what is no Kubernetes object, within a component", urn("acme:net:Edge$aws:route53/record:Record", "dns")],
  ])("but %s is let end by itself", (_, busy) => {
    expect(mayStop(events.begin(busy), events.fail(api))).toBe(false);
    expect(mayStop(events.begin(busy), events.fail(api), events.end(busy))).toBe(true);
    expect(mayStop(events.begin(busy), events.fail(api), events.fail(busy))).toBe(true);
  });
});

describe("health while a release is watched", () => {
  const health = (more: Partial<Health> = {}): Health => ({
    name: "Deployment/api",
    ready: 2,
    wanted: 2,
    restarts: 0,
    waiting: [],
    ...more,
  });
  const judge = (...samples: [Health, number][]) => {
    const watch = new HealthWatch({ unreadySeconds: 60, restarts: 3 });
    return samples.map(([sample, now]) => watch.add([sample], now));
  };
  test("what cannot come right by itself is a fault at once, what is starting is none", () => {
    expect(judge([health({ waiting: ["CrashLoopBackOff"] }), 0])[0]).toContain("CrashLoopBackOff");
    expect(judge([health({ waiting: ["ContainerCreating", "PodInitializing"] }), 0])).toEqual([undefined]);
  });
  test("restarts count from the beginning of the watch, also when pods that had restarted are gone", () => {
    expect(judge([health({ restarts: 7 }), 0], [health({ restarts: 9 }), 1])).toEqual([undefined, undefined]);
    expect(judge([health({ restarts: 7 }), 0], [health({ restarts: 10 }), 1])[1]).toContain("restarted 3 times");
    expect(judge([health({ restarts: 7 }), 0], [health({ restarts: 0 }), 1], [health({ restarts: 3 }), 2])[2]).toContain(
      "restarted 3 times",
    );
  });
  test("too few replicas may be ready for a while, without a break", () => {
    const few = health({ ready: 1 });
    expect(judge([few, 0], [few, 59], [few, 60]).map((fault) => fault !== undefined)).toEqual([false, false, true]);
    expect(judge([few, 0], [health(), 30], [few, 60], [few, 119]).every((fault) => fault === undefined)).toBe(true);
  });
});
