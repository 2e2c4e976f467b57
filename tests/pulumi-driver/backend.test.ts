import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openBackend } from "../../local/engine/backend/index.ts";
import { findBackend, refuseLocalStack, refuseLocalTags } from "../../ops/pulumi/backend.ts";
import { lockOwners } from "../../ops/pulumi/locks.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), "liftlock-backend-"));
  writeFileSync(path.join(dir, "Pulumi.yaml"), "name: shop\nruntime: nodejs\n");
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe("where the CLI keeps state", () => {
  const env = () => ({ HOME: dir });
  test("PULUMI_BACKEND_URL comes before Pulumi.yaml, and that before what the CLI is logged in to", () => {
    expect(findBackend(dir, env())).toMatchObject({ url: undefined, words: "no backend" });
    mkdirSync(path.join(dir, ".pulumi"));
    writeFileSync(path.join(dir, ".pulumi/credentials.json"), '{"current":"https://api.pulumi.com"}');
    expect(findBackend(dir, env())).toMatchObject({ url: "https://api.pulumi.com", dir: undefined });
    writeFileSync(path.join(dir, "Pulumi.yaml"), "name: shop\nbackend:\n  url: azblob://states\n");
    expect(findBackend(dir, env()).url).toBe("azblob://states");
    expect(findBackend(dir, { ...env(), PULUMI_BACKEND_URL: "s3://states?region=eu" })).toMatchObject({
      url: "s3://states?region=eu",
      words: "s3://states",
    });
  });
  test.each([
    ["file://~", ""],
    ["file://~/states", "states"],
    ["file://./states", "states"],
    ["file://states?no_tmp_dir=true", "states"],
  ])("%s is a folder", (url, folder) => {
    expect(findBackend(dir, { ...env(), PULUMI_BACKEND_URL: url }).dir).toBe(path.join(dir, folder));
  });
  test("an address is shown without what opens it", () => {
    expect(findBackend(dir, { ...env(), PULUMI_BACKEND_URL: "postgres://me:hunter22@db/states?password=x" }).words).toBe(
      "postgres://db/states",
    );
  });
});

describe("a stack of the local world", () => {
  const open = (allowForeign: boolean) => openBackend({ backendDir: dir, passphrase: "p", project: "shop", stack: "dev", allowForeign });
  const here = () => ({ url: `file://${dir}`, words: "here", dir });

  test("is refused by the mark in its checkpoint, and by its tag when the CLI has written it since", async () => {
    const backend = await open(false);
    await backend.save({ resources: [], pendingOperations: [] });
    expect(() => refuseLocalStack(here(), "shop", "dev")).toThrow(/made in the local world .*dev\.json.*use --local for it/);
    writeFileSync(path.join(dir, ".pulumi/stacks/shop/dev.json"), '{"version":3,"checkpoint":{}}');
    expect(() => refuseLocalStack(here(), "shop", "dev")).toThrow("dev.pulumi-tags");
  });
  test("one that the CLI made is not, and is refused by the embedded engine", async () => {
    const foreign = await open(true);
    mkdirSync(path.join(dir, ".pulumi/stacks/shop"), { recursive: true });
    writeFileSync(path.join(dir, ".pulumi/stacks/shop/dev.json"), '{"version":3,"checkpoint":{}}');
    await foreign.save({ resources: [], pendingOperations: [] }).catch(() => {});
    expect(() => refuseLocalStack(here(), "shop", "dev")).not.toThrow();
    await expect(open(false).then((backend) => backend.load())).rejects.toThrow("was not made in the local world");
  });
  test("is known by its tag in a backend that is no folder", () => {
    const backend = { url: "s3://states", words: "s3://states", dir: undefined };
    expect(() => refuseLocalTags({ "liftlock:world": "local" }, "dev", backend)).toThrow("made in the local world");
    expect(() => refuseLocalTags({ "pulumi:project": "shop" }, "dev", backend)).not.toThrow();
  });
});

describe("lock files", () => {
  const lockDir = () => path.join(dir, ".pulumi/locks/organization/shop/dev");
  const write = (name: string, text: string) => {
    mkdirSync(lockDir(), { recursive: true });
    writeFileSync(path.join(lockDir(), name), text);
  };
  test("either engine's are read by either", async () => {
    const backend = await openBackend({ backendDir: dir, passphrase: "p", project: "shop", stack: "dev" });
    const lock = await backend.lock();
    const [owner] = await lockOwners(dir, "shop", "dev");
    expect(owner).toMatchObject({ pid: process.pid, hostname: hostname(), alive: true });
    expect(await backend.lockOwners()).toEqual([owner]);
    await lock.release();
    // As the CLI 3.260 wrote it.
    write("cd14e95f.json", '{"pid":1005,"username":"user","hostname":"host","timestamp":"2026-11-21T10:53:11.03310016Z"}');
    const recorded = { pid: 1005, username: "user", hostname: "host", timestamp: "2026-11-21T10:53:11.03310016Z", alive: undefined };
    expect(await lockOwners(dir, "shop", "dev")).toEqual([recorded]);
    expect(await backend.lockOwners()).toEqual([recorded]);
    await expect(backend.lock()).rejects.toThrow("user@host (pid 1005) since 2026-11-21T10:53:11Z: on another machine");
  });
  test.each(["", "{", "[]", "null", "7", '"x"', "{}"])("one that holds %j is a lock all the same", async (text) => {
    write("damaged.json", text);
    const unknown = [{ pid: 0, username: "unknown", hostname: "unknown", timestamp: "unknown", alive: undefined }];
    expect(await lockOwners(dir, "shop", "dev")).toEqual(unknown);
    const backend = await openBackend({ backendDir: dir, passphrase: "p", project: "shop", stack: "dev" });
    await expect(backend.lock()).rejects.toThrow("Stack dev is locked");
    expect(await backend.cancel()).toEqual(unknown);
    await (await backend.lock()).release();
  });
  test("without any, nobody holds the stack", async () => {
    expect(await lockOwners(dir, "shop", "dev")).toEqual([]);
  });
});
