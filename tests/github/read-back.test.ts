import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createEmbeddedEngine } from "../../local/engine/embedded.ts";
import { type Github, startGithub } from "../../local/github/index.ts";
import { githubFactory } from "../../local/providers/github/index.ts";
import { readYaml } from "../settings/projects.ts";
import { root } from "./support.ts";

/** Platform stacks brought up against the stand-in, and what it then answers over its API. */
let dir: string;
let github: Github;
let token: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "read-back-"));
  github = await startGithub({ dir: path.join(dir, "github") });
  await github.addUser("olga");
  token = await github.addToken("olga");
});
afterAll(async () => {
  await github.close();
  await rm(dir, { recursive: true, force: true });
});

async function up(project: string) {
  const projectDir = path.join(root, "examples", project);
  const application = readYaml(projectDir, "Pulumi.yaml").config.application.value;
  const { github: rules } = readYaml(projectDir, "Pulumi.platform.yaml").config[`${project}:platform`];
  // The repository is there already: its own settings would have to be imported first.
  const { merge: _, ...platform } = rules;
  const setting = (value: unknown) => ({ value: JSON.stringify(value), secret: false, object: true });
  const engine = await createEmbeddedEngine({
    projectDir,
    stack: "platform",
    backendDir: path.join(dir, "backend"),
    passphrase: "of the test",
    providers: [githubFactory({ kind: "api", baseUrl: github.url, token, owner: project })],
    extraConfig: {
      [`${project}:application`]: setting(application),
      [`${project}:platform`]: setting({ github: platform }),
    },
  });
  const errors: string[] = [];
  const onEvent = ({ diagnosticEvent }: { diagnosticEvent?: { severity: string; message: string } }) => {
    if (diagnosticEvent?.severity === "error") errors.push(diagnosticEvent.message);
  };
  return { engine, outcome: await engine.up({ onEvent }), errors };
}
// biome-ignore lint/suspicious/noExplicitAny: replies of an API
async function get(where: string): Promise<any> {
  const response = await fetch(`${github.url}/api/v3/${where}`, { headers: { authorization: `Bearer ${token}` } });
  return response.json();
}

test("academiclab's main and its ledger are kept as declared, and a second look finds nothing to do", async () => {
  await github.addOrganization("academiclab", "olga", "team");
  await github.addRepository("academiclab", "academiclab", { visibility: "private" });
  const { engine, outcome, errors } = await up("academiclab");
  expect({ errors, result: outcome.result }).toEqual({ errors: [], result: "succeeded" });
  expect(await get("repos/academiclab/academiclab/branches/main/protection")).toMatchObject({
    required_status_checks: { strict: true, contexts: ["tests"] },
    required_pull_request_reviews: { required_approving_review_count: 1, dismiss_stale_reviews: true },
    enforce_admins: { enabled: true },
    allow_force_pushes: { enabled: false },
    allow_deletions: { enabled: false },
  });
  const again = await engine.preview({});
  expect(again.changeSummary).toEqual({ same: expect.any(Number) });
}, 60_000);

test("job-automation's release tags are created by the release team, and moved by nobody", async () => {
  await github.addOrganization("job-automation", "olga", "team");
  await github.addRepository("job-automation", "job-automation", { visibility: "private" });
  await github.addTeam("job-automation", "releasers", ["olga"]);
  const { outcome, errors } = await up("job-automation");
  expect({ errors, result: outcome.result }).toEqual({ errors: [], result: "succeeded" });
  const listed: { id: number; target: string }[] = await get("repos/job-automation/job-automation/rulesets");
  const rulesets = await Promise.all(listed.map(({ id }) => get(`repos/job-automation/job-automation/rulesets/${id}`)));
  const types = rulesets
    .filter(({ target }) => target === "tag")
    .map(({ rules }) => rules.map(({ type }: { type: string }) => type).sort());
  expect(types.sort()).toEqual([["creation"], ["deletion", "non_fast_forward", "update"]]);
  const creation = rulesets.find(({ rules }) => rules.some(({ type }: { type: string }) => type === "creation"));
  expect(creation.bypass_actors).toEqual([{ actor_id: expect.any(Number), actor_type: "Team", bypass_mode: "always" }]);
}, 60_000);
