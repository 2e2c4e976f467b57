import { expect, test } from "vitest";
import type { EngineEvent, RunResult, StepState } from "../../ops/engine.ts";
import { fakeEngine, liftlock, replay } from "../ops/support/harness.ts";

const urnOf = (type: string, name: string) => `urn:pulumi:staging::ferry::${type}::${name}`;
/** An event of a preview: what happens to a resource, and what it will be. */
function seen(op: string, type: string, name: string, inputs: Record<string, unknown>): EngineEvent {
  const state: StepState = { urn: urnOf(type, name), type, custom: true, inputs };
  const metadata = { op, urn: state.urn, type, old: op === "create" ? undefined : state, new: op === "delete" ? undefined : state };
  return { resourcePreEvent: { metadata } } as unknown as EngineEvent;
}
const metadata = { namespace: "shop", name: "deny" };
const pod = {
  metadata: { ...metadata, name: "api" },
  spec: {
    template: {
      spec: {
        securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
        containers: [
          {
            name: "api",
            image: `registry.example.com/api@sha256:${"a".repeat(64)}`,
            resources: { requests: { cpu: "1", memory: "1Gi" }, limits: { memory: "1Gi" } },
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
          },
        ],
      },
    },
  },
};
const closed = { metadata, spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] } };

async function preview(...events: EngineEvent[]) {
  const result: RunResult = { ...(await fakeEngine().preview({})), steps: [], changeSummary: { update: 1 } };
  return liftlock("preview staging --local --json", { engine: { preview: replay(events, result) } });
}
const rules = (out: string): string[] => JSON.parse(out).policy.findings.map(({ rule }: { rule: string }) => rule);

test("what a preview leaves as it is counts, too: a changed Deployment in a namespace that was closed before", async () => {
  const { out, exitCode } = await preview(
    seen("same", "kubernetes:networking.k8s.io/v1:NetworkPolicy", "deny", closed),
    seen("update", "kubernetes:apps/v1:Deployment", "api", pod),
  );
  expect({ rules: rules(out), exitCode }).toEqual({ rules: [], exitCode: 0 });
});
test("what it deletes does not", async () => {
  const { out, exitCode } = await preview(
    seen("delete", "kubernetes:networking.k8s.io/v1:NetworkPolicy", "deny", closed),
    seen("update", "kubernetes:apps/v1:Deployment", "api", pod),
  );
  expect({ rules: rules(out), exitCode }).toEqual({ rules: ["network-policy"], exitCode: 1 });
});
