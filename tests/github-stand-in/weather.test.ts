import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, expect, test, vi } from "vitest";
import { rateLimited } from "../../local/github/index.ts";
import { githubFactory } from "../../local/providers/github/index.ts";
import { openApi } from "../../ops/github/api.ts";
import { readLive } from "../../ops/github/read-back/live.ts";
import { Life } from "../provider-github/support/life.ts";
import { startTown } from "./support/start.ts";

/** What a client meets on a bad day, on demand: limits, pages, replies that did not change, failures. */
vi.setConfig({ testTimeout: 60_000 });
const town = await startTown();
const bad = (status: number) => ({
  status,
  body: { message: "Server Error", documentation_url: "https://docs.github.com/rest", status: String(status) },
});

describe("limits", () => {
  test("the primary one says when it ends, the secondary one how long to wait; after that all is as before", async () => {
    town.github.fail({ ...rateLimited(60, "primary"), path: /ferry$/ });
    const primary = await town.ask("owner", "GET", "{repo}");
    expect([primary.status, primary.headers.get("x-ratelimit-remaining")]).toEqual([403, "0"]);
    expect(Number(primary.headers.get("x-ratelimit-reset")) * 1000).toBeGreaterThan(Date.now());
    expect(primary.body.message).toMatch(/^API rate limit exceeded/);
    town.github.fail({ ...rateLimited(7), path: /ferry$/, times: 2 });
    for (const status of [429, 429, 200]) expect((await town.ask("owner", "GET", "{repo}")).status).toBe(status);
  });
  test("GraphQL has them too, and a limit hits only what it is for", async () => {
    town.github.fail({ ...rateLimited(1), path: /graphql$/, method: "POST" });
    expect((await town.ask("owner", "GET", "{repo}")).status).toBe(200);
    expect(await town.graphql("owner", "{ viewer { login } }")).toMatchObject({ message: expect.stringContaining("secondary rate limit") });
    expect(await town.graphql("owner", "{ viewer { login } }")).toEqual({ data: { viewer: { login: "owner" } } });
  });
});

describe("pages", () => {
  const lists: [string, string, (body: { [key: string]: unknown[] }) => unknown[]][] = [
    ["rulesets", "{repo}/rulesets", (body) => body as unknown as unknown[]],
    ["environments", "{repo}/environments", ({ environments }) => environments!],
    ["variables", "{repo}/actions/variables", ({ variables }) => variables!],
    ["labels of an issue", "{repo}/issues/1/labels", (body) => body as unknown as unknown[]],
  ];
  test.each(lists)("%s come page by page, each once, with links to the others", async (what, at, items) => {
    if (what === "labels of an issue") await town.ask("owner", "POST", "{repo}/issues", { title: "Pages", labels: ["a", "b", "c"] });
    for (const name of ["A", "B", "C"]) {
      await town.ask("owner", "POST", "{repo}/actions/variables", { name, value: "1" });
      await town.ask("owner", "PUT", `{repo}/environments/${name}`, {});
      const conditions = { ref_name: { include: [`refs/tags/${name}`], exclude: [] } };
      await town.ask("owner", "POST", "{repo}/rulesets", {
        name,
        target: "tag",
        enforcement: "active",
        conditions,
        rules: [{ type: "deletion" }],
      });
    }
    const seen: unknown[] = [];
    let next: string | undefined = `${at}?per_page=1`;
    const turned: string[] = [];
    while (next !== undefined) {
      const page = await town.ask("owner", "GET", next);
      expect(items(page.body)).toHaveLength(1);
      seen.push(...items(page.body));
      const link = page.headers.get("link") ?? "";
      turned.push([...link.matchAll(/rel="(\w+)"/g)].map(([, rel]) => rel).join(" "));
      const found: string | undefined = /<[^>]*\/api\/v3([^>]*)>; rel="next"/.exec(link)?.[1];
      next = found;
    }
    expect(turned).toEqual(["next last", "prev first next last", "prev first"]);
    expect(new Set(seen.map((one) => JSON.stringify(one))).size).toBe(3);
    expect(items((await town.ask("owner", "GET", `${at}?per_page=2&page=9`)).body)).toEqual([]);
  });
  test("GraphQL's too", async () => {
    const { body } = await town.ask("owner", "GET", "{repo}");
    const create = "mutation($input: CreateBranchProtectionRuleInput!) { createBranchProtectionRule(input: $input) { clientMutationId } }";
    for (const pattern of ["a", "b", "c"]) await town.graphql("owner", create, { input: { repositoryId: body.node_id, pattern } });
    const query = `query($after: String) { repository(owner: "acme", name: "ferry") { branchProtectionRules(first: 2, after: $after) { nodes { pattern } totalCount pageInfo { endCursor hasNextPage hasPreviousPage } } } }`;
    const page = async (after?: string) => (await town.graphql("owner", query, { after })).data.repository.branchProtectionRules;
    const first = await page();
    expect(first).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true, hasPreviousPage: false } });
    const second = await page(first.pageInfo.endCursor);
    expect(second.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    expect([...first.nodes, ...second.nodes].map(({ pattern }) => pattern)).toEqual(["a", "b", "c"]);
  });
});

test("an unchanged reply is empty, by what is in it; a changed one comes whole, and refusals and writes have no mark", async () => {
  const first = await town.ask("owner", "GET", "{repo}/environments/A");
  const etag = first.headers.get("etag") ?? "";
  expect(etag).toMatch(/^W\/"[0-9a-f]{64}"$/);
  const again = await town.ask("owner", "GET", "{repo}/environments/A", undefined, { "if-none-match": etag });
  expect([again.status, again.body]).toEqual([304, undefined]);
  // Who sees less sees something else.
  const ruleset = (await town.ask("owner", "GET", "{repo}/rulesets")).body[0].id;
  const own = (await town.ask("owner", "GET", `{repo}/rulesets/${ruleset}`)).headers.get("etag") ?? "";
  expect((await town.ask("lea", "GET", `{repo}/rulesets/${ruleset}`, undefined, { "if-none-match": own })).status).toBe(200);
  const put = await town.ask("owner", "PUT", "{repo}/environments/A", { wait_timer: 1 });
  expect(put.headers.get("etag")).toBeNull();
  expect((await town.ask("owner", "GET", "{repo}/environments/A", undefined, { "if-none-match": etag })).status).toBe(200);
  expect((await town.ask("owner", "GET", "{repo}/environments/none")).headers.get("etag")).toBeNull();
});

describe("failures", () => {
  const provider = async () =>
    githubFactory({ kind: "api", baseUrl: town.github.url, token: town.tokens.owner!, owner: "acme" }).configure({});
  const variable = (name: string) => ({ repository: "ferry", variableName: name, value: "1" });

  test("a short one is overcome, with a limit that ends soon", async () => {
    for (const fault of [bad(502), bad(503), { ...rateLimited(0) }]) town.github.fail({ ...fault, method: "POST", path: /variables$/ });
    await new Life(await provider(), "ActionsVariable").create(variable("SHORT"));
    expect(town.repo.variables.SHORT?.value).toBe("1");
  }, 20_000);

  test("a long one is said, and that nobody knows whether it took effect", async () => {
    town.github.fail({ ...bad(500), method: "POST", path: /variables$/, times: 4 });
    const failed = new Life(await provider(), "ActionsVariable").create(variable("LONG"));
    await expect(failed).rejects.toMatchObject({
      message: expect.stringMatching(/ActionsVariable "it": .* refuses to create it: Server Error/),
      outcomeUnknown: true,
    });
  }, 20_000);

  test("a read-back names what it could not read, and reads the rest", async () => {
    const api = openApi(
      { baseUrl: town.github.url, token: town.tokens.owner!, isLocal: true },
      { owner: "acme", name: "ferry" },
      { milliseconds: 5000, retries: 0 },
    );
    town.github.fail({ ...bad(500), path: /\/rulesets$/ });
    town.github.fail({ ...rateLimited(900, "primary"), path: /\/environments$/ });
    const live = await readLive(api);
    expect(live.unread.map(({ what }) => what).sort()).toEqual(["the environments of acme/ferry", "the rulesets of acme/ferry"]);
    expect(live.unread.map(({ why }) => why).join()).toMatch(/enough requests of this token/);
    expect(live.protections).toHaveLength(3);
    expect([live.rulesets, live.environments]).toEqual([undefined, undefined]);
  });
});

test("its state outlives it: a stand-in that is started anew has what the last one had", async () => {
  const dir = mkdtempSync(path.join(os.tmpdir(), "liftlock-weather-"));
  const { startGithub } = await import("../../local/github/index.ts");
  const first = await startGithub({ dir });
  await first.addUser("ann");
  await first.addRepository("ann", "boat");
  const token = await first.addToken("ann");
  await first.close();
  const second = await startGithub({ dir });
  const reply = await fetch(`${second.url}/api/v3/repos/ann/boat`, { headers: { authorization: `Bearer ${token}` } });
  expect(reply.status).toBe(200);
  await second.close();
  rmSync(dir, { recursive: true, force: true });
});
