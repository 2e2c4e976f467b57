import { readFileSync } from "node:fs";
import path from "node:path";
import { buildSchema, type DocumentNode, execute, OverlappingFieldsCanBeMergedRule, parse, specifiedRules, validate } from "graphql";
import { afterAll, expect, test, vi } from "vitest";
import { SDL } from "../../local/github/graphql/schema.ts";
import { nodeId } from "../../local/github/node-id.ts";
import { githubFactory } from "../../local/providers/github/index.ts";
import { openApi } from "../../ops/github/api.ts";
import { readLive } from "../../ops/github/read-back/live.ts";
import { Life } from "../provider-github/support/life.ts";
import { startTown } from "./support/start.ts";

/** What is asked in GraphQL, by the provider and by the read-back, and what the stand-in answers, held against GitHub's own schema. */
const file = path.resolve(import.meta.dirname, "../../node_modules/@octokit/graphql-schema/schema.graphql");
const real = buildSchema(readFileSync(file, "utf8"), { assumeValidSDL: true });
// GitHub itself takes `name` of a user and of a team side by side, though one of them may be null.
const rules = specifiedRules.filter((rule) => rule !== OverlappingFieldsCanBeMergedRule);
vi.setConfig({ testTimeout: 60_000 });
const town = await startTown();

interface Asked {
  document: DocumentNode;
  variables: Record<string, unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: answers to any document
  answer: any;
}
const asked: Asked[] = [];
const plain = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  const response = await plain(input, init);
  if (String(input).endsWith("/graphql")) {
    const { query, variables = {} } = JSON.parse(String(init?.body));
    asked.push({ document: parse(query), variables, answer: await response.clone().json() });
  }
  return response;
};
afterAll(() => {
  globalThis.fetch = plain;
});

/** Names of the root's fields that documents ask for: `node`, `createBranchProtectionRule`. */
const roots = ({ definitions }: DocumentNode): string[] =>
  definitions.flatMap((definition) =>
    definition.kind === "OperationDefinition"
      ? definition.selectionSet.selections.flatMap((field) =>
          field.kind === "Field" && field.name.value !== "__typename" ? [field.name.value] : [],
        )
      : [],
  );
/** With the type of every object, without which an answer does not say what of several it is. */
const typed = (query: string): string => query.replaceAll("{ ", "{ __typename ");

test("the provider and the read-back ask what GitHub's schema has", async () => {
  const provider = await githubFactory({ kind: "api", baseUrl: town.github.url, token: town.tokens.owner!, owner: "acme" }).configure({});
  const life = new Life(provider, "BranchProtection");
  const rule = {
    repositoryId: "ferry",
    pattern: "asked",
    forcePushBypassers: ["acme/release", "/rob"],
    requiredPullRequestReviews: [{ pullRequestBypassers: ["/lea"] }],
  };
  await life.create(rule);
  await life.refresh();
  await life.update({ ...rule, enforceAdmins: true });
  await life.import("ferry:asked");
  await life.createAgain();
  const api = openApi({ baseUrl: town.github.url, token: town.tokens.owner!, isLocal: true }, { owner: "acme", name: "ferry" });
  expect((await readLive(api)).protections).toMatchObject([{ pattern: "asked", bypassForcePushAllowances: ["acme/release", "/rob"] }]);
  await life.delete();
  expect(asked.length).toBeGreaterThan(10);
  expect(asked.flatMap(({ document }) => validate(real, document, rules).map(({ message }) => message))).toEqual([]);
});

test("every query and every mutation answers, and as GitHub's schema says", async () => {
  const repositoryId = nodeId("R", town.repo.id);
  await town.ask("owner", "POST", "{repo}/git/refs", {
    ref: "refs/heads/change",
    sha: (await town.ask("owner", "GET", "{repo}/git/ref/heads/main")).body.object.sha,
  });
  await town.ask("lea", "PUT", "{repo}/contents/change.txt", { message: "change", content: "MQo=", branch: "change" });
  const pull = (await town.ask("lea", "POST", "{repo}/pulls", { title: "Change", head: "change", base: "main", draft: true })).body;
  await town.ask("rob", "POST", `{repo}/pulls/${pull.number}/comments`, { body: "Why?", commit_id: pull.head.sha, path: "change.txt" });
  const ask = async (query: string, variables: object = {}) => {
    const answer = await town.graphql("owner", typed(query), variables);
    expect(answer.errors, query).toBeUndefined();
    return answer.data;
  };
  const change = (name: string, part: string) =>
    `mutation($input: ${name[0]!.toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { ${part} } }`;
  const allowance =
    "{ nodes { actor { ... on Team { combinedSlug name } ... on User { login email } } } pageInfo { hasNextPage } totalCount }";
  const whole = `id databaseId pattern isAdminEnforced requiredApprovingReviewCount requiredStatusCheckContexts creator { login } repository { nameWithOwner }
    pushAllowances(first: 5) ${allowance} bypassForcePushAllowances(first: 5) ${allowance}`;
  asked.length = 0;
  await ask("query { viewer { login databaseId } }");
  await ask('query { user(login: "rob") { id login name email } }');
  await ask('query { organization(login: "acme") { id login team(slug: "release") { id slug combinedSlug description } } }');
  const bypassForcePushActorIds = [(await town.ask("owner", "GET", "/orgs/acme/teams/release")).body.node_id];
  const input = {
    repositoryId,
    pattern: "kept/*",
    bypassForcePushActorIds,
    requiresStatusChecks: true,
    requiredStatusCheckContexts: ["test"],
  };
  const made = (await ask(change("createBranchProtectionRule", `branchProtectionRule { ${whole} }`), { input })).createBranchProtectionRule
    .branchProtectionRule;
  const ruleId = { branchProtectionRuleId: made.id };
  await ask(change("updateBranchProtectionRule", `branchProtectionRule { ${whole} }`), { input: { ...ruleId, isAdminEnforced: true } });
  await ask(`query($id: ID!) { node(id: $id) { ... on BranchProtectionRule { ${whole} } } }`, { id: made.id });
  const found = await ask(
    'query($number: Int!) { repository(owner: "acme", name: "ferry") { id isPrivate branchProtectionRules(first: 5) { nodes { pattern } totalCount } pullRequest(number: $number) { id isDraft title reviewThreads(first: 5) { nodes { id isResolved path resolvedBy { login } } } } } }',
    { number: pull.number },
  );
  const { id: pullRequestId, reviewThreads } = found.repository.pullRequest;
  const threadId = reviewThreads.nodes[0].id;
  for (const verb of ["resolve", "unresolve"])
    await ask(change(`${verb}ReviewThread`, "thread { id isResolved resolvedBy { login } }"), { input: { threadId } });
  await ask(change("markPullRequestReadyForReview", "pullRequest { number isDraft }"), { input: { pullRequestId } });
  await ask(change("deleteBranchProtectionRule", "clientMutationId"), { input: ruleId });

  for (const { document, variables, answer } of asked) {
    const held = await execute({ schema: real, document, rootValue: answer.data, variableValues: variables });
    expect(held.errors?.map(({ message }) => message) ?? []).toEqual([]);
    expect(JSON.parse(JSON.stringify(held.data))).toEqual(answer.data);
  }
  const ours = buildSchema(SDL);
  const all = [ours.getQueryType(), ours.getMutationType()].flatMap((type) => Object.keys(type!.getFields()));
  expect([...new Set(asked.flatMap(({ document }) => roots(document)))].sort()).toEqual(all.sort());
});
