import picocolors from "picocolors";
import { expect, test } from "vitest";
import type { Context } from "../../ops/context.ts";
import type { EngineEvent, RunOptions, RunResult } from "../../ops/engine.ts";
import { followed } from "../../ops/rollback/fail-fast.ts";

const urn = (name: string) => `urn:pulumi:a::shop::kubernetes:apps/v1:Deployment::${name}`;
const begin = (name: string) => ({
  resourcePreEvent: { metadata: { urn: urn(name), op: "update", type: "kubernetes:apps/v1:Deployment", new: { custom: true } } },
});
const fail = (name: string) => ({
  resOpFailedEvent: { metadata: { urn: urn(name), op: "update", type: "kubernetes:apps/v1:Deployment" }, status: 1, steps: 0 },
});

function contextOf(user = new AbortController()): Context {
  const io = { out: () => {}, err: () => {}, colors: picocolors.createColors(false), screen: undefined };
  return { io, options: { json: true }, say: () => {}, signal: user.signal, command: "liftlock", selector: {} } as unknown as Context;
}

/** An engine in which `api` fails and `web` goes on until it is stopped, or until the end. */
async function engine({ onEvent, signal }: RunOptions): Promise<RunResult> {
  for (const event of [begin("api"), begin("web"), fail("api")]) onEvent?.(event as unknown as EngineEvent);
  const stopped = signal?.aborted ?? false;
  const error = (name: string, message: string) => ({ urn: urn(name), severity: "error" as const, message });
  const diagnostics = [
    error("api", "CrashLoopBackOff"),
    ...(stopped ? [error("web", "cancelled while waiting"), { severity: "error" as const, message: "cancelled" }] : []),
  ];
  return {
    result: stopped ? "cancelled" : "failed",
    steps: [],
    changeSummary: {},
    outputs: {},
    durationSeconds: 0,
    diagnostics,
    timings: {},
  };
}

test("what fails for good ends the run; what was stopped because of it is not blamed", async () => {
  const { run } = await followed(contextOf(), "up", true, engine);
  expect(run.result).toMatchObject({ result: "failed", diagnostics: [{ urn: urn("api"), message: "CrashLoopBackOff" }] });
});

test("where nothing will be put back, the others come to their end", async () => {
  let stopped: boolean | undefined;
  const { run } = await followed(contextOf(), "up", false, async (options) => {
    const result = await engine(options);
    stopped = options.signal?.aborted;
    return result;
  });
  expect({ stopped, result: run.result.result }).toEqual({ stopped: false, result: "failed" });
});

test("who pressed Ctrl-C stopped it, whatever failed before or after", async () => {
  const user = new AbortController();
  user.abort();
  const { run } = await followed(contextOf(user), "up", true, engine);
  expect(run.result.result).toBe("cancelled");
});
