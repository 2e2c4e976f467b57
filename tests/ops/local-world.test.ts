import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { confirmContext } from "../../ops/confirm.ts";
import { findContext } from "../../ops/kubeconfig.ts";
import { generatedValue, keptSecret } from "../../ops/local-secrets.ts";
import type { Io } from "../../ops/terminal/io.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), "liftlock-ops-"));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

describe("a kept secret", () => {
  test("is made once, long, and only its owner may read it", async () => {
    const file = path.join(dir, "world", "passphrase");
    const first = await keptSecret(file);
    expect(first).toMatch(/^[\w-]{43}$/);
    expect(await keptSecret(file)).toBe(first);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
  });
  test("is the same for all who ask at the same moment, and no draft is left", async () => {
    const file = path.join(dir, "secrets.json");
    expect(new Set(await Promise.all(Array.from({ length: 20 }, () => keptSecret(file)))).size).toBe(1);
    expect(readdirSync(dir)).toEqual(["secrets.json"]);
  });
  test("that is damaged is refused, not replaced: state is encrypted with it", async () => {
    const file = path.join(dir, "passphrase");
    writeFileSync(file, "short\n");
    await expect(keptSecret(file)).rejects.toThrow(`${file} is damaged`);
    expect(readFileSync(file, "utf8")).toBe("short\n");
  });
  test("that cannot be read is named", async () => {
    await expect(keptSecret(dir)).rejects.toThrow(`${dir} cannot be read (EISDIR)`);
  });
});

describe("a generated value", () => {
  const place = { project: "ferry", stack: "staging", key: "DATABASE_URL" };
  test("is the same in every run and different in every place", () => {
    const values = [
      generatedValue("seed", place, "text"),
      generatedValue("other", place, "text"),
      generatedValue("seed", { ...place, stack: "production" }, "text"),
      generatedValue("seed", { ...place, key: "SESSION_KEY" }, "text"),
      generatedValue("seed", { ...place, project: "x" }, "text"),
    ];
    expect(generatedValue("seed", place, "text")).toBe(values[0]);
    expect(new Set(values).size).toBe(values.length);
  });
  test("has the form that was declared, and points nowhere", () => {
    expect(new URL(generatedValue("seed", place, "postgresql-url"))).toMatchObject({
      protocol: "postgresql:",
      hostname: "database.invalid",
      pathname: "/ferry",
    });
    expect(new URL(generatedValue("seed", place, "redis-url"))).toMatchObject({ protocol: "redis:", hostname: "redis.invalid" });
  });
});

describe("a context of the kubeconfig", () => {
  const kubeconfig = (name: string, cluster = name) =>
    JSON.stringify({
      contexts: [{ name, context: { cluster, user: "u" } }],
      clusters: [{ name, cluster: { server: `https://${name}.example` } }],
    });

  test("is found in any of several files, with its server", () => {
    writeFileSync(path.join(dir, "a"), kubeconfig("kind-a"));
    writeFileSync(path.join(dir, "b"), kubeconfig("kind-b"));
    const env = { KUBECONFIG: [path.join(dir, "missing"), path.join(dir, "a"), path.join(dir, "b")].join(path.delimiter) };
    expect(findContext("kind-b", env)).toEqual({ kubeconfig: path.join(dir, "b"), context: "kind-b", server: "https://kind-b.example" });
    expect(() => findContext("kind-c", env)).toThrow("Contexts there: kind-a, kind-b.");
  });
  test.each([
    ["contexts: [", "cannot be read as a kubeconfig"],
    [kubeconfig("kind", "elsewhere"), 'names the cluster "elsewhere", which has no entry'],
    ["", "There is none in it."],
  ])("in a file like %j is refused", (text, message) => {
    writeFileSync(path.join(dir, "config"), text);
    expect(() => findContext("kind", { KUBECONFIG: path.join(dir, "config") })).toThrow(message);
  });
  test("is looked for where kubectl looks", () => {
    expect(() => findContext("x", { HOME: dir })).toThrow(path.join(dir, ".kube", "config"));
  });
});

describe("another cluster is changed only", () => {
  const target = { context: "kind-mine", server: "https://x.example" };
  const io = (answer?: string) => {
    const asked: string[] = [];
    const colors = { yellow: (s: string) => s };
    const ask = async (question: string) => {
      asked.push(question);
      return answer ?? "";
    };
    return { asked, io: { interactive: answer !== undefined, err: () => {}, ask, colors } as unknown as Io };
  };
  test("after its context's name was typed", async () => {
    const { asked, io: own } = io("kind-mine");
    await confirmContext(own, {}, target);
    expect(asked).toHaveLength(1);
    await expect(confirmContext(io("yes").io, {}, target)).rejects.toThrow("nothing was done");
  });
  test("or repeated by a script", async () => {
    const { asked, io: own } = io();
    await confirmContext(own, { confirmContext: "kind-mine" }, target);
    expect(asked).toHaveLength(0);
    await expect(confirmContext(own, { confirmContext: "kind" }, target)).rejects.toThrow("they must be the same");
    await expect(confirmContext(own, {}, target)).rejects.toThrow("add --confirm-context kind-mine");
    await expect(confirmContext(own, { confirmContext: "" }, target)).rejects.toThrow("they must be the same");
  });
});
