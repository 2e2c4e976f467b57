import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { execa } from "execa";
import { afterEach, expect, inject, test, vi } from "vitest";
import { liftlock, onContext } from "../support/command.ts";

const root = path.join(import.meta.dirname, "../../..");

afterEach(() => {
  vi.unstubAllEnvs();
});

test("the demo shows what it says, touches no tracked file and leaves nothing behind", async () => {
  const { kubeconfig } = inject("controlPlane");
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const context = config.getCurrentContext();
  const home = mkdtempSync(path.join(os.tmpdir(), "liftlock-demo-test-"));
  const tracked = async () => (await execa("git", ["status", "--porcelain"], { cwd: root })).stdout;
  // Its own, and nobody else's: the pages of the docs have a demo, too, and run beside this.
  vi.stubEnv("TMPDIR", home);
  const demos = () => readdirSync(home).filter((name) => /^liftlock-demo-\w{6}$/.test(name));
  const before = { status: await tracked(), demos: demos() };
  const { exitCode, out, err } = await liftlock(["demo", ...onContext(context)], {
    cwd: root,
    env: { ...process.env, KUBECONFIG: kubeconfig, HOME: home },
  });
  const text = `${out}\n${err}`;
  expect({ exitCode, end: text.slice(-400) }).toMatchObject({ exitCode: 0 });
  for (const part of [
    "2 of",
    "gates are closed",
    "every gate is open",
    "restored 1.0.0-",
    "held back from development",
    "That was all of it",
  ])
    expect(text).toContain(part);
  expect(await tracked()).toBe(before.status);
  expect(demos()).toEqual(before.demos);
  const { items } = await config.makeApiClient(CoreV1Api).listNamespace();
  const left = items.filter(({ metadata, status }) => /^harbour-.*-demo-/.test(metadata?.name ?? "") && status?.phase !== "Terminating");
  expect(left).toEqual([]);
  rmSync(home, { recursive: true, force: true });
});
