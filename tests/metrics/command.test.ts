import { describe, expect, test } from "vitest";
import type { Happening, Ledger } from "../../ops/ledger/event.ts";
import { writtenSettings } from "../components/support.ts";
import { liftlock } from "../ops/support/harness.ts";

const stacks = ["development", "staging", "production"];
const ended = new Date(Date.now() - 3_600_000).toISOString();
const deployment = (result: "succeeded" | "failed", version: string): Happening => ({
  kind: "deployment",
  stack: "production",
  release: { id: `${version}-aaaaaaaa`, version, commit: "0".repeat(40), images: {} },
  result,
  startedAt: ended,
  endedAt: ended,
  engine: "test",
});

/** A ledger of these entries, and of nothing that is ever added. */
const ledgerOf = (...entries: Happening[]): Ledger => ({
  read: async () => ({
    events: entries.map((what, n) => ({ id: `e${n}`, number: n + 1, previous: null, at: ended, actor: { name: "Ada" }, what })),
    findings: [],
  }),
  append: async () => ({ events: [], unsynced: 0 }),
  sync: async () => ({ sent: 0, received: 0, offline: false }),
});

const engine = (stack: string) => {
  const { application, environment } = structuredClone(writtenSettings("ferry", stack));
  const targets = { deploymentSuccess: 95, deploymentsPerWeek: 1 };
  const config = {
    "ferry:application": JSON.stringify({ ...application, metrics: { targets } }),
    "ferry:environment": JSON.stringify(environment),
  };
  return { config: async () => config, outputs: async () => ({}) };
};
const run = (line: string, ...entries: Happening[]) => liftlock(line, { engine, ledger: ledgerOf(...entries), stacks });

describe("liftlock metrics", () => {
  test("the last environment of the path, each figure beside its target", async () => {
    const { out, exitCode } = await run("metrics --local", deployment("succeeded", "1.0.0"), deployment("failed", "1.1.0"));
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^production, \d{4}-\d\d-\d\d to /);
    expect(out).toMatch(/releases a week +1 +at least 1 +met +1 release$/m);
    expect(out).toMatch(/runs that succeeded +50 % +at least 95 % +missed +2 runs$/m);
    expect(out).toContain("1 target missed.");
  });
  test("--expect-targets tells by its exit code, --json by numbers", async () => {
    const failed = await run("metrics --local --json --expect-targets", deployment("failed", "1.0.0"));
    expect(failed.exitCode).toBe(3);
    expect(JSON.parse(failed.out)).toMatchObject({
      stack: "production",
      metrics: expect.arrayContaining([{ name: "deploymentSuccess", unit: "per cent", value: 0, of: 1, target: 95, met: false }]),
    });
    expect((await run("metrics --local --expect-targets", deployment("succeeded", "1.0.0"))).exitCode).toBe(0);
  });
  test("an unknown environment or time is a wrong use", async () => {
    expect(await run("metrics nowhere --local")).toMatchObject({ exitCode: 2, err: expect.stringContaining('No stack "nowhere"') });
    expect(await run("metrics --local --since soon")).toMatchObject({ exitCode: 2, err: expect.stringContaining("--since") });
  });
});
