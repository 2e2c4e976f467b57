import { AppsV1Api, BatchV1Api, CoreV1Api, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, inject, test, vi } from "vitest";
import { kubernetesFactory } from "../../../local/providers/kubernetes/index.ts";
import type { EngineEvent, RunResult } from "../../../ops/engine.ts";
import { comparable, expected, type RecordedResource, ReferenceProject, recordedState } from "../../engine/support/reference.ts";
import { errorsOf, succeeded } from "../../engine/support/stack.ts";
import { clusterClient, eventually } from "../setup.ts";

/** The recorded program, run through all its recorded steps on a real API server, one after the other. */
const namespace = "conformance-dev";
const project = new ReferenceProject("conformance");
const config = (step: string) => (step === "1" ? { step, greeting: "hello" } : { step, greeting: "bonjour" });
const providers = () => [kubernetesFactory({ kind: "cluster", kubeconfig: inject("controlPlane").kubeconfig })];
const engine = (step: string) => project.engine(config(step), providers());

beforeAll(() => {
  vi.stubEnv("KUBECONFIG", "kubeconfig");
});
afterAll(async () => {
  vi.unstubAllEnvs();
  project.remove();
  const { core } = clusterClient();
  for (const name of [namespace, "conformance-prod"]) await core.deleteNamespace({ name }).catch(() => {});
});

describe("the recorded steps", () => {
  test("step 1 creates everything, and the state is the recorded one", async () => {
    await compareUp("step1", "1");
    await noChanges("1");
  });
  test("step 2 replaces the auto-named ConfigMap and rolls the Deployment", () => compareUp("step2", "2"));
  test("step 3 scales and deletes", () => compareUp("step3", "3"));
  test("step 4 renames through an alias", () => compareUp("step4", "4"));

  test("step 5 fails on the image and keeps the resource with its errors", async () => {
    const run = await compareUp("step5-bad-image", "5");
    expect(errorsOf(run)).toMatch(/does-not-exist/);
    // Long before the controller's own deadline.
    expect(errorsOf(run)).not.toContain("ProgressDeadlineExceeded");
    const [deployment] = project.state().checkpoint.latest.resources!.filter(({ type }) => type.endsWith(":Deployment"));
    expect(deployment?.initErrors).not.toEqual([]);
  });
  test("step 5 goes back", () => compareUp("step5-back", "4"));

  test("drift is seen as recorded, by a preview and by a refresh", async () => {
    await makeDrift();
    const before = JSON.stringify(project.state());
    comparePreview(await (await engine("6")).refresh({ previewOnly: true }), "drift.refresh");
    comparePreview(await (await engine("6")).preview({ refresh: true }), "drift");
    expect(JSON.stringify(project.state())).toBe(before);
    const { run, steps } = await record((onEvent) => engine("6").then((e) => e.refresh({ onEvent })));
    const recorded = expected.runs["drift.refresh"];
    expect(run.changeSummary).toEqual(expected.previews["drift.refresh"]?.changeSummary);
    if (recorded) expect(steps).toEqual([...recorded.steps].sort(byUrn));
    compareState("drift");
  });

  test("step 6 mends the drift and ignores the schedule", async () => {
    await compareUp("step6", "6");
    const { config: kube } = clusterClient();
    const cron = await kube.makeApiClient(BatchV1Api).readNamespacedCronJob({ namespace, name: "backup" });
    expect(cron.spec?.schedule).toBe("0 5 * * *");
    const api = await kube.makeApiClient(AppsV1Api).readNamespacedDeployment({ namespace, name: "api" });
    expect(api.spec?.replicas).toBe(3);
  });

  test("a second stack reads the first one's outputs", async () => {
    const prod = { step: "4", upstream: "organization/conformance/dev", greeting: "hello" };
    const { run, steps } = await record((onEvent) => project.engine(prod, providers(), "prod").then((e) => e.up({ onEvent })));
    succeeded(run);
    expect(run.outputs).toEqual({ fingerprint: "[secret]", upstream: "api", workload: "api" });
    expect(run.changeSummary).toEqual(expected.runs.prod?.resourceChanges);
    expect(steps).toEqual([...expected.runs.prod!.steps].sort(byUrn));
    compareState("prod", "prod");
  });

  test("destroy refuses while something is protected, then takes everything away", async () => {
    await expect((await engine("6")).destroy({})).rejects.toThrow(/nothing was deleted.*[\s\S]*Namespace::namespace/);
    compareState("step6");
    project.unprotect();
    const { run, steps } = await record((onEvent) => engine("7").then((e) => e.destroy({ onEvent })));
    succeeded(run);
    // The real CLI deleted in two runs, because the first met the protection half way.
    const recorded = [...expected.runs["destroy-protected"]!.steps, ...expected.runs.destroy!.steps].filter(([op]) => op === "delete");
    expect(new Set(steps.map(([, urn]) => urn))).toEqual(new Set(recorded.map(([, urn]) => urn)));
    expect(project.state().checkpoint.latest.resources ?? []).toEqual([]);
    await expect(clusterClient().core.readNamespace({ name: namespace })).rejects.toMatchObject({ code: 404 });
  });
});

async function compareUp(name: string, step: string): Promise<RunResult> {
  if (expected.previews[name]) comparePreview(await (await engine(step)).preview({}), name);
  const { run, steps } = await record((onEvent) => engine(step).then((e) => e.up({ onEvent })));
  const recorded = expected.runs[name]!;
  expect(run.result, errorsOf(run)).toBe(recorded.result);
  expect(steps).toEqual([...recorded.steps].sort(byUrn));
  expect(run.changeSummary).toEqual(recorded.resourceChanges);
  compareState(name);
  return run;
}

async function noChanges(step: string): Promise<void> {
  const again = succeeded(await (await engine(step)).up({}));
  expect(Object.keys(again.changeSummary)).toEqual(["same"]);
}

function comparePreview(run: RunResult, name: string): void {
  const recorded = expected.previews[name]!;
  expect(errorsOf(run)).toBe("");
  expect(comparable(run.steps)).toEqual(comparable(recorded.steps));
  expect(run.changeSummary).toEqual(recorded.changeSummary);
}

/** What a run's events say was done: operation, URN, changed paths. */
async function record(
  act: (onEvent: (event: EngineEvent) => void) => Promise<RunResult>,
): Promise<{ run: RunResult; steps: [string, string, string[]][] }> {
  const steps: [string, string, string[]][] = [];
  const run = await act(({ resOutputsEvent, resOpFailedEvent }) => {
    const event = resOutputsEvent ?? resOpFailedEvent;
    if (event === undefined) return;
    const { op, urn, detailedDiff } = event.metadata;
    steps.push([`${resOpFailedEvent ? "failed " : ""}${op}`, urn, Object.keys(detailedDiff ?? {}).sort()]);
  });
  return { run, steps: steps.sort(byUrn) };
}

const byUrn = (a: [string, string, string[]], b: [string, string, string[]]) => (`${a[1]} ${a[0]}` < `${b[1]} ${b[0]}` ? -1 : 1);

/** Fields of a resource that no two runs have in common: times, and where in a program's file it was declared. */
const notCompared = ["created", "modified", "sourcePosition", "stackTrace"];

/**
 * The same resources with the same fields and values. Of ids and automatic names the random part is left out, of outputs the values: they
 * are what the API server says, its uids and times.
 */
function compareState(name: string, stack = "dev"): void {
  const shape = (resources: RecordedResource[] | undefined) =>
    (resources ?? [])
      .map(({ outputs, dependencies, propertyDependencies, initErrors, ...resource }) => ({
        ...Object.fromEntries(Object.entries(resource).filter(([key]) => !notCompared.includes(key))),
        id: anonymous(resource.id),
        inputs: anonymous(resource.inputs),
        provider: anonymous(resource.provider),
        outputKeys: Object.keys(outputs ?? {}).sort(),
        dependencies: [...((dependencies as string[] | undefined) ?? [])].sort(),
        unready: Array.isArray(initErrors) && initErrors.length > 0,
        // A refresh of the real CLI leaves out empty lists.
        propertyDependencies: Object.entries(propertyDependencies ?? {}).filter(([, urns]) => (urns as string[]).length > 0),
      }))
      .sort((a, b) => (String((a as { urn?: string }).urn) < String((b as { urn?: string }).urn) ? -1 : 1));
  const { latest } = project.state(stack).checkpoint;
  const recorded = recordedState(name).checkpoint.latest;
  expect(shape(latest.resources)).toEqual(shape(recorded.resources));
  expect(Object.keys(latest).sort()).toEqual(Object.keys(recorded).sort());
}

const anonymous = (value: unknown): unknown =>
  value === undefined
    ? undefined
    : JSON.parse(
        JSON.stringify(value)
          .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "ID")
          .replace(/-[0-9a-f]{8}"/g, '-HEX"')
          .replace(/"ciphertext":"[^"]*"/g, '"ciphertext":""'),
      );

/** What was done by hand between the recorded steps. */
async function makeDrift(): Promise<void> {
  const { config: kube } = clusterClient();
  const merge = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
  const apps = kube.makeApiClient(AppsV1Api);
  const core = kube.makeApiClient(CoreV1Api);
  await apps.patchNamespacedDeployment({ namespace, name: "api", body: { spec: { replicas: 7 } } }, merge);
  // The recorded refresh found them all ready.
  await eventually("all seven are available", async () =>
    (await apps.readNamespacedDeployment({ namespace, name: "api" })).status?.availableReplicas === 7 ? true : undefined,
  );
  await core.patchNamespacedConfigMap({ namespace, name: "kept", body: { metadata: { labels: { "added-by": "hand" } } } }, merge);
  await core.deleteNamespacedService({ namespace, name: "api" });
  await kube
    .makeApiClient(BatchV1Api)
    .patchNamespacedCronJob({ namespace, name: "backup", body: { spec: { schedule: "0 5 * * *" } } }, merge);
}
