import { BatchV1Api, type V1ContainerStatus, type V1Pod, type V1PodSpec } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clusterClient, eventually, temporaryNamespace } from "../setup.ts";

const { config, core } = clusterClient();
const batch = config.makeApiClient(BatchV1Api);
const anyDigest = `sha256:${"0".repeat(64)}`;
const digestOf = (code: string) => `sha256:${code.padEnd(64, "0")}`;

let namespace = "";
let remove: () => Promise<void>;
beforeAll(async () => ({ namespace, remove } = await temporaryNamespace("misbehaviour")));
afterAll(() => remove());

async function runPod(name: string, spec: Partial<V1PodSpec> & { images: string[] }): Promise<void> {
  const { images, ...rest } = spec;
  const containers = images.map((image, index) => ({ name: `c${index}`, image }));
  await core.createNamespacedPod({ namespace, body: { metadata: { name }, spec: { containers, ...rest } } });
}

function podWhere(name: string, condition: (pod: V1Pod) => boolean): Promise<V1Pod> {
  return eventually(`the awaited state of pod ${name}`, async () => {
    const pod = await core.readNamespacedPod({ name, namespace });
    return condition(pod) ? pod : undefined;
  });
}

const statusOf = (pod: V1Pod, name = "c0") => pod.status?.containerStatuses?.find((status) => status.name === name) as V1ContainerStatus;
const condition = (pod: V1Pod, type: string) => pod.status?.conditions?.find((one) => one.type === type);
const isReady = (pod: V1Pod) => condition(pod, "Ready")?.status === "True";

async function runJob(name: string, image: string, spec: { restartPolicy?: string; backoffLimit?: number } = {}) {
  const { restartPolicy = "Never", backoffLimit = 0 } = spec;
  const template = { spec: { restartPolicy, containers: [{ name: "c0", image }] } };
  await batch.createNamespacedJob({ namespace, body: { metadata: { name }, spec: { backoffLimit, template } } });
  return eventually(`the end of job ${name}`, async () => {
    const job = await batch.readNamespacedJob({ name, namespace });
    return job.status?.conditions?.some(({ type, status }) => ["Complete", "Failed"].includes(type) && status === "True") ? job : undefined;
  });
}

describe.concurrent("well-behaved images", () => {
  test("a pod gets addresses, keeps its PodScheduled condition and becomes ready, init containers completed", async () => {
    await runPod("good", { images: [`team/api@${anyDigest}`, "misbehaves-crashes"], initContainers: [{ name: "first", image: "init:1" }] });
    const pod = await podWhere("good", isReady);
    expect(pod.status).toMatchObject({ phase: "Running", podIP: expect.stringMatching(/^10\./), hostIP: "127.0.0.1" });
    expect(condition(pod, "PodScheduled")?.status).toBe("True");
    expect(pod.status?.initContainerStatuses?.[0]?.state?.terminated).toMatchObject({ exitCode: 0, reason: "Completed" });
    expect(statusOf(pod, "c1")).toMatchObject({ ready: true, restartCount: 0 });
  });

  test("a Job completes after about a second, by the cluster's own clock", async () => {
    const job = await runJob("good-job", "team/migrate:1");
    expect(job.status).toMatchObject({ succeeded: 1, conditions: expect.arrayContaining([expect.objectContaining({ type: "Complete" })]) });
    const seconds = (Number(job.status?.completionTime) - Number(job.status?.startTime)) / 1000;
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThan(20);
  });
});

describe.concurrent("images that cannot be pulled", () => {
  test.each([
    ["tag", "team/api:misbehaves-pull"],
    ["tag-and-digest", `registry.example/api:2.0-misbehaves-pull@${anyDigest}`],
    ["repository", `liftlock.local/misbehaves-pull/api@${anyDigest}`],
    ["digest", `team/api@${digestOf("bad00001")}`],
    ["recorded", "nginx:does-not-exist"],
  ])("by %s", async (name, image) => {
    await runPod(`pull-${name}`, { images: ["good:1", image] });
    const pod = await podWhere(`pull-${name}`, (one) => statusOf(one, "c1")?.state?.waiting?.reason === "ImagePullBackOff");
    expect(pod.status?.phase).toBe("Pending");
    expect(statusOf(pod, "c1").state?.waiting?.message).toContain(image);
    expect(statusOf(pod, "c0")).toMatchObject({ ready: true });
    expect(condition(pod, "Ready")).toMatchObject({
      status: "False",
      reason: "ContainersNotReady",
      message: expect.stringContaining("c1"),
    });
  });

  test("an init container holds back the others", async () => {
    await runPod("pull-init", { images: ["good:1"], initContainers: [{ name: "first", image: "api:misbehaves-pull" }] });
    const pod = await podWhere("pull-init", (one) => one.status?.initContainerStatuses?.[0]?.state?.waiting?.reason === "ImagePullBackOff");
    expect(statusOf(pod).state?.waiting?.reason).toBe("PodInitializing");
  });

  test("as a Job's, too", async () => {
    const template = { spec: { restartPolicy: "Never", containers: [{ name: "c0", image: "api:misbehaves-pull" }] } };
    await batch.createNamespacedJob({ namespace, body: { metadata: { name: "pull-job" }, spec: { template } } });
    await eventually("its pod waits for the image", async () => {
      const { items } = await core.listNamespacedPod({ namespace, labelSelector: "batch.kubernetes.io/job-name=pull-job" });
      return items.some((pod) => statusOf(pod)?.state?.waiting?.reason === "ImagePullBackOff") ? true : undefined;
    });
  });

  test("says so in an event", async () => {
    await runPod("pull-event", { images: ["api:misbehaves-pull"] });
    await eventually("a warning", async () => {
      const { items } = await core.listNamespacedEvent({ namespace, fieldSelector: "involvedObject.name=pull-event" });
      return items.some(({ type, reason }) => type === "Warning" && reason === "Failed") ? true : undefined;
    });
  });
});

describe.concurrent("images that crash", () => {
  test.each([
    ["tag", "team/api:misbehaves-crash"],
    ["digest", `team/api@${digestOf("bad00002")}`],
  ])("by %s: CrashLoopBackOff, restarts rise, the last exit is told", async (name, image) => {
    await runPod(`crash-${name}`, { images: ["good:1", image] });
    const pod = await podWhere(`crash-${name}`, (one) => {
      const status = statusOf(one, "c1");
      return status?.state?.waiting?.reason === "CrashLoopBackOff" && status.restartCount >= 1;
    });
    expect(statusOf(pod, "c1").lastState?.terminated).toMatchObject({ exitCode: 1, reason: "Error" });
    expect(pod.status?.phase).toBe("Running");
    expect(isReady(pod)).toBe(false);
    expect(statusOf(pod, "c0")).toMatchObject({ ready: true, restartCount: 0 });
  });

  test("but complete as a Job's", async () => {
    expect((await runJob("crash-job", "api:misbehaves-crash")).status?.succeeded).toBe(1);
  });
});

describe.concurrent("images whose Jobs fail", () => {
  test.each([
    ["tag", "api:misbehaves-fail"],
    ["digest", `team/api@${digestOf("bad00003")}`],
    ["recorded", "busybox:fails"],
  ])("by %s: exit code 1, BackoffLimitExceeded", async (name, image) => {
    const job = await runJob(`fail-${name}`, image);
    expect(job.status?.conditions?.find(({ type }) => type === "Failed")).toMatchObject({ reason: "BackoffLimitExceeded" });
    const { items } = await core.listNamespacedPod({ namespace, labelSelector: `batch.kubernetes.io/job-name=fail-${name}` });
    expect(items.map((pod) => [pod.status?.phase, statusOf(pod).state?.terminated?.exitCode])).toEqual([["Failed", 1]]);
  });

  test("started again in place when the Job asks for it, until its limit", async () => {
    const job = await runJob("fail-in-place", "api:misbehaves-fail", { restartPolicy: "OnFailure", backoffLimit: 1 });
    expect(job.status?.conditions?.find(({ type }) => type === "Failed")).toMatchObject({ reason: "BackoffLimitExceeded" });
  });

  test("but run as a service", async () => {
    await runPod("fail-service", { images: ["api:misbehaves-fail"] });
    await podWhere("fail-service", isReady);
  });
});

describe.concurrent("images that are late", () => {
  test("never ready: running, and stays so beside containers that are ready", async () => {
    await runPod("unready", { images: ["good:1", `team/api@${digestOf("bad00004")}`] });
    const pod = await podWhere("unready", (one) => one.status?.phase === "Running");
    expect([statusOf(pod, "c0").ready, statusOf(pod, "c1").ready, isReady(pod)]).toEqual([true, false, false]);
    expect(statusOf(pod, "c1").state?.running).toBeDefined();
  });

  test("slow: not ready at first, ready after the seconds in its name", async () => {
    await runPod("slow", { images: ["api:misbehaves-slow-3"] });
    const early = await podWhere("slow", (one) => one.status?.phase === "Running");
    expect(statusOf(early)).toMatchObject({ ready: false, started: false });
    const late = await podWhere("slow", isReady);
    const seconds = (Number(condition(late, "Ready")?.lastTransitionTime) - Number(statusOf(late).state?.running?.startedAt)) / 1000;
    expect(seconds).toBeGreaterThanOrEqual(2); // whole seconds on both ends
    expect(statusOf(late)).toMatchObject({ ready: true, started: true });
  });

  test("slow, as a Job's: it takes as long", async () => {
    const job = await runJob("slow-job", "api:misbehaves-slow-3");
    expect((Number(job.status?.completionTime) - Number(job.status?.startTime)) / 1000).toBeGreaterThanOrEqual(3);
  });
});
