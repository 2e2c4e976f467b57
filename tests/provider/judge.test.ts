import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PropertyMap } from "../../local/engine/values.ts";
import { judgeNamespace, judgeQuota, judgeService } from "../../local/providers/kubernetes/await/simple-kinds.ts";
import { judgeDeployment } from "../../readiness/deployment.ts";
import { failedCreate } from "../../readiness/failed-create.ts";
import { gracesOf } from "../../readiness/graces.ts";
import { judgeJob } from "../../readiness/job.ts";
import { podFaults } from "../../readiness/pods.ts";
import { judgeStatefulSet } from "../../readiness/stateful-set.ts";
import { type Fault, judge, type View } from "../../readiness/verdict.ts";
import { states } from "./requests.ts";

const fault = (key: string, graceSeconds: number): Fault => ({ key, reason: key, message: key, graceSeconds });

describe("grace", () => {
  test("runs from the first report, and anew when the fault went away", () => {
    const pull = [fault("ImagePullBackOff", 5)];
    const first = judge(pull, new Map(), 1000);
    expect(first).toMatchObject({ failed: [], recheckAt: 6000 });
    expect(judge(pull, first.firstSeen, 5999).failed).toEqual([]);
    expect(judge(pull, first.firstSeen, 6000).failed).toEqual(pull);
    const gone = judge([], first.firstSeen, 5000);
    expect(judge(pull, gone.firstSeen, 6000)).toMatchObject({ failed: [], recheckAt: 11_000 });
  });

  test("none means at once; an annotation may lengthen or shorten it", () => {
    expect(judge([fault("InvalidImageName", 0)], new Map(), 1000).failed).toHaveLength(1);
    expect(judge([fault("InvalidImageName", 0)], new Map(), 1000, { invalidimagename: 9 })).toMatchObject({
      failed: [],
      recheckAt: 10_000,
    });
    const graces = gracesOf({
      metadata: {
        annotations: {
          "liftlock.dev/fail-after-ImagePullBackOff": "60",
          "liftlock.dev/fail-after-unschedulable": "0",
          "liftlock.dev/fail-after-x": "soon",
        },
      },
    });
    expect(graces).toEqual({ imagepullbackoff: 60, errimagepull: 60, unschedulable: 0 });
  });

  test("a fault never fails before its grace, and always once it is over", () => {
    const faults = fc.array(fc.record({ key: fc.constantFrom("a", "b", "c"), graceSeconds: fc.nat(100) }), { maxLength: 5 });
    fc.assert(
      fc.property(faults, fc.nat(200_000), (some, later) => {
        const all = some.map(({ key, graceSeconds }) => fault(key, graceSeconds));
        const start = judge(all, new Map(), 0);
        const { failed, recheckAt } = judge(all, start.firstSeen, later);
        expect(failed).toEqual(all.filter(({ graceSeconds }) => graceSeconds * 1000 <= later));
        if (failed.length < all.length) expect(recheckAt).toBeGreaterThan(later);
        else expect(recheckAt).toBeUndefined();
      }),
    );
  });
});

const pod = (status: PropertyMap, name = "api-7d"): PropertyMap => ({
  metadata: { name, ownerReferences: [{ uid: "rs", controller: true }] },
  status,
});
const waits = (reason: string, message = "", more: PropertyMap = {}): PropertyMap =>
  pod({
    phase: "Pending",
    containerStatuses: [
      { name: "api", image: "registry/api:1", ready: false, restartCount: 3, state: { waiting: { reason, message } }, ...more },
    ],
  });

describe("what a pod reports", () => {
  const cases: [string, PropertyMap, number, RegExp][] = [
    [
      "a missing tag",
      waits("ErrImagePull", "manifest unknown"),
      2,
      /^container "api" of pod api-7d cannot pull image "registry\/api:1": ErrImagePull: manifest unknown; check/,
    ],
    ["credentials that have not settled", waits("ImagePullBackOff", "401 Unauthorized"), 30, /ImagePullBackOff: 401/],
    [
      "a repository that is missing or closed",
      waits("ErrImagePull", "pull access denied, repository does not exist or may require authorization"),
      30,
      /denied/,
    ],
    [
      "a digest with a number in it",
      waits("ErrImagePull", 'rpc error: code = NotFound desc = failed to pull image "x@sha256: 401": not found'),
      2,
      /NotFound/,
    ],
    ["a pull that fails without a cause", waits("ImagePullBackOff"), 5, /ImagePullBackOff; check/],
    ["a name that is none", waits("InvalidImageName", "couldn't parse"), 0, /names no image/],
    [
      "a missing Secret",
      waits("CreateContainerConfigError", 'secret "x" not found'),
      0,
      /cannot be configured: CreateContainerConfigError: secret "x" not found/,
    ],
    ["a command that is not there", waits("RunContainerError", "exec: not found"), 0, /cannot be started/],
    [
      "a crash loop",
      waits("CrashLoopBackOff", "back-off 10s", {
        lastState: { terminated: { reason: "OOMKilled", exitCode: 137, message: "out of memory" } },
      }),
      0,
      /crashes again and again: CrashLoopBackOff: back-off 10s; last exit: OOMKilled, code 137: out of memory; restarted 3 times/,
    ],
    [
      "no node",
      pod({
        phase: "Pending",
        conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/3 nodes: 3 Insufficient cpu." }],
      }),
      300,
      /fits on no node: Unschedulable: 0\/3 nodes: 3 Insufficient cpu/,
    ],
    ["an eviction", pod({ phase: "Failed", reason: "Evicted", message: "disk pressure" }), 10, /pod api-7d failed: Evicted: disk pressure/],
    [
      "an init container",
      pod({ initContainerStatuses: [{ name: "init", image: "i", state: { waiting: { reason: "ErrImageNeverPull" } } }] }),
      0,
      /container "init"/,
    ],
  ];
  test.each(cases)("%s", (_what, object, graceSeconds, message) => {
    expect(podFaults([object])).toEqual([expect.objectContaining({ graceSeconds, message: expect.stringMatching(message) })]);
  });

  test("nothing while it starts, when it is well, and when it is going", () => {
    for (const status of [
      waits("ContainerCreating"),
      waits("PodInitializing"),
      pod({ phase: "Running", containerStatuses: [{ name: "api", ready: true, state: { running: {} } }] }),
    ]) {
      expect(podFaults([status])).toEqual([]);
    }
    const going = waits("CrashLoopBackOff");
    expect(podFaults([{ ...going, metadata: { name: "a", deletionTimestamp: "now" } }])).toEqual([]);
  });

  test("once for all pods that have it, and a pull error under both its names is one", () => {
    const [only, ...more] = podFaults([waits("ErrImagePull", "x"), waits("ImagePullBackOff", "y"), waits("ImagePullBackOff", "z")]);
    expect(more).toEqual([]);
    expect(only!.message).toContain("(3 pods alike)");
  });

  test("crashes of a Job's pods are the Job's to count", () => {
    expect(podFaults([waits("CrashLoopBackOff")], { crashesAreFinal: false })).toEqual([]);
  });
});

describe("Deployments", () => {
  const view = (status: PropertyMap, more: Partial<View> = {}): View => ({
    object: {
      metadata: { uid: "d", generation: 2, annotations: { "deployment.kubernetes.io/revision": "2" } },
      spec: { replicas: 2 },
      status: { observedGeneration: 2, ...status },
    },
    pods: [],
    replicaSets: [],
    events: [],
    ...more,
  });
  const replicaSet = (uid: string, revision: string, status: PropertyMap = {}): PropertyMap => ({
    metadata: { uid, annotations: { "deployment.kubernetes.io/revision": revision }, ownerReferences: [{ uid: "d", controller: true }] },
    status,
  });
  const done = { replicas: 2, updatedReplicas: 2, availableReplicas: 2 };

  test.each([
    ["every replica new and available", done, true],
    ["an old one left", { ...done, replicas: 3 }, false],
    ["one not available", { ...done, availableReplicas: 1 }, false],
    ["not all updated", { ...done, updatedReplicas: 1 }, false],
    ["not observed yet", { ...done, observedGeneration: 1 }, false],
  ])("%s: ready %s", (_what, status, ready) => {
    expect(judgeDeployment(view(status)).ready).toBe(ready);
  });

  test("recorded: ready after step 1, not after the bad image, whose progress deadline is final", () => {
    const of = (run: string) => states[run]!.find(({ type }) => type.endsWith(":Deployment"))!.outputs;
    expect(judgeDeployment({ object: of("step1"), pods: [], replicaSets: [], events: [] }).ready).toBe(true);
    const bad = judgeDeployment({ object: of("step5-bad-image"), pods: [], replicaSets: [], events: [] });
    expect(bad).toMatchObject({
      ready: false,
      faults: [
        {
          reason: "ProgressDeadlineExceeded",
          graceSeconds: 0,
          message: expect.stringContaining('ReplicaSet "api-d984cfdfb" has timed out progressing'),
        },
      ],
    });
  });

  test("only pods of the new ReplicaSet count", () => {
    const old = { ...waits("CrashLoopBackOff"), metadata: { name: "old", ownerReferences: [{ uid: "rs-1", controller: true }] } };
    const news = { ...waits("CrashLoopBackOff"), metadata: { name: "new", ownerReferences: [{ uid: "rs-2", controller: true }] } };
    const replicaSets = [replicaSet("rs-1", "1"), replicaSet("rs-2", "2")];
    expect(judgeDeployment(view({}, { replicaSets, pods: [old] })).faults).toEqual([]);
    expect(judgeDeployment(view({}, { replicaSets, pods: [old, news] })).faults[0]!.message).toContain("pod new");
  });

  test("on the way back the pods that failed do not count, though the Deployment still bears their revision", () => {
    const template = (image: string, hash?: string): PropertyMap => ({
      metadata: { labels: { app: "api", ...(hash === undefined ? {} : { "pod-template-hash": hash }) } },
      spec: { containers: [{ name: "api", image }] },
    });
    const set = (uid: string, revision: string, image: string): PropertyMap => {
      const { metadata, ...rest } = replicaSet(uid, revision);
      return { ...rest, metadata: { ...(metadata as PropertyMap), name: uid }, spec: { template: template(image, uid) } };
    };
    const timedOut = (name: string) => ({
      type: "Progressing",
      status: "False",
      reason: "ProgressDeadlineExceeded",
      message: `ReplicaSet "${name}" has timed out progressing.`,
    });
    const failing = { ...waits("CrashLoopBackOff"), metadata: { name: "bad", ownerReferences: [{ uid: "rs-2", controller: true }] } };
    const at = (image: string, name: string, replicaSets: PropertyMap[]): View => {
      const seen = view({ conditions: [timedOut(name)] }, { replicaSets, pods: [failing] });
      return { ...seen, object: { ...seen.object, spec: { replicas: 1, template: template(image) } } };
    };
    const before = [set("rs-1", "1", "api:1"), set("rs-2", "2", "api:2")];
    // Whether or not the ReplicaSet's new revision has been seen.
    for (const sets of [before, [set("rs-1", "3", "api:1"), set("rs-2", "2", "api:2")]])
      expect(judgeDeployment(at("api:1", "rs-2", sets))).toMatchObject({ ready: false, faults: [] });
    // Nor where the ReplicaSet of the template has not been seen at all yet.
    expect(judgeDeployment(at("api:3", "rs-2", before))).toMatchObject({ ready: false, faults: [] });
    expect(judgeDeployment(at("api:1", "rs-1", before)).faults.map(({ reason }) => reason)).toEqual(["ProgressDeadlineExceeded"]);
    expect(judgeDeployment(at("api:2", "rs-2", before)).faults.map(({ reason }) => reason)).toEqual([
      "CrashLoopBackOff",
      "ProgressDeadlineExceeded",
    ]);
  });

  test("a ReplicaSet that may not make pods; a deadline makes what was only waited for final, the container first", () => {
    const refused = replicaSet("rs-2", "2", {
      conditions: [
        {
          type: "ReplicaFailure",
          status: "True",
          reason: "FailedCreate",
          message: 'pods "a" is forbidden: violates PodSecurity "restricted:latest"',
        },
      ],
    });
    expect(judgeDeployment(view({}, { replicaSets: [refused] })).faults).toMatchObject([{ reason: "FailedCreate", graceSeconds: 0 }]);
    const pull = { ...waits("ImagePullBackOff", "401"), metadata: { name: "new", ownerReferences: [{ uid: "rs-2", controller: true }] } };
    const over = view(
      { conditions: [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }] },
      { replicaSets: [replicaSet("rs-2", "2")], pods: [pull] },
    );
    expect(judgeDeployment(over).faults.map(({ reason, graceSeconds }) => [reason, graceSeconds])).toEqual([
      ["ImagePullBackOff", 0],
      ["ProgressDeadlineExceeded", 0],
    ]);
  });
});

test("a StatefulSet's broken pods of an abandoned revision are in the way, those of the present one are its faults", () => {
  const broken = (revision: string): PropertyMap => ({
    ...waits("ImagePullBackOff"),
    metadata: {
      name: `db-${revision}`,
      labels: { "controller-revision-hash": revision },
      ownerReferences: [{ uid: "s", controller: true }],
    },
  });
  const set = (spec: PropertyMap): PropertyMap => ({
    metadata: { uid: "s", generation: 1 },
    spec: { replicas: 2, ...spec },
    status: { observedGeneration: 1, replicas: 2, availableReplicas: 1, currentRevision: "1", updateRevision: "1" },
  });
  const view = (spec: PropertyMap, ...pods: PropertyMap[]): View => ({ object: set(spec), pods, replicaSets: [], events: [] });
  expect(judgeStatefulSet(view({}, broken("2")))).toMatchObject({ faults: [], blockers: [{ metadata: { name: "db-2" } }] });
  expect(judgeStatefulSet(view({}, broken("1")))).toMatchObject({ faults: [{ reason: "ImagePullBackOff" }], blockers: [] });
  expect(judgeStatefulSet(view({ podManagementPolicy: "Parallel" }, broken("2"))).blockers).toBeUndefined();
});

test("refused pods: Pod Security is final, a quota may come free", () => {
  expect(failedCreate('violates PodSecurity "restricted:latest"').graceSeconds).toBe(0);
  expect(failedCreate("exceeded quota: q, requested: cpu=1").graceSeconds).toBe(10);
});

test("recorded: a failed Job is final and says how", () => {
  const failed = states["job-fails"]!.find(({ type }) => type.endsWith(":Job"))!.outputs;
  expect(judgeJob({ object: failed, pods: [], replicaSets: [], events: [] }).faults).toMatchObject([
    { reason: "BackoffLimitExceeded", graceSeconds: 0 },
  ]);
  const ok = states["job-ok-after-failure"]!.find(({ type }) => type.endsWith(":Job"))!.outputs;
  expect(judgeJob({ object: ok, pods: [], replicaSets: [], events: [] }).ready).toBe(true);
});

test("simple kinds", () => {
  const of = (object: PropertyMap): View => ({ object, pods: [], replicaSets: [], events: [] });
  expect(judgeNamespace(of({ status: { phase: "Active" } })).ready).toBe(true);
  expect(judgeNamespace(of({ status: { phase: "Terminating" } })).faults).toHaveLength(1);
  expect(judgeService(of({ spec: { type: "ClusterIP" } })).ready).toBe(true);
  expect(judgeService(of({ spec: { type: "LoadBalancer" }, status: {} })).ready).toBe(false);
  expect(judgeQuota(of({ spec: { hard: { cpu: "1" } }, status: { hard: { cpu: "2" } } })).ready).toBe(false);
  expect(judgeQuota(of({ spec: { hard: { cpu: "1" } }, status: { hard: { cpu: "1" } } })).ready).toBe(true);
});
