import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { QualifiedRelease } from "../../components/history.ts";
import { type ReleaseCheck, refusal } from "../../components/release-check.ts";
import { createEmbeddedEngine } from "../../local/engine/embedded.ts";
import type { Engine, RunResult } from "../../ops/engine.ts";
import { MemoryCluster } from "../components/memory-cluster.ts";
import { overlay, writtenSettings } from "../components/support.ts";

const at = (hours: number) => Date.parse("2026-05-04T00:00:00Z") + hours * 3_600_000;
const live = (id: string, hours: number): QualifiedRelease => ({
  id,
  version: id,
  images: {},
  liveSince: new Date(at(hours)).toISOString(),
});
const check = (more: Partial<ReleaseCheck>) =>
  refusal({
    stack: "production",
    release: { id: "b", version: "2.0.0" },
    own: [live("a", 0)],
    sources: { stack: "staging" },
    ran: () => [live("b", 10), live("a", 0)],
    soak: 24 * 3600,
    now: at(40),
    ...more,
  });

describe("a release enters an environment", () => {
  test("that ran upstream and soaked", () => expect(check({})).toBeUndefined());
  test("that never ran upstream: refused, with what runs there", () =>
    expect(check({ ran: () => [live("c", 0)] })).toBe(
      "2.0.0 (b) may not go to production yet:\n  staging never ran it, and runs c (c). Deploy it there first, or give production a release that ran there",
    ));
  test("whose upstream was never deployed: refused, with what to do", () =>
    expect(check({ ran: () => undefined })).toContain(
      "staging, which comes before production, was never deployed. Deploy this release there",
    ));
  test("that has not soaked: refused, with the time that is left", () =>
    expect(check({ now: at(33) })).toContain("must be live in staging for 86400 s without a break, and has 3600 s to go"));
  test("that was superseded before it had soaked: refused, whatever the time", () =>
    expect(check({ ran: () => [live("c", 20), live("b", 10)], now: at(1000) })).toContain("was live in staging for 36000 s only"));
  test("that was superseded after it had soaked keeps what it earned", () =>
    expect(check({ ran: () => [live("c", 35), live("b", 10)] })).toBeUndefined());
  test("first of all, without a soak", () => expect(check({ own: [], now: at(10) })).toBeUndefined());
  test("first of all, but never run upstream: refused", () =>
    expect(check({ own: [], ran: () => [] })).toContain("runs nothing that passed"));
  test("that runs here, or ran here: never refused", () => {
    expect(check({ own: [live("b", 0)], ran: () => undefined })).toBeUndefined();
    expect(check({ own: [live("c", 9), live("b", 0)], ran: () => undefined })).toBeUndefined();
  });
  test("the first environment asks nothing", () => expect(check({ sources: undefined, ran: () => undefined })).toBeUndefined());
  test("break-glass in the stack file", () =>
    expect(check({ release: { id: "b", version: "2.0.0", breakGlass: {} }, ran: () => undefined })).toBeUndefined());
  test("a cluster's clock ahead of ours earns no soak", () =>
    expect(check({ ran: () => [live("b", 41)], now: at(40) })).toContain("has 86400 s to go"));
  test("all of several, or any of them", () => {
    const of = [{ stack: "eu" }, { stack: "us" }];
    const ran = (stack: string) => (stack === "eu" ? [live("b", 0)] : [live("a", 0)]);
    expect(check({ sources: { rule: "all", of }, ran })).toContain("us never ran it");
    expect(check({ sources: { rule: "any", of }, ran })).toBeUndefined();
    expect(check({ sources: { rule: "any", of }, ran: () => [] })).toMatch(/eu never ran it.*\n.*us never ran it/);
  });
});

describe("the program itself refuses", { timeout: 60_000 }, () => {
  const cluster = new MemoryCluster();
  const backendDir = mkdtempSync(path.join(os.tmpdir(), "liftlock-path-"));
  afterAll(() => rmSync(backendDir, { recursive: true, force: true }));
  const stack = (name: string, version?: string, breakGlass?: object): Promise<Engine> => {
    const { dir, ...settings } = writtenSettings("ferry", name);
    delete settings.environment.github;
    if (version !== undefined) settings.release.version = version;
    if (breakGlass !== undefined) settings.release.breakGlass = breakGlass;
    const extraConfig = overlay("ferry", name, settings);
    return createEmbeddedEngine({
      projectDir: dir,
      stack: name,
      backendDir,
      passphrase: "test",
      providers: [cluster.factory()],
      extraConfig,
    });
  };
  const up = async (...which: Parameters<typeof stack>) => (await stack(...which)).up({});
  const said = ({ diagnostics }: RunResult) => diagnostics.map(({ message }) => message).join("\n");

  test("a release whose upstream never ran; its preview only warns", async () => {
    const result = await up("staging");
    expect(result.result).toBe("failed");
    expect(said(result)).toContain("development, which comes before staging, was never deployed");
    expect(cluster.calls).toEqual([]);
    const preview = await (await stack("staging")).preview({});
    expect(preview.result).toBe("succeeded");
    expect(preview.diagnostics).toContainEqual(
      expect.objectContaining({ severity: "warning", message: expect.stringContaining("never deployed") }),
    );
  });
  test("no release that the committed stack files name, brought up in the order of the path", async () => {
    for (const name of ["development", "staging", "production"]) expect(said(await up(name))).toBe("");
  });
  test("a new release out of order, and not under break-glass, whose mark changes nothing when it goes", async () => {
    expect(said(await up("production", "9.0.0"))).toContain("9.0.0 (9.0.0-");
    const broken = await up("production", "9.0.0", { incident: "INC-7", reason: "payments are down" });
    expect(said(broken)).toBe("");
    const later = await up("production", "9.0.0");
    expect(said(later)).toBe("");
    expect(later.outputs.qualified).toEqual(broken.outputs.qualified);
  });
  test("not the way back", async () => expect(said(await up("production"))).toBe(""));
  test("nor an unchanged release, when its upstream is gone", async () => {
    await (await stack("development")).destroy({});
    expect(said(await up("staging"))).toBe("");
    expect(said(await up("staging", "9.1.0"))).toContain("development");
  });
});
