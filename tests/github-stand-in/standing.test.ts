import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { runningGithub, standingGithub, stopGithub } from "../../local/github/running.ts";

/** The local world's GitHub as a process of its own, which commands find, start and end. */
const dir = mkdtempSync(path.join(os.tmpdir(), "standing-github-"));
afterAll(async () => {
  await stopGithub(dir);
  rmSync(dir, { recursive: true, force: true });
});

const furniture = {
  owner: "acme",
  ownerKind: "organization",
  plan: "team",
  repository: "ferry",
  visibility: "private",
  defaultBranch: "trunk",
  teams: ["qa"],
  users: ["tara"],
} as const;

// biome-ignore lint/suspicious/noExplicitAny: replies of an API
async function ask({ url, token }: { url: string; token: string }, method: string, at: string, body?: object): Promise<any> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/api/v3/${at}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  return response.status === 204 ? undefined : response.json();
}

test("it is started once, holds what a project takes for granted, keeps what was changed by hand, and comes back where it was", async () => {
  expect(await runningGithub(dir, furniture)).toBeUndefined();
  const [one, other] = await Promise.all([standingGithub(dir, furniture), standingGithub(dir, furniture)]);
  expect(other).toEqual(one);
  expect(await ask(one, "GET", "repos/acme/ferry")).toMatchObject({ default_branch: "trunk", private: true });
  expect(await ask(one, "GET", "repos/acme/ferry/teams")).toMatchObject([{ slug: "qa", permission: "push" }]);

  await ask(one, "DELETE", "repos/acme/ferry/collaborators/tara");
  await standingGithub(dir, { ...furniture, users: ["tara", "paula"] });
  const people = async () => (await ask(one, "GET", "repos/acme/ferry/collaborators")).map(({ login }: { login: string }) => login);
  expect(await people()).toContain("paula");
  expect(await people()).not.toContain("tara");

  // Who declares the repository itself gets the one that lies there; after that it is taken, as on GitHub.
  expect(await ask(one, "POST", "orgs/acme/repos", { name: "ferry", allow_merge_commit: false })).toMatchObject({
    default_branch: "trunk",
    allow_merge_commit: false,
  });
  expect(await ask(one, "POST", "orgs/acme/repos", { name: "ferry" })).toMatchObject({ message: "Repository creation failed." });

  const { control } = JSON.parse(readFileSync(path.join(dir, "server.json"), "utf8"));
  expect((await fetch(control)).status).toBe(401);
  await stopGithub(dir);
  expect(await runningGithub(dir, furniture)).toBeUndefined();
  const again = await standingGithub(dir, furniture);
  expect(again).toEqual(one);
  expect(await ask(again, "GET", "repos/acme/ferry")).toMatchObject({ allow_merge_commit: false });
});
