import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { kubernetesFactory } from "../../local/providers/kubernetes/index.ts";
import { comparable, expected, ReferenceProject } from "./support/reference.ts";
import { errorsOf } from "./support/stack.ts";

// What is compared was recorded from the real CLI with the real provider; paths in it were shortened.
beforeEach(() => {
  vi.stubEnv("KUBECONFIG", "kubeconfig");
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const offline = [kubernetesFactory({ kind: "offline" })];

describe("previews of the recorded program without a cluster", () => {
  test.for([
    ["step1", undefined],
    ["step2", "step1"],
    ["step3", "step2"],
    ["step4", "step3"],
    ["step5-bad-image", "step4"],
    ["step5-back", "step5-bad-image"],
    ["step6", "drift"],
  ] as const)("%s from the state after %s", async ([step, from]) => {
    await comparePreview(new ReferenceProject("conformance"), step, from);
  });

  test("config-2: a named immutable ConfigMap takes the Deployment that uses it along", async () => {
    await comparePreview(new ReferenceProject("scenarios"), "config-2", "config-1");
  });
});

async function comparePreview(project: ReferenceProject, name: string, from: string | undefined): Promise<void> {
  try {
    if (from !== undefined) project.startFrom(from);
    const recorded = expected.previews[name]!;
    const result = await (await project.engine(recorded.config, offline)).preview({});
    expect(errorsOf(result)).toBe("");
    expect(comparable(result.steps)).toEqual(comparable(recorded.steps));
    expect(result.changeSummary).toEqual(recorded.changeSummary);
  } finally {
    project.remove();
  }
}
