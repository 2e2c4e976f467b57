import { AppsV1Api } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { Project, release } from "./project.ts";

/** One environment, in which one bad release after another is put back. Each test goes on from where the one before left it. */
let project: Project;
beforeAll(async () => {
  project = await new Project().init();
});
afterAll(() => project.remove());

const good = release("1.0.0");
/** What the cluster runs, by service: image, ready and wanted replicas, and the configuration that it reads. */
async function running() {
  const { items } = await project.config.makeApiClient(AppsV1Api).listNamespacedDeployment({ namespace: project.namespace("lower") });
  return items.map(({ metadata, spec, status }) => ({
    name: metadata?.name,
    image: spec?.template.spec?.containers[0]?.image,
    ready: status?.readyReplicas === spec?.replicas && status?.updatedReplicas === spec?.replicas,
  }));
}
const restored = [
  { name: "api", image: good.images.api, ready: true },
  { name: "web", image: good.images.web, ready: true },
];

describe("a bad release is put back by itself", () => {
  test("the first release is deployed and recorded", async () => {
    const { exitCode, out, err } = await project.liftlock("up lower");
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    expect(out).toContain("lower: ");
    expect(await project.entries("deployment")).toEqual([expect.objectContaining({ stack: "lower", result: "succeeded", update: 1 })]);
  });

  test.each([
    ["cannot be pulled", "misbehaves-pull", "1.1.0", /ImagePullBackOff|ErrImagePull/],
    ["crashes again and again", "misbehaves-crash", "1.2.0", /CrashLoopBackOff/],
    ["never becomes ready", "misbehaves-unready", "1.3.0", /ProgressDeadlineExceeded|readiness/],
  ])("an image that %s", async (_, word, version, reason) => {
    project.write("lower", release(version, word), { level: "debug" });
    const fewest = project.watchAvailable("lower", "api");
    const { exitCode, out, err } = await project.liftlock("up lower");
    expect(exitCode).toBe(1);
    expect(await fewest()).toBeGreaterThanOrEqual(2);
    expect(err).toMatch(reason);
    const seconds = Number(/restored 1\.0\.0-\w+ ([\d.]+) s after the cluster's first report/.exec(out)?.[1]);
    console.log(`${word}: restored ${seconds} s after the cluster's first report`);
    expect(seconds).toBeGreaterThan(0);
    expect(await running()).toEqual(restored);
    expect((await project.entries("deployment")).at(-1)).toMatchObject({
      result: "restored",
      release: { version },
      cause: expect.stringMatching(reason),
    });
    const rollback = (await project.entries("rollback")).at(-1);
    expect(rollback).toMatchObject({
      stack: "lower",
      automatic: true,
      class: "config-coupled",
      to: { version: "1.0.0" },
      from: { version },
      secondsToRestore: expect.closeTo(seconds, -0.4),
    });
    expect((await project.entries("hold")).at(-1)).toMatchObject({ stack: "lower", automatic: true, releaseId: rollback?.from.id });
  });

  test("every later run obeys the hold and says how to go on; the file is untouched", async () => {
    for (let run = 0; run < 2; run++) {
      const { exitCode, err } = await project.liftlock("up lower");
      expect(exitCode).toBe(1);
      expect(err).toMatch(/^error: 1\.3\.0-\w+ is held back from lower since .* \(by an automatic rollback\): Deployment api/);
      expect(err).toContain("liftlock rollback lower");
      expect(err).toContain("release-hold lower");
    }
    expect(parse(project.readStackFile("lower")).config["shop:release"].version).toBe("1.3.0");
    expect(project.readStackFile("lower")).toMatch(/^# of the team\n/);
    expect(await running()).toEqual(restored);
  });

  test("state and cluster agree: once the file is put back nothing is left to do, and a refresh finds nothing", async () => {
    const { exitCode, err } = await project.liftlock("rollback lower --yes");
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    expect(parse(project.readStackFile("lower")).config["shop:release"]).toEqual(good);
    expect(project.readStackFile("lower")).toContain("LEVEL: info");
    expect((await project.liftlock("up lower --expect-no-changes")).exitCode).toBe(0);
    const refreshed = await project.liftlock("refresh lower --preview-only --expect-no-changes");
    expect({ exitCode: refreshed.exitCode, out: refreshed.out }).toMatchObject({ exitCode: 0, out: expect.stringContaining("no drift") });
    expect((await project.entries("rollback")).length).toBe(3); // nothing was rolled back twice
  });

  test("a smoke test that fails is a release that fails", async () => {
    project.writeApplication({
      smoke: {
        image: `registry.example.com/tools/curl:8-misbehaves-fail@sha256:${"e".repeat(64)}`,
        checks: [{ service: "api", path: "/" }],
      },
    });
    project.write("lower", release("1.4.0"));
    const { exitCode, out, err } = await project.liftlock("up lower");
    expect(exitCode).toBe(1);
    expect(err).toMatch(/Job smoke/);
    expect(out).toMatch(/restored 1\.0\.0-/);
    expect(await running()).toEqual(restored);
    expect((await project.entries("rollback")).at(-1)?.cause).toMatch(/^Job smoke/);
    project.writeApplication();
    project.write("lower", good);
    expect((await project.liftlock("up lower --expect-no-changes")).exitCode).toBe(0);
  });

  test("bad configuration of a good release: the configuration is held, the release is not", async () => {
    const crashes = { ...good, images: { ...good.images } };
    project.write("lower", crashes, { level: "warn" });
    project.writeApplication({
      smoke: {
        image: `registry.example.com/tools/curl:8-misbehaves-fail@sha256:${"e".repeat(64)}`,
        checks: [{ service: "api", path: "/" }],
      },
    });
    expect((await project.liftlock("up lower")).exitCode).toBe(1);
    expect((await project.entries("hold")).at(-1)).toMatchObject({ configuration: expect.stringMatching(/^[0-9a-f]{16}$/) });
    expect((await project.liftlock("up lower")).err).toContain("this configuration of 1.0.0-");
    project.writeApplication();
    project.write("lower", good);
    expect((await project.liftlock("up lower --expect-no-changes")).exitCode).toBe(0);
  });

  test("--no-rollback leaves it; then there is no settled state to go back to by itself, but a command does", async () => {
    project.write("lower", release("1.5.0", "misbehaves-crash"));
    const left = await project.liftlock("up lower --no-rollback");
    expect({ exitCode: left.exitCode, out: left.out }).toMatchObject({
      exitCode: 1,
      out: expect.stringContaining("not rolled back by itself: --no-rollback"),
    });
    const unsettled = await project.liftlock("up lower");
    expect({ exitCode: unsettled.exitCode, out: unsettled.out }).toMatchObject({
      exitCode: 1,
      out: expect.stringContaining("no settled state"),
    });
    const { exitCode, err } = await project.liftlock("rollback lower --yes --reason crash");
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    expect(await running()).toEqual(restored);
  });

  test("a release whose pods start to crash while it is watched is put back; one that holds passes", async () => {
    const passed = await project.liftlock("watch lower --minutes 0.03");
    expect(passed).toMatchObject({ exitCode: 0, out: expect.stringContaining("held for") });
    project.write("lower", release("1.6.0"));
    expect((await project.liftlock("up lower")).exitCode).toBe(0);
    const watching = project.liftlock("watch lower --minutes 1");
    await project.spoil("lower", "api", "misbehaves-crash");
    const { exitCode, out, err } = await watching;
    expect({ exitCode, err }).toMatchObject({
      exitCode: 1,
      err: expect.stringMatching(/Deployment\/api: a container is in CrashLoopBackOff/),
    });
    expect(out).toMatch(/restored 1\.0\.0-/);
    expect(await running()).toEqual(restored);
    expect((await project.entries("watch")).map(({ result }) => result)).toEqual(["passed", "failed"]);
    expect((await project.entries("rollback")).at(-1)).toMatchObject({ automatic: true, cause: expect.stringMatching(/^watch: /) });
  });
});
