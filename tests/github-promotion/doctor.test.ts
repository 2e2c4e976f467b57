import { expect, test } from "vitest";
import { githubFindings } from "../../ops/doctor/github.ts";
import { openApi } from "../../ops/github/api.ts";
import { githubSettings } from "../../ops/github/settings.ts";
import { github, project, tokens } from "./town.ts";

const settings = githubSettings(project)!;
const look = async (token: string, more: Partial<typeof settings.repository> = {}) => {
  const repository = { ...settings.repository, ...more };
  const api = openApi({ baseUrl: github.url, token, isLocal: false }, repository);
  return githubFindings(api, { ...settings, repository });
};
const wrong = async (...about: Parameters<typeof look>) =>
  (await look(...about)).flatMap(({ version, needed }) => (version === undefined ? [needed] : []));

test("a repository that is as the settings say has nothing amiss", async () => {
  expect(await wrong(tokens.olga)).toEqual([]);
});

test("what would fail is named with what to do, and nothing changes", async () => {
  const before = JSON.stringify(github.hub.state.repos);
  expect(await wrong("ghp_wrong")).toEqual([expect.stringMatching(/does not know the token.*connect-github/)]);
  expect(await wrong(tokens.olga, { name: "elsewhere" })).toEqual([expect.stringContaining("acme/elsewhere is not there")]);
  expect(await wrong(tokens.robot)).toEqual([expect.stringContaining("does not administer acme/ferry")]);
  expect(await wrong(await github.addToken("olga", { scopes: ["repo"] }))).toEqual([expect.stringContaining("lacks the scope read:org")]);
  const owners = [{ path: "*", owners: ["@acme/nobody", "@ghost"] }];
  const found = await wrong(tokens.olga, { visibility: "private", defaultBranch: "trunk", codeOwners: owners });
  for (const said of [
    "is public, and the settings say private",
    "the default branch is main",
    "no branch trunk",
    "no team acme/nobody",
    "no user ghost",
  ])
    expect(found).toContainEqual(expect.stringContaining(said));
  expect(JSON.stringify(github.hub.state.repos)).toBe(before);
});
