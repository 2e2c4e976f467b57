import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { release } from "../promotion/project.ts";
import { prometheusServer } from "../support/prometheus.ts";
import { StrategyProject } from "./project.ts";

/** One environment; each test goes on from where the one before left it. */
let project: StrategyProject;
/** Its answer is the tests' choice: none, to begin with. */
let prometheus: Awaited<ReturnType<typeof prometheusServer>>;
const canary = (more: object = {}) => ({ kind: "canary", steps: [10, 50], pause: "1s", keep: "1h", ...more });
const command = { kind: "command", command: ["sh", "-c", 'echo "$LIFTLOCK_COLOUR $LIFTLOCK_WEIGHT" >> checks.log'] };

beforeAll(async () => {
  prometheus = await prometheusServer();
  project = await new StrategyProject().init();
  const service = { kind: "web", settle: "1s", progress: "8s", name: "api", image: "registry.example.com/shop/api" };
  project.writeApplication({
    services: [
      { ...service, config: ["api"], route: { path: "/api" } },
      { ...service, name: "web", image: "registry.example.com/shop/web" },
    ],
  });
});
afterAll(async () => {
  await prometheus.close();
  await project.remove();
});

describe("a canary", () => {
  test("the first release needs none; the next one gets its shares of the traffic, each checked, and then all of it", async () => {
    project.strategy = canary({ checks: [command] });
    project.write("lower", release("1.0.0"));
    expect((await project.liftlock("up lower")).err).toBe("");
    expect(project.position("lower")).toBeUndefined();

    project.write("lower", release("1.1.0"));
    const watch = project.watchServing("lower");
    const { exitCode, err } = await project.liftlock("up lower");
    const seen = await watch();
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    expect(seen).toEqual({
      fewest: expect.any(Number),
      seen: ["api", "api-green"],
      weights: ["api:1", "api:90 api-green:10", "api:50 api-green:50"],
    });
    expect(seen.fewest).toBeGreaterThanOrEqual(2);
    expect(readFileSync(path.join(project.dir, "checks.log"), "utf8")).toBe("green 10\ngreen 50\n");
    expect(project.position("lower")).toMatchObject({ active: "green", other: { role: "kept" } });
    expect(await project.entries("deployment")).toEqual([
      expect.objectContaining({ result: "succeeded", release: expect.objectContaining({ version: "1.0.0" }) }),
      expect.objectContaining({ result: "succeeded", rollout: [{ service: "api", strategy: "canary", reached: 100, active: "green" }] }),
    ]);
  });

  test("a metric without an answer ends it: no traffic, the release of before, and state, position and cluster say the same", async () => {
    const metric = { kind: "metric", url: prometheus.url, query: 'errors{workload="$workload"}', max: 0.01 };
    project.strategy = canary({ checks: [metric] });
    project.write("lower", release("1.2.0"));
    const before = await project.pods("lower", "api-green");
    const { exitCode, err } = await project.liftlock("up lower");
    expect(exitCode).toBe(1);
    expect(prometheus.asked).toEqual(['errors{workload="api"}']);
    expect(err).toContain('api at 10 %: the check failed: there is no sample: errors{workload="api"}');
    expect(await project.backends("lower")).toEqual([["api", 1]]);
    expect(await project.serving("lower")).toBe("api-green");
    expect(await project.pods("lower", "api-green")).toEqual(before);
    expect(await project.pods("lower", "api")).toEqual([]);
    expect(project.position("lower")).toEqual({ active: "green" });
    expect((await project.entries("deployment")).at(-1)).toMatchObject({
      result: "restored",
      release: { version: "1.2.0" },
      rollout: [{ service: "api", strategy: "canary", reached: 10, active: "green" }],
    });
  });

  test("an interrupted one stays where it is, says where that is, and the next run goes on from there", async () => {
    prometheus.answers = () => "0";
    const checks = [{ kind: "metric", url: prometheus.url, query: "errors", max: 0.01 }];
    project.strategy = canary({ pause: "1h", checks });
    project.write("lower", release("1.3.0"));
    const run = project.interruptible("up lower");
    await expect
      .poll(() => project.backends("lower"), { timeout: 120_000 })
      .toEqual([
        ["api", 90],
        ["api-blue", 10],
      ]);
    run.interrupt();
    expect((await run.ended).exitCode).toBe(1);
    expect(project.position("lower")).toMatchObject({ active: "green", other: { role: "candidate", weight: 10 } });
    const { out } = await project.liftlock("status lower");
    expect(out).toMatch(
      /lower {2}1\.1\.0 [\s\S]*rollout {2}api: 1\.3\.0-\w+ is on trial \(blue\), with 10 % of the traffic: `liftlock .*up lower` goes on/,
    );

    project.strategy = canary({ checks });
    project.write("lower", release("1.3.0"));
    const watch = project.watchServing("lower");
    const { exitCode, err } = await project.liftlock("up lower");
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    expect((await watch()).weights).toEqual(["api:90 api-blue:10", "api:50 api-blue:50", "api:1"]);
    expect(await project.serving("lower")).toBe("api");
    expect((await project.entries("deployment")).slice(-2)).toMatchObject([
      { result: "cancelled", release: { version: "1.3.0" } },
      { result: "succeeded", release: { version: "1.3.0" } },
    ]);
  });

  test("a rollback takes back one that is on trial, by the whole: traffic, pods, position and file", async () => {
    project.strategy = canary({ pause: "1h" });
    project.write("lower", release("1.4.0"));
    const before = await project.pods("lower", "api");
    const run = project.interruptible("up lower");
    await expect
      .poll(() => project.backends("lower"), { timeout: 120_000 })
      .toEqual([
        ["api", 90],
        ["api-green", 10],
      ]);
    run.interrupt();
    expect((await run.ended).exitCode).toBe(1);
    expect((await project.liftlock("why lower")).out).toMatch(/api: 1\.4\.0-\w+ is on trial \(green\), with 10 % of the traffic/);
    expect(await project.liftlock("rollback lower --yes --reason slow")).toMatchObject({ exitCode: 0, err: "" });
    expect(await project.backends("lower")).toEqual([["api", 1]]);
    expect(await project.serving("lower")).toBe("api");
    expect(await project.pods("lower", "api")).toEqual(before);
    expect(await project.pods("lower", "api-green")).toEqual([]);
    expect(project.position("lower")?.other).toBeUndefined();
    expect(project.readStackFile("lower")).toMatch(/version: "?1\.3\.0/);
    expect(await project.liftlock("up lower --expect-no-changes")).toMatchObject({ exitCode: 0, err: "" });
  });

  test("a promotion goes by the same steps", async () => {
    project.strategy = canary();
    project.write("upper", release("1.0.0"));
    expect((await project.liftlock("up upper")).err).toBe("");
    const watch = project.watchServing("upper");
    const { exitCode, err } = await project.liftlock("promote lower upper --yes");
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    const { weights, fewest } = await watch();
    expect(weights).toEqual(["api:1", "api:90 api-green:10", "api:50 api-green:50"]);
    expect(fewest).toBeGreaterThanOrEqual(2);
    expect(await project.serving("upper")).toBe("api-green");
    expect(await project.image("upper", "api-green")).toBe(release("1.3.0").images.api);
  });
});
