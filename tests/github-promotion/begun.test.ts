import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import type { Engine, EngineEvent, RunResult } from "../../ops/engine.ts";
import { made, PLANTED, shown, Team, unmade } from "./telling.ts";
import { clock, github, repo } from "./town.ts";

beforeEach(() => {
  repo.deployments.length = 0;
  repo.statuses.length = 0;
});
const [a, b, c] = [await made("2.0.0"), await made("2.1.0"), await made("2.2.0")];
const quiet = { publish: { gates: false } };
const last = (of: { commit: string }) => repo.deployments.findLast(({ sha }) => sha === of.commit)!;
const begunDir = (team: Team) => path.join(path.dirname(team.outbox), "outbox-begun");
const kept = (team: Team) => (existsSync(begunDir(team)) ? readdirSync(begunDir(team)) : []);
/** Whose process it was that began. */
function was(team: Team, stack: string, pid: number): void {
  const file = path.join(begunDir(team), `${stack}.json`);
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), pid }));
}
const LONG = { timeout: 30_000 };
const gone = () => spawnSync(process.execPath, ["-e", ""]).pid;
const inProgress = (stack: string, ...of: { commit: string }[]) =>
  expect.poll(() => shown(stack), LONG).toEqual(of.map(({ commit }) => [commit, "in_progress"]));

const event = (op: string): EngineEvent =>
  ({
    resourcePreEvent: { metadata: { urn: `urn:pulumi:staging::ferry::kubernetes:core/v1:ConfigMap::${op}`, op } },
  }) as unknown as EngineEvent;
const result = (more: Partial<RunResult> = {}): RunResult => ({
  ...{ result: "succeeded", steps: [], changeSummary: { update: 1 }, outputs: {}, durationSeconds: 1, diagnostics: [], timings: {} },
  ...more,
});
/** A team whose staging is to go from one release to the next, and what its engine does. */
function going(name: string, up: Engine["up"], options: object = quiet): Team {
  const team = new Team(name, options);
  team.runs("staging", a);
  team.declare("staging", b);
  team.engine = { name: "an engine", up };
  return team;
}

/** How long an answer to a beginning is waited for. */
function patience(milliseconds: number) {
  const before = AbortSignal.timeout;
  const instead = (time: number) => before.call(AbortSignal, time === 5_000 ? milliseconds : time);
  return vi.spyOn(AbortSignal, "timeout").mockImplementation(instead);
}

test("while a deployment goes on GitHub shows it in progress, and its end is told of the same one", async () => {
  let went = 0;
  const team = going("goes-on", async ({ onEvent }) => {
    // Nothing has begun to change yet.
    onEvent?.(event("same"));
    for (const step of ["create", "update"]) onEvent?.(event(step));
    await inProgress("staging", b);
    went += 1;
    return result();
  });
  team.env = { GITHUB_ACTIONS: "true", GITHUB_SERVER_URL: "https://github.com", GITHUB_REPOSITORY: "acme/ferry", GITHUB_RUN_ID: "78" };
  expect(await team.command("up staging --json")).toMatchObject({ exitCode: 0 });
  expect(went).toBe(1);
  expect(shown("staging")).toEqual([[b.commit, "in_progress", "success"]]);
  const { statuses, description, payload } = last(b);
  expect(description).toBe("2.1.0 to staging");
  expect(payload).toEqual({ liftlock: { startedAt: expect.stringMatching(/^20.*Z$/), release: expect.stringContaining("2.1.0") } });
  const logUrl = "https://github.com/acme/ferry/actions/runs/78";
  for (const status of statuses) expect(status).toMatchObject({ logUrl, environmentUrl: "https://staging.ferry.example.com" });
  expect(statuses.map((status) => status.description)).toEqual([expect.stringMatching(/^begun 20/), expect.stringMatching(/^live since /)]);
  // What changes nothing is no deployment: nothing is begun, and nothing told.
  team.runs("staging", b);
  team.engine.up = async ({ onEvent }) => {
    onEvent?.(event("same"));
    return result({ changeSummary: { same: 3 } });
  };
  expect(await team.command("up staging --json")).toMatchObject({ exitCode: 0 });
  expect(repo.deployments).toHaveLength(1);
  expect([kept(team), existsSync(team.outbox)]).toEqual([[], false]);
});

test("a GitHub that is slow keeps no deployment waiting", async () => {
  const answer = Promise.withResolvers<void>();
  const timeout = patience(60_000);
  github.fail({ method: "POST", path: /\/deployments$/, until: answer.promise });
  const team = going("slow", async ({ onEvent }) => {
    onEvent?.(event("update"));
    return result();
  });
  // It answers when the ledger has been told already how it ended.
  const append = team.ledger.append;
  team.ledger.append = async (...what) => {
    answer.resolve();
    return append(...what);
  };
  const { exitCode, said } = await team.command("up staging --json");
  timeout.mockRestore();
  expect([exitCode, said.filter((line) => line.includes("GitHub"))]).toEqual([0, []]);
  expect(shown("staging")).toEqual([[b.commit, "in_progress", "success"]]);
});

test("what GitHub did not answer in time, or refused, waits for the end, which finds what came of it", async () => {
  const timeout = patience(100);
  const answer = Promise.withResolvers<void>();
  github.fail({ method: "POST", path: /\/deployments$/, until: answer.promise });
  const waits = () => team.said.filter((line) => line.includes("2.1.0 to staging began"));
  const team = going("late", async ({ onEvent }) => {
    onEvent?.(event("update"));
    await expect.poll(waits, LONG).toEqual([expect.stringMatching(/^GitHub was not told .* cannot be asked .*Its end will tell both\.$/)]);
    // It was made after all, when nobody waited any more.
    answer.resolve();
    await expect.poll(() => repo.deployments.length, LONG).toBe(1);
    return result();
  });
  expect(await team.command("up staging --json")).toMatchObject({ exitCode: 0 });
  timeout.mockRestore();
  expect(shown("staging")).toEqual([[b.commit, "in_progress", "success"]]);

  github.fail({ method: "POST", path: /deployments/, status: 503 });
  const run = team.begin("production", b);
  await expect.poll(() => team.said.filter((line) => line.includes("2.1.0 to production began")), LONG).toHaveLength(1);
  expect(await run.end(run.entry())).toEqual([]);
  expect(shown("production")).toEqual([[b.commit, "in_progress", "success"]]);
  expect(kept(team)).toEqual([]);
});

test("a run that was killed is closed by the next look of its checkout, one that lives is not", async () => {
  const team = new Team("killed", quiet);
  team.begin("staging", b);
  await inProgress("staging", b);
  was(team, "staging", process.ppid);
  expect(await team.command("publish")).toMatchObject({ exitCode: 0, said: [expect.stringContaining("knows everything already")] });
  expect(shown("staging")).toEqual([[b.commit, "in_progress"]]);
  was(team, "staging", gone());
  github.fail({ method: "POST", path: /statuses$/, status: 502 });
  expect(await team.command("publish staging")).toMatchObject({ exitCode: 1, said: [expect.stringContaining("cannot be asked")] });
  // Whatever else a run of the checkout records, it closes what nobody goes on with.
  expect(await team.run({ kind: "freeze", stack: "production", reason: "exams" })).toEqual([]);
  expect(shown("staging")).toEqual([[b.commit, "in_progress", "error"]]);
  expect(last(b).statuses[1]!.description).toMatch(/^begun 20.*Z; how it ended nobody recorded$/);
  expect(kept(team)).toEqual([]);
  expect((await team.command("publish")).said).toEqual([expect.stringContaining("knows everything already")]);
});

test("elsewhere it is closed by the stack's next run, before that is told, or when it takes too long", async () => {
  const [runner, team] = [new Team("runner-died", quiet), new Team("elsewhere", quiet)];
  runner.begin("staging", a);
  await inProgress("staging", a);
  const next = team.begin("staging", b);
  await inProgress("staging", a, b);
  expect(await next.end(next.entry())).toEqual([]);
  expect(shown("staging")).toEqual([
    [a.commit, "in_progress", "error"],
    [b.commit, "in_progress", "success"],
  ]);
  runner.begin("production", a);
  await inProgress("production", a);
  const look = () => team.command("publish production");
  expect((await look()).said).toEqual([expect.stringContaining("knows everything already")]);
  clock.now += 6 * 3_600_000 + 1_000;
  expect((await look()).said).toEqual([expect.stringMatching(/^deployment: production, begun .*: its run is over and recorded no end$/)]);
  expect(shown("production")).toEqual([[a.commit, "in_progress", "error"]]);
});

test("an end that was recorded and not told is told of the deployment that began, by whoever looks next", async () => {
  const team = new Team("recorded", quiet);
  const run = team.begin("staging", b);
  await inProgress("staging", b);
  // Killed between the ledger and GitHub; then somebody else's run.
  await team.ledger.append(run.entry("failed", "pods crash"));
  const other = new Team("recorded-other", quiet);
  other.ledger.events.push(...team.ledger.events);
  const next = other.begin("staging", c);
  expect(await next.end(next.entry("cancelled"))).toEqual([]);
  expect(shown("staging")).toEqual([
    [b.commit, "in_progress", "failure"],
    [c.commit, "in_progress", "error"],
  ]);
  // The first one's own checkout has nothing more to tell.
  team.ledger.events.push(other.ledger.events.at(-1)!);
  expect((await team.command("publish")).said).toEqual([expect.stringContaining("knows everything already")]);
});

test("what was taken for over and ends after all is told so; what ends without an entry is over", async () => {
  const team = new Team("after-all", quiet);
  const slow = team.begin("staging", b);
  await inProgress("staging", b);
  was(team, "staging", gone());
  await team.command("publish");
  expect(shown("staging")).toEqual([[b.commit, "in_progress", "error"]]);
  expect(await slow.end(slow.entry())).toEqual([]);
  expect(shown("staging")).toEqual([[b.commit, "in_progress", "error", "success"]]);
  const refused = team.begin("production", b);
  await inProgress("production", b);
  expect(await refused.end()).toEqual([]);
  expect(shown("production")).toEqual([[b.commit, "in_progress", "error"]]);
});

test("nothing is begun where nothing is told; a token that may not is said with what it lacks, and nowhere shown", async () => {
  const off = new Team("begun-off", { publish: { deployments: false, gates: false } });
  const unheard = off.begin("staging", b);
  expect(await unheard.end(unheard.entry())).toEqual([]);
  const nobody = new Team("begun-nobody", quiet);
  nobody.connection = undefined;
  const run = nobody.begin("staging", b);
  expect(await run.end(run.entry())).toEqual([expect.stringContaining("there is no GITHUB_TOKEN")]);
  expect([repo.deployments, kept(off), kept(nobody)]).toEqual([[], [], []]);

  const squashed = new Team("begun-squashed", quiet);
  const gone = squashed.begin("staging", unmade("7.1.0"));
  expect(await gone.end(gone.entry())).toEqual([expect.stringContaining("has no commit 710aaaaaaaaa")]);
  expect(kept(squashed)).toEqual([]);

  const few = new Team("begun-few", quiet);
  const token = await github.addToken("robot", { permissions: { metadata: "read", deployments: "read" }, token: PLANTED });
  few.connection = { baseUrl: github.url, token, isLocal: false };
  few.begin("staging", b);
  await expect
    .poll(() => few.said)
    .toEqual([expect.stringMatching(/^GitHub was not told that 2\.1\.0 .*\(it needs deployments: write\)\. Its end/)]);
  const written = readFileSync(path.join(begunDir(few), "staging.json"), "utf8");
  for (const text of [...few.said, written]) expect(text).not.toContain(PLANTED);
});
