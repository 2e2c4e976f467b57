import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { liftlock } from "../ops/support/harness.ts";

const ferry = path.resolve(import.meta.dirname, "../..");
const dir = mkdtempSync(path.join(os.tmpdir(), "liftlock-drift-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
writeFileSync(path.join(dir, "Pulumi.yaml"), readFileSync(path.join(ferry, "Pulumi.yaml")));
const platform = (settings: object) => {
  writeFileSync(path.join(dir, "Pulumi.platform.yaml"), stringify({ config: { "ferry:platform": settings } }));
  return { dir, stacks: ["platform"], platforms: ["platform"] };
};
const gateway = { cluster: { identifier: "on-premises" }, classes: {} };

test("a platform with Gateways is not called free of drift while its cluster cannot be asked", async () => {
  const { exitCode, out, requests } = await liftlock("drift", platform({ gateway }));
  expect(exitCode).toBe(1);
  expect(out).toMatch(/^platform: no drift, but not everything could be read/);
  expect(out).toContain("unread objects in the cluster: no cluster can be asked");
  expect(requests.map(({ cluster }) => cluster)).toContain("if-running");
});

test("one without asks none, and --fix has nothing to put back there", async () => {
  const { exitCode, requests } = await liftlock("drift platform", platform({ protect: false }));
  expect(exitCode).toBe(0);
  expect(requests.filter(({ cluster }) => cluster !== "none")).toEqual([]);
  const fixed = await liftlock("drift platform --fix", platform({ protect: false }));
  expect([fixed.exitCode, fixed.err]).toEqual([2, expect.stringContaining("--fix puts objects in a cluster back, and platform has none")]);
});
