import { describe, expect, test } from "vitest";
import { rateLimited } from "../../local/github/index.ts";
import type { Plan } from "../../local/github/state.ts";
import { startTown } from "./support/start.ts";

const ruleset = {
  name: "r",
  target: "tag",
  enforcement: "active",
  conditions: { ref_name: { include: ["~ALL"], exclude: [] } },
  rules: [{ type: "deletion" }],
};

describe("what a plan lacks is refused as GitHub refuses it", () => {
  test.each<[Plan, "private" | "public", number, number, number]>([
    ["free", "private", 404, 404, 403],
    ["team", "private", 200, 422, 201],
    ["enterprise", "private", 200, 200, 201],
    ["free", "public", 200, 200, 201],
  ])("%s, %s: environment %i, with a timer %i, ruleset %i", async (plan, visibility, plain, timer, rules) => {
    const town = await startTown({ plan, visibility });
    expect((await town.ask("owner", "PUT", "{repo}/environments/a", {})).status).toBe(plain);
    expect((await town.ask("owner", "PUT", "{repo}/environments/a", { wait_timer: 5 })).status).toBe(timer);
    expect((await town.ask("owner", "POST", "{repo}/rulesets", ruleset)).status).toBe(rules);
    expect(town.faults).toEqual([]);
  });
});

describe("who asks", () => {
  test("no token, a wrong one, one without rights or permission", async () => {
    const town = await startTown();
    town.tokens.wrong = "ghp_wrong";
    town.tokens.fine = await town.github.addToken("owner", { permissions: { metadata: "read", administration: "read" } });
    expect((await town.ask("wrong", "GET", "/user")).body.message).toBe("Bad credentials");
    expect((await town.ask(undefined, "GET", "{repo}")).status).toBe(404);
    expect((await town.ask("stranger", "GET", "{repo}")).status).toBe(404);
    expect((await town.ask("lea", "PUT", "{repo}/environments/a", {})).status).toBe(404);
    expect((await town.ask("lea", "PATCH", "{repo}", {})).body.message).toBe("Must have admin rights to Repository.");
    expect((await town.ask("fine", "GET", "{repo}/rulesets")).status).toBe(200);
    expect((await town.ask("fine", "POST", "{repo}/rulesets", ruleset)).body.message).toBe(
      "Resource not accessible by personal access token",
    );
    expect((await town.ask("owner", "PUT", "{repo}/environments/a", { wait_timer: 43_201 })).status).toBe(422);
    const reviewers = Array.from({ length: 7 }, (_, id) => ({ type: "User", id }));
    expect((await town.ask("owner", "PUT", "{repo}/environments/a", { reviewers })).status).toBe(422);
    expect(town.faults).toEqual([]);
  });
});

test("pages, unchanged replies, and failures on demand", async () => {
  const town = await startTown();
  for (const name of ["A", "B", "C"]) await town.ask("owner", "POST", "{repo}/actions/variables", { name, value: "1" });
  const page = await town.ask("owner", "GET", "{repo}/actions/variables?per_page=2&page=1");
  expect([page.body.total_count, page.body.variables.length]).toEqual([3, 2]);
  expect(page.headers.get("link")).toMatch(/page=2>; rel="next".*page=2>; rel="last"/);
  const first = await town.ask("owner", "GET", "{repo}");
  const etag = { "if-none-match": first.headers.get("etag") ?? "" };
  expect((await town.ask("owner", "GET", "{repo}", undefined, etag)).status).toBe(304);
  await town.ask("owner", "PATCH", "{repo}", { description: "changed" });
  expect((await town.ask("owner", "GET", "{repo}", undefined, etag)).status).toBe(200);
  town.github.fail({ ...rateLimited(30), path: /ferry$/ });
  const limited = await town.ask("owner", "GET", "{repo}");
  expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "30"]);
  expect((await town.ask("owner", "GET", "{repo}")).status).toBe(200);
});
