import { describe, expect, test } from "vitest";
import { handoverPatch, KEEPER } from "../../ops/importing/handover.ts";

const LAST = "f:kubectl.kubernetes.io/last-applied-configuration";
const entry = (manager: string, fieldsV1: object, more: object = {}) => ({
  manager,
  operation: "Update",
  apiVersion: "apps/v1",
  fieldsType: "FieldsV1",
  fieldsV1,
  ...more,
});
const object = (...managedFields: object[]) => ({ metadata: { resourceVersion: "7", managedFields } });
const spec = { "f:spec": { "f:replicas": {}, "f:template": { "f:spec": {} } } };
const about = { "f:metadata": { "f:labels": { ".": {}, "f:team": {} }, "f:annotations": { ".": {}, [LAST]: {} } } };
const managers = (patch: unknown[] = []) => (patch[1] as { value: { manager: string; operation: string; fieldsV1: object }[] }).value;

describe("handing an object over to a stack", () => {
  test("gives it everybody's specification, and leaves labels and an autoscaler's replicas with a keeper", () => {
    const live = object(
      entry("kubectl-create", { ...spec, ...about }),
      entry("terraform", { "f:spec": { "f:paused": {} } }, { operation: "Apply" }),
    );
    const patch = handoverPatch(live, "pulumi-kubernetes-1", { spec: { template: {} } });
    expect(patch?.[0]).toEqual({ op: "test", path: "/metadata/resourceVersion", value: "7" });
    expect(managers(patch)).toEqual([
      expect.objectContaining({
        manager: "pulumi-kubernetes-1",
        operation: "Apply",
        fieldsV1: { "f:spec": { "f:template": { "f:spec": {} }, "f:paused": {} }, "f:metadata": { "f:annotations": { [LAST]: {} } } },
      }),
      expect.objectContaining({
        manager: KEEPER,
        operation: "Apply",
        fieldsV1: { "f:metadata": { "f:labels": { ".": {}, "f:team": {} } }, "f:spec": { "f:replicas": {} } },
      }),
    ]);
  });
  test("gives it the replicas, too, where the program states them", () => {
    const [ours, ...others] = managers(handoverPatch(object(entry("kubectl", spec)), "ours", { spec: { replicas: 2 } }));
    expect(ours?.fieldsV1).toEqual(spec);
    expect(others).toEqual([]);
  });
  test("leaves the cluster's own managers, subresources and stacks alone, and is done once", () => {
    const own = [
      entry("kube-controller-manager", { "f:metadata": {} }),
      entry("kubectl", { "f:spec": { "f:replicas": {} } }, { subresource: "scale" }),
      entry("pulumi-kubernetes-1", spec, { operation: "Apply" }),
    ];
    expect(handoverPatch(object(...own), "pulumi-kubernetes-1", {})).toBeUndefined();
    expect(managers(handoverPatch(object(...own, entry("kubectl-edit", spec)), "x", {})).slice(0, 3)).toEqual(own);
    expect(handoverPatch({ metadata: {} }, "x", {})).toBeUndefined();
  });
});
