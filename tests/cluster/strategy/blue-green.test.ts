import { AppsV1Api, CoreV1Api } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { release } from "../promotion/project.ts";
import { StrategyProject } from "./project.ts";

/** One environment; each test goes on from where the one before left it. */
let project: StrategyProject;
const suite = (word = "") => `registry.example.com/tools/k6:1${word}@sha256:${"d".repeat(64)}`;
const application = (word = "") => {
  const service = (name: string, more: object) => ({
    name,
    kind: "web",
    image: `registry.example.com/shop/${name}`,
    settle: "1s",
    progress: "8s",
    ...more,
  });
  return {
    services: [service("web", { calls: ["api"] }), service("api", { config: ["api"], route: { path: "/api" } })],
    suites: { load: { image: suite(word), command: ["k6", "run"] } },
  };
};
beforeAll(async () => {
  project = await new StrategyProject().init();
  project.writeApplication(application());
});
afterAll(() => project.remove());

describe("blue and green", () => {
  test("a service that rolled so far takes a release through a second colour, as large as the one that serves, and never stops serving", async () => {
    project.write("lower", release("1.0.0"));
    expect((await project.liftlock("up lower")).err).toBe("");
    const apps = project.config.makeApiClient(AppsV1Api);
    const namespace = project.namespace("lower");
    await apps.patchNamespacedDeploymentScale({ namespace, name: "api", body: [{ op: "replace", path: "/spec/replicas", value: 3 }] });

    project.strategy = { kind: "blueGreen", keep: "1h", suites: ["load"] };
    project.write("lower", release("1.1.0"), { level: "debug" });
    const watch = project.watchServing("lower");
    const { exitCode, out, err } = await project.liftlock("up lower");
    const seen = await watch();
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    expect(out).toMatch(/step 1 of 2, api: green beside blue[\s\S]*step 2 of 2, api: to green/);
    expect(seen.fewest).toBeGreaterThanOrEqual(2);
    expect(seen.seen).toEqual(["api", "api-green"]);
    expect(project.position("lower")).toEqual({
      active: "green",
      other: { role: "kept", release: expect.stringMatching(/^1\.0\.0-/), replicas: 3, until: expect.any(String) },
    });
    const [blue, green] = [await project.pods("lower", "api"), await project.pods("lower", "api-green")];
    expect(blue.map(({ image }) => image)).toEqual(Array(3).fill(release("1.0.0").images.api));
    expect(green.map(({ image }) => image)).toEqual(Array(3).fill(release("1.1.0").images.api));
    // Each colour reads its own configuration, and the old one is still there.
    const core = project.config.makeApiClient(CoreV1Api);
    const level = async (name: string) => (await core.readNamespacedConfigMap({ namespace, name })).data?.LEVEL;
    expect([await level(blue[0]!.configMap!), await level(green[0]!.configMap!)]).toEqual(["info", "debug"]);
    expect((await project.entries("deployment")).slice(1)).toEqual([
      expect.objectContaining({
        result: "succeeded",
        release: expect.objectContaining({ version: "1.1.0" }),
        rollout: [{ service: "api", strategy: "blueGreen", reached: 100, active: "green" }],
      }),
    ]);
    expect((await project.liftlock("up lower --expect-no-changes")).exitCode).toBe(0);
  });

  test("back in seconds: the kept colour serves again, with the pods that it had", async () => {
    const before = await project.pods("lower", "api");
    const { exitCode, err } = await project.liftlock("rollback lower --yes");
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    expect(await project.serving("lower")).toBe("api");
    expect(await project.pods("lower", "api")).toEqual(before);
    expect(await project.pods("lower", "api-green")).toEqual([]);
    expect(project.position("lower")).toEqual({ active: "blue" });
    expect((await project.entries("rollback")).at(-1)).toMatchObject({ to: { version: "1.0.0" }, automatic: false });
    expect((await project.liftlock("up lower --expect-no-changes")).exitCode).toBe(0);
  });

  test.each([
    ["that crashes", "1.2.0", "misbehaves-crash", "", /CrashLoopBackOff/],
    ["that fails its suite", "1.3.0", "", "-misbehaves-fail", /Job api-suite-load/],
  ])("a release %s never gets traffic, and what was there is as it was", async (_, version, image, word, reason) => {
    const before = await project.pods("lower", "api");
    project.writeApplication(application(word));
    project.write("lower", release(version, image));
    const watch = project.watchServing("lower");
    const { exitCode, out, err } = await project.liftlock("up lower");
    const seen = await watch();
    expect(exitCode).toBe(1);
    expect(err).toMatch(reason);
    expect(out).toMatch(/restored 1\.0\.0-/);
    expect(seen).toEqual({ fewest: 3, seen: ["api"], weights: ["api:1"] });
    expect(await project.pods("lower", "api")).toEqual(before);
    expect(project.position("lower")).toEqual({ active: "blue" });
    expect((await project.entries("deployment")).at(-1)).toMatchObject({ result: "restored", release: { version } });
    const deployments = await project.config.makeApiClient(AppsV1Api).listNamespacedDeployment({ namespace: project.namespace("lower") });
    expect(deployments.items.map(({ metadata }) => metadata?.name)).toEqual(["api", "web"]);
  });
});
