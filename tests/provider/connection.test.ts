import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import type { PropertyMap } from "../../local/engine/values.ts";
import { warningsOf } from "../../local/providers/kubernetes/api/connection.ts";
import { kubernetesFactory } from "../../local/providers/kubernetes/index.ts";
import { FakeApi, json, kubeconfig, status } from "./fake-api.ts";

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});
const inputs: PropertyMap = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "n" }, data: { a: "1" } };
const common = (log: string[] = []) => ({
  urn: "u",
  type: "kubernetes:core/v1:ConfigMap",
  name: "a",
  signal: new AbortController().signal,
  log: (_severity: string, message: string) => void log.push(message),
  timeoutSeconds: undefined,
  preview: false,
});
const live = (more: PropertyMap = {}): PropertyMap => ({
  ...inputs,
  metadata: {
    ...(inputs.metadata as PropertyMap),
    uid: "1",
    resourceVersion: "1",
    managedFields: [{ manager: "pulumi-kubernetes", operation: "Update", fieldsV1: { "f:data": {} } }],
    ...more,
  },
});

async function fake(...args: Parameters<typeof FakeApi.start>) {
  const api = await FakeApi.start(...args);
  const provider = await kubernetesFactory({ kind: "cluster", kubeconfig: api.kubeconfig }).configure({});
  closing.push(async () => {
    await provider.close();
    await api.close();
  });
  return { api, provider };
}

test("a server that is busy or lost the connection is asked again, where asking twice does no harm", async () => {
  const { api, provider } = await fake((_call, response, earlier) => {
    if (earlier.length === 0) json(response, 429, status(429, "TooManyRequests", "slow down"));
    else if (earlier.length === 1) response.destroy();
    else json(response, 200, live());
  });
  const read = await provider.read({ ...common(), id: "n/a", inputs, outputs: inputs });
  expect(read!.inputs).toEqual(inputs);
  expect(api.count("GET")).toBe(3);
});

test("a creation that went unanswered is not lost: what it made is found and kept", async () => {
  const { api, provider } = await fake(({ method }, response, earlier) => {
    if (method === "POST" && earlier.length === 0)
      response.destroy(); // made, but the answer never arrived
    else if (method === "POST") json(response, 409, status(409, "AlreadyExists", 'configmaps "a" already exists'));
    else if (method === "PATCH") json(response, 200, live({ resourceVersion: "2" }));
    else json(response, 200, live());
  });
  const made = await provider.create({ ...common(), inputs });
  expect(made.id).toBe("n/a");
  expect(api.count("POST")).toBe(2);
});

test("a creation whose outcome nobody knows is reported as such, one that was refused is not", async () => {
  const { provider } = await fake((_call, response) => response.destroy());
  await expect(provider.create({ ...common(), inputs })).rejects.toMatchObject({ outcomeUnknown: true, partial: undefined });
  const refusing = await fake((_call, response) => json(response, 403, status(403, "Forbidden", "exceeded quota")));
  await expect(refusing.provider.create({ ...common(), inputs })).rejects.toMatchObject({ outcomeUnknown: false });
});

test("credentials that may not watch: a deletion is looked after by asking, readiness is not guessed", async () => {
  const { api, provider } = await fake(({ method, url }, response, earlier) => {
    if (method === "DELETE" || method === "POST" || method === "PATCH") json(response, 200, live());
    else if (url.includes("metadata.name")) json(response, 403, status(403, "Forbidden", "cannot list resource"));
    else if (earlier.length < 2) json(response, 200, live());
    else json(response, 404, status(404, "NotFound", "gone"));
  });
  await provider.delete({ ...common(), id: "n/a", inputs, outputs: inputs });
  expect(api.count("GET")).toBe(4);
  const waits = { ...inputs, metadata: { name: "a", namespace: "n", annotations: { "pulumi.com/waitFor": "condition=Never" } } };
  await expect(provider.create({ ...common(), inputs: waits })).rejects.toMatchObject({
    partial: { id: "n/a" },
    message: expect.stringMatching(/may not list and watch configmaps.*skipAwait/),
  });
});

test("a creation that the server refused is not repeated", async () => {
  const { api, provider } = await fake((_call, response) => json(response, 500, status(500, "InternalError", "webhook failed")));
  await expect(provider.create({ ...common(), inputs })).rejects.toThrow(
    "ConfigMap n/a: the API server refuses to create it: webhook failed",
  );
  expect(api.count("POST")).toBe(1);
});

test("an abort does not cut off a write: state must know what was made", async () => {
  const abort = new AbortController();
  const { provider } = await fake((_call, response) => {
    abort.abort();
    setImmediate(() => json(response, 201, live()));
  });
  expect((await provider.create({ ...common(), inputs, signal: abort.signal })).id).toBe("n/a");
});

test("nothing is written after an abort", async () => {
  const { api, provider } = await fake((_call, response) => json(response, 201, live()));
  await expect(provider.create({ ...common(), inputs, signal: AbortSignal.abort() })).rejects.toThrow(/cancelled/);
  expect(api.count("POST")).toBe(0);
});

test("the server's warnings are shown", async () => {
  const log: string[] = [];
  const { provider } = await fake((_call, response) =>
    json(response, 201, live(), { warning: '299 - "would violate \\"restricted\\"", 299 - "second"' }),
  );
  await provider.create({ ...common(log), inputs });
  expect(log).toEqual(['would violate "restricted"', "second"]);
  expect(warningsOf(null)).toEqual([]);
});

test("a control plane that is not running is named, with the command that starts it, and not waited for", async () => {
  const api = await FakeApi.start((_call, response) => json(response, 200, {}));
  const port = api.port;
  await api.close();
  const dir = mkdtempSync(path.join(tmpdir(), "kubeconfig-"));
  closing.push(() => rmSync(dir, { recursive: true }));
  const provider = await kubernetesFactory({ kind: "cluster", kubeconfig: kubeconfig(dir, port) }).configure({});
  const started = performance.now();
  await expect(provider.create({ ...common(), inputs })).rejects.toThrow(
    new RegExp(`ConfigMap n/a: .*127.0.0.1:${port} does not answer: .*ECONNREFUSED.*liftlock local start`),
  );
  await expect(provider.read({ ...common(), id: "n/a", inputs })).rejects.toThrow(/liftlock local start/);
  expect(performance.now() - started).toBeLessThan(6000); // less than one call takes that is repeated
});

test("a kubeconfig that is missing, or lacks the context, is a user's error", async () => {
  const missing = await kubernetesFactory({ kind: "cluster", kubeconfig: "/nowhere/kubeconfig" }).configure({});
  await expect(missing.create({ ...common(), inputs })).rejects.toThrow(
    /cannot read the kubeconfig \/nowhere\/kubeconfig.*liftlock local start/s,
  );
  const dir = mkdtempSync(path.join(tmpdir(), "kubeconfig-"));
  closing.push(() => rmSync(dir, { recursive: true }));
  const file = kubeconfig(dir, 1);
  const other = await kubernetesFactory({ kind: "cluster", kubeconfig: file, context: "prod" }).configure({});
  await expect(other.create({ ...common(), inputs })).rejects.toThrow(/has no context "prod"; it has: c/);
  writeFileSync(file, JSON.stringify({ clusters: [], users: [], contexts: [] }));
  const empty = await kubernetesFactory({ kind: "cluster", kubeconfig: file }).configure({});
  await expect(empty.create({ ...common(), inputs })).rejects.toThrow(/names no current cluster/);
});

test("an unchanged program asks the cluster nothing", async () => {
  const provider = await kubernetesFactory({ kind: "cluster", kubeconfig: "/nowhere/kubeconfig" }).configure({});
  const { inputs: checked } = await provider.check({ ...common(), news: inputs, oldInputs: inputs, randomSeed: new Uint8Array(32) });
  const diff = await provider.diff({
    ...common(),
    id: "n/a",
    oldInputs: inputs,
    oldOutputs: { ...inputs, __inputs: inputs },
    newInputs: checked,
    ignoreChanges: [],
  });
  expect(diff.changes).toBe(false);
});

test("a server that says when to come back is not asked before", async () => {
  const asked: number[] = [];
  const { provider } = await fake((_call, response, earlier) => {
    asked.push(performance.now());
    if (earlier.length === 0) json(response, 429, status(429, "TooManyRequests", "slow down"), { "retry-after": "1" });
    else json(response, 200, live());
  });
  await provider.read({ ...common(), id: "n/a", inputs, outputs: inputs });
  expect(asked).toHaveLength(2);
  expect(asked[1]! - asked[0]!).toBeGreaterThanOrEqual(1000);
});
