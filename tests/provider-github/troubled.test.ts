import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import sodium from "libsodium-wrappers";
import { afterAll, beforeEach, expect, test } from "vitest";
import { rateLimited, type Seen, startGithub } from "../../local/github/index.ts";
import { githubFactory } from "../../local/providers/github/index.ts";
import { Life } from "./support/life.ts";

/** What goes wrong between a request and the next: keys that change, limits, answers that do not come. */
const dir = mkdtempSync(path.join(os.tmpdir(), "liftlock-troubled-"));
const seen: Seen[] = [];
const github = await startGithub({ dir, onReply: (one) => void seen.push(one) });
afterAll(async () => {
  await github.close();
  rmSync(dir, { recursive: true, force: true });
});
beforeEach(() => {
  seen.length = 0;
});
for (const login of ["owner", "tara"]) await github.addUser(login);
await github.addOrganization("acme", "owner", "enterprise");
const repo = await github.addRepository("acme", "ferry", { access: { tara: "push" } });
const token = await github.addToken("owner");
const provider = await githubFactory({ kind: "api", baseUrl: github.url, token, owner: "acme" }).configure({});
const asked = (method: string, part: string) => seen.filter((one) => one.method === method && one.path.includes(part)).length;

async function otherKey(): Promise<void> {
  await sodium.ready;
  const { publicKey, privateKey } = sodium.crypto_box_keypair();
  const text = (bytes: Uint8Array) => sodium.to_base64(bytes, sodium.base64_variants.ORIGINAL);
  repo.keyPair = { keyId: String(Number(repo.keyPair.keyId) + 1), publicKey: text(publicKey), privateKey: text(privateKey) };
}

test("a secret whose repository gets another key meanwhile is sealed with that one", async () => {
  const secret = new Life(provider, "ActionsSecret");
  const given = { repository: "ferry", secretName: "KEY", value: "planted-4714" };
  const { promise, resolve } = Promise.withResolvers<void>();
  github.fail({ method: "PUT", path: /secrets\/KEY$/, until: promise });
  const created = secret.create(given);
  await expect.poll(() => asked("GET", "public-key")).toBe(1);
  await otherKey();
  resolve();
  await created;
  expect(github.reveal(repo, "KEY")).toBe("planted-4714");
  expect(secret.outputs.keyId).toBe(repo.keyPair.keyId);
  // What GitHub refuses for another reason is not asked again, and says nothing of the value.
  github.fail({ method: "PUT", path: /secrets\/KEY$/, status: 422, body: { message: "Bad request - improperly encrypted secret" } });
  const refused = await secret.update({ ...given, value: "planted-4715" }).catch((error: Error) => error.message);
  expect(refused).toContain("improperly encrypted secret");
  expect(refused).not.toContain("planted");
  expect(asked("PUT", "secrets/KEY")).toBe(3);
});

test("a GitHub that has had enough is left alone: no request is made again before it may", async () => {
  const ruleset = new Life(provider, "RepositoryRuleset");
  github.fail({ method: "POST", path: /rulesets$/, times: 9, ...rateLimited(3600) });
  const given = {
    ...{ repository: "ferry", name: "tags", target: "tag", enforcement: "active", rules: { deletion: true } },
    conditions: { refName: { includes: ["refs/tags/v*"], excludes: [] } },
  };
  const refused = await ruleset.create(given).catch((error: Error) => error.message);
  expect(refused).toMatch(/refuses to create it: You have exceeded a secondary rate limit/);
  expect(asked("POST", "rulesets")).toBe(1);
});

test("a repository that GitHub cannot look up just now is not taken for one of another name", async () => {
  const rule = new Life(provider, "BranchProtection");
  const fault = { status: 200, body: { data: null, errors: [{ type: "INTERNAL", message: "Something went wrong" }] } };
  github.fail({ method: "POST", path: /graphql$/, ...fault });
  const failed = await rule.create({ repositoryId: "ferry", pattern: "main" }).catch((error: Error) => error.message);
  expect(failed).toContain("Something went wrong");
  await rule.create({ repositoryId: "ferry", pattern: "main" });
});

test("a login in other letters is the same person", async () => {
  const rule = new Life(provider, "BranchProtection");
  const given = { repositoryId: "ferry", pattern: "release/*", forcePushBypassers: ["/Tara"] };
  await rule.create(given);
  expect(await rule.refresh()).toBe(true);
  expect(await rule.diff(given)).toEqual([]);
});
