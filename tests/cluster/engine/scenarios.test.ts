import path from "node:path";
import { AppsV1Api } from "@kubernetes/client-node";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, inject, test, vi } from "vitest";
import { kubernetesFactory } from "../../../local/providers/kubernetes/index.ts";
import type { RunOptions } from "../../../ops/engine.ts";
import { expected, ReferenceProject } from "../../engine/support/reference.ts";
import { errorsOf } from "../../engine/support/stack.ts";
import { clusterClient, eventually } from "../setup.ts";

/** The second recorded program: Jobs that fail, immutable ConfigMaps, an import, an object that exists already. */
const project = new ReferenceProject("scenarios");
const engine = (scenario: string) =>
  project.engine({ scenario }, [kubernetesFactory({ kind: "cluster", kubeconfig: inject("controlPlane").kubeconfig })]);

beforeAll(() => {
  vi.stubEnv("KUBECONFIG", "kubeconfig");
});
afterAll(async () => {
  vi.unstubAllEnvs();
  project.remove();
  await clusterClient()
    .core.deleteNamespace({ name: "scenarios" })
    .catch(() => {});
});

type Told = [operation: string, urn: string, paths: string[]];
/** What was told last, in its order. */
let told: Told[] = [];

async function compare(name: string, scenario = name, options: RunOptions = {}): Promise<string> {
  const steps: Told[] = [];
  const run = await (await engine(scenario)).up({
    ...options,
    onEvent: ({ resOutputsEvent, resOpFailedEvent }) => {
      const event = resOutputsEvent ?? resOpFailedEvent;
      if (event === undefined) return;
      const { op, urn, detailedDiff } = event.metadata;
      steps.push([`${resOpFailedEvent ? "failed " : ""}${op}`, urn, Object.keys(detailedDiff ?? {}).sort()]);
    },
  });
  const recorded = expected.runs[`scenarios/${name}`]!;
  // After a failure the real CLI still tells of the stack, whose outputs came meanwhile.
  const comparableSteps = recorded.steps.filter(([, urn]) => recorded.result === "succeeded" || !urn.includes("pulumi:pulumi:Stack::"));
  expect(run.result, errorsOf(run)).toBe(recorded.result);
  // Of one resource in the same order, with the same changed paths; what nothing connects is told as it comes.
  expect(byResource(steps)).toEqual(byResource(comparableSteps));
  told = steps;
  expect(run.changeSummary).toEqual(recorded.resourceChanges);
  return errorsOf(run);
}

const byResource = (steps: readonly Told[]) =>
  Object.fromEntries([...new Set(steps.map(([, urn]) => urn))].sort().map((urn) => [urn, steps.filter((step) => step[1] === urn)]));

/** Replacements of a name ("named", "user"), as "operation name" in the order in which they were told. */
const replacements = (steps: readonly Told[], ...names: string[]): string[] =>
  steps
    .map(([op, urn]) => [op, urn.split("::").at(-1)!] as const)
    .filter(([op, name]) => names.includes(name) && /delete|create|replace/.test(op))
    .map(([op, name]) => `${op} ${name}`);

describe("scenarios, one after the other", () => {
  test("a Job that fails stays in state with its errors, and is replaced once its template changes", async () => {
    await compare("base");
    expect(await compare("job-fails")).toMatch(/migrate/);
    const job = project.state().checkpoint.latest.resources!.find(({ type }) => type.endsWith(":Job"));
    expect(job?.initErrors).not.toEqual([]);
    await compare("job-ok-after-failure", "job-ok");
    await compare("job-removed", "base");
  });

  test("replaceUnready runs an unchanged failed Job again", async () => {
    await compare("job-fails-replaceUnready");
    await compare("job-fails-replaceUnready-again", "job-fails-replaceUnready");
    await compare("job-ok-replaceUnready");
    await compare("job-removed2", "base");
  });

  test("ConfigMaps: mutable in place, auto-named created first, named deleted first with the Deployment that uses it", async () => {
    await compare("config-1");
    await compare("config-2");
    // What refers to an object goes before it, and comes after it; the auto-named one goes last, when nothing uses it any more.
    expect(replacements(told, "immutable-named", "user")).toEqual([
      "delete-replaced user",
      "delete-replaced immutable-named",
      "replace immutable-named",
      "create-replacement immutable-named",
      "replace user",
      "create-replacement user",
    ]);
    expect(replacements(told, "immutable-auto", "user").at(-1)).toBe("delete-replaced immutable-auto");
    await compare("config-removed", "base");
  });

  test("killed while it creates: the next run takes the object over and mends it, where the real CLI fails for ever", async () => {
    const { kubeconfig } = inject("controlPlane");
    const script = path.join(import.meta.dirname, "up.ts");
    const killed = execa(script, [project.dir, path.join(project.dir, "backend"), "kill", kubeconfig], {
      node: true,
      nodePath: process.execPath,
      reject: false,
      env: { KUBECONFIG: "kubeconfig" },
    });
    const apps = clusterClient().config.makeApiClient(AppsV1Api);
    const read = () => apps.readNamespacedDeployment({ namespace: "scenarios", name: "stuck" });
    const made = await eventually("the Deployment is there", () => read().catch(() => undefined));
    killed.kill("SIGKILL");
    expect((await killed).signal).toBe("SIGKILL");
    expect(project.state().checkpoint.latest.pending_operations).toMatchObject([
      { type: "creating", resource: { inputs: { kind: "Deployment" } } },
    ]);

    await expect((await engine("kill-fixed")).up({})).rejects.toThrow(/lock/);
    const owners = await (await engine("kill-fixed")).cancel();
    expect(owners).toMatchObject([{ pid: killed.pid }]);
    const run = await (await engine("kill-fixed")).up({});
    expect(run.result, errorsOf(run)).toBe("succeeded");
    const adopted = await read();
    expect(adopted.metadata?.uid).toBe(made.metadata?.uid);
    expect(adopted.spec?.template.spec?.containers[0]?.image).toBe("nginx:1.29");
    expect(project.state().checkpoint.latest.pending_operations ?? []).toEqual([]);
    expect((await (await engine("base")).up({})).changeSummary).toEqual({ same: 3, delete: 1 });
  });

  test("an object made by hand is refused, then imported", async () => {
    const { core } = clusterClient();
    await core.createNamespacedConfigMap({ namespace: "scenarios", body: { metadata: { name: "by-hand" }, data: { made: "by hand" } } });
    expect(await compare("exists")).toMatch(/by-hand.*exists already|already exists/s);
    await compare("import");
    const found = await core.readNamespacedConfigMap({ namespace: "scenarios", name: "by-hand" });
    expect(found.data).toEqual({ made: "by hand" });
  });
});
