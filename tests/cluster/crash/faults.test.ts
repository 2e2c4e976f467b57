import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { startControlPlane } from "../../../local/cluster/index.ts";
import { layoutOf } from "../../../local/cluster/layout.ts";
import { endComponents } from "../../../local/cluster/supervisor.ts";
import { findWorld } from "../../../local/world.ts";
import type { RunResult } from "../../../ops/engine.ts";
import { type Fault, FaultProxy } from "./support/fault-proxy.ts";
import { CrashWorld, succeeded } from "./support/world.ts";

let world: CrashWorld;
let proxy: FaultProxy;
let version = 1;
const through = () => ({ kubeconfig: proxy.kubeconfig });
const next = () => (version === 1 ? 2 : 1);
const changes = (method: string) => method !== "GET";
const watches = (_: string, url: string) => /[?&]watch=/.test(url);

beforeAll(async () => {
  world = await CrashWorld.open();
  proxy = await FaultProxy.start(inject("controlPlane").kubeconfig, world.dir);
  succeeded(await (await world.engine(version, through())).up({}));
});
afterAll(async () => {
  await proxy.close();
  await world.close();
});

/** Done, or failed with an error that says what and where, without a stack or the secret; and the next run makes it as declared. */
async function endsWell(run: RunResult, message: RegExp): Promise<void> {
  const errors = run.diagnostics.filter(({ severity }) => severity === "error");
  if (run.result !== "succeeded") {
    expect(errors.map((error) => error.message).join("\n")).toMatch(message);
    expect(errors.filter((error) => error.urn !== undefined)).not.toEqual([]);
  }
  expect(JSON.stringify(run)).not.toMatch(/\\n\s+at |node:internal/);
  expect(JSON.stringify(run)).not.toContain(world.token);
  proxy.heal();
  succeeded(await (await world.engine(next(), through())).up({ refresh: true }));
  version = next();
  await world.expectConverged(version);
  world.expectNoSecretInFiles();
  expect(Object.keys(succeeded(await (await world.engine(version, through())).up({})).changeSummary)).toEqual(["same"]);
}

describe("every change goes wrong once", () => {
  const faults: { fault: Fault; outcome: RunResult["result"] }[] = [
    { fault: 429, outcome: "succeeded" },
    { fault: 500, outcome: "failed" },
    { fault: 503, outcome: "succeeded" },
    { fault: 504, outcome: "succeeded" },
    { fault: "cut-before", outcome: "succeeded" },
    { fault: "cut-after", outcome: "succeeded" },
    { fault: "late", outcome: "succeeded" },
  ];
  test.each(faults)("$fault during an up: $outcome, and then as declared", async ({ fault, outcome }) => {
    proxy.once(fault, changes);
    const run = await (await world.engine(next(), through())).up({});
    expect(proxy.done.get(fault)).toBeGreaterThanOrEqual(outcome === "failed" ? 1 : 6);
    expect(run.result, run.diagnostics.map(({ message }) => message).join("\n")).toBe(outcome);
    // What was carried out late has changed nothing of what came after it.
    if (fault === "late") await proxy.settled().then(() => world.expectConverged(next()));
    await endsWell(run, /made up by the test: 500/);
  });

  test.each([429, "cut-after"] as const)("%s during a destroy and the first up after it", async (fault) => {
    proxy.once(fault, changes);
    succeeded(await (await world.engine(version, through())).destroy({}));
    expect(await world.live()).toEqual([]);
    const run = await (await world.engine(next(), through())).up({});
    expect(run.result, run.diagnostics.map(({ message }) => message).join("\n")).toBe("succeeded");
    await endsWell(run, /./);
  });
});

describe("it stays wrong", () => {
  const faults: { fault: Fault; message: RegExp }[] = [
    { fault: 429, message: /the API server refuses to \w+ it: made up by the test: 429/ },
    { fault: 503, message: /the API server refuses to \w+ it: made up by the test: 503/ },
    { fault: "cut-before", message: /does not answer: / },
    { fault: "cut-after", message: /does not answer: / },
  ];
  test.each(faults)("$fault for every change: up fails and says so, the next one makes it as declared", async ({ fault, message }) => {
    proxy.plan = (method) => (changes(method) ? fault : undefined);
    const run = await (await world.engine(next(), through())).up({});
    expect(run.result).toBe("failed");
    await endsWell(run, message);
  });
});

describe("while something is waited for", () => {
  test("every watch is cut at its first event: up gets through", async () => {
    proxy.once("watch-cut", watches);
    const run = await (await world.engine(next(), through())).up({});
    expect(proxy.done.get("watch-cut")).toBeGreaterThan(0);
    expect(run.result, run.diagnostics.map(({ message }) => message).join("\n")).toBe("succeeded");
    await endsWell(run, /./);
  });

  test("a creation that is carried out and never answered is found again", async () => {
    proxy.once("silent", (method, url) => method === "POST" && url.includes("/configmaps"));
    const run = await (await world.engine(next(), { ...through(), answerMs: 5_000 })).up({});
    expect(proxy.done.get("silent")).toBe(1);
    expect(run.result, run.diagnostics.map(({ message }) => message).join("\n")).toBe("succeeded");
    await endsWell(run, /./);
  });

  test("the API server is started again in the middle: up ends, and the next one makes it as declared", async () => {
    const shared = findWorld(inject("controlPlane").projectDir);
    let restarted: Promise<unknown> | undefined;
    const restart = async () => {
      await endComponents(layoutOf(shared), ["kube-apiserver"], 1000);
      await startControlPlane(shared);
    };
    const run = await (await world.engine(next())).up({
      onEvent: ({ resourcePreEvent }) => {
        if (resourcePreEvent?.metadata.type.endsWith(":Deployment") && resourcePreEvent.metadata.op !== "same") restarted ??= restart();
      },
    });
    expect(restarted).toBeDefined();
    await restarted;
    await endsWell(run, /does not answer|refuses to/);
  });
}, 180_000);
