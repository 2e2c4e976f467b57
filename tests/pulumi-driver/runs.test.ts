import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { EngineEvent } from "../../ops/engine.ts";
import { recordedJson, World } from "./support.ts";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.remove());

const up = (step: string, more: object = {}) => ({ command: "up", events: `${step}.up.jsonl`, state: `${step}.state.json`, ...more });

test("an update: the recorded events, and the result that the recorded preview announced", async () => {
  world.stack().script(up("step1"));
  const events: EngineEvent[] = [];
  const engine = await world.engine();
  const result = await engine.up({ onEvent: (event) => events.push(event), message: "first" });
  const preview = recordedJson("step1.preview.json");
  expect(result).toMatchObject({
    result: "succeeded",
    changeSummary: { create: 11 },
    outputs: { workload: "api", fingerprint: "[secret]", upstream: "none" },
  });
  expect(result.steps.map(({ op, urn }) => `${op} ${urn}`).sort()).toEqual(
    preview.steps.map(({ op, urn }: never) => `${op} ${urn}`).sort(),
  );
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, i) => i));
  expect(events.at(-1)).toHaveProperty("cancelEvent");
  expect(engine.name).toBe("Pulumi CLI 3.260.0");
  const [asked] = world.asked("up");
  expect(asked!.argv).toEqual(
    expect.arrayContaining(["--yes", "--skip-preview", "--message", "first", "--stack", "dev", "--non-interactive"]),
  );
  expect(asked!.argv).not.toContain("--refresh");
  // Nothing selects a stack behind a person's back, and nothing asks for secrets in clear.
  expect(world.asked().filter(({ argv }) => argv.includes("select") || argv.includes("--show-secrets"))).toEqual([]);
  expect(JSON.stringify([result, events])).not.toContain('1b47061264138c4ac30d75fd1eb44270"}');
});

test("a replacement and an update: operations, differences and reasons of the recorded preview", async () => {
  world.stack("step1").script(up("step2"));
  const result = await (await world.engine()).up({});
  const told = (steps: never[]) =>
    steps
      .map(
        ({
          op,
          urn,
          detailedDiff,
          replaceReasons,
        }: {
          op: string;
          urn: string;
          detailedDiff: object | null;
          replaceReasons?: string[];
        }) => ({
          op,
          urn,
          differs: Object.keys(detailedDiff ?? {}).sort(),
          replaceReasons,
        }),
      )
      .sort((a, b) => (a.urn < b.urn ? -1 : 1));
  expect(told(result.steps as never[])).toEqual(told(recordedJson("step2.preview.json").steps));
  expect(result.changeSummary).toEqual({ replace: 1, same: 9, update: 1 });
});

describe("a run that fails", () => {
  test("ends with the cluster's reason, and the next one looks at the cluster first", async () => {
    world.stack("step2").script(up("step5-bad-image", { code: 255, stderr: "error: update failed\n" }), up("step2"));
    const engine = await world.engine();
    const failed = await engine.up({});
    expect(failed.result).toBe("failed");
    expect(failed.diagnostics.find(({ urn }) => urn?.endsWith("Deployment::api"))?.message).toContain("[ImagePullBackOff]");
    expect(failed.outputs).toMatchObject({ workload: "api" });
    // Another process, such as a rollback tomorrow, learns of it from the stack's history.
    const later = await world.engine();
    expect((await later.up({})).result).toBe("succeeded");
    expect(world.asked("up").map(({ argv }) => argv.includes("--refresh"))).toEqual([false, true]);
    expect((await later.history()).map(({ result }) => result)).toEqual(["succeeded", "failed"]);
  });

  test("Ctrl-C reaches the CLI once; the result is `cancelled`, and the lock is free", async () => {
    world.stack("step2").script(up("step5-bad-image", { until: "ProgressDeadlineExceeded" }));
    const stop = new AbortController();
    const engine = await world.engine();
    const onEvent = ({ resourcePreEvent }: EngineEvent) => resourcePreEvent?.metadata.op === "update" && stop.abort();
    const result = await engine.up({ signal: stop.signal, onEvent });
    expect(result.result).toBe("cancelled");
    expect(await engine.cancel()).toEqual([]);
  });

  test("a signal that came before the run began starts nothing", async () => {
    world.stack("step2").script(up("step2"));
    expect((await (await world.engine()).up({ signal: AbortSignal.abort() })).result).toBe("cancelled");
    expect(world.asked("up")).toEqual([]);
  });
});

test("an earlier configuration goes into a settings file of its own, which is gone afterwards", async () => {
  world.stack("step2").script(up("step2"));
  const engine = await world.engine();
  const before = readFileSync(`${world.dir}/Pulumi.dev.yaml`, "utf8");
  const [entry] = recordedJson("history.json");
  await engine.up({ configuration: { ...entry.config, "conformance:greeting": { value: "salut", secret: false } } });
  const { config } = world.asked("up")[0]!;
  expect(config!.text).toContain("conformance:greeting: salut");
  expect(config!.text).toMatch(/conformance:application:\n\s+port: 8080/);
  // The secret and the key to it are today's.
  for (const line of ["encryptionsalt: v1:k3FxDwA0KQM=", "secure: v1:d1/GMY6fAr4YEqYV"]) expect(config!.text).toContain(line);
  await vi.waitFor(() => expect(() => readFileSync(config!.file)).toThrow("ENOENT"), { timeout: 15_000 });
  expect(readFileSync(`${world.dir}/Pulumi.dev.yaml`, "utf8")).toBe(before);
});

test("an earlier configuration that needs a secret which is no longer set is refused", async () => {
  world.stack("step2").script(up("step2"));
  const run = (await world.engine()).up({ configuration: { "conformance:lost": { secret: true } } });
  await expect(run).rejects.toThrow("needs secrets that are no longer set: conformance:lost");
});

test("what only reads: outputs, state, history, stacks and configuration", async () => {
  world.stack("step2").script(up("step2"));
  const engine = await world.engine();
  await engine.up({ message: "hello" });
  expect(await engine.outputs()).toMatchObject({ workload: "api", fingerprint: "[secret]" });
  expect(await engine.outputs({ showSecrets: true })).not.toMatchObject({ fingerprint: "[secret]" });
  expect(JSON.stringify(await engine.export())).toContain("ciphertext");
  expect((await engine.history())[0]).toMatchObject({ kind: "update", message: "hello", result: "succeeded" });
  expect(await engine.config()).toMatchObject({ "conformance:greeting": "bonjour", "conformance:token": "[secret]" });
  expect(await engine.stacks()).toEqual([
    expect.objectContaining({ name: "dev", hasSettings: true, hasState: true, resourceCount: expect.any(Number) }),
    { name: "prod", hasSettings: true, hasState: false },
  ]);
});

test("targets and a refresh are handed on", async () => {
  world.stack("step2").script(up("step2"), { command: "preview", events: "step2.up.jsonl" });
  const engine = await world.engine();
  await engine.preview({ refresh: true, targets: ["urn:a", "urn:b"] });
  await engine.up({ refresh: true });
  expect(world.asked("preview")[0]!.argv.join(" ")).toContain("--refresh --target urn:a --target urn:b");
  expect(world.asked("up")[0]!.argv).toContain("--refresh");
});

test("a locked stack is refused in our words; cancel says who held it, and then the run goes on", async () => {
  world.stack("step2").script(up("step2"));
  const dir = path.join(world.backendDir, ".pulumi/locks/organization/conformance/dev");
  mkdirSync(dir, { recursive: true });
  const owner = { pid: 1005, username: "user", hostname: "far", timestamp: "2026-11-21T10:53:11.03310016Z" };
  writeFileSync(path.join(dir, "cd14e95f-b5b6-4ba1-929d-031dc8339b59.json"), JSON.stringify(owner));
  const engine = await world.engine();
  const refused = engine.up({});
  await expect(refused).rejects.toThrow("Stack dev is locked:\n  user@far (pid 1005) since 2026-11-21T10:53:11Z: on another machine");
  await expect(refused).rejects.toThrow("`liftlock cancel dev`");
  expect(await engine.cancel()).toEqual([{ ...owner, alive: undefined }]);
  expect((await engine.up({})).result).toBe("succeeded");
});

test("who loses to another run after the CLI has begun to tell names its owner all the same", async () => {
  const stderr =
    "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.\n  file:///state/cd14e95f.json?no_tmp_dir=true: created by user@far (pid 1005) at 2026-11-21T10:53:11Z\n";
  world.stack("step2").script({ command: "up", events: "step2.up.jsonl", code: 255, stderr });
  const refused = (await world.engine()).up({});
  await expect(refused).rejects.toThrow("Stack dev is locked:\n  user@far (pid 1005) since 2026-11-21T10:53:11Z: on another machine");
});

test("a stack of the local world is refused before the CLI is asked anything about it", async () => {
  world.stack("step2").script(up("step2"));
  const marked = { ...JSON.parse(readFileSync(world.checkpointFile, "utf8")), liftlock: { world: "local" } };
  writeFileSync(world.checkpointFile, JSON.stringify(marked));
  const engine = await world.engine();
  const all = [
    engine.up({}),
    engine.preview({}),
    engine.refresh({}),
    engine.destroy({}),
    engine.cancel(),
    engine.outputs(),
    engine.export(),
  ];
  for (const one of await Promise.allSettled(all)) {
    expect(one).toMatchObject({
      status: "rejected",
      reason: { name: "UserError", message: expect.stringContaining("made in the local world") },
    });
  }
  expect(world.asked().map(({ argv }) => argv[0])).toEqual(["version"]);
});

test("destroy refuses up front when state holds what is protected", async () => {
  world.stack("step2");
  await expect((await world.engine()).destroy({})).rejects.toThrow(/holds what is protected[\s\S]*Namespace conformance-dev/);
  expect(world.asked("destroy")).toEqual([]);
});

test.each<[string, Record<string, string | undefined>, string]>([
  ["no passphrase", { PULUMI_CONFIG_PASSPHRASE: undefined }, "set PULUMI_CONFIG_PASSPHRASE"],
  ["no login", { STAND_IN_REFUSAL: "PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions" }, "pulumi login"],
])("%s: a UserError, without a trace of the command", async (_, env, words) => {
  world.stack("step2").script(up("step2"));
  Object.assign(world.env, env);
  await expect((await world.engine()).up({})).rejects.toMatchObject({ name: "UserError", message: expect.stringContaining(words) });
});
