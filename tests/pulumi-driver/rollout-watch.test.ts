import { afterEach, describe, expect, test, vi } from "vitest";
import { namespacesIn, RolloutWatch, type Sight } from "../../ops/pulumi/rollout-watch.ts";
import { matches } from "../../ops/pulumi/selector-match.ts";
import type { KubeObject } from "../../readiness/object.ts";
import { recordedEvents, recordedJson } from "./support.ts";

const URN = "urn:pulumi:dev::shop::kubernetes:apps/v1:Deployment::api";
const labels = { app: "api" };

/** A Deployment with one new pod that its ReplicaSet cannot get going. */
function sight({ generation = 2, uid = "d", reason = "InvalidImageName", annotations = {} } = {}): Sight {
  const owned = (owner: string) => ({ ownerReferences: [{ uid: owner, controller: true }] });
  const deployment: KubeObject = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: {
      name: "api",
      namespace: "shop",
      uid,
      generation,
      annotations: { "deployment.kubernetes.io/revision": "2", ...annotations },
    },
    spec: { replicas: 1, selector: { matchLabels: labels } },
    status: { observedGeneration: generation, replicas: 2, updatedReplicas: 1, availableReplicas: 1 },
  };
  const replicaSet: KubeObject = {
    metadata: { uid: "r", labels, annotations: { "deployment.kubernetes.io/revision": "2" }, ...owned(uid) },
  };
  const waiting = { name: "api", image: "nginx:none", state: { waiting: { reason, message: "not found" } } };
  const pod: KubeObject = {
    metadata: { name: "api-1", namespace: "shop", labels, ...owned("r") },
    status: { containerStatuses: [waiting] },
  };
  return { workloads: [deployment], pods: [pod], replicaSets: [replicaSet], events: [] };
}
const inputs = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "api", namespace: "shop" } };
const pre = (op = "update") =>
  ({ resourcePreEvent: { metadata: { op, urn: URN, type: "kubernetes:apps/v1:Deployment", new: { inputs } } } }) as never;
const post = () => ({ resOutputsEvent: { metadata: { op: "update", urn: URN } } }) as never;

let watch: RolloutWatch | undefined;
afterEach(() => watch?.stop());

function begun(look: () => Promise<Sight>) {
  const told = { reported: vi.fn(), failed: vi.fn(), blind: vi.fn() };
  const asked = vi.fn(look);
  watch = new RolloutWatch(asked, told, 1);
  return { told, asked, watch };
}
const empty: Sight = { workloads: [], pods: [], replicaSets: [], events: [] };

test("a fault that waiting cannot mend fails the run at once, in the words of the embedded engine", async () => {
  let now = empty;
  const { told, watch } = begun(async () => now);
  expect(await watch.begin(["shop"])).toBe(true);
  now = sight();
  watch.add(pre("create"));
  await vi.waitFor(() => expect(told.failed).toHaveBeenCalled(), { timeout: 15_000 });
  const [urn, messages] = told.failed.mock.calls[0]!;
  expect(urn).toBe(URN);
  expect(messages[0]).toMatch(/^Deployment shop\/api: container "api" of pod api-1 names no image: InvalidImageName/);
  expect(told.reported).toHaveBeenCalledWith(URN, messages[0]);
});

test("what a fault's grace still allows is reported once, and fails when the grace is over", async () => {
  const { told, watch } = begun(async () =>
    sight({ reason: "ImagePullBackOff", annotations: { "liftlock.dev/fail-after-imagepullbackoff": "0.2" } }),
  );
  watch.add(pre());
  await vi.waitFor(() => expect(told.reported).toHaveBeenCalled(), { timeout: 15_000 });
  expect(told.failed).not.toHaveBeenCalled();
  await vi.waitFor(() => expect(told.failed).toHaveBeenCalled(), { timeout: 15_000 });
  expect(told.reported).toHaveBeenCalledTimes(1);
});

describe("what is not the run's own doing is not judged:", () => {
  const rounds = (asked: { mock: { calls: unknown[] } }, count: number) =>
    vi.waitFor(() => expect(asked.mock.calls.length).toBeGreaterThan(count), { timeout: 15_000 });
  test("a Deployment that was broken before, until the run has changed it", async () => {
    let now = sight({ generation: 2 });
    const { told, asked, watch } = begun(async () => now);
    await watch.begin(["shop"]);
    watch.add(pre());
    await rounds(asked, 3);
    expect(told.failed).not.toHaveBeenCalled();
    now = sight({ generation: 3 });
    await vi.waitFor(() => expect(told.failed).toHaveBeenCalled(), { timeout: 15_000 });
  });
  test("one that the run does not wait for (any more)", async () => {
    const { told, asked, watch } = begun(async () => sight());
    watch.add(pre("same"));
    watch.add(pre("delete"));
    expect(asked).not.toHaveBeenCalled();
    watch.add(pre());
    watch.add(post());
    await rounds(asked, 0);
    expect(told.failed).not.toHaveBeenCalled();
  });
});

test("a cluster that cannot be asked at first is said; one that does not answer in between is asked again", async () => {
  const { told, watch } = begun(async () => {
    throw new Error("connection refused\nat somewhere");
  });
  expect(await watch.begin(["shop"])).toBe(false);
  expect(told.blind).toHaveBeenCalledWith("connection refused");
  let calls = 0;
  const second = begun(async () => {
    if (++calls < 3) throw new Error("reset");
    return sight();
  });
  second.watch.add(pre());
  await vi.waitFor(() => expect(second.told.failed).toHaveBeenCalled(), { timeout: 15_000 });
});

test("the recorded events of the CLI name what is waited for", async () => {
  const { told, watch } = begun(async () => {
    const found = sight();
    Object.assign(found.workloads[0]!.metadata as object, { namespace: "conformance-dev" });
    return found;
  });
  for (const event of recordedEvents("step5-bad-image")) {
    if (JSON.stringify(event).includes("resOpFailedEvent")) break;
    watch.add(event);
  }
  await vi.waitFor(() => expect(told.failed).toHaveBeenCalled(), { timeout: 15_000 });
  expect(told.failed.mock.calls[0]![0]).toBe("urn:pulumi:dev::conformance::conformance:app:Workload$kubernetes:apps/v1:Deployment::api");
});

test("the namespaces of a stack's state are those of its workloads", () => {
  const { checkpoint } = recordedJson("step2.state.json");
  expect(namespacesIn({ deployment: checkpoint.latest })).toEqual(["conformance-dev"]);
  expect(namespacesIn({})).toEqual([]);
});

test.each<[string, object, boolean]>([
  ["labels", { matchLabels: { app: "api" } }, true],
  ["other labels", { matchLabels: { app: "web" } }, false],
  ["In", { matchExpressions: [{ key: "app", operator: "In", values: ["api", "web"] }] }, true],
  ["NotIn", { matchExpressions: [{ key: "app", operator: "NotIn", values: ["api"] }] }, false],
  ["Exists", { matchExpressions: [{ key: "app", operator: "Exists" }] }, true],
  ["DoesNotExist", { matchExpressions: [{ key: "tier", operator: "DoesNotExist" }] }, true],
])("a selector by %s", (_, selector, expected) => {
  expect(matches(selector, { metadata: { labels: { app: "api" } } })).toBe(expected);
});
test("no selector selects nothing", () => expect(matches(undefined, { metadata: { labels } })).toBe(false));
