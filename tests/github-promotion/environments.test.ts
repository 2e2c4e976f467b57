import { beforeAll, expect, test } from "vitest";
import { EnvironmentGithub } from "../../components/github/environment.schema.ts";
import { releaseId } from "../../components/release.ts";
import type { WorkflowRun } from "../../local/github/state.ts";
import { openApi } from "../../ops/github/api.ts";
import { EnvironmentApprovals } from "../../ops/github/environment-approvals.ts";
import { Teams } from "../../ops/github/teams.ts";
import { by, gate, github, put, release, repo, tokens, yaml } from "./town.ts";

/** What reviewers of a GitHub Environment said before a run began, read in that run. */
const next = release("1.1.0");
const about = { stack: "production", releaseId: releaseId(next) };
const file = "Pulumi.production.yaml";
let environment: number;
let headSha: string;

async function asked(run: WorkflowRun, more: { env?: Record<string, string>; preventSelfReview?: boolean; token?: string } = {}) {
  const said: string[] = [];
  const api = openApi({ baseUrl: github.url, token: more.token ?? tokens.robot }, { owner: "acme", name: "ferry" });
  const settings = EnvironmentGithub.parse({ deployFrom: { branches: ["main"] }, preventSelfReview: more.preventSelfReview ?? true });
  const source = new EnvironmentApprovals({
    ...{ api, project: "ferry", fileOf: () => file, teams: ["acme/owners"], members: new Teams(api) },
    env: { GITHUB_ACTIONS: "true", GITHUB_REPOSITORY: "Acme/Ferry", GITHUB_RUN_ID: String(run.id), ...more.env },
    environments: { production: settings },
    warn: (line) => void said.push(line),
  });
  return { found: await source.approvals(about), again: await source.approvals(about), said };
}
const who = async (...about: Parameters<typeof asked>) =>
  (await asked(...about)).found.map(({ actor, teams }) => `${actor.login} ${teams.join()}`);
const started = (actor: string, more: Partial<WorkflowRun> = {}) =>
  github.addRun(repo, { headSha, actor, waiting: ["production"], ...more });
const review = (login: "paula" | "emil" | "eve", { id }: WorkflowRun, state = "approved") =>
  by(login, "POST", `{repo}/actions/runs/${id}/pending_deployments`, { environment_ids: [environment], state, comment: "Ship it" });

beforeAll(async () => {
  await put("olga", file, yaml(next));
  headSha = (await by("olga", "GET", "{repo}/git/ref/heads/main")).object.sha;
  const reviewers = [
    { type: "Team", id: github.hub.organization("acme").teams.owners!.id },
    { type: "User", id: github.hub.account("eve").id },
  ];
  environment = (await by("olga", "PUT", "{repo}/environments/production", { reviewers, prevent_self_review: false })).id;
});

test("a reviewer whom the gate's roles name approves by it; another reviewer of GitHub's does not", async () => {
  const run = await started("olga");
  expect(await who(run)).toEqual([]);
  await review("paula", run);
  expect(await who(run)).toEqual(["paula acme/owners"]);
  const { found } = await asked(run);
  expect(found).toMatchObject([{ verdict: "approved", codeOwner: false, at: run.startedAt, source: "github-environment" }]);
  // The gate asks for two of the team, one an owner of the file: this is one, and says nothing of code.
  expect(gate(about.releaseId, found)).toMatchObject({
    open: false,
    code: "approval-missing",
    text: expect.stringContaining("paula approved"),
  });
  const other = await started("olga");
  await review("eve", other);
  expect(await who(other)).toEqual(["eve "]);
  expect(gate(about.releaseId, (await asked(other)).found)).toMatchObject({
    open: false,
    text: expect.stringContaining("nobody's counts"),
  });
});

test("who started the run does not approve it, where the settings forbid that", async () => {
  const run = await started("olga", { triggeringActor: "paula" });
  await review("paula", run); // GitHub was told by hand to allow it
  expect(await who(run)).toEqual([]);
  expect(await who(run, { preventSelfReview: false })).toEqual(["paula acme/owners"]);
  // And the gate has its own word on who asks for it.
  const { found } = await asked(run, { preventSelfReview: false });
  expect(gate(about.releaseId, found, { requester: { name: "paula", login: "paula" } })).toMatchObject({ code: "self-approval" });
});

test("it is of this run, of what its commit names, and of this environment", async () => {
  const run = await started("olga");
  await review("emil", run);
  expect(await who(run)).toEqual(["emil acme/owners"]);
  for (const [name, value] of Object.entries({ GITHUB_ACTIONS: "", GITHUB_REPOSITORY: "eve/ferry", GITHUB_RUN_ID: "" }))
    expect(await who(run, { env: { [name]: value } })).toEqual([]);
  await put("olga", file, yaml(release("1.2.0")));
  const moved = await started("olga", { headSha: (await by("olga", "GET", "{repo}/git/ref/heads/main")).object.sha });
  await review("emil", moved);
  expect(await who(moved)).toEqual([]);
  const rejected = await started("olga");
  await review("emil", rejected, "rejected");
  expect(await who(rejected)).toEqual([]);
  run.reviews[0]!.environments = ["staging"];
  await by("olga", "PUT", "{repo}/environments/staging", {});
  expect(await who(run)).toEqual([]);
});

test("where they cannot be read the gate goes on without them, and it is said once", async () => {
  const run = await started("olga");
  await review("emil", run);
  github.fail({ path: /approvals$/, status: 403, times: 2, body: { message: "Resource not accessible by integration" } });
  const { found, again, said } = await asked(run);
  expect([found, again]).toEqual([[], []]);
  expect(said).toEqual([expect.stringMatching(/^Approvals given in the GitHub Environment production are not seen: .*actions: read/)]);
});
