import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { RepositorySettings } from "../../components/github/repository.schema.ts";
import { PlatformGithub } from "../../components/platform/github.schema.ts";
import type { PropertyMap } from "../../local/engine/values.ts";
import { type Github, startGithub } from "../../local/github/index.ts";
import { githubFactory } from "../../local/providers/github/index.ts";
import type { Finding } from "../../ops/drift/finding.ts";
import { openApi } from "../../ops/github/api.ts";
import { appliedRules } from "../../ops/github/read-back/applied.ts";
import { GithubDrift, RepositoryReading } from "../../ops/github/read-back/source.ts";
import { knownOf } from "../../ops/github/read-back/strangers.ts";
import { Life } from "../provider-github/support/life.ts";
import { typeOf } from "../provider-github/support/requests.ts";

/** Names in other letters, names that two things have, and what a plan does not know. */
const dir = mkdtempSync(path.join(os.tmpdir(), "edges-"));
let github: Github;
let token: string;
beforeAll(async () => {
  github = await startGithub({ dir });
  for (const login of ["olga", "tara"]) await github.addUser(login);
  await github.addOrganization("acme", "olga", "enterprise");
  await github.addTeam("acme", "qa", ["tara"]);
  await github.addRepository("acme", "ferry", { access: { tara: "push", "team:qa": "push" } });
  await github.addOrganization("small", "olga", "free");
  await github.addRepository("small", "skiff");
  token = await github.addToken("olga");
});
afterAll(async () => {
  await github.close();
  rmSync(dir, { recursive: true, force: true });
});
afterEach(() => {
  const repo = github.hub.repository("acme", "ferry");
  Object.assign(repo, { protections: [], rulesets: [], environments: {} });
});

const ferry = { owner: "acme", name: "ferry", plan: "enterprise", visibility: "private" } as const;
const said = ({ change, subject, path: at, before, after }: Finding) =>
  `${change} ${subject.kind} ${subject.name} ${at} ${before} -> ${after}`;
async function made(kind: string, news: PropertyMap): Promise<object> {
  const provider = await githubFactory({ kind: "api", baseUrl: github.url, token, owner: "acme" }).configure({});
  const life = new Life(provider, kind);
  await life.create(news);
  return { type: typeOf(kind), urn: `urn:${kind}`, id: life.id, inputs: life.written, outputs: life.outputs };
}
type Readings = (reading: RepositoryReading) => RepositoryReading;
async function look(resources: object[], about: object = ferry, through: Readings = (reading) => reading) {
  const settings = RepositorySettings.parse(about);
  const applied = appliedRules({ deployment: { resources } } as never);
  const api = openApi({ baseUrl: github.url, token, isLocal: true }, settings);
  const whole = { platform: PlatformGithub.parse({}), known: knownOf([applied]) };
  const drift = new GithubDrift({ reading: through(new RepositoryReading(api)), applied, settings, whole });
  return { findings: (await drift.findings()).map(said), unread: drift.unread };
}
async function ask(method: string, at: string, body?: object): Promise<void> {
  const options = { method, headers: { authorization: `Bearer ${token}` }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const response = await fetch(`${github.url}/api/v3/repos/acme/ferry/${at}`, options);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
}

test("who is meant does not hang on capitals; what only a detail of a restriction says is read too", async () => {
  const rule = await made("BranchProtection", {
    ...{ repositoryId: "ferry", pattern: "main", forcePushBypassers: ["/Tara", "Acme/qa"] },
    restrictPushes: [{ blocksCreations: true, pushAllowances: ["/TARA"] }],
  });
  expect(await look([rule])).toEqual({ findings: [], unread: [] });
  github.hub.repository("acme", "ferry").protections[0]!.blocksCreations = false;
  expect((await look([rule])).findings).toEqual(["removed BranchProtection main blocksCreations on -> undefined"]);
});

test("a ruleset of the organisation with the name of ours is not ours, and is named", async () => {
  const ours = await made("RepositoryRuleset", {
    ...{ repository: "ferry", name: "tags", target: "tag", enforcement: "active", rules: { deletion: true } },
    conditions: { refName: { includes: ["refs/tags/v*"], excludes: [] } },
  });
  const withTheirs: Readings = (reading) => {
    const read = reading.read.bind(reading);
    reading.read = async () => {
      const { live, authors } = await read();
      const theirs = { ...live.rulesets![0]!, id: 1, source: "acme", enforcement: "disabled" };
      return { live: { ...live, rulesets: [theirs, ...live.rulesets!] }, authors };
    };
    return reading;
  };
  expect((await look([ours], ferry, withTheirs)).findings).toEqual(["created Ruleset tags undefined undefined -> undefined"]);
  expect(await look([ours])).toEqual({ findings: [], unread: [] });
  // Made anew by hand, it has another id: still not theirs.
  const before = { ...ours, id: "77" };
  expect((await look([before], ferry, withTheirs)).findings).toEqual(["created Ruleset tags undefined undefined -> undefined"]);
});

test("an environment that somebody made in other letters is the one that was taken over", async () => {
  await ask("PUT", "environments/Production", {});
  const environment = await made("RepositoryEnvironment", { repository: "ferry", environment: "production", canAdminsBypass: false });
  expect(await look([environment])).toEqual({ findings: [], unread: [] });
});

test("who changed it is found however much happened since", async () => {
  const environment = await made("RepositoryEnvironment", { repository: "ferry", environment: "busy", canAdminsBypass: false });
  await ask("PUT", "environments/busy", { can_admins_bypass: true });
  const { auditLog } = github.hub.account("acme");
  const one = { at: auditLog[0]!.at, actor: "tara", action: "environment.update_protection_rule", repo: "acme/ferry" };
  for (let i = 0; i < 250; i++) auditLog.unshift({ ...one, detail: { environment_name: "another" } });
  const settings = RepositorySettings.parse(ferry);
  const applied = appliedRules({ deployment: { resources: [environment] } } as never);
  const reading = new RepositoryReading(openApi({ baseUrl: github.url, token, isLocal: true }, settings));
  const found = await new GithubDrift({ reading, applied, settings }).findings();
  expect(found).toMatchObject([{ path: "canAdminsBypass", by: { manager: "olga" } }]);
});

test("what the plan does not know is not there: a free private repository is no riddle", async () => {
  const small = { owner: "small", name: "skiff", plan: "free", visibility: "private" } as const;
  expect(await look([], small)).toEqual({ findings: [], unread: [] });
  // A repository of the same owner that the token may not see is one.
  expect((await look([], { ...small, name: "elsewhere" })).unread.length).toBeGreaterThan(2);
});
