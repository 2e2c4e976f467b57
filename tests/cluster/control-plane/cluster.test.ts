import { ApiException, AppsV1Api, CustomObjectsApi, DiscoveryV1Api, NetworkingV1Api, StorageV1Api } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clusterClient, eventually, temporaryNamespace } from "../setup.ts";

const { config, core } = clusterClient();
const apps = config.makeApiClient(AppsV1Api);
const storage = config.makeApiClient(StorageV1Api);
const custom = config.makeApiClient(CustomObjectsApi);

let namespace = "";
let remove: () => Promise<void>;
beforeAll(async () => ({ namespace, remove } = await temporaryNamespace("cluster")));
afterAll(() => remove());

const container = (resources?: object) => ({ name: "c", image: "good:1", ...(resources && { resources }) });

async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ApiException && error.code === 403) return String(JSON.parse(String(error.body)).message);
    throw error;
  }
  return expect.fail("accepted");
}

describe.concurrent("the API server refuses what a real one refuses", () => {
  test("a pod that breaks the namespace's Pod Security level", async () => {
    const restricted = await temporaryNamespace("restricted", { "pod-security.kubernetes.io/enforce": "restricted" });
    const body = { metadata: { name: "plain" }, spec: { containers: [container()] } };
    const message = await refusal(core.createNamespacedPod({ namespace: restricted.namespace, body }));
    expect(message).toContain('violates PodSecurity "restricted');
    const context = {
      allowPrivilegeEscalation: false,
      runAsNonRoot: true,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    };
    const good = { metadata: { name: "good" }, spec: { containers: [{ ...container(), securityContext: context }] } };
    await core.createNamespacedPod({ namespace: restricted.namespace, body: good });
    await restricted.remove();
  });

  test("a pod beyond the namespace's quota, and a Deployment's condition says so", async () => {
    const small = await temporaryNamespace("quota");
    const quota = { metadata: { name: "quota" }, spec: { hard: { "requests.cpu": "1" } } };
    await core.createNamespacedResourceQuota({ namespace: small.namespace, body: quota });
    await eventually("the quota is counted", async () => {
      const { status } = await core.readNamespacedResourceQuota({ namespace: small.namespace, name: "quota" });
      return status?.hard?.["requests.cpu"] ? true : undefined;
    });
    const containers = [container({ requests: { cpu: "2" } })];
    const body = { metadata: { name: "big" }, spec: { containers } };
    // What admission knows of it comes a moment after its status.
    await expect
      .poll(() => refusal(core.createNamespacedPod({ namespace: small.namespace, body, dryRun: "All" })), { timeout: 30_000 })
      .toContain("exceeded quota: quota");
    const template = { metadata: { labels: { a: "b" } }, spec: { containers } };
    const deployment = { metadata: { name: "big" }, spec: { selector: { matchLabels: { a: "b" } }, template } };
    await apps.createNamespacedDeployment({ namespace: small.namespace, body: deployment });
    await eventually("the Deployment reports the quota", async () => {
      const { status } = await apps.readNamespacedDeployment({ namespace: small.namespace, name: "big" });
      return status?.conditions?.some(({ type, message }) => type === "ReplicaFailure" && message?.includes("exceeded quota"))
        ? true
        : undefined;
    });
    await small.remove();
  });
});

describe.concurrent("nodes", () => {
  test("are three, ready, in three zones", async () => {
    const { items } = await core.listNode();
    expect(items.map(({ metadata }) => metadata?.labels?.["topology.kubernetes.io/zone"]).toSorted()).toEqual([
      "local-1",
      "local-2",
      "local-3",
    ]);
    expect(items.map(({ status }) => status?.allocatable)).toEqual(
      items.map(() => expect.objectContaining({ cpu: "16", memory: "64Gi", pods: "110" })),
    );
  });

  test("spread pods over zones when asked to", async () => {
    const labels = { spread: "yes" };
    const spread = [
      {
        maxSkew: 1,
        topologyKey: "topology.kubernetes.io/zone",
        whenUnsatisfiable: "DoNotSchedule",
        labelSelector: { matchLabels: labels },
      },
    ];
    const template = { metadata: { labels }, spec: { containers: [container()], topologySpreadConstraints: spread } };
    await apps.createNamespacedDeployment({
      namespace,
      body: { metadata: { name: "spread" }, spec: { replicas: 3, selector: { matchLabels: labels }, template } },
    });
    await eventually("one pod on each node", async () => {
      const { items } = await core.listNamespacedPod({ namespace, labelSelector: "spread=yes" });
      return new Set(items.map(({ spec }) => spec?.nodeName).filter(Boolean)).size === 3 ? true : undefined;
    });
  });

  test("have an end: a pod too big for them stays Pending, unschedulable", async () => {
    const body = { metadata: { name: "huge" }, spec: { containers: [container({ requests: { cpu: "17" } })] } };
    await core.createNamespacedPod({ namespace, body });
    await eventually("the scheduler says why", async () => {
      const { status } = await core.readNamespacedPod({ namespace, name: "huge" });
      const scheduled = status?.conditions?.find(({ type }) => type === "PodScheduled");
      return scheduled?.reason === "Unschedulable" && scheduled.message?.includes("Insufficient cpu") ? true : undefined;
    });
  });
});

describe.concurrent("volumes", () => {
  const claim = (name: string, storageClassName?: string) =>
    core.createNamespacedPersistentVolumeClaim({
      namespace,
      body: {
        metadata: { name },
        spec: {
          accessModes: ["ReadWriteOnce"],
          resources: { requests: { storage: "1Gi" } },
          ...(storageClassName && { storageClassName }),
        },
      },
    });
  const use = (name: string) =>
    core.createNamespacedPod({
      namespace,
      body: {
        metadata: { name },
        spec: {
          containers: [{ ...container(), volumeMounts: [{ name: "data", mountPath: "/data" }] }],
          volumes: [{ name: "data", persistentVolumeClaim: { claimName: name } }],
        },
      },
    });
  const bound = (name: string) =>
    eventually(`claim ${name} is bound`, async () => {
      const { status, spec } = await core.readNamespacedPersistentVolumeClaim({ namespace, name });
      return status?.phase === "Bound" ? String(spec?.volumeName) : undefined;
    });

  test.each([
    ["standard", undefined],
    ["managed-csi", "managed-csi"],
    ["azurefile-csi", "azurefile-csi"],
  ])("a claim of class %s waits for its pod, is bound, and its volume goes when it goes", async (expected, storageClassName) => {
    const name = `claim-${expected}`;
    expect((await claim(name, storageClassName)).spec?.storageClassName).toBe(expected);
    await eventually("the claim waits for a pod", async () => {
      const { items } = await core.listNamespacedEvent({ namespace, fieldSelector: `involvedObject.name=${name}` });
      return items.some(({ reason }) => reason === "WaitForFirstConsumer") ? true : undefined;
    });
    await use(name);
    const volume = await bound(name);
    expect((await core.readPersistentVolume({ name: volume })).spec).toMatchObject({
      capacity: { storage: "1Gi" },
      persistentVolumeReclaimPolicy: "Delete",
    });
    await eventually("its pod runs", async () =>
      (await core.readNamespacedPod({ namespace, name })).status?.phase === "Running" ? true : undefined,
    );
    await core.deleteNamespacedPod({ namespace, name });
    await core.deleteNamespacedPersistentVolumeClaim({ namespace, name });
    await eventually("the volume is gone", async () => {
      const { items } = await core.listPersistentVolume();
      return items.some(({ metadata }) => metadata?.name === volume) ? undefined : true;
    });
  });

  test("a class of one's own binds at once when it says so, and keeps the volume when its name ends in -retain", async () => {
    const name = `${namespace}-retain`;
    await storage.createStorageClass({
      body: { metadata: { name }, provisioner: "disk.csi.azure.com", volumeBindingMode: "Immediate", reclaimPolicy: "Retain" },
    });
    await claim("kept", name);
    const volume = await bound("kept");
    await core.deleteNamespacedPersistentVolumeClaim({ namespace, name: "kept" });
    await eventually("the volume is released", async () =>
      (await core.readPersistentVolume({ name: volume })).status?.phase === "Released" ? true : undefined,
    );
    await core.deletePersistentVolume({ name: volume });
    await storage.deleteStorageClass({ name });
  });

  test("a StatefulSet with volumes becomes ready", async () => {
    const labels = { set: "yes" };
    const template = {
      metadata: { labels },
      spec: { containers: [{ ...container(), volumeMounts: [{ name: "data", mountPath: "/data" }] }] },
    };
    const spec = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } };
    await apps.createNamespacedStatefulSet({
      namespace,
      body: {
        metadata: { name: "set" },
        spec: {
          replicas: 2,
          serviceName: "set",
          selector: { matchLabels: labels },
          template,
          volumeClaimTemplates: [{ metadata: { name: "data" }, spec }],
        },
      },
    });
    await eventually("both replicas are ready", async () => {
      const { status } = await apps.readNamespacedStatefulSet({ namespace, name: "set" });
      return status?.readyReplicas === 2 ? true : undefined;
    });
  });
});

describe.concurrent("what reaches pods from outside", () => {
  const group = { group: "gateway.networking.k8s.io", version: "v1" };
  const isTrue = (conditions: { type: string; status: string }[] | undefined, type: string) =>
    conditions?.some((condition) => condition.type === type && condition.status === "True");

  test("a Gateway is programmed and a route accepted, again after each change", async () => {
    const className = `${namespace}-class`;
    await custom.createClusterCustomObject({
      ...group,
      plural: "gatewayclasses",
      body: {
        apiVersion: "gateway.networking.k8s.io/v1",
        kind: "GatewayClass",
        metadata: { name: className },
        spec: { controllerName: "example.com/gateway" },
      },
    });
    const gateway = {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "Gateway",
      metadata: { name: "public" },
      spec: { gatewayClassName: className, listeners: [{ name: "http", port: 80, protocol: "HTTP" }] },
    };
    await custom.createNamespacedCustomObject({ ...group, namespace, plural: "gateways", body: gateway });
    const route = {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "HTTPRoute",
      metadata: { name: "web" },
      spec: { parentRefs: [{ name: "public" }], hostnames: ["a.example.com"], rules: [{ backendRefs: [{ name: "web", port: 80 }] }] },
    };
    await custom.createNamespacedCustomObject({ ...group, namespace, plural: "httproutes", body: route });

    const read = (plural: string, name: string) => custom.getNamespacedCustomObject({ ...group, namespace, plural, name });
    await eventually("the Gateway has an address and is programmed", async () => {
      const { status } = await read("gateways", "public");
      return isTrue(status?.conditions, "Programmed") &&
        status.addresses?.length === 1 &&
        isTrue(status.listeners?.[0]?.conditions, "Accepted")
        ? true
        : undefined;
    });
    const accepted = (generation: number) =>
      eventually(`generation ${generation} of the route is accepted`, async () => {
        const { status } = await read("httproutes", "web");
        const conditions = status?.parents?.[0]?.conditions;
        return isTrue(conditions, "Accepted") && conditions[0].observedGeneration === generation ? true : undefined;
      });
    await accepted(1);
    const live = await read("httproutes", "web");
    live.spec.hostnames = ["b.example.com"];
    await custom.replaceNamespacedCustomObject({ ...group, namespace, plural: "httproutes", name: "web", body: live });
    await accepted(2);
    await custom.deleteClusterCustomObject({ ...group, plural: "gatewayclasses", name: className });
  });

  test("a load balancer and an Ingress get an address", async () => {
    await core.createNamespacedService({
      namespace,
      body: { metadata: { name: "lb" }, spec: { type: "LoadBalancer", ports: [{ port: 80 }], selector: { a: "b" } } },
    });
    await eventually("the Service has an address", async () => {
      const { status } = await core.readNamespacedService({ namespace, name: "lb" });
      return status?.loadBalancer?.ingress?.length === 1 ? true : undefined;
    });
    const networking = config.makeApiClient(NetworkingV1Api);
    const backend = { service: { name: "lb", port: { number: 80 } } };
    await networking.createNamespacedIngress({ namespace, body: { metadata: { name: "web" }, spec: { defaultBackend: backend } } });
    await eventually("the Ingress has an address", async () => {
      const { status } = await networking.readNamespacedIngress({ namespace, name: "web" });
      return status?.loadBalancer?.ingress?.length === 1 ? true : undefined;
    });
  });

  test("a Service lists the addresses of its ready pods, and only those", async () => {
    const pod = (name: string, image: string) =>
      core.createNamespacedPod({
        namespace,
        body: { metadata: { name, labels: { listed: "yes" } }, spec: { containers: [{ name: "c", image }] } },
      });
    await core.createNamespacedService({
      namespace,
      body: { metadata: { name: "listed" }, spec: { ports: [{ port: 80 }], selector: { listed: "yes" } } },
    });
    await Promise.all([pod("ready", "good:1"), pod("not-ready", "api:misbehaves-unready")]);
    const slices = config.makeApiClient(DiscoveryV1Api);
    const endpoints = await eventually("both pods are known", async () => {
      const { items } = await slices.listNamespacedEndpointSlice({ namespace, labelSelector: "kubernetes.io/service-name=listed" });
      const all = items.flatMap((slice) => slice.endpoints ?? []);
      return all.length === 2 && all.some(({ conditions }) => conditions?.ready) ? all : undefined;
    });
    expect(endpoints.map(({ targetRef, conditions }) => [targetRef?.name, conditions?.ready]).toSorted()).toEqual([
      ["not-ready", false],
      ["ready", true],
    ]);
  });
});
