import { existsSync } from "node:fs";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { releaseId } from "../../components/release.ts";
import { deployed, PLANTED, rolledBack, Team } from "./telling.ts";
import { by, github, put, release, repo, tokens, yaml } from "./town.ts";

const [old, bad, later] = [release("1.0.0"), release("1.1.0"), release("1.2.0")];
const file = "Pulumi.production.yaml";
const quiet = { publish: { gates: false, deployments: false } };
const opened = (title: string) =>
  Object.values(repo.pulls).filter(({ number }) => repo.issues[number]!.title === title && repo.issues[number]!.state === "open");
const onBranch = async (branch: string) =>
  Buffer.from((await by("olga", "GET", `{repo}/contents/${file}?ref=${encodeURIComponent(branch)}`)).content, "base64").toString();

/** Production went to the bad release by its file on main, and came back by itself. */
async function broken(name: string, options = quiet): Promise<Team> {
  const team = new Team(name, options);
  team.runs("production", old);
  await team.ledger.append(deployed("production", old));
  team.declare("production", bad);
  return team;
}
const failing = (cause = "pods crash") => [
  deployed("production", bad, "restored", cause),
  ...rolledBack("production", bad, old, true, cause),
];

beforeAll(async () => {
  await put("olga", ".github/CODEOWNERS", "* @acme/owners\n");
});
beforeEach(async () => {
  await put("olga", file, yaml(bad, 3));
  for (const { number, state } of Object.values(repo.issues))
    if (state === "open") await by("olga", "PATCH", `{repo}/pulls/${number}`, { state: "closed" });
});

test("after a rollback a pull request takes the file back to what runs, once, and nothing else in it", async () => {
  const team = await broken("back");
  const said = await team.run(failing("Deployment web: `crash` @everyone"));
  expect(said).toEqual([
    expect.stringMatching(/^pull request: http\S+\/pull\/\d+ takes Pulumi\.production\.yaml on main back to 1\.0\.0: merge it$/),
  ]);
  const [pull, ...more] = opened("Take production back to 1.0.0");
  expect(more).toEqual([]);
  expect(await onBranch(pull!.head)).toBe(yaml(old, 3));
  expect(pull).toMatchObject({ head: "rollback/production-1.0.0", base: "main" });
  const { body } = repo.issues[pull!.number]!;
  for (const text of [releaseId(bad), releaseId(old), "by itself", "held back", "release-hold production"]) expect(body).toContain(text);
  expect(body).not.toContain("@everyone");
  // Said once; while it is open nothing is opened again, and what was said of it stays.
  expect(await team.run({ kind: "freeze", stack: "production", reason: "exams" })).toEqual([]);
  expect((await team.command("publish")).said).toEqual([expect.stringContaining("knows everything already")]);
  expect(opened("Take production back to 1.0.0")).toHaveLength(1);
  await by("olga", "PUT", `{repo}/pulls/${pull!.number}/merge`, { merge_method: "squash" });
  expect(await onBranch("main")).toBe(yaml(old, 3));
  expect((await team.command("publish")).said).toEqual([expect.stringContaining("knows everything already")]);
  expect(opened("Take production back to 1.0.0")).toEqual([]);
});

test("the configuration that went with it comes back too, and what else the branch changed stays", async () => {
  const team = await broken("configured");
  const written = (more: string) =>
    yaml(bad, 5).replace("replicas: 5\n", `replicas: 5\n    config:\n      web: { LEVEL: ${more} } # how much it says\n`);
  const live = team.live.get("production")!;
  const environment = { replicas: 2, config: { web: { LEVEL: "info" } } };
  live.configuration = {
    ...live.configuration,
    "ferry:environment": { value: JSON.stringify(environment), objectValue: environment, secret: false },
  };
  await put("olga", file, written("debug"));
  await team.run(failing());
  const text = await onBranch("rollback/production-1.0.0");
  expect(text).toBe(
    written("info").replace(
      yaml(bad, 5).slice(yaml(bad, 5).indexOf("  ferry:release")),
      yaml(old, 5).slice(yaml(old, 5).indexOf("  ferry:release")),
    ),
  );
});

test("there is none where the branch says something else, where it was let in again, or where another release runs", async () => {
  await put("olga", file, yaml(later, 3));
  expect(await (await broken("moved")).run(failing())).toEqual([]);
  await put("olga", file, yaml(bad, 3));
  const released = { kind: "hold-released", stack: "production", releaseId: releaseId(bad), reason: "it was the network" } as const;
  expect(await (await broken("released")).run(failing(), released)).toEqual([]);
  const on = await broken("on");
  on.runs("production", later);
  expect(await on.run(failing())).toEqual([]);
  expect(await (await broken("off", { publish: { ...quiet.publish, pullRequests: false } as never })).run(failing())).toEqual([]);
  expect(Object.values(repo.pulls).filter(({ number }) => repo.issues[number]!.state === "open")).toEqual([]);
});

test("when GitHub is away it waits, and no token is in what waits or in what is said", async () => {
  const team = await broken("away");
  const token = await github.addToken("robot", { token: PLANTED });
  team.connection = { baseUrl: github.url, token, isLocal: false };
  github.fail({ status: 500, times: 2 });
  expect(await team.run(failing())).toEqual([expect.stringMatching(/^GitHub was not told of 1 pull request: .* cannot be asked/)]);
  team.connection = undefined;
  expect(await team.run({ kind: "freeze", stack: "production", reason: "x" })).toEqual([
    expect.stringContaining("1 pull request: there is no GITHUB_TOKEN"),
  ]);
  team.connection = { baseUrl: github.url, token: tokens.eve, isLocal: false };
  expect(await team.run({ kind: "unfreeze", stack: "production", reason: "x" })).toEqual([expect.stringMatching(/^pull request: /)]);
  expect(existsSync(team.outbox)).toBe(false);
  expect(JSON.stringify([team.said, repo.issues])).not.toContain(PLANTED);
});

test("a checkout that has only the ledger opens it when it is asked to", async () => {
  const team = await broken("asked");
  await team.ledger.append(...failing());
  expect(await team.command("publish production")).toMatchObject({ exitCode: 0, said: [expect.stringMatching(/^pull request: /)] });
});
