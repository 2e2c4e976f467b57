import picocolors from "picocolors";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { ApplicationSettings } from "../../components/application.schema.ts";
import { counts, withAcknowledgements } from "../../ops/difference/acknowledged.ts";
import { compareResources, type Subject } from "../../ops/difference/compare.ts";
import type { Declarations, DeclaredResource, Secrets } from "../../ops/difference/declared.ts";
import type { Difference } from "../../ops/difference/difference.ts";
import { printOf } from "../../ops/difference/fingerprint.ts";
import { liveDifferences } from "../../ops/difference/live.ts";
import { replacer } from "../../ops/difference/normal.ts";
import { placesIn } from "../../ops/difference/place.ts";
import { diffLines, diffMarkdown } from "../../ops/difference/report.ts";
import { newestApplied, schemaDifferences } from "../../ops/difference/schema.ts";
import { secretDifferences } from "../../ops/difference/secrets.ts";
import { settingsDifferences } from "../../ops/difference/settings.ts";

const application = ApplicationSettings.parse({
  name: "shop",
  promotion: { path: ["lower", "upper"] },
  services: [{ name: "api", kind: "web", image: "registry.example.com/shop/api" }],
  config: { api: { keys: { LEVEL: {}, SANDBOX: { only: ["lower"] }, URL: {} } } },
  flags: { seats: {} },
});
const file = (stack: string) => ({ file: `/shop/Pulumi.${stack}.yaml`, text: texts[stack]! });
const texts: Record<string, string> = {
  lower: `config:
  shop:environment:
    namespace: shop-lower
    defaults:
      replicas: { min: 1 } # a comment
    config:
      api:
        LEVEL: debug
        SANDBOX: "true"
    flags:
      seats: true
  shop:release:
    version: 1.0.0
    images:
      api: registry.example.com/shop/api:1.0.0@sha256:${"1".repeat(64)}
`,
  upper: `config:
  shop:environment:
    namespace: shop-upper
    defaults:
      replicas: { min: 3 }
    config:
      api:
        LEVEL: info
        URL: https://upper
  shop:release:
    version: 1.0.0
    images:
      api: registry.example.com/shop/api:1.0.0@sha256:${"2".repeat(64)}
`,
};
const side = (stack: string) => {
  const { config } = parse(texts[stack]!);
  return { stack, environment: config["shop:environment"], release: config["shop:release"], place: placesIn(file(stack), "shop") };
};
const secrets = (values: Record<string, string>, key = "key"): Secrets => ({
  prints: new Map(Object.entries(values).map(([name, value]) => [name, printOf(value, key)])),
  from: "the stack file",
});
const secretSide = (stack: string, values: Record<string, string>, declared = Object.keys(values)) => ({
  stack,
  secrets: secrets(values),
  declared,
  place: () => ({ file: `Pulumi.${stack}.yaml`, line: 1 }),
});

describe("settings", () => {
  const found = settingsDifferences(application, side("lower"), side("upper"));
  const of = (name: string) => found.find((difference) => difference.name === name);

  test("what a stack file declares is expected, and its line is told", () => {
    expect(of("environment defaults.replicas.min")).toMatchObject({
      area: "replicas",
      kind: "expected",
      left: "1",
      right: "3",
      places: [
        { file: "Pulumi.lower.yaml", line: 5 },
        { file: "Pulumi.upper.yaml", line: 5 },
      ],
    });
  });
  test("what both are to have and one lacks is missing: configuration and flags", () => {
    expect(of("config api.URL")).toMatchObject({ kind: "missing", note: "lower lacks it" });
    expect(of("flag seats")).toMatchObject({ kind: "missing", note: "upper lacks it" });
  });
  test("what the application gives to one alone is not", () => expect(of("config api.SANDBOX")).toMatchObject({ kind: "expected" }));
  test("one tag, two images: nobody means that", () => {
    expect(of("image api")).toMatchObject({ kind: "unexpected", note: expect.stringContaining("same tag") });
  });
  test("the environment's own name is no difference", () => expect(found.map(({ name }) => name)).not.toContain("environment namespace"));
});

describe("secrets", () => {
  const planted = "planted-secret-4711";
  test("what people keep in a vault is said to be uncompared, not missing and not the same", () => {
    const upper = { ...secretSide("upper", { OTHER: "x" }), vault: { name: "shop-prod", keys: new Set(["KEY", "ALONE"]) } };
    expect(secretDifferences(secretSide("lower", { KEY: planted, OTHER: "y" }), upper)).toMatchObject([
      { name: "secret KEY", kind: "expected", left: "of lower", right: "in shop-prod", note: expect.stringContaining("not compared") },
      { name: "secret OTHER", kind: "expected" },
    ]);
  });
  test("different values are expected; one value in two environments is not, under whatever key", () => {
    const left = secretSide("lower", { KEY: planted, OTHER: "a-value-of-lower" });
    const right = secretSide("upper", { KEY: "a-value-of-upper", OTHER: planted });
    const found = secretDifferences(left, right);
    expect(found.map(({ name, kind }) => [name, kind])).toEqual([
      ["secret KEY", "expected"],
      ["secret OTHER", "expected"],
      ["secret KEY = OTHER", "unexpected"],
    ]);
    expect(JSON.stringify(found)).not.toContain(planted);
  });
  test("a value that one lacks is missing; values that could not be opened are not called missing", () => {
    expect(secretDifferences(secretSide("lower", { KEY: "x" }), secretSide("upper", {}, ["KEY"]))).toMatchObject([
      { kind: "missing", note: "upper has no value" },
    ]);
    const closed = { ...secretSide("upper", {}, ["KEY"]), secrets: { prints: new Map(), from: "closed" as const } };
    expect(secretDifferences(secretSide("lower", { KEY: "x" }), closed)).toEqual([]);
  });
  test("other credentials to the same database are a finding", () => {
    const url = (user: string, db: string) => ({ DATABASE_URL: `postgresql://${user}:pw@db.example.com:5432/${db}?sslmode=require` });
    expect(secretDifferences(secretSide("lower", url("a", "shop")), secretSide("upper", url("b", "shop")))).toMatchObject([
      { kind: "unexpected", note: expect.stringContaining("same host and database") },
    ]);
    expect(secretDifferences(secretSide("lower", url("a", "one")), secretSide("upper", url("b", "two")))).toMatchObject([
      { kind: "expected" },
    ]);
  });
  test("one Redis database in two environments is a finding, another number of the same server is none", () => {
    const url = (password: string, number: number) => ({ REDIS_URL: `redis://:${password}@redis.example.com:6379/${number}` });
    const kinds = (lower: number, upper: number) =>
      secretDifferences(secretSide("lower", url("a", lower)), secretSide("upper", url("b", upper))).map(({ kind }) => kind);
    expect([kinds(0, 0), kinds(1, 0)]).toEqual([["unexpected"], ["expected"]]);
  });
  test("a fingerprint says nothing without the project's key", () => {
    expect(printOf(planted, "one").fingerprint).not.toBe(printOf(planted, "two").fingerprint);
    expect(printOf(planted, "one")).toEqual(printOf(planted, "one"));
    expect(printOf(planted, "one").fingerprint).toMatch(/^[0-9a-f]{16}$/);
  });
});

describe("resources", () => {
  const resource = (stack: string, level: string, more: object = {}): DeclaredResource => ({
    type: "kubernetes:apps/v1:Deployment",
    name: "api",
    inputs: { metadata: { name: "api", namespace: `shop-${stack}` }, spec: { level, peer: `http://api.shop-${stack}.svc`, ...more } },
  });
  const subject = (stack: string, resources: DeclaredResource[]): Subject => ({
    ...side(stack),
    written: { environment: { namespace: `shop-${stack}` }, release: {} },
    names: { stack, application: "shop", namespace: `shop-${stack}` },
    resources: Promise.resolve(resources),
  });
  /** The left environment with the right one's settings. */
  const declarations = (tried: DeclaredResource[]): Declarations => ({
    resources: async () => tried,
    secrets: async () => secrets({}),
  });
  const compare = (tried: DeclaredResource[], left: DeclaredResource[], right: DeclaredResource[]) =>
    compareResources(declarations(tried), "/shop", application, subject("lower", left), subject("upper", right));

  test("what the settings bring about is explained, what only names differ by is folded", async () => {
    const result = await compare([resource("lower", "info")], [resource("lower", "debug")], [resource("upper", "info")]);
    expect(result).toEqual({ explained: 1, folded: 2, differences: [] });
  });
  test("what differs with the same settings is unexpected; a resource that one lacks is missing, of whatever provider", async () => {
    const rule: DeclaredResource = {
      type: "github:index/repositoryRuleset:RepositoryRuleset",
      name: "main",
      inputs: { enforcement: "active" },
    };
    const left = [resource("lower", "debug", { hack: 1 }), rule];
    const { differences } = await compare(left, left, [resource("upper", "debug")]);
    expect(differences.map(({ area, name, kind }) => [area, name, kind])).toEqual([
      ["other", "Deployment api spec.hack", "unexpected"],
      ["github", "RepositoryRuleset main", "missing"],
    ]);
  });
  test("two branches on GitHub are compared rule by rule: that they have two names is no difference, and no reason not to look", async () => {
    const rules = (stack: string, branch: string, approvals: number): DeclaredResource[] => [
      {
        type: "github:index/branchProtection:BranchProtection",
        name: "github-branch",
        inputs: { pattern: branch, requiredPullRequestReviews: [{ requiredApprovingReviewCount: approvals }] },
      },
      {
        type: "github:index/repositoryRuleset:RepositoryRuleset",
        name: "github-branch-deployed",
        inputs: {
          name: `${branch}: deployed first`,
          conditions: { refName: { includes: [`refs/heads/${branch}`] } },
          enforcement: "active",
        },
      },
      { type: "github:index/repositoryEnvironment:RepositoryEnvironment", name: "github-environment", inputs: { environment: stack } },
    ];
    const on = (stack: string, branch: string, resources: DeclaredResource[]): Subject => ({
      ...subject(stack, resources),
      written: { environment: { namespace: `shop-${stack}`, github: { branch: { name: branch } } }, release: {} },
      names: { stack, application: "shop", namespace: `shop-${stack}`, branch },
    });
    let tried: unknown;
    const trial = (approvals: number): Declarations => ({
      resources: async (_dir, _stack, parts) => {
        tried = parts?.environment;
        return rules("lower", (tried as { github: { branch: { name: string } } }).github.branch.name, approvals);
      },
      secrets: async () => secrets({}),
    });
    const left = on("lower", "lower", rules("lower", "lower", 1));
    const right = on("upper", "main", rules("upper", "main", 2));
    const explained = await compareResources(trial(2), "/shop", application, left, right);
    expect(explained).toEqual({ explained: 1, folded: 4, differences: [] });
    // With the other's branch the left one would be refused: GitHub keeps one rule a name.
    expect(tried).toMatchObject({ github: { branch: { name: expect.not.stringMatching(/^(lower|main)$/) } } });
    const { differences } = await compareResources(trial(1), "/shop", application, left, right);
    expect(differences).toMatchObject([
      { area: "github", kind: "unexpected", left: expect.stringContaining("1"), right: expect.stringContaining("2") },
    ]);
    const named = settingsDifferences(
      application,
      { ...side("lower"), environment: left.written.environment },
      { ...side("upper"), environment: right.written.environment },
    );
    expect(named.map(({ name }) => name)).not.toContain("environment github.branch.name");
  });
  test("a key that one environment alone has keeps nobody from comparing the rest, and a secret for its workflows is declared", async () => {
    const lower = {
      ...subject("lower", [resource("lower", "debug")]),
      written: { environment: { config: { api: { LEVEL: "debug", SANDBOX: "true" } } }, release: {} },
    };
    const upper = {
      ...subject("upper", [resource("upper", "info")]),
      written: { environment: { config: { api: { LEVEL: "info" } } }, release: {} },
    };
    const asked: unknown[] = [];
    const trial: Declarations = {
      resources: async (_dir, _stack, parts) => {
        asked.push((parts!.environment as { config: unknown }).config);
        return [resource("lower", "info")];
      },
      secrets: async () => secrets({}),
    };
    await compareResources(trial, "/shop", application, lower, upper);
    await compareResources(trial, "/shop", application, upper, lower);
    expect(asked).toEqual([{ api: { LEVEL: "info", SANDBOX: "true" } }, { api: { LEVEL: "debug" } }]);

    const repository = {
      owner: "acme",
      name: "shop",
      plan: "team",
      visibility: "private",
      secrets: { KEY: { only: ["upper"] }, BOTH: {} },
    };
    const declared = ApplicationSettings.parse({ ...application, repository });
    const sealed = (key: string): DeclaredResource => ({
      type: "github:index/actionsEnvironmentSecret:ActionsEnvironmentSecret",
      name: `github-environment-secret-${key}`,
      inputs: { value: "[secret]" },
    });
    const sides = [subject("lower", []), subject("upper", [sealed("KEY"), sealed("BOTH")])] as const;
    const { differences } = await compareResources(declarations([]), "/shop", declared, ...sides);
    expect(differences.map(({ name, note }) => [name, note])).toEqual([
      ["ActionsEnvironmentSecret github-environment-secret-BOTH", "lower lacks it, and no setting says so"],
    ]);
  });
  test("names are replaced as words", () => {
    const replaced = replacer({ stack: "upper", application: "shop", namespace: "shop", host: "example.com" });
    expect(
      [
        "http://api.shop.svc",
        "workshop",
        "shop-web",
        "https://example.com/x",
        "dev.example.com",
        "me@example.com",
        "shop-upper-critical",
        "shop-upperhand",
        "upper",
        "upper.json",
        "shop in upper: nothing answers",
        "shop: upper",
        String.raw`up{environment=\"upper\"} and up{environment="upper"}`,
        "in the upper deck",
      ].map(replaced),
    ).toEqual([
      "http://api.{namespace}.svc",
      "workshop",
      "shop-web",
      "https://{host}/x",
      "dev.example.com",
      "me@example.com",
      "{application}-{stack}-critical",
      "shop-upperhand",
      "{stack}",
      "{stack}.json",
      "{application} in {stack}: nothing answers",
      "{application}: {stack}",
      String.raw`up{environment=\"{stack}\"} and up{environment="{stack}"}`,
      "in the upper deck",
    ]);
  });
});

describe("schema and what runs", () => {
  test("a database that was migrated to something else than its release asks for", () => {
    const applied = newestApplied({ migrations: [{ name: "1_first" }, { name: "2_second" }] });
    const [difference] = schemaDifferences({ stack: "upper", declared: "3_third", applied, place: undefined });
    expect(difference).toMatchObject({ kind: "unexpected", note: "upper declares 3_third; its database was last migrated to 2_second" });
    expect(schemaDifferences({ stack: "upper", declared: "2_second", applied, place: undefined })).toEqual([]);
  });
  test("what runs: nothing, another release, changes by hand with who made them", () => {
    const by = { manager: "kubectl-edit", operation: "Update", time: "2026-11-21T10:00:00Z" };
    const finding = {
      source: "kubernetes",
      change: "changed" as const,
      subject: { kind: "Deployment", name: "api" },
      path: "spec.replicas",
      before: "1",
      after: "5",
      by,
    };
    const found = liveDifferences(
      { stack: "lower", declared: undefined, deployed: undefined, drift: [] },
      { stack: "upper", declared: undefined, deployed: { version: "1.0.0" } as never, drift: [finding] },
    );
    expect(found).toMatchObject([
      { kind: "missing", note: "nothing runs in lower yet" },
      {
        kind: "unexpected",
        name: "Deployment api spec.replicas",
        right: "5",
        note: "in upper changed (was 1) by kubectl-edit, 2026-11-21T10:00:00Z",
      },
    ]);
  });
});

test("an acknowledgement names a difference and says why; it ends on its day, and holds for the environments that it names", () => {
  const shared: Difference = { area: "secrets", name: "secret STRIPE", kind: "unexpected", places: [] };
  const one = (more: object) =>
    withAcknowledgements([shared], [{ difference: "secret STR*", reason: "one account", ...more }], ["lower", "upper"], "2026-11-21")[0]!;
  expect(one({})).toMatchObject({ acknowledged: "one account" });
  expect(counts(one({}))).toBe(false);
  expect(counts(one({ until: "2026-11-20" }))).toBe(true);
  expect(counts(one({ only: ["upper"] }))).toBe(true);
  expect(counts(one({ only: ["upper", "lower"], until: "2026-11-21" }))).toBe(false);
});

test("people read it aligned, worst things marked; in Markdown they come first", () => {
  const differences: Difference[] = [
    {
      area: "configuration",
      name: "config api.LEVEL",
      kind: "expected",
      left: "debug",
      right: "info",
      places: [{ file: "Pulumi.lower.yaml", line: 8 }],
    },
    {
      area: "secrets",
      name: "secret KEY",
      kind: "unexpected",
      left: "#1",
      right: "#1",
      places: [],
      note: "the same value in both environments",
    },
  ];
  const report = { left: "lower", right: "upper", differences, explained: 2, folded: 1, notCompared: ["x"] };
  expect(diffLines(report, picocolors.createColors(false))).toEqual([
    "lower and upper: 1 unexpected, 0 missing and 1 expected",
    "configuration",
    "  expected     config api.LEVEL  debug  info  Pulumi.lower.yaml:8",
    "secrets",
    "  unexpected   secret KEY  #1  #1",
    "               the same value in both environments",
    "2 fields of resources follow from these settings",
    "1 field differs only by the environments' own names",
    "not compared: x",
  ]);
  expect(diffMarkdown(report)[4]).toContain("**unexpected** | secrets: secret KEY");
});
