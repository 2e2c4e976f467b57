import { describe, expect, test } from "vitest";
import type { DiffResult } from "../../local/engine/provider.ts";
import { type PropertyMap, UNKNOWN } from "../../local/engine/values.ts";
import { diff } from "../../local/providers/kubernetes/diff.ts";
import { diffRequest, previews, states } from "./requests.ts";

const immutable = { configMapMutable: false, secretMutable: false, isNamespaced: true };
const mutable = { ...immutable, configMapMutable: true };
/** A replacement's recorded inputs bear its new automatic name; the comparison was made with the old one, which `check` adopts. */
const withNameOf = (old: PropertyMap, news: PropertyMap): PropertyMap => ({
  ...news,
  metadata: { ...(news.metadata as PropertyMap), name: (old.metadata as PropertyMap).name! },
});
const summary = ({ detailedDiff, replaces, deleteBeforeReplace }: DiffResult) => ({ detailedDiff, replaces, deleteBeforeReplace });

describe("recorded previews", () => {
  for (const [run, options] of Object.entries({
    step2: immutable,
    step3: immutable,
    step4: immutable,
    "step5-bad-image": immutable,
    "step5-back": immutable,
    step6: immutable,
    "drift.preview": immutable,
    "config-2": mutable,
    import: mutable,
  })) {
    const changed = previews[run]!.filter(({ op, detailedDiff }) => (op === "update" || op === "replace") && detailedDiff !== null);
    test.each(changed)(`${run}: $op $type $name`, ({ type, oldState, newState, detailedDiff, replaceReasons }) => {
      const found = diff(diffRequest(type, oldState!, withNameOf(oldState!.inputs, newState!.inputs)), options);
      expect(found.detailedDiff).toEqual(detailedDiff);
      expect(found.replaces).toEqual(replaceReasons ?? []);
      expect(found.changes).toBe(true);
    });
    test(`${run} has recorded changes to compare`, () => expect(changed.length).toBeGreaterThan(0));
  }

  test("a refresh compares what it read with what was declared: the added label is not seen", () => {
    const found = previews["drift.refresh-preview"]!.filter(({ newState }) => newState !== null).map(
      ({ name, type, oldState, newState, detailedDiff }) => {
        const seen = diff(diffRequest(type, newState!, oldState!.inputs), immutable);
        expect(seen.detailedDiff).toEqual(detailedDiff ?? {});
        return seen.changes ? name : undefined;
      },
    );
    expect(found.filter((name) => name !== undefined).sort()).toEqual(["api", "backup"]);
  });

  test("auto-named objects are created before the old ones go, named ones after", () => {
    const [named, , auto] = previews["config-2"]!;
    expect(diff(diffRequest(named!.type, named!.oldState!, named!.newState!.inputs), mutable).deleteBeforeReplace).toBe(true);
    const adopted = withNameOf(auto!.oldState!.inputs, auto!.newState!.inputs);
    expect(diff(diffRequest(auto!.type, auto!.oldState!, adopted), mutable).deleteBeforeReplace).toBe(false);
  });
});

describe("nothing changed", () => {
  for (const [run, resources] of Object.entries(states)) {
    test.each(resources)(`${run}: $type $name`, ({ type, outputs }) => {
      const inputs = outputs.__inputs as PropertyMap;
      expect(
        summary(diff(diffRequest(type, { inputs, outputs }, inputs), { ...immutable, isNamespaced: !type.endsWith(":Namespace") })),
      ).toEqual({
        detailedDiff: {},
        replaces: [],
        deleteBeforeReplace: false,
      });
    });
  }

  test("after a failed update state holds the old inputs beside the new object: a plain update restores", () => {
    const { type, inputs, outputs } = states["step5-bad-image"]!.find(({ type }) => type.endsWith(":Deployment"))!;
    expect(Object.keys(diff(diffRequest(type, { inputs, outputs }, inputs), immutable).detailedDiff)).toEqual([
      "spec.template.spec.containers[0].image",
    ]);
  });

  test("what the server writes differently, or leaves out because it is empty", () => {
    const inputs = object({ spec: { cpu: "1000m", empty: {}, flag: false, list: [] } });
    const live = object({ spec: { cpu: "1", defaulted: true } });
    expect(diff(diffRequest("kubernetes:core/v1:Pod", { inputs, outputs: { ...live, __inputs: inputs } }, inputs), immutable).changes).toBe(
      false,
    );
  });

  test("a namespace that is spelt out, and the one that it would be anyway", () => {
    const inputs = object({ metadata: { name: "a" } });
    const outputs = { ...object({ metadata: { name: "a", namespace: "default" } }), __inputs: inputs };
    expect(
      diff(diffRequest("kubernetes:core/v1:Pod", { inputs, outputs }, object({ metadata: { name: "a", namespace: "default" } })), immutable)
        .changes,
    ).toBe(false);
  });
});

const object = (fields: PropertyMap): PropertyMap => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "a", namespace: "n" },
  ...fields,
});
const change = (apiVersion: string, kind: string, before: PropertyMap, after: PropertyMap, options = immutable): DiffResult => {
  const metadata = { name: "a", namespace: "n" };
  const inputs = { apiVersion, kind, metadata, ...before };
  return diff(
    diffRequest("kubernetes:x/v1:X", { inputs, outputs: { ...inputs, __inputs: inputs } }, { apiVersion, kind, metadata, ...after }),
    options,
  );
};

describe("what a change replaces", () => {
  const cases: [string, string, PropertyMap, PropertyMap, string[]][] = [
    ["v1", "ConfigMap", { data: { a: "1" } }, { data: { a: "2" } }, ["data.a"]],
    ["v1", "ConfigMap", { data: { a: "1" } }, { data: { a: "1", "b.c": "2" } }, ['data["b.c"]']],
    ["v1", "ConfigMap", { data: { a: "1" } }, { data: { a: "1", constructor: "x" } }, ["data.constructor"]],
    ["v1", "ConfigMap", { data: { a: "1" } }, {}, ["data"]],
    ["v1", "Secret", { data: { a: "MQ==" } }, { data: { a: "Mg==" } }, ["data.a"]],
    ["v1", "Secret", { type: "Opaque" }, { type: "kubernetes.io/tls" }, ["type"]],
    ["apps/v1", "Deployment", { spec: { replicas: 1 } }, { spec: { replicas: 2 } }, []],
    [
      "apps/v1",
      "Deployment",
      { spec: { selector: { matchLabels: { a: "1" } } } },
      { spec: { selector: { matchLabels: { a: "2" } } } },
      ["spec.selector.matchLabels.a"],
    ],
    ["apps/v1", "StatefulSet", { spec: { serviceName: "a" } }, { spec: { serviceName: "b" } }, ["spec.serviceName"]],
    ["apps/v1", "StatefulSet", { spec: { template: { a: 1 } } }, { spec: { template: { a: 2 } } }, []],
    [
      "batch/v1",
      "Job",
      { spec: { template: { spec: { containers: [{ image: "a" }] } } } },
      { spec: { template: { spec: { containers: [{ image: "b" }] } } } },
      ["spec.template.spec.containers[0].image"],
    ],
    ["batch/v1", "Job", { spec: { backoffLimit: 1 } }, { spec: { backoffLimit: 2 } }, []],
    ["v1", "Service", { spec: { clusterIP: "None" } }, { spec: { clusterIP: "10.0.0.1" } }, ["spec.clusterIP"]],
    ["v1", "Service", {}, { spec: { clusterIP: "None" } }, ["spec"]],
    ["v1", "Service", {}, { spec: { ports: [{ port: 80 }] } }, []],
    ["v1", "PersistentVolumeClaim", { spec: { storageClassName: "a" } }, { spec: { storageClassName: "b" } }, ["spec.storageClassName"]],
    [
      "v1",
      "PersistentVolumeClaim",
      { spec: { resources: { requests: { storage: "1Gi" } } } },
      { spec: { resources: { requests: { storage: "2Gi" } } } },
      [],
    ],
    [
      "v1",
      "Pod",
      { spec: { containers: [{ image: "a", env: [{ name: "x", value: "1" }] }] } },
      { spec: { containers: [{ image: "a", env: [{ name: "x", value: "2" }] }] } },
      ["spec.containers[0].env[0].value"],
    ],
    ["rbac.authorization.k8s.io/v1", "RoleBinding", { roleRef: { name: "a" } }, { roleRef: { name: "b" } }, ["roleRef.name"]],
    ["storage.k8s.io/v1", "StorageClass", { parameters: { a: "1" } }, { parameters: { a: "2" } }, ["parameters.a"]],
    ["gateway.networking.k8s.io/v1", "HTTPRoute", { spec: { hostnames: ["a"] } }, { spec: { hostnames: ["b"] } }, []],
  ];
  test.each(cases)("%s %s %j -> %j: %j", (apiVersion, kind, before, after, replaces) => {
    const found = change(apiVersion, kind, before, after);
    expect(found.changes).toBe(true);
    expect(found.replaces).toEqual(replaces);
    expect(found.deleteBeforeReplace).toBe(replaces.length > 0);
  });

  test("a mutable ConfigMap is updated in place, an immutable one never", () => {
    expect(change("v1", "ConfigMap", { data: { a: "1" } }, { data: { a: "2" } }, mutable).replaces).toEqual([]);
    expect(
      change("v1", "ConfigMap", { immutable: true, data: { a: "1" } }, { immutable: true, data: { a: "2" } }, mutable).replaces,
    ).toEqual(["data.a"]);
  });

  test("another name or namespace is another object, and the old one need not go first", () => {
    const old = object({});
    const renamed = diff(
      diffRequest(
        "kubernetes:core/v1:Pod",
        { inputs: old, outputs: { ...old, __inputs: old } },
        object({ metadata: { name: "b", namespace: "n" } }),
      ),
      immutable,
    );
    // A name in the inputs is compared with the live object's own.
    expect(renamed.deleteBeforeReplace).toBe(false);
    const moved = diff(
      diffRequest(
        "kubernetes:core/v1:Pod",
        { inputs: old, outputs: { ...old, __inputs: old } },
        object({ metadata: { name: "a", namespace: "m" } }),
      ),
      immutable,
    );
    expect(moved).toMatchObject({ replaces: ["metadata.namespace"], deleteBeforeReplace: false });
    expect(renamed.replaces).toEqual(["metadata.name"]);
  });

  test("an unknown spec replaces a named Deployment whose ConfigMap is replaced (recorded: scenario config-2, key spec.selector)", () => {
    const user = previews["config-2"]!.find(({ name }) => name === "user")!;
    const found = diff(diffRequest(user.type, user.oldState!, { ...user.oldState!.inputs, spec: UNKNOWN }), mutable);
    expect(found).toMatchObject({ replaces: ["spec.selector"], deleteBeforeReplace: true });
  });

  test("an unknown leaf is an update, an unknown addition an addition", () => {
    expect(change("v1", "Pod", { spec: { hostname: "a" } }, { spec: { hostname: UNKNOWN } }).detailedDiff).toEqual({
      "spec.hostname": { kind: "update-replace", inputDiff: false },
    });
    expect(change("apps/v1", "Deployment", { spec: {} }, { spec: { replicas: UNKNOWN } }).detailedDiff).toEqual({
      "spec.replicas": { kind: "add", inputDiff: false },
    });
  });

  test("ignoreChanges leaves out what lies at or under its paths", () => {
    const inputs = object({ spec: { hostname: "a", containers: [{ image: "a" }] } });
    const news = object({ spec: { hostname: "b", containers: [{ image: "b" }] } });
    const request = diffRequest("kubernetes:core/v1:Pod", { inputs, outputs: { ...inputs, __inputs: inputs } }, news, {
      ignoreChanges: ["spec.containers[*].image", "spec.hostname"],
    });
    expect(summary(diff(request, immutable))).toEqual({ detailedDiff: {}, replaces: [], deleteBeforeReplace: false });
  });
});
