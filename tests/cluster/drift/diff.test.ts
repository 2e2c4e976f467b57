import { AppsV1Api, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DiffReport } from "../../../ops/difference/report.ts";
import { Project, release } from "../promotion/project.ts";

/** Two environments compared by the command: as declared, as they run, and one of them at two releases. */
let project: Project;
beforeAll(async () => {
  project = await new Project().init();
  for (const version of ["1.0.0", "1.1.0"]) {
    project.write("lower", release(version), { level: version === "1.0.0" ? "info" : "debug" });
    const { exitCode, err } = await project.liftlock("up lower");
    if (exitCode !== 0) throw new Error(err);
  }
});
afterAll(() => project?.remove());

const diff = async (args: string): Promise<DiffReport & { exitCode: number }> => {
  const { exitCode, out, err } = await project.liftlock(`diff ${args} --json`);
  if (out === "") throw new Error(err);
  return { exitCode, ...JSON.parse(out) };
};

test("what files declare is expected, line by line, and nothing else differs", async () => {
  const { exitCode, differences, folded } = await diff("lower upper");
  expect(differences.filter(({ kind }) => kind !== "expected")).toEqual([]);
  expect(exitCode).toBe(0);
  expect(differences).toContainEqual(expect.objectContaining({ name: "config api.LEVEL", left: "debug", right: "info" }));
  expect(differences.find(({ name }) => name === "image web")?.places.map(({ file }) => file)).toEqual([
    "Pulumi.lower.yaml",
    "Pulumi.upper.yaml",
  ]);
  expect(folded).toBeGreaterThan(0);
});

test("--live: where nothing runs, and what was changed by hand", async () => {
  const apps = project.config.makeApiClient(AppsV1Api);
  const namespace = project.namespace("lower");
  const body = { spec: { revisionHistoryLimit: 1 } };
  const strategic = setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch);
  await apps.patchNamespacedDeployment({ namespace, name: "web", body, fieldManager: "kubectl-edit" }, strategic);
  const { exitCode, differences } = await diff("lower upper --live");
  expect(exitCode).toBe(3);
  expect(differences.filter(({ area }) => area === "live")).toMatchObject([
    { kind: "missing", name: "release of upper" },
    {
      kind: "unexpected",
      name: `Deployment ${namespace}/web spec.revisionHistoryLimit`,
      left: "1",
      note: expect.stringContaining("by kubectl-edit"),
    },
  ]);
});

test("one environment at two releases, with the configuration that each had", async () => {
  const { exitCode, differences } = await diff("lower --release 1.0.0 --release 1.1.0");
  expect(exitCode).toBe(0);
  expect(differences).toContainEqual(expect.objectContaining({ name: "config api.LEVEL", left: "info", right: "debug" }));
  expect(differences).toContainEqual(expect.objectContaining({ name: "release version", left: "1.0.0", right: "1.1.0" }));
  const unknown = await project.liftlock("diff lower --release 1.0.0 --release 9.9.9");
  expect(unknown).toMatchObject({ exitCode: 2, err: expect.stringContaining("It ran: 1.1.0, 1.0.0.") });
});
