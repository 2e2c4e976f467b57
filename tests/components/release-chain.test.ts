import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { createEmbeddedEngine } from "../../local/engine/embedded.ts";
import type { RunResult } from "../../ops/engine.ts";
import { MemoryCluster } from "./memory-cluster.ts";
import { leaks, overlay, planted, type WrittenSettings, writtenSettings } from "./support.ts";

/** One environment's life, told in order: each test goes on from where the one before left it. */
const cluster = new MemoryCluster();
const backendDir = mkdtempSync(path.join(os.tmpdir(), "liftlock-chain-"));
mkdirSync(backendDir, { recursive: true });
afterAll(() => rmSync(backendDir, { recursive: true, force: true }));
beforeEach(() => {
  cluster.calls.length = 0;
});

const { dir, ...settings } = writtenSettings("ferry", "staging");
// Alone: what an environment asks of those before it has tests of its own.
settings.application.promotion = { path: ["staging"] };
// What it has on GitHub has tests beside the stand-in.
delete settings.environment.github;
const image = (service: string, version: string, digit: string) =>
  `registry.example.com/ferry/${service}:${version}@sha256:${digit.repeat(64)}`;
const release = (version: string, schemaVersion: string, digit: string) => ({
  version,
  commit: digit.repeat(40),
  schemaVersion,
  images: { web: image("web", version, digit), api: image("api", version, digit) },
});
const one = release("1.0.0", "1", "1");
const two = release("2.0.0", "2", "2");
const three = release("3.0.0", "3", "3");

async function up(changed: Partial<WrittenSettings> = {}, secret = planted): Promise<RunResult> {
  Object.assign(settings, structuredClone(changed));
  const extraConfig = overlay("ferry", "staging", settings);
  for (const value of Object.values(extraConfig)) if (value.secret) value.value = secret;
  const engine = await createEmbeddedEngine({
    projectDir: dir,
    stack: "staging",
    backendDir,
    passphrase: "test",
    providers: [cluster.factory()],
    extraConfig,
  });
  return engine.up({});
}

const succeed = (result: RunResult): RunResult => {
  if (result.result !== "succeeded") throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return result;
};
const changes = ({ changeSummary: { same: _, ...rest } }: RunResult) => rest;
/** The calls that run something or roll something, in order; automatic suffixes taken off. */
const work = () =>
  cluster.calls.filter((call) => / (Job|Deployment) | ConfigMap release-/.test(call)).map((call) => call.replace(/(release)-\w+$/, "$1"));
const releases = (result: RunResult) => (result.outputs.qualified as { version: string }[]).map(({ version }) => version);
const versions = (result: RunResult) =>
  (result.outputs.migrations as { schemaVersion: string }[]).map(({ schemaVersion }) => schemaVersion);

function expectOrder(...expected: string[]): void {
  const places = expected.map((call) => work().indexOf(call));
  expect(places, `${expected.join(" < ")} in ${work().join(", ")}`).toEqual([...places].sort((a, b) => a - b));
  expect(Math.min(...places)).toBeGreaterThanOrEqual(0);
}

describe("releases of one environment", { timeout: 60_000 }, () => {
  test("the first: backup, then migration, then rollout, then smoke test, then record", async () => {
    const result = succeed(await up({ release: one }));
    for (const service of ["web", "api"]) {
      expectOrder(
        "create Job backup-1",
        "create Job migrate-1",
        `create Deployment ${service}`,
        "create Job smoke",
        "create ConfigMap release",
      );
    }
    expect(releases(result)).toEqual(["1.0.0"]);
    expect(result.outputs.migrations).toEqual([{ schemaVersion: "1", release: expect.stringMatching(/^1\.0\.0-/) }]);
    expect(result.outputs).toMatchObject({
      namespace: "ferry-staging",
      urls: { web: "https://staging.ferry.example.com/", api: "https://staging.ferry.example.com/api" },
      release: { version: "1.0.0", schemaVersion: "1", images: one.images },
    });
  });

  test("again: nothing changes", async () => {
    const result = succeed(await up());
    expect(changes(result)).toEqual({});
    expect(cluster.calls).toEqual([]);
    expect(releases(result)).toEqual(["1.0.0"]);
  });

  test("a change of configuration rolls the service that reads it and tests again; the release stays live since when it was", async () => {
    const environment = structuredClone(settings.environment);
    environment.config["api-config"].LOG_LEVEL = "debug";
    const result = succeed(await up({ environment }));
    expectOrder("update Deployment api", "create Job smoke");
    expect(work()).toEqual(["update Deployment api", "delete Job smoke", "create Job smoke"]);
    expect(cluster.calls.filter((call) => call.includes("ConfigMap"))).toEqual([
      expect.stringMatching(/^create ConfigMap api-config-/),
      expect.stringMatching(/^delete ConfigMap api-config-/),
    ]);
    expect(releases(result)).toEqual(["1.0.0"]);
  });

  test("a flag changes in place: no pod restarts, no test runs", async () => {
    const environment = structuredClone(settings.environment);
    environment.flags.seatMap = { percent: 50 };
    succeed(await up({ environment }));
    expect(cluster.calls).toEqual(["update ConfigMap flags"]);
  });

  test("a rotated secret rolls the service that reads it, and runs no migration again", async () => {
    succeed(await up({}, `${planted}-rotated`));
    expect(work()).toEqual(["update Deployment api", "delete Job smoke", "create Job smoke"]);
  });

  test("the same schema with new images: no backup, no migration", async () => {
    const result = succeed(
      await up({ release: { ...one, version: "1.0.1", images: { ...one.images, api: image("api", "1.0.1", "a") } } }, `${planted}-rotated`),
    );
    expect(work().filter((call) => /Job (backup|migrate)/.test(call))).toEqual([]);
    expectOrder("update Deployment api", "create Job smoke", "create ConfigMap release");
    expect(releases(result)).toEqual(["1.0.1", "1.0.0"]);
  });

  test("a new schema: backup and migration run before the rollout", async () => {
    const result = succeed(await up({ release: two }));
    expectOrder("create Job backup-2", "create Job migrate-2", "update Deployment api", "create Job smoke", "create ConfigMap release");
    expect(releases(result)).toEqual(["2.0.0", "1.0.1", "1.0.0"]);
    expect(versions(result)).toEqual(["1", "2"]);
  });

  test("a rollback runs no migration and waits for no backup", async () => {
    const result = succeed(await up({ release: one }));
    expect(work().filter((call) => /Job (backup|migrate)/.test(call))).toEqual([]);
    expectOrder("update Deployment api", "create Job smoke", "create ConfigMap release");
    expect(releases(result)).toEqual(["1.0.0", "2.0.0", "1.0.1", "1.0.0"]);
    expect(versions(result)).toEqual(["1", "2"]);
  });

  test("forward again: what ran is not run again", async () => {
    succeed(await up({ release: two }));
    expect(work().filter((call) => /Job (backup|migrate)/.test(call))).toEqual([]);
  });

  test("a backup that cannot be verified stops the release before its migration", async () => {
    cluster.failing.add("create Job backup-3");
    const result = await up({ release: three });
    expect(result.result).toBe("failed");
    expect(work()).toEqual(["create Job backup-3"]);
    cluster.failing.clear();
  });

  test("a rollout that fails after its migration: the way back runs no older migration", async () => {
    cluster.failing.add("update Deployment api");
    expect((await up({ release: three })).result).toBe("failed");
    expect(work()).toContain("create Job migrate-3");
    expect(work()).not.toContain("create Job smoke");
    cluster.failing.clear();
    cluster.calls.length = 0;

    const result = succeed(await up({ release: two }));
    expect(work().filter((call) => /create Job (backup|migrate)/.test(call))).toEqual([]);
    expect(work()).toContain("update Deployment api");
    expect(releases(result)[0]).toBe("2.0.0");
  });

  test("a release that fails its smoke test is not recorded; mended without a new image, it is tested again", async () => {
    cluster.failing.add("create Job smoke");
    expect((await up({ release: three })).result).toBe("failed");
    expect(cluster.calls.filter((call) => call.includes("ConfigMap release"))).toEqual([]);
    cluster.failing.clear();
    cluster.calls.length = 0;

    const result = succeed(await up());
    expect(work()).toContain("create Job smoke");
    expect(releases(result)[0]).toBe("3.0.0");
  });

  test("no secret is in the state, its history or its outputs in clear", async () => {
    const files = readdirSync(backendDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) expect(leaks(readFileSync(path.join(file.parentPath, file.name), "utf8")), file.name).toBe(false);
  });
});
