import { existsSync, readFileSync } from "node:fs";
import { beforeEach, expect, test } from "vitest";
import { rateLimited } from "../../local/github/index.ts";
import { deployed, made, PLANTED, rolledBack, shown, statusesOn, Team, unmade } from "./telling.ts";
import { by, clock, github, repo } from "./town.ts";

beforeEach(() => {
  repo.deployments.length = 0;
  repo.statuses.length = 0;
});
const [a, b] = [await made("1.0.0"), await made("1.1.0")];
const quiet = { publish: { gates: false } };
const deployment = (of: { commit: string }) => repo.deployments.find(({ sha }) => sha === of.commit)!;

test("what the ledger records is a deployment of GitHub, once, with how it went and where it is", async () => {
  const team = new Team("once", quiet);
  team.env = { GITHUB_ACTIONS: "true", GITHUB_SERVER_URL: "https://github.com", GITHUB_REPOSITORY: "acme/ferry", GITHUB_RUN_ID: "77" };
  expect(await team.run(deployed("production", a))).toEqual([]);
  expect(await team.run(deployed("production", b, "failed", `Deployment web: ${"x".repeat(200)}`))).toEqual([]);
  expect(shown("production")).toEqual([
    [a.commit, "in_progress", "success"],
    [b.commit, "in_progress", "failure"],
  ]);
  const [first] = await by("olga", "GET", "{repo}/deployments?environment=production").then((all) => all.reverse());
  expect(first).toMatchObject({
    ref: a.commit,
    production_environment: false,
    transient_environment: false,
    description: "1.0.0 to production",
  });
  expect(first.payload.liftlock).toMatchObject({ entry: "e1", number: 1 });
  const [begun, ended] = deployment(a).statuses;
  expect(ended).toMatchObject({
    environmentUrl: "https://production.ferry.example.com",
    logUrl: "https://github.com/acme/ferry/actions/runs/77",
  });
  expect([begun?.description, ended?.description]).toEqual([
    expect.stringContaining("begun 2026-"),
    expect.stringMatching(/^live since .* after 1 min 35 s$/),
  ]);
  expect(deployment(b).statuses[1]!.description).toMatch(/^failed: Deployment web: x{100,}…$/);
  // Nothing new: nothing is told twice, by whatever command.
  expect(await team.command("publish")).toMatchObject({ exitCode: 0, said: [expect.stringContaining("knows everything already")] });
  await team.run({ kind: "freeze", stack: "production", reason: "exams" });
  expect(repo.deployments).toHaveLength(2);
  expect(existsSync(team.outbox)).toBe(false);
});

test("what is followed is inactive; what was put back by itself is deployed again, and what came off was a failure", async () => {
  const team = new Team("superseded", quiet);
  await team.run(deployed("production", a));
  await team.run([deployed("production", b, "restored", "Deployment web: crashes"), ...rolledBack("production", b, a)]);
  expect(shown("production")).toEqual([
    [a.commit, "in_progress", "success", "inactive"],
    [b.commit, "in_progress", "failure"],
    [a.commit, "in_progress", "success"],
  ]);
  expect(deployment(b).statuses[1]!.description).toBe("failed, and the release before was put back: Deployment web: crashes");
  // By command, the release that comes back is a deployment of its own already.
  await team.run(deployed("production", b), rolledBack("production", b, a, false));
  expect(repo.deployments).toHaveLength(4);
  await team.run(deployed("production", b, "cancelled"));
  expect(shown("production").at(-1)).toEqual([b.commit, "in_progress", "error"]);
});

test("while GitHub is away a run goes on and says once what waits; the next one that records anything tells it, in order", async () => {
  const team = new Team("away", quiet);
  github.fail({ status: 503, times: 2 });
  const said = await team.run(deployed("staging", a), deployed("staging", b));
  expect(said).toEqual([
    expect.stringMatching(/^GitHub was not told of 2 deployments: 127\.0\.0\.1:\d+ cannot be asked .*liftlock publish/),
  ]);
  github.fail({ method: "GET", path: /deployments/, ...rateLimited(3600, "primary") });
  expect(await team.run({ kind: "freeze", stack: "production", reason: "exams" })).toEqual([
    expect.stringMatching(/2 deployments: 127\.0\.0\.1:\d+ has had enough requests of this token for now/),
  ]);
  expect(repo.deployments).toEqual([]);
  // It breaks off in the middle: what is there is not made again, and only what is missing is told.
  github.fail({ method: "POST", path: /statuses$/, status: 502 });
  expect(await team.run({ kind: "unfreeze", stack: "production", reason: "over" })).toEqual([expect.stringContaining("2 deployments")]);
  expect(shown("staging")).toEqual([[a.commit]]);
  expect(await team.run({ kind: "freeze", stack: "production", reason: "more" })).toEqual([]);
  expect(shown("staging")).toEqual([
    [a.commit, "in_progress", "success", "inactive"],
    [b.commit, "in_progress", "success"],
  ]);
  expect(existsSync(team.outbox)).toBe(false);
});

test("another checkout tells what this one could not, once; what comes late does not take the place of what runs", async () => {
  const team = new Team("laptop", quiet);
  const { connection } = team;
  team.connection = undefined;
  expect(await team.run(deployed("staging", a), deployed("staging", b, "failed"))).toEqual([
    expect.stringMatching(/^GitHub was not told of 2 deployments: there is no GITHUB_TOKEN/),
  ]);
  // A workflow's runner has the ledger and nothing else. Of what it never heard of it tells what runs, and what followed.
  const runner = new Team("runner", quiet);
  runner.ledger.events.push(...team.ledger.events);
  await runner.run(deployed("staging", b));
  expect(shown("staging").map(([sha]) => sha)).toEqual([b.commit]);
  team.ledger.events.push(runner.ledger.events.at(-1)!);
  team.connection = connection;
  expect((await team.command("publish staging")).said).toHaveLength(2);
  expect(shown("staging")).toEqual([
    [b.commit, "in_progress", "success"],
    [a.commit, "in_progress", "success", "inactive"],
    [b.commit, "in_progress", "failure"],
  ]);
  expect(existsSync(team.outbox)).toBe(false);
});

test("a commit that the repository does not have is said once, and holds nothing up", async () => {
  const team = new Team("squashed");
  const gone = unmade("7.0.0");
  team.runs("staging", gone);
  team.runs("production", a);
  expect(await team.run(deployed("staging", gone))).toEqual([
    "acme/ferry has no commit 700aaaaaaaaa (7.0.0): its deployments and gates cannot be shown there.",
  ]);
  expect(await team.run(deployed("staging", gone, "failed"), deployed("production", a))).toEqual([]);
  expect([shown("staging"), shown("production")]).toEqual([[], [[a.commit, "in_progress", "success"]]]);
  expect(JSON.parse(readFileSync(team.outbox, "utf8"))).toMatchObject({ waiting: [], statuses: [] });
  // By hand it is tried again: somebody may have pushed it meanwhile.
  expect(await team.command("publish staging")).toMatchObject({ exitCode: 0, said: [expect.stringMatching(/^not taken: .*700aaaaaaaaa/)] });
});

test("each gate's answer is a status of the release's commit, and changes with it", async () => {
  const roles = { owner: { people: ["paula"] } };
  const gates = { production: { soak: "1d", checks: [{ name: "load", in: "staging" }], approvals: [{ roles: ["owner"] }] } };
  const team = new Team("gates", { gates, promotion: { roles, people: { paula: ["@paula"] } } });
  team.runs("staging", b);
  team.runs("production", a);
  await team.run(deployed("production", a), deployed("staging", b));
  const before = statusesOn(b.commit);
  expect(before).toMatchObject({
    "liftlock/production/upstream/staging": "success: staging ran 1.1.0 and it passed its tests there",
    "liftlock/production/soak/staging": expect.stringMatching(/^pending: Opens at 2026-\S+ \S+Z\. 1\.1\.0 must be live/),
    "liftlock/production/check/load": "pending: load: no result for 1.1.0 in staging",
    "liftlock/production/approval/owner": expect.stringMatching(/^pending: 1\.1\.0 needs 1 approval by owner/),
    "liftlock/production/hold": expect.stringMatching(/^success/),
  });
  // Nobody stands before the first environment.
  expect(Object.keys(before).filter((context) => context.includes("/staging/"))).toEqual([]);
  for (const text of Object.values(before)) expect(text.split(": ").slice(1).join(": ").length).toBeLessThanOrEqual(140);
  const written = repo.statuses.length;
  clock.now += 120_000;
  team.ledger.who = { name: "paula", login: "paula" };
  expect(await team.command("check staging load failed")).toMatchObject({ exitCode: 0 });
  await team.command("approve production");
  expect(statusesOn(b.commit)).toMatchObject({
    "liftlock/production/check/load": expect.stringMatching(/^failure: load: failed for 1\.1\.0/),
    "liftlock/production/approval/owner": "success: approved by paula",
  });
  // Of what says the same nothing is written again, however long it has been soaking by now.
  expect(new Set(repo.statuses.slice(written).map(({ context }) => context.split("/")[2]))).toEqual(new Set(["check", "approval"]));
  // What is no longer asked stands in nobody's way.
  const relaxed = new Team("gates", { gates: { production: { soak: "1d" } } });
  relaxed.runs("staging", b);
  relaxed.runs("production", a);
  await relaxed.run({ kind: "freeze", stack: "staging", reason: "exams" });
  expect(statusesOn(b.commit)).toMatchObject({ "liftlock/production/check/load": "success: not asked any more" });
});

test("of a commit with more statuses than a page holds, too, nothing is written twice", async () => {
  const team = new Team("crowded", { gates: { production: { soak: "1d" } } });
  team.runs("staging", b);
  team.runs("production", a);
  await team.run({ kind: "freeze", stack: "staging", reason: "exams" });
  const ours = repo.statuses.splice(0);
  expect(ours.length).toBeGreaterThan(1);
  const others = Array.from({ length: 130 }, (_, i) => ({ ...ours[0]!, id: 90_000 + i, context: `ci/${i}` }));
  repo.statuses.push(...others, ...ours);
  const before = repo.statuses.length;
  await team.run({ kind: "unfreeze", stack: "staging", reason: "over" });
  expect(repo.statuses).toHaveLength(before);
});

test("a promotion that the gates refuse says so on GitHub; a dry run tells nobody", async () => {
  const team = new Team("refused", { gates: { production: { soak: "1d" } } });
  team.runs("staging", b);
  team.runs("production", a);
  expect(await team.command("promote staging production --dry-run")).toMatchObject({ exitCode: 1 });
  expect(repo.statuses).toEqual([]);
  expect(await team.command("promote staging production")).toMatchObject({ exitCode: 1 });
  expect(statusesOn(b.commit)).toMatchObject({ "liftlock/production/soak/staging": expect.stringMatching(/^pending/) });
});

test("what a token may not do is said with the permission that it lacks, and keeps nothing else from being told", async () => {
  const team = new Team("scopes");
  team.runs("staging", b);
  team.runs("production", a);
  const permissions = { metadata: "read", contents: "read", statuses: "write" } as const;
  const few = await github.addToken("robot", { permissions, token: PLANTED });
  team.connection = { baseUrl: github.url, token: few, isLocal: false };
  const said = await team.run(deployed("staging", b));
  expect(said).toEqual([
    expect.stringMatching(/^GitHub was not told of 1 deployment: the token may not do this.*\(it needs deployments: write\)/),
  ]);
  expect(Object.keys(statusesOn(b.commit)).length).toBeGreaterThan(3);
  github.fail({ path: /deployments/, status: 404, body: { message: "Not Found" } });
  expect(await team.run({ kind: "unfreeze", stack: "staging", reason: "x" })).toEqual([
    expect.stringMatching(
      /^GitHub was not told of 1 deployment: .* has no such thing, or the token may not see it \(it needs deployments: write\)/,
    ),
  ]);
  const wrong = { ...team.connection, token: `${PLANTED}-unknown` };
  team.connection = wrong;
  expect(await team.run({ kind: "freeze", stack: "staging", reason: "x" })).toEqual([expect.stringContaining("does not know the token")]);
  const ended = await team.command("publish");
  expect(ended).toMatchObject({ exitCode: 1, said: [expect.stringMatching(/error: .*does not know the token.*What waits: 1 deployment/)] });
  for (const text of [...team.said, readFileSync(team.outbox, "utf8"), JSON.stringify([repo.deployments, repo.statuses])])
    expect(text).not.toContain(PLANTED);
});

test("it is told what the settings want told, where they name a repository", async () => {
  const team = new Team("off", { publish: { deployments: false, gates: false, pullRequests: false } });
  expect(await team.run(deployed("staging", a))).toEqual([]);
  expect([repo.deployments, repo.statuses]).toEqual([[], []]);
  expect(await team.command("publish")).toMatchObject({ exitCode: 2, said: [expect.stringContaining("application.repository.publish")] });
  expect(await team.command("publish nowhere")).toMatchObject({ exitCode: 2 });
  // The local world's own GitHub is told while it runs; nothing waits for a trial, and nothing is said of commits that nobody pushed there.
  const trial = new Team("trial");
  trial.options = { local: true };
  trial.runs("staging", unmade("8.0.0"));
  trial.connection = { ...trial.connection!, isLocal: true };
  expect(await trial.run(deployed("staging", unmade("8.0.0")), deployed("production", a))).toEqual([]);
  expect(shown("production")).toHaveLength(1);
  trial.connection = undefined;
  expect(await trial.run(deployed("production", b))).toEqual([]);
  expect(readFileSync(trial.outbox, "utf8")).not.toContain("production");
});
