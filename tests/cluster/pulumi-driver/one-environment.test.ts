import { AppsV1Api, CoreV1Api, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { release } from "../promotion/project.ts";
import type { Ended } from "../support/command.ts";
import { CliProject } from "./cli-project.ts";

/** What looks at one environment under the real driver, takes over and puts back. Each test goes on from where the one before left it. */
let project: CliProject;
const kubernetes = () => ({ core: project.config.makeApiClient(CoreV1Api), apps: project.config.makeApiClient(AppsV1Api) });
async function done(args: string): Promise<Ended> {
  const ended = await project.liftlock(args);
  expect({ args, exitCode: ended.exitCode, err: ended.err }).toMatchObject({ exitCode: 0, err: expect.not.stringContaining("error:") });
  return ended;
}

beforeAll(async () => {
  project = new CliProject();
  await project.init();
  project.write("lower", release("1.0.0"), { min: 1 });
  await project.initStack("lower");
  await done("up lower");
});
afterAll(() => project.remove());

test("import: takes an object over and writes the statement that keeps it", async () => {
  const namespace = project.namespace("lower");
  const body = { metadata: { name: "by-hand" }, data: { made: "by hand" } };
  await kubernetes().core.createNamespacedConfigMap({ namespace, body });
  const { out } = await done(`import lower --type kubernetes:core/v1:ConfigMap --name by-hand --id ${namespace}/by-hand`);
  expect(out).toContain("1 object imported");
  expect(out).toMatch(/new k8s\.core\.v1\.ConfigMap\("by-hand", \{[\s\S]*name: "by-hand"/);
  expect((await project.liftlock("history lower")).out).toMatch(/import/);
  await done("up lower"); // the program does not declare it
  await expect(kubernetes().core.readNamespacedConfigMap({ namespace, name: "by-hand" })).rejects.toMatchObject({ code: 404 });
});

test("backups and restore: without a database they say what is missing, and change nothing", async () => {
  const list = await project.liftlock("backups lower");
  expect(list).toMatchObject({ exitCode: 0, out: expect.stringContaining("No backup of lower is known") });
  const updates = project.asked("up").length;
  const restore = await project.liftlock("restore lower --backup latest --yes");
  expect({ exitCode: restore.exitCode, err: restore.err }).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining("the environment declares no backups (environment.database.backup)"),
  });
  expect(project.asked("up").length).toBe(updates);
});

test("drift and diff: what was changed by hand, and how the environments differ", async () => {
  await done("drift lower");
  const merge = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
  const patch = { spec: { template: { metadata: { labels: { hand: "made" } } }, minReadySeconds: 7 } };
  await kubernetes().apps.patchNamespacedDeployment({ namespace: project.namespace("lower"), name: "web", body: patch }, merge);
  const drifted = await project.liftlock("drift lower");
  expect({ exitCode: drifted.exitCode, out: drifted.out }).toMatchObject({ exitCode: 3, out: expect.stringContaining("web") });
  await done("drift lower --fix --yes");
  await done("drift lower");

  project.write("lower", release("1.0.0"), { level: "debug", min: 1 });
  const { exitCode, out } = await project.liftlock("diff lower upper");
  // Configuration differs between environments because somebody wrote it down.
  expect({ exitCode, out }).toMatchObject({ exitCode: 0, out: expect.stringMatching(/expected +config api\.LEVEL +debug +info/) });
});
