import { describe, expect, test } from "vitest";
import type { PropertyMap, Value } from "../../local/engine/values.ts";
import { contains, isOurOrphan } from "../../local/providers/kubernetes/adopt.ts";
import { isPulumis, isTakenOver, managedFields, ownsField, takeoverPatch } from "../../local/providers/kubernetes/managed-fields.ts";
import { states } from "./requests.ts";

const recorded = (run: string, kind: string, name = "api"): PropertyMap =>
  states[run]!.find((state) => state.type.endsWith(`:${kind}`) && state.name === name)!.outputs;
const valueAt = (patch: Value | undefined, path: string): PropertyMap[] =>
  (patch as { path: string; value: PropertyMap[] }[]).find((op) => op.path === path)!.value;

describe("taking over", () => {
  test.each([
    ["pulumi-kubernetes", "Update", "", true],
    ["kubectl-client-side-apply", "Update", "", true],
    ["kubectl-edit", "Update", "", true],
    ["kubectl", "Apply", "", true],
    ["before-first-apply", "Update", "", true],
    ["kubectl", "Update", "scale", false],
    ["kube-controller-manager", "Update", "", false],
    ["kube-controller-manager", "Update", "status", false],
    ["pulumi-kubernetes-3cfa9f1d", "Apply", "", false],
    ["helm", "Update", "", false],
  ])("%s by %s %s: %s", (manager, operation, subresource, taken) => {
    expect(isTakenOver({ manager, operation, subresource })).toBe(taken);
  });

  test("the recorded creation's fields go to the applying manager, the controller keeps its own", () => {
    const live = recorded("step1", "Deployment");
    const patch = takeoverPatch(live, "pulumi-kubernetes-3cfa9f1d");
    const entries = valueAt(patch, "/metadata/managedFields");
    expect(entries.map(({ manager, operation }) => [manager, operation])).toEqual([
      ["kube-controller-manager", "Update"],
      ["pulumi-kubernetes-3cfa9f1d", "Apply"],
    ]);
    expect(entries[1]!.fieldsV1).toEqual(managedFields(live).find(({ manager }) => manager === "pulumi-kubernetes")!.fields);
    expect(patch).toContainEqual({ op: "test", path: "/metadata/resourceVersion", value: "1253" });
  });

  test("what is already applied is left alone, and joined with what kubectl set since", () => {
    expect(takeoverPatch(recorded("step2", "Deployment"), "pulumi-kubernetes-3cfa9f1d")).toBeUndefined();
    const entries = valueAt(takeoverPatch(recorded("drift", "CronJob", "backup"), "pulumi-kubernetes-ac8ec07d"), "/metadata/managedFields");
    expect(entries).toHaveLength(1);
    expect(entries[0]!.fieldsV1).toMatchObject({ "f:spec": { "f:schedule": {}, "f:jobTemplate": {} } });
  });
});

describe("owned fields", () => {
  const object: PropertyMap = {
    spec: {
      replicas: 1,
      containers: [{ name: "web" }, { name: "api", ports: [{ containerPort: 80, protocol: "TCP" }] }],
      finalizers: ["a", "b"],
    },
  };
  const fields = {
    "f:spec": {
      "f:replicas": {},
      "f:finalizers": { 'v:"b"': {} },
      "f:containers": { 'k:{"name":"api"}': { "f:ports": { 'k:{"containerPort":80,"protocol":"TCP"}': {} } } },
    },
  };
  test.each<[(string | number)[], boolean]>([
    [["spec", "replicas"], true],
    [["spec", "paused"], false],
    [["spec"], true],
    [["spec", "containers", 1, "ports", 0], true],
    [["spec", "containers", 0, "ports"], false],
    [["spec", "containers", 1, "image"], false],
    [["spec", "finalizers", 1], true],
    [["spec", "finalizers", 0], false],
  ])("%j: %s", (path, owned) => {
    expect(ownsField(fields, path, object)).toBe(owned);
  });
});

describe("an orphan of ours", () => {
  const live = recorded("step1", "Deployment");
  const { inputs } = states.step1!.find(({ type }) => type.endsWith(":Deployment"))!;
  const withEntries = (entries: PropertyMap[], more: PropertyMap = {}): PropertyMap => ({
    ...live,
    metadata: { ...(live.metadata as PropertyMap), managedFields: entries, ...more },
  });
  const entry = (manager: string, operation: string, subresource = ""): PropertyMap => ({ manager, operation, subresource, fieldsV1: {} });

  test("is one that our create made, that nobody applied to, and that is what was submitted", () => {
    expect(isPulumis(live)).toBe(true);
    expect(isOurOrphan(live, inputs)).toBe(true);
    expect(isOurOrphan(live, { ...inputs, spec: { ...(inputs.spec as PropertyMap), replicas: 9 } })).toBe(false);
    expect(isOurOrphan(withEntries([entry("kubectl-create", "Update")]), inputs)).toBe(false);
    expect(isOurOrphan(withEntries([entry("pulumi-kubernetes", "Update"), entry("pulumi-kubernetes-12345678", "Apply")]), inputs)).toBe(
      false,
    );
    expect(isOurOrphan(withEntries([entry("pulumi-kubernetes", "Update")], { deletionTimestamp: "2026-01-01T00:00:00Z" }), inputs)).toBe(
      false,
    );
    expect(isOurOrphan(withEntries([entry("pulumi-kubernetes", "Update", "status")]), inputs)).toBe(false);
  });

  test.each<[Value, Value, boolean]>([
    [{ cpu: "1" }, { cpu: "1000m" }, true],
    [{ memory: "1Gi" }, { memory: "1024Mi" }, true],
    [{ memory: "1G" }, { memory: "1Gi" }, false],
    [{ a: 1, b: 2 }, { a: 1 }, true],
    [{ a: 1 }, { a: 1, b: 2 }, false],
    [{ a: 1 }, { a: 1, b: {} }, true],
    [{ a: 1 }, { a: 1, b: false }, true],
    [{ a: [1, 2] }, { a: [1] }, false],
    [{ a: "x" }, { a: "y" }, false],
  ])("%j contains %j: %s", (value, wanted, held) => {
    expect(contains(value, wanted)).toBe(held);
  });
});
