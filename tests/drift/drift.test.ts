import picocolors from "picocolors";
import { describe, expect, test } from "vitest";
import { appliedObjects } from "../../ops/drift/baseline.ts";
import { differences } from "../../ops/drift/compare.ts";
import type { Finding } from "../../ops/drift/finding.ts";
import { remedies, shownRemedy } from "../../ops/drift/fix-plan.ts";
import { like, withoutIgnored } from "../../ops/drift/ignored.ts";
import { notReady } from "../../ops/drift/not-ready.ts";
import { objectDrift } from "../../ops/drift/object-drift.ts";
import { pathText } from "../../ops/drift/path.ts";
import { Redaction } from "../../ops/drift/redact.ts";
import { driftLines, driftMarkdown } from "../../ops/drift/report.ts";
import { grantsTo, strangerOf } from "../../ops/drift/strangers.ts";
import type { Json } from "../../ops/report/diff.ts";

const planted = "planted-secret-4711";
const envelope = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(value),
});
const entry = (manager: string, fieldsV1: Json, more: Json = {}) => ({
  manager,
  operation: "Update",
  time: "2026-11-21T10:00:00Z",
  fieldsV1,
  ...more,
});
const state = (inputs: Json, outputs: Json = inputs) => {
  const type = inputs.kind === "Deployment" ? "kubernetes:apps/v1:Deployment" : "kubernetes:core/v1:Secret";
  const resource = { urn: `urn:pulumi:live::shop::${type}::api`, type, custom: true, inputs, outputs };
  return appliedObjects({ version: 3, deployment: { resources: [resource] } })[0]!;
};
const deployment = (spec: Json, managedFields: unknown[] = [], annotations?: Json): Json => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: {
    name: "api",
    namespace: "shop",
    uid: "1",
    resourceVersion: "7",
    managedFields,
    ...(annotations === undefined ? {} : { annotations }),
  },
  spec,
});

describe("differences", () => {
  const paths = (before: unknown, after: unknown) => differences(before, after).map(({ path }) => pathText(path));
  test("an entry put in front of a list is one addition", () => {
    const list = (...names: string[]) => ({ env: names.map((name) => ({ name, value: name })) });
    expect(paths(list("a", "b"), list("z", "a", "b"))).toEqual(["env[z]"]);
    expect(differences(list("a", "b"), list("b", "a"))).toMatchObject([{ reordered: true }]);
  });
  test("nothing, null and what is left out are one", () => expect(paths({ a: null, b: [1] }, { b: [1] })).toEqual([]));
  test("keys of labels stand for themselves, also the first", () => {
    expect(paths({ metadata: {} }, { metadata: { labels: { "a.b/c": "1" } } })).toEqual(['metadata.labels["a.b/c"]']);
  });
});

describe("whose a change is", () => {
  const applied = state(deployment({ replicas: 1 }), deployment({ replicas: 1, paused: false }));
  const changed = (live: Json, bounds?: { min: number; max: number }, of = applied) =>
    objectDrift(of, live, bounds).map(({ change, path, by }) => [change, pathText(path), by?.manager]);
  test("a declared field is nobody else's", () => {
    const fields = [entry("kube-controller-manager", { "f:spec": { "f:replicas": {} } }, { subresource: "scale" })];
    expect(changed(deployment({ replicas: 5, paused: false }, fields))).toEqual([["changed", "spec.replicas", undefined]]);
  });
  test("undeclared ones may be a controller's, or a default that came later", () => {
    const fields = [entry("kube-controller-manager", { "f:metadata": { "f:annotations": { "f:revision": {} } } })];
    expect(changed(deployment({ replicas: 1, paused: false, later: 1 }, fields, { revision: "2" }))).toEqual([]);
    const hand = [entry("kubectl-edit", { "f:spec": { "f:later": {} } })];
    expect(changed(deployment({ replicas: 1, paused: false, later: 1 }, hand))).toEqual([["added", "spec.later", "kubectl-edit"]]);
  });
  test("a class of Gateways may be said to be in use by its controller, before a refresh and after it; any other finalizer is somebody's", () => {
    const inUse = "gateway-exists-finalizer.gateway.networking.k8s.io";
    const gatewayClass = (...finalizers: string[]): Json => {
      const fields = {
        "f:metadata": { "f:finalizers": Object.fromEntries([[".", {}], ...finalizers.map((name) => [`v:"${name}"`, {}])]) },
      };
      const metadata = { name: "envoy", managedFields: finalizers.length === 0 ? [] : [entry("envoy-gateway", fields)] };
      return {
        apiVersion: "gateway.networking.k8s.io/v1",
        kind: "GatewayClass",
        metadata: finalizers.length === 0 ? metadata : { ...metadata, finalizers },
        spec: { controllerName: "gateway.envoyproxy.io/gatewayclass-controller" },
      };
    };
    const [plain, used] = [gatewayClass(), gatewayClass(inUse)];
    expect(changed(used, undefined, state(plain))).toEqual([]);
    expect(changed(used, undefined, state(plain, used))).toEqual([]);
    expect(changed(plain, undefined, state(plain, used))).toEqual([]);
    expect(changed(gatewayClass(inUse, "example.com/mine"), undefined, state(plain))).toEqual([
      ["added", expect.stringContaining("metadata.finalizers"), "envoy-gateway"],
    ]);
  });
  test("an autoscaler may move replicas within its bounds, and nobody to nothing", () => {
    const scaled = state(deployment({}), deployment({ replicas: 2 }));
    expect(changed(deployment({ replicas: 4 }), { min: 2, max: 4 }, scaled)).toEqual([]);
    expect(changed(deployment({ replicas: 0 }), { min: 2, max: 4 }, scaled)).toEqual([["changed", "spec.replicas", undefined]]);
  });
  test("what controllers made is theirs; what somebody did to it is told", () => {
    const pod = (managedFields: unknown[]): Json => ({
      kind: "Pod",
      metadata: { name: "api-1", labels: { a: "1" }, managedFields },
      spec: { containers: [{ name: "api" }] },
    });
    const theirs = entry("kube-controller-manager", { "f:spec": { "f:containers": { 'k:{"name":"api"}': { "f:name": {} } } } });
    expect(strangerOf(pod([theirs]))).toBeUndefined();
    expect(strangerOf(pod([theirs, entry("kubectl-label", { "f:metadata": { "f:labels": { "f:a": {} } } })]))).toMatchObject({
      kind: "changed by hand",
    });
    expect(strangerOf(pod([{ ...theirs, manager: "kubectl-run" }]))).toMatchObject({
      kind: "made by hand",
      by: { manager: "kubectl-run" },
    });
    expect(strangerOf({ kind: "ServiceAccount", metadata: { name: "default" } })).toBeUndefined();
  });
  test("rights are given by account, by user name and by group", () => {
    const binding = (subject: Json) => grantsTo({ subjects: [subject] }, ["shop"]);
    expect(binding({ kind: "ServiceAccount", name: "api", namespace: "shop" })).toBe(true);
    expect(binding({ kind: "User", name: "system:serviceaccount:shop:api" })).toBe(true);
    expect(binding({ kind: "Group", name: "system:serviceaccounts:shop" })).toBe(true);
    expect(binding({ kind: "Group", name: "system:serviceaccounts" })).toBe(true);
    expect(binding({ kind: "ServiceAccount", name: "api", namespace: "other" })).toBe(false);
  });
});

describe("secrets", () => {
  const secret = (data: unknown): Json => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "credentials", namespace: "shop" },
    data,
  });
  const encoded = Buffer.from(planted).toString("base64");
  test("values are compared and never shown, also not a copy elsewhere", () => {
    const applied = state(secret(envelope({ KEY: encoded })));
    expect(objectDrift(applied, secret({ KEY: "b3RoZXI=" }))).toMatchObject([{ change: "changed" }]);
    const redaction = new Redaction([applied], [secret({ KEY: Buffer.from("another-planted-one").toString("base64") })]);
    const shown = [
      redaction.shown(encoded, ["data", "KEY"], { kind: "Secret" }),
      redaction.shown(`is ${planted}`, ["data", "NOTE"], { kind: "ConfigMap" }),
      redaction.shown("another-planted-one", ["data", "NOTE"], { kind: "ConfigMap" }),
      redaction.shown("hunter2", ["spec", { by: "name", value: "DB_PASSWORD" }, "value"], { kind: "Deployment" }),
      redaction.shown(`{"data":"${encoded}"}`, ["metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"], {
        kind: "Secret",
      }),
    ];
    expect(shown).toEqual(["[secret]", "is [secret]", "[secret]", "[secret]", "[secret]"]);
  });
  test("what could not be opened is not compared, and not called changed", () => {
    const { plaintext: _, ...sealed } = envelope("");
    const applied = state(secret({ ...sealed, ciphertext: "v1:x" }));
    expect(applied.sealed).toEqual(["data"]);
    expect(objectDrift(applied, secret({ KEY: "b3RoZXI=" }))).toEqual([]);
  });
});

describe("putting back", () => {
  const subject = { kind: "Deployment", apiVersion: "apps/v1", namespace: "shop", name: "api" };
  const edited = [entry("kubectl-edit", { "f:spec": { "f:env": {} } })];
  const env = (...names: string[]) => deployment({ env: names.map((name) => ({ name, value: name })) }, edited);
  const drifted = (was: Json, live: Json) => {
    const applied = state(was);
    const items = objectDrift(applied, live).map((field) => ({
      field,
      finding: { source: "kubernetes", change: field.change, subject } as Finding,
    }));
    return { one: { applied, live, items }, findings: new Set(items.map(({ finding }) => finding)) };
  };
  test("a patch tests what it changes, and puts a removed entry where it was", () => {
    const { one, findings } = drifted(env("a", "b", "c"), env("a", "c"));
    const [remedy] = remedies([one], findings, []);
    expect(remedy).toMatchObject({ kind: "patch", findings: 1 });
    expect(remedy?.kind === "patch" && remedy.operations).toEqual([
      { op: "test", path: "/metadata/uid", value: "1" },
      { op: "test", path: "/spec/env", value: env("a", "c").spec && (env("a", "c").spec as Json).env },
      { op: "add", path: "/spec/env/1", value: { name: "b", value: "b" } },
    ]);
    expect(shownRemedy(remedy!, () => "words")).toEqual(["patch   Deployment shop/api", "          add /spec/env/1  words"]);
  });
  test("what is ignored stays, also in a list that is put back", () => {
    const { one } = drifted(env("a"), env("mesh", "a", "hand"));
    const counted = new Set(one.items.filter(({ field }) => pathText(field.path).includes("hand")).map(({ finding }) => finding));
    const [remedy] = remedies([one], counted, []);
    expect(remedy?.kind === "patch" && remedy.operations.filter(({ op }) => op !== "test")).toEqual([
      { op: "remove", path: "/spec/env/2" },
    ]);
  });
  test("a Job runs again only when it is named", () => {
    const applied = { ...state(deployment({})), kind: "Job", live: { kind: "Job", metadata: {} } };
    const finding: Finding = { source: "kubernetes", change: "deleted", subject: { ...subject, kind: "Job", name: "migrate" } };
    const plan = (named: string[]) => remedies([{ applied, items: [{ finding }] }], new Set([finding]), named)[0];
    expect(plan([])).toMatchObject({ kind: "none", why: expect.stringContaining("--include Job/migrate") });
    expect(plan(["Job/migrate"])).toMatchObject({ kind: "create" });
  });
});

describe("ignores and words", () => {
  const by = { manager: "cert-manager-x", operation: "Update", time: "2026-11-21T10:00:00Z" };
  const finding: Finding = {
    source: "kubernetes",
    change: "added",
    subject: { kind: "Service", namespace: "shop", name: "api" },
    path: 'metadata.annotations["a.b/c"]',
    after: "1",
    by,
  };
  test("a star stands for any text, all else for itself", () => {
    expect([like("cert-*", "cert-manager"), like("a.b", "axb"), like("a[0]", "a[0]"), like("*", "x/y")]).toEqual([true, false, true, true]);
  });
  test.each([
    [{ manager: "cert-*" }, 1],
    [{ manager: "other" }, 0],
    [{ kind: "Service", path: "metadata.annotations" }, 1],
    [{ kind: "Service", path: "metadata.labels" }, 0],
    [{ name: "api", only: ["other"] }, 0],
    [{ name: "api", until: "2026-11-20" }, 0],
    [{ name: "api", until: "2026-11-21" }, 1],
  ])("%j ignores %i", (rule, ignored) => {
    expect(withoutIgnored([finding], [{ ...rule, reason: "why" }], "live", "2026-11-21").ignored).toHaveLength(ignored);
  });
  test("not ready is no drift", () => {
    expect(notReady({ kind: "Deployment", metadata: { name: "api" }, spec: { replicas: 2 }, status: { availableReplicas: 1 } })).toEqual([
      { kind: "Deployment", name: "api", reason: "1 of 2 pods ready" },
    ]);
  });
  test("a report says who and when, and what could not be read", () => {
    const unread = [{ what: "secrets in shop", why: "forbidden", declared: true }];
    const report = {
      stack: "live",
      findings: [finding],
      ignored: [],
      expired: [],
      unread,
      notReady: [],
      counted: { applied: 9, read: 20 },
      seconds: 0.2,
    };
    expect(driftLines(report, picocolors.createColors(false))).toEqual([
      "live: 1 finding in 1 object, but not everything could be read (9 objects of the state, 20 in the cluster, 0.2 s)",
      "  ~ Service shop/api",
      '      + metadata.annotations["a.b/c"]  1  by cert-manager-x, 2026-11-21T10:00:00Z',
      "  unread secrets in shop: forbidden",
    ]);
    expect(driftMarkdown(report).join("\n")).toContain("| Service shop/api | added");
  });
});
