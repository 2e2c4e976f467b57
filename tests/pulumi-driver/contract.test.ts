import path from "node:path";
import { expect, test } from "vitest";
import { createEmbeddedEngine } from "../../local/engine/embedded.ts";
import { kubernetesFactory } from "../../local/providers/kubernetes/index.ts";
import type { EngineEvent, RunResult } from "../../ops/engine.ts";
import { Recorder } from "../../ops/pulumi/recorder.ts";
import { temporaryDir } from "../backend/support.ts";
import { recordedEvents, recordedJson } from "./support.ts";

/** What depends on the run only. */
const comparable = ({ steps, changeSummary, outputs, diagnostics }: RunResult) => ({
  steps: steps.map(({ op, urn, provider, detailedDiff, replaceReasons, oldState, newState }) => ({
    op,
    urn,
    provider,
    detailedDiff,
    replaceReasons,
    old: [oldState?.type, oldState?.id, oldState?.parent, oldState?.inputs],
    new: [newState?.type, newState?.id, newState?.parent, newState?.inputs],
  })),
  changeSummary,
  outputs,
  diagnostics,
});

test("the driver makes of the embedded engine's events the result that the embedded engine itself gives", async () => {
  const engine = await createEmbeddedEngine({
    projectDir: path.join(import.meta.dirname, "../engine/reference/program"),
    stack: "dev",
    backendDir: temporaryDir(),
    passphrase: "conformance",
    providers: [kubernetesFactory({ kind: "offline" })],
    extraConfig: { "conformance:token": { value: "planted-secret", secret: true } },
  });
  const recorder = new Recorder();
  const result = await engine.preview({ onEvent: (event: EngineEvent) => recorder.add(event) });
  expect(result.steps.length).toBeGreaterThan(8);
  expect(comparable(recorder.result(result.result))).toEqual(comparable(result));
  expect(JSON.stringify(recorder.result(result.result))).not.toContain("planted-secret");
});

test.each(["step1", "step2"])("%s: of the CLI's events it makes the steps that the CLI's own preview digest has", (step) => {
  const recorder = new Recorder();
  for (const event of recordedEvents(step)) recorder.add(event);
  const { steps } = recorder.result("succeeded");
  const preview = recordedJson(`${step}.preview.json`);
  type Told = { op: string; urn: string; detailedDiff: object | null; oldState?: object; newState?: object };
  const told = (list: Told[]) =>
    list
      .map(({ op, urn, detailedDiff, oldState, newState }) => ({
        op,
        urn,
        differs: Object.keys(detailedDiff ?? {}),
        states: [oldState !== undefined, newState !== undefined],
      }))
      .sort((a, b) => (a.urn < b.urn ? -1 : 1));
  expect(told(steps as Told[])).toEqual(told(preview.steps));
  // Secrets are masked in the same places.
  const masked = (list: unknown) =>
    JSON.stringify(list)
      .match(/"[\w.]+":"\[secret\]"/g)
      ?.filter((field) => !field.includes("fingerprint"));
  expect(new Set(masked(steps))).toEqual(new Set(masked(preview.steps)));
});
