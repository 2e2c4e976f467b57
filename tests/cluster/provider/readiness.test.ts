import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CONFIG_MAP, configMap, DEPLOYMENT, deployment, failing, JOB, job, plain, World } from "./harness.ts";

let world: World;
beforeAll(async () => {
  world = await World.open("readiness");
});
afterAll(() => world.close());
const api = (name: string, image: string, more = {}) => deployment(world.namespace, name, image, more);
/** Seconds: well before the 60 that these rollouts are given, however busy the machine is. */
const LONG_BEFORE = 45;

describe("a rollout fails on the cluster's own word", () => {
  test("an image that cannot be pulled, long before the timeout; the restored release is ready again", async () => {
    const good = await world.create(DEPLOYMENT, "pull", api("pull", "nginx:1.28", { replicas: 2 }));
    const { error, seconds } = await failing(() =>
      world.update(good, api("pull", "registry.example.com/api:misbehaves-pull", { replicas: 2 }), { timeoutSeconds: 60 }),
    );
    expect(seconds).toBeLessThan(LONG_BEFORE);
    expect(error.reasons[0]).toMatch(
      new RegExp(
        `^Deployment ${world.namespace}/pull: container "pull" of pod pull-\\S+ cannot pull image "registry.example.com/api:misbehaves-pull": (ErrImagePull|ImagePullBackOff): .*not found.*; check `,
      ),
    );
    // State gets the object as it is, so that a plain update restores it.
    const failed = { ...good, outputs: error.partial!.outputs };
    expect(plain(failed.outputs).spec.template.spec.containers[0].image).toContain("misbehaves-pull");
    const started = performance.now();
    const restored = await world.update(failed, api("pull", "nginx:1.28", { replicas: 2 }), { timeoutSeconds: 60 });
    expect(plain(restored.outputs).status.availableReplicas).toBe(2);
    expect((performance.now() - started) / 1000).toBeLessThan(LONG_BEFORE);
  });

  test("an annotation gives a reason more time", async () => {
    const annotations = { "liftlock.dev/fail-after-ImagePullBackOff": "60" };
    const { error, seconds } = await failing(() =>
      world.create(DEPLOYMENT, "patient", api("patient", "x:misbehaves-pull", { annotations }), { timeoutSeconds: 5 }),
    );
    expect(seconds).toBeGreaterThan(4.9);
    expect(error.reasons[0]).toContain("ImagePullBackOff");
    expect(error.reasons.at(-1)).toContain("not ready after 5 s: 0 of 1 new pods available");
  });

  test("a crash loop, with how the container ended", async () => {
    const { error, seconds } = await failing(() =>
      world.create(DEPLOYMENT, "crash", api("crash", "x:misbehaves-crash"), { timeoutSeconds: 60 }),
    );
    expect(seconds).toBeLessThan(LONG_BEFORE);
    expect(error.reasons[0]).toMatch(
      /container "crash" of pod crash-\S+ crashes again and again: CrashLoopBackOff: .*; last exit: Error, code 1: exits on purpose.*; restarted \d+ times?/,
    );
    expect(error.partial?.id).toBe(`${world.namespace}/crash`);
  });

  test("only pods of the new template are judged", async () => {
    const bad = await failing(() => world.create(DEPLOYMENT, "healing", api("healing", "x:misbehaves-crash"), { timeoutSeconds: 30 }));
    const resource = {
      type: DEPLOYMENT,
      name: "healing",
      id: bad.error.partial!.id,
      inputs: api("healing", "x:misbehaves-crash"),
      outputs: bad.error.partial!.outputs,
    };
    const healed = await world.update(resource, api("healing", "nginx:1.29"), { timeoutSeconds: 60 });
    expect(plain(healed.outputs).status.availableReplicas).toBe(1);
  });

  test("pods that never get ready: the deadline, and which container it was", async () => {
    const { error, seconds } = await failing(() =>
      world.create(DEPLOYMENT, "unready", api("unready", "x:misbehaves-unready"), { timeoutSeconds: 4 }),
    );
    expect(seconds).toBeLessThan(LONG_BEFORE);
    expect(error.reasons[0]).toMatch(/container "unready" of pod unready-\S+ runs, but its readiness probe has not passed/);
    expect(error.reasons.at(-1)).toContain("not ready after 4 s");
  });

  test("the controller's own progress deadline", async () => {
    const { error, seconds } = await failing(() =>
      world.create(DEPLOYMENT, "deadline", api("deadline", "x:misbehaves-unready", { spec: { progressDeadlineSeconds: 2 } }), {
        timeoutSeconds: 60,
      }),
    );
    expect(seconds).toBeLessThan(LONG_BEFORE);
    expect(error.reasons.join("\n")).toMatch(/ProgressDeadlineExceeded: ReplicaSet "deadline-\S+" has timed out progressing/);
  });

  test("a rollout that ran out of time is no reason against the way back, of a single pod too", async () => {
    const spec = { progressDeadlineSeconds: 2 };
    const good = await world.create(DEPLOYMENT, "back", api("back", "nginx:1.28", { spec }), { timeoutSeconds: 60 });
    const bad = await failing(() => world.update(good, api("back", "x:misbehaves-unready", { spec }), { timeoutSeconds: 60 }));
    expect(bad.error.reasons.join("\n")).toContain("ProgressDeadlineExceeded");
    const failed = { ...good, outputs: bad.error.partial!.outputs };
    const restored = await world.update(failed, api("back", "nginx:1.28", { spec }), { timeoutSeconds: 60 });
    expect(plain(restored.outputs).status).toMatchObject({ availableReplicas: 1, replicas: 1 });
  });

  test("pods that fit nowhere: named, and given the time an autoscaler needs", async () => {
    const container = { resources: { requests: { cpu: "900" } } };
    const { error } = await failing(() => world.create(DEPLOYMENT, "huge", api("huge", "nginx", { container }), { timeoutSeconds: 3 }));
    expect(error.reasons[0]).toMatch(/fits on no node: Unschedulable: .*Insufficient cpu/);
    const annotations = { "liftlock.dev/fail-after-Unschedulable": "1" };
    const quick = await failing(() =>
      world.create(DEPLOYMENT, "huge2", api("huge2", "nginx", { container, annotations }), { timeoutSeconds: 60 }),
    );
    expect(quick.seconds).toBeLessThan(LONG_BEFORE);
  });

  test("pods that Pod Security forbids: a Deployment accepts them, its ReplicaSet may not make them", async () => {
    const strict = await World.open("strict", {}, { "pod-security.kubernetes.io/enforce": "restricted" });
    try {
      const rollout = await failing(() =>
        strict.create(DEPLOYMENT, "open", deployment(strict.namespace, "open", "nginx"), { timeoutSeconds: 60 }),
      );
      expect(rollout.seconds).toBeLessThan(LONG_BEFORE);
      expect(rollout.error.reasons[0]).toMatch(/no pod may be created: .*violates PodSecurity "restricted:latest"/);
      const single = await failing(() => strict.create(JOB, "open", job(strict.namespace, "open", "busybox"), { timeoutSeconds: 60 }));
      expect(single.seconds).toBeLessThan(LONG_BEFORE);
      expect(single.error.reasons[0]).toMatch(/no pod may be created: .*violates PodSecurity/);
    } finally {
      await strict.close();
    }
  });
});

describe("Jobs", () => {
  test("are ready when they are complete", async () => {
    const made = await world.create(JOB, "ok", job(world.namespace, "ok", "busybox:ok"), { timeoutSeconds: 60 });
    expect(plain(made.outputs).status.succeeded).toBe(1);
  });

  test("that fail say so with the pod and its exit code; replaceUnready runs an unchanged one again", async () => {
    const annotations = { "pulumi.com/replaceUnready": "true" };
    const { error, seconds } = await failing(() =>
      world.create(JOB, "bad", job(world.namespace, "bad", "busybox:fails", {}, {}, annotations), { timeoutSeconds: 60 }),
    );
    expect(seconds).toBeLessThan(LONG_BEFORE);
    expect(error.reasons[0]).toMatch(
      /BackoffLimitExceeded: Job has reached the specified backoff limit; pod bad-\S+; container "m": Error, code 1/,
    );
    const failed = {
      type: JOB,
      name: "bad",
      id: error.partial!.id,
      inputs: await world.check(JOB, "bad", job(world.namespace, "bad", "busybox:fails", {}, {}, annotations)),
      outputs: error.partial!.outputs,
    };
    expect(await world.diff(failed, failed.inputs)).toMatchObject({
      changes: true,
      detailedDiff: {},
      replaces: ['.metadata.annotations["pulumi.com/replaceUnready"]'],
      deleteBeforeReplace: true,
    });
    await world.delete(failed);
  });

  test("whose image cannot be pulled fail, though no controller says so", async () => {
    const { error, seconds } = await failing(() =>
      world.create(JOB, "nopull", job(world.namespace, "nopull", "x:misbehaves-pull"), { timeoutSeconds: 60 }),
    );
    expect(seconds).toBeLessThan(LONG_BEFORE);
    expect(error.reasons[0]).toContain('cannot pull image "x:misbehaves-pull"');
  });
});

describe("other kinds", () => {
  const labels = { app: "db" };
  const set = (image: string) => ({
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: "db", namespace: world.namespace },
    spec: {
      replicas: 2,
      serviceName: "db",
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: "db", image }] } },
    },
  });

  test("a StatefulSet is ready pod by pod, and fails on its new revision's word", async () => {
    const made = await world.create("kubernetes:apps/v1:StatefulSet", "db", set("postgres:17"), { timeoutSeconds: 60 });
    expect(plain(made.outputs).status.availableReplicas).toBe(2);
    const { error } = await failing(() => world.update(made, set("postgres:misbehaves-pull"), { timeoutSeconds: 60 }));
    expect(error.reasons[0]).toMatch(/^StatefulSet \S+\/db: container "db" of pod db-1 cannot pull image/);
    const failed = { ...made, outputs: error.partial!.outputs };
    const restored = await world.update(failed, set("postgres:17"), { timeoutSeconds: 20 });
    expect(world.log.filter(({ message }) => message.includes("deleting pod db-1")).length).toBe(1);
    expect(plain(restored.outputs).status.availableReplicas).toBe(2);
  });

  test("a DaemonSet is ready on every node", async () => {
    const agent = { app: "agent" };
    const made = await world.create("kubernetes:apps/v1:DaemonSet", "agent", {
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: { name: "agent", namespace: world.namespace },
      spec: {
        selector: { matchLabels: agent },
        template: { metadata: { labels: agent }, spec: { containers: [{ name: "a", image: "agent:1" }] } },
      },
    });
    expect(plain(made.outputs).status.numberAvailable).toBe(3);
  });

  test("a claim that binds on first use is not waited for; a load balancer's address is", async () => {
    const claim = {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "data", namespace: world.namespace },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
    };
    const made = await world.create("kubernetes:core/v1:PersistentVolumeClaim", "data", claim, { timeoutSeconds: 10 });
    expect(plain(made.outputs).status.phase).toBe("Pending");
    const service = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "lb", namespace: world.namespace },
      spec: { type: "LoadBalancer", ports: [{ port: 80 }] },
    };
    const balanced = await world.create("kubernetes:core/v1:Service", "lb", service, { timeoutSeconds: 30 });
    expect(plain(balanced.outputs).status.loadBalancer.ingress).toHaveLength(1);
  });

  test("waitFor and skipAwait", async () => {
    const waitFor = {
      metadata: { name: "wf", namespace: world.namespace, annotations: { "pulumi.com/waitFor": "jsonpath={.data.done}=yes" } },
    };
    const done = world.create(
      CONFIG_MAP,
      "wf",
      { ...configMap(world.namespace, "wf", { done: "no" }), ...waitFor },
      { timeoutSeconds: 30 },
    );
    const path = `/api/v1/namespaces/${world.namespace}/configmaps/wf`;
    await expect.poll(() => world.live("v1", "configmaps", "wf"), { timeout: 30_000 }).toBeDefined();
    await world.asSomebody("PATCH", path, { data: { done: "yes" } }, "application/merge-patch+json");
    expect(plain((await done).outputs).data).toEqual({ done: "yes" });
    const skipped = api("skipped", "x:misbehaves-pull", { annotations: { "pulumi.com/skipAwait": "true" } });
    expect((await world.create(DEPLOYMENT, "skipped", skipped)).id).toBe(`${world.namespace}/skipped`);
  });
});

test("an abort ends the waiting at once, with what was made", async () => {
  const abort = new AbortController();
  const creation = failing(() => world.create(DEPLOYMENT, "aborted", api("aborted", "x:misbehaves-unready"), { signal: abort.signal }));
  await expect.poll(() => world.log.some(({ message }) => message.includes("/aborted: 0 of 1")), { timeout: 20_000 }).toBe(true);
  const at = performance.now();
  abort.abort();
  const { error } = await creation;
  expect(performance.now() - at).toBeLessThan(10_000); // of the ten minutes that it had
  expect(error.reasons[0]).toContain("cancelled while waiting");
  expect(error.partial!.id).toBe(`${world.namespace}/aborted`);
});

test("an unready workload is read with its init errors", async () => {
  const made = await world.create(
    DEPLOYMENT,
    "sick",
    api("sick", "x:misbehaves-unready", { annotations: { "pulumi.com/skipAwait": "true" } }),
  );
  const inputs = { ...made.inputs, metadata: { name: "sick", namespace: world.namespace } };
  await expect
    .poll(async () => (await world.read({ ...made, inputs }))!.initErrors, { timeout: 30_000 })
    .toEqual([expect.stringContaining("not ready: 0 of 1 new pods available")]);
  expect((await world.read(made))!.initErrors).toBeUndefined(); // whoever skips the wait does not want to hear
});
