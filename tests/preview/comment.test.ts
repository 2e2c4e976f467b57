import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Github, startGithub } from "../../local/github/index.ts";
import type { Repo } from "../../local/github/state.ts";
import { comment } from "../../ops/commands/comment.ts";
import type { Context } from "../../ops/context.ts";
import type { GithubConnection } from "../../ops/github/connection.ts";
import { defused } from "../../ops/preview/defused.ts";
import { UserError } from "../../ops/user-error.ts";
import { liftlock, root } from "./support.ts";

const MARKER = "<!-- liftlock preview ferry -->";
let dir: string;
let github: Github;
let repo: Repo;
let tokens: Record<string, string>;
beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), "liftlock-comment-"));
  github = await startGithub({ dir: path.join(dir, "github") });
  for (const login of ["owner", "bot", "mallory"]) await github.addUser(login);
  await github.addOrganization("acme", "owner", "team");
  repo = await github.addRepository("acme", "ferry", { visibility: "public", access: { bot: "push" } });
  tokens = Object.fromEntries(await Promise.all(["bot", "mallory"].map(async (login) => [login, await github.addToken(login)])));
});
afterAll(async () => {
  await github.close();
  rmSync(dir, { recursive: true, force: true });
});

const ask = async (who: string, method: string, at: string, body: object): Promise<{ number: number }> => {
  const address = `${github.url}/api/v3/repos/acme/ferry${at}`;
  const response = await fetch(address, { method, headers: { authorization: `Bearer ${tokens[who]}` }, body: JSON.stringify(body) });
  expect(response.status).toBe(201);
  return (await response.json()) as { number: number };
};
// A pull request's conversation is an issue's.
let conversation: number;
beforeEach(async () => {
  conversation = (await ask("bot", "POST", "/issues", { title: "a change" })).number;
});
const comments = () => repo.issues[conversation]!.comments.map(({ author, body }) => ({ author, body }));
const env = (more: Record<string, string> = {}) => ({
  GITHUB_API_URL: `${github.url}/api/v3`,
  GITHUB_REPOSITORY: "acme/ferry",
  GITHUB_TOKEN: tokens.bot!,
  ...more,
});
const posted = (text: string, more: Record<string, string> = {}, args: readonly string[] = []) => {
  writeFileSync(path.join(dir, "report.md"), text);
  return liftlock(dir, ["comment", "report.md", "--pull-request", String(conversation), ...args], { env: env(more) });
};

describe("a report on a pull request", () => {
  test("is one comment, however often it is posted", async () => {
    expect(await posted(`${MARKER}\nfirst\n`)).toMatchObject({ exitCode: 0, out: expect.stringMatching(/^posted: http/) });
    expect(await posted(`${MARKER}\nsecond\n`)).toMatchObject({ exitCode: 0, out: expect.stringMatching(/^edited: http/) });
    expect(await posted(`${MARKER}\nsecond\n`)).toMatchObject({ exitCode: 0, out: expect.stringMatching(/^unchanged: http/) });
    expect(comments()).toEqual([{ author: "bot", body: `${MARKER}\nsecond\n` }]);
  });
  test("of another program is another comment", async () => {
    await posted(`${MARKER}\nferry\n`);
    await posted("<!-- liftlock preview shop -->\nshop\n");
    expect(comments()).toHaveLength(2);
  });
  test("touches nobody else's, whatever it holds", async () => {
    const planted = `${MARKER}\nplanted`;
    await ask("mallory", "POST", `/issues/${conversation}/comments`, { body: planted });
    await ask("bot", "POST", `/issues/${conversation}/comments`, { body: `by hand, about ${MARKER}` });
    await posted(`${MARKER}\nreport\n`);
    await posted(`${MARKER}\nnewer report\n`);
    expect(comments()).toEqual([
      { author: "mallory", body: planted },
      { author: "bot", body: `by hand, about ${MARKER}` },
      { author: "bot", body: `${MARKER}\nnewer report\n` },
    ]);
  });
  test("is found on a later page", async () => {
    await posted(`${MARKER}\nfirst\n`);
    const [own] = repo.issues[conversation]!.comments.splice(0);
    for (let i = 0; i < 101; i++) await ask("mallory", "POST", `/issues/${conversation}/comments`, { body: `word ${i}` });
    repo.issues[conversation]!.comments.push(own!);
    await posted(`${MARKER}\nsecond\n`);
    expect(comments().filter(({ author }) => author === "bot")).toEqual([{ author: "bot", body: `${MARKER}\nsecond\n` }]);
  });
});

describe("with --local", () => {
  const locally = (hub: GithubConnection | undefined) => {
    writeFileSync(path.join(dir, "report.md"), `${MARKER}\nlocal\n`);
    const out: string[] = [];
    const project = async () => ({ name: "ferry", dir: root, stacks: [] });
    const context = {
      options: { local: true },
      io: { cwd: dir, env: {}, out: (text: string) => out.push(text) },
      selector: { project, github: async () => hub },
    } as unknown as Context;
    return comment(context, ["report.md"], { pullRequest: String(conversation) });
  };
  test("it goes to the local world's own GitHub", async () => {
    await locally({ baseUrl: github.url, token: tokens.bot!, isLocal: true });
    expect(comments()).toEqual([{ author: "bot", body: `${MARKER}\nlocal\n` }]);
  });
  test("it goes nowhere when that does not run, and to no real one", async () => {
    await expect(locally(undefined)).rejects.toThrow(/does not run: `up --local`/);
    await expect(locally({ baseUrl: github.url, token: tokens.bot!, isLocal: false })).rejects.toThrow(UserError);
    expect(comments()).toEqual([]);
  });
});

describe("what is not posted", () => {
  test("a text that is no report", async () => {
    expect(await posted("hello\n")).toMatchObject({ exitCode: 2, err: expect.stringContaining("is no report of `preview --markdown`") });
  });
  test("what a link leads to, which a stranger may have put there", async () => {
    writeFileSync(path.join(dir, "secret"), `${MARKER}\nplanted\n`);
    symlinkSync(path.join(dir, "secret"), path.join(dir, "link.md"));
    const ended = await liftlock(dir, ["comment", "link.md", "--pull-request", String(conversation)], { env: env() });
    expect(ended).toMatchObject({ exitCode: 2, err: expect.stringContaining("cannot be read (ELOOP)") });
  });
  test("what GitHub would refuse", async () => {
    expect(await posted(`${MARKER}\n${"x".repeat(70_000)}\n`)).toMatchObject({
      exitCode: 1,
      err: expect.stringMatching(/has 700\d\d characters: GitHub takes 65536/),
    });
  });
  test("anything without a token, a repository or a number", async () => {
    expect(await posted(`${MARKER}\n`, { GITHUB_TOKEN: "" })).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining("GITHUB_TOKEN is not set"),
    });
    expect(await posted(`${MARKER}\n`, { GITHUB_REPOSITORY: "ferry" })).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining("acme/ferry"),
    });
    const ended = await liftlock(dir, ["comment", "report.md", "--pull-request", "1x"], { env: env() });
    expect(ended).toMatchObject({ exitCode: 2, err: expect.stringContaining("--pull-request 12") });
    expect(comments()).toEqual([]);
  });
  test("what GitHub does refuse, in our words and without the token", async () => {
    const wrong = await posted(`${MARKER}\n`, { GITHUB_TOKEN: "ghp_planted" });
    expect(wrong).toMatchObject({ exitCode: 1, err: expect.stringContaining("GITHUB_TOKEN is not valid (any more)") });
    expect(wrong.err).not.toContain("ghp_planted");
    const absent = await posted(`${MARKER}\n`, { GITHUB_REPOSITORY: "acme/nothing" });
    expect(absent).toMatchObject({ exitCode: 1, err: expect.stringContaining("there is no such pull request") });
  });
});

test("what strangers wrote lends no name to anything", () => {
  const hostile = [
    '<img src="https://evil.example/x.png">',
    "![x](https://evil.example/x.png)",
    "[sign in](https://evil.example)",
    "[sign in][1]",
    "[1]: https://evil.example",
    "www.evil.example",
    "@everyone, acme/ferry#12, fixes #12",
    "<!-- liftlock preview other -->",
    "<details onclick=x><summary onclick=x>",
    "</details><script>",
    "\u202ereversed\u001b[31m",
  ].join("\n");
  const shown = defused(hostile);
  expect(shown.replace(/<\/?(details|summary)>/g, "")).not.toMatch(/<[a-z/!]/i);
  expect(shown).not.toMatch(/\]\(|\]\[|\]:|!\[|:\/\/|www\.|@e|#1/);
  expect(shown.includes("\u202e") || shown.includes("\u001b")).toBe(false);
  const own =
    "### Preview of `ferry`\n\n| `staging` | 1 replaced |\n\n<details><summary>staging: 1 &lt; 2</summary>\n\n```text\n+- x\n```\n\n</details>\n";
  expect(defused(own)).toBe(own);
  expect(defused("web:1.5.0@sha256:abc…")).toBe("web:1.5.0@sha256:abc…");
});
