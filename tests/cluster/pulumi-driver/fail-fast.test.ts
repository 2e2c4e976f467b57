import { readFileSync } from "node:fs";
import path from "node:path";
import { AppsV1Api } from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { release } from "../promotion/project.ts";
import { CliProject } from "./cli-project.ts";

/** One environment under the real driver. Each test goes on from where the one before left it. */
let project: CliProject;
beforeAll(async () => {
  project = new CliProject();
  await project.init();
});
afterAll(() => project.remove());

const good = release("1.0.0");
async function running() {
  const { items } = await project.config.makeApiClient(AppsV1Api).listNamespacedDeployment({ namespace: project.namespace("lower") });
  return items.map(({ metadata, spec, status }) => ({
    name: metadata?.name,
    image: spec?.template.spec?.containers[0]?.image,
    ready: status?.readyReplicas === spec?.replicas && status?.updatedReplicas === spec?.replicas,
  }));
}

test("a stack that does not exist is not made by accident", async () => {
  const { exitCode, err } = await project.liftlock("up lower");
  expect(exitCode).toBe(1);
  expect(err).toContain(`pulumi stack init lower --cwd ${project.dir}`);
});

test("the first release is deployed and recorded", async () => {
  await project.initStack("lower");
  const { exitCode, out, err } = await project.liftlock("up lower");
  expect(err).not.toContain("error");
  expect(exitCode).toBe(0);
  expect(out).toMatch(/Pulumi CLI 3\.\d+\.\d+ · state in file:\/\//);
  expect(await project.entries("deployment")).toEqual([
    expect.objectContaining({ stack: "lower", result: "succeeded", update: 1, engine: expect.stringContaining("Pulumi CLI 3.") }),
  ]);
  expect(await running()).toEqual([
    { name: "api", image: good.images.api, ready: true },
    { name: "web", image: good.images.web, ready: true },
  ]);
});

test("a bad release: the CLI would wait, the watch ends it on the cluster's report, and the release before is put back with a refresh", async () => {
  project.write("lower", release("1.1.0", "misbehaves-pull"), { level: "debug" });
  const { exitCode, out, err } = await project.liftlock("up lower");
  expect(err).toMatch(/ImagePullBackOff|ErrImagePull/);
  expect(exitCode).toBe(1);
  expect(out).toMatch(/restored 1\.0\.0-\w+ [\d.]+ s after the cluster's first report/);
  expect(await running()).toEqual([
    { name: "api", image: good.images.api, ready: true },
    { name: "web", image: good.images.web, ready: true },
  ]);
  const [bad, back] = project.asked("up").slice(-2);
  expect(bad).not.toContain("--refresh");
  expect(back).toContain("--refresh");
  expect(back).toContain("--config-file");
  expect((await project.entries("deployment")).at(-1)).toMatchObject({ result: "restored", cause: expect.stringMatching(/ImagePull/) });
  expect((await project.entries("rollback")).at(-1)).toMatchObject({
    automatic: true,
    to: { version: "1.0.0" },
    from: { version: "1.1.0" },
  });
  expect((await project.entries("hold")).at(-1)).toMatchObject({ stack: "lower", automatic: true });
  const again = await project.liftlock("up lower");
  expect(again.exitCode).not.toBe(0);
  expect(again.err).toContain("1.1.0");
});

test("what only asks works without --local, too", async () => {
  const asked = async (args: string) => {
    const { exitCode, out, err } = await project.liftlock(args);
    expect({ args, exitCode, err: err.includes("error") }).toEqual({ args, exitCode: 0, err: false });
    return out;
  };
  expect(await asked("stacks")).toMatch(/lower +\d+ resources/);
  expect((await asked("history lower")).match(/succeeded|failed/g)).toEqual(["succeeded", "failed", "succeeded"]);
  expect(await asked("outputs lower")).toContain("1.0.0");
  expect(JSON.parse(await asked("export lower"))).toHaveProperty("deployment.resources");
  expect(await asked("status lower")).toContain("1.0.0");
  await project.initStack("upper");
  expect(await asked("why upper")).toContain("upper");
});

test("Ctrl-C ends a run cleanly, and the next one goes on", async () => {
  project.write("lower", release("1.2.0", "misbehaves-unready"));
  const pressed = Promise.withResolvers<() => void>();
  const run = project.liftlock("up lower --no-rollback", undefined, pressed.resolve);
  const press = await pressed.promise;
  await expect.poll(() => project.image("lower", "api"), { timeout: 60_000 }).toContain("1.2.0");
  press();
  const { exitCode, out } = await run;
  expect(exitCode).toBe(1);
  expect(out).toContain("stopped after");
  project.write("lower", good);
  expect((await project.liftlock("up lower")).exitCode).toBe(0);
  expect(project.asked("up").at(-1)).toContain("--refresh");
  expect((await running()).map(({ image }) => image)).toEqual([good.images.api, good.images.web]);
});

test("destroy deletes what it made, and nothing that was said holds the passphrase", async () => {
  expect((await project.liftlock("destroy lower --yes")).exitCode).toBe(0);
  expect(await running()).toEqual([]);
  expect(readFileSync(path.join(project.dir, "said.txt"), "utf8")).not.toContain("a passphrase that nobody may see");
});
