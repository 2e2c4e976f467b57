import { describe, expect, test } from "vitest";
import type { HistoryEntry } from "../../ops/engine.ts";
import { deploymentsOf } from "../../ops/rollback/deployments.ts";
import type { Health } from "../../ops/rollback/health.ts";
import { movedOn, watching } from "../../ops/rollback/watching.ts";
import { liftlock } from "../ops/support/harness.ts";
import { release } from "./stand-in.ts";
import "../../ops/commands/watch.ts";

const well: Health = { name: "Deployment/api", ready: 2, wanted: 2, restarts: 0, waiting: [] };
const signal = new AbortController().signal;

describe("a watch", () => {
  const look = async (answers: (readonly Health[] | Error)[], patience = 60) => {
    const samples: (readonly Health[])[] = [];
    const stop = new AbortController();
    const read = async () => {
      const answer = answers.shift();
      if (answers.length === 0) stop.abort();
      if (answer instanceof Error) throw answer;
      return answer ?? [well];
    };
    const fault = await watching({ read, minutes: 10, signal: stop.signal, seen: (s) => samples.push(s), every: 1, patience });
    return { fault, samples: samples.length };
  };
  test("outlives a cluster that gives no answer for a moment", async () => {
    const gone = () => new Error("connect ECONNREFUSED 127.0.0.1:6443");
    expect(await look([[well], gone(), gone(), [well], gone(), [well]])).toEqual({ fault: undefined, samples: 3 });
  });
  test("that is not there for long says so, and is no fault of the release", async () =>
    await expect(look([[well], new Error("connect ECONNREFUSED"), [well]], 0)).rejects.toThrow(/no answer for 0 s.*ECONNREFUSED/));
  test("ends with what is wrong", async () => {
    const crashing = { ...well, ready: 1, waiting: ["CrashLoopBackOff"] };
    expect(await look([[well], [crashing], [well]])).toMatchObject({ fault: "Deployment/api: a container is in CrashLoopBackOff" });
  });
  test("is over when its time is", async () =>
    expect(await watching({ read: async () => [well], minutes: 1 / 60_000, signal, seen: () => {} })).toBeUndefined());
});

describe("what another run changed meanwhile is not judged, nor put back", () => {
  const entry = (version: string, level = "info"): HistoryEntry => ({
    ...{ version: 1, kind: "update", startTime: "2026-01-01T00:00:00Z", message: "", result: "succeeded", environment: {} },
    config: {
      "shop:release": { objectValue: release(version), secret: false },
      "shop:environment": { objectValue: { config: { api: { LEVEL: level } } }, secret: false },
    },
    resourceChanges: { update: 1 },
  });
  const standing = (settled: boolean, ...history: HistoryEntry[]) => ({ settled, deployments: deploymentsOf(history, "shop") });
  const before = standing(true, entry("1.1.0"), entry("1.0.0"));
  test.each([
    ["nothing happened", standing(true, entry("1.1.0"), entry("1.0.0")), undefined],
    ["the same was brought again", standing(true, entry("1.1.0"), entry("1.1.0"), entry("1.0.0")), undefined],
    ["another release", standing(true, entry("1.2.0"), entry("1.1.0")), expect.stringContaining("1.2.0-")],
    ["another configuration", standing(true, entry("1.1.0", "debug"), entry("1.1.0")), expect.stringContaining("configuration")],
    ["a run that is under way", standing(false, entry("1.1.0")), expect.stringContaining("another run")],
    ["destroyed", standing(false), expect.stringContaining("taken away")],
  ])("%s", (_, now, expected) => expect(movedOn(before, now, "shop")).toEqual(expected));
});

test("minutes that are none are refused before anything is started", async () => {
  for (const minutes of ["0", "-1", "soon", "1441"]) {
    const { exitCode, err, requests } = await liftlock(`watch staging --minutes ${minutes} --local`);
    expect({ exitCode, requests }).toEqual({ exitCode: 2, requests: [] });
    expect(err).toContain(`--minutes ${minutes}`);
  }
});
