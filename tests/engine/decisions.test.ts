import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readableError } from "../../local/engine/host/program-errors.ts";
import { orInterrupted } from "../../local/engine/run/interrupted.ts";
import { Scrubber } from "../../local/engine/run/scrubber.ts";
import { SnapshotStore } from "../../local/engine/run/snapshot-store.ts";
import type { ResourceState } from "../../local/engine/state.ts";
import { earlierUrns } from "../../local/engine/steps/aliases.ts";
import { covers, keepOldValues } from "../../local/engine/steps/property-path.ts";
import { makeUrn, nameOf, parseReference, typeOf } from "../../local/engine/urn.ts";
import { type PropertyMap, Secret } from "../../local/engine/values.ts";

describe("property paths", () => {
  const olds = { spec: { schedule: "old", list: [{ image: "a", n: 1 }, { image: "b" }], gone: 1 }, "a.b": { c: 1 } };
  const news = { spec: { schedule: "new", list: [{ image: "x", n: 2 }, { image: "y" }, { image: "z" }], made: 2 }, "a.b": { c: 2 } };
  test.for([
    ["spec.schedule", { spec: { ...news.spec, schedule: "old" }, "a.b": { c: 2 } }],
    ['["a.b"].c', { ...news, "a.b": { c: 1 } }],
    ["spec.list[1].image", { ...news, spec: { ...news.spec, list: [{ image: "x", n: 2 }, { image: "b" }, { image: "z" }] } }],
    ["spec.list[*].image", { ...news, spec: { ...news.spec, list: [{ image: "a", n: 2 }, { image: "b" }, { image: "z" }] } }],
    ["spec.made", { ...news, spec: { schedule: "new", list: news.spec.list } }],
    ["spec.gone", { ...news, spec: { ...news.spec, gone: 1 } }],
    ["nowhere.at.all", news],
  ] as const)("ignoring %s", ([path, expected]) => {
    expect(keepOldValues(news as unknown as PropertyMap, olds as unknown as PropertyMap, [path])).toEqual(expected);
  });
  test("a secret around an ignored value stays secret", () => {
    const result = keepOldValues({ data: new Secret({ a: "new", b: "new" }) }, { data: new Secret({ a: "old", b: "old" }) }, ["data.a"]);
    expect(result).toEqual({ data: new Secret({ a: "old", b: "new" }) });
  });
  test("covers", () => {
    expect(covers("spec", "spec.template.spec.containers[0].image")).toBe(true);
    expect(covers("spec.containers[*].image", "spec.containers[3].image")).toBe(true);
    expect(covers("spec.replicas", "spec")).toBe(false);
    expect(covers("spec.replicas", "spec.replicasMore")).toBe(false);
  });
});

describe("URNs and aliases", () => {
  const parent = makeUrn("dev", "p", undefined, "my:Group", "web");
  test("the stack's type is left out, a parent's is not", () => {
    expect(makeUrn("dev", "p", makeUrn("dev", "p", undefined, "pulumi:pulumi:Stack", "p-dev"), "k:Thing", "a")).toBe(
      "urn:pulumi:dev::p::k:Thing::a",
    );
    expect(makeUrn("dev", "p", parent, "k:Thing", "a::b")).toBe("urn:pulumi:dev::p::my:Group$k:Thing::a::b");
    expect(nameOf("urn:pulumi:dev::p::my:Group$k:Thing::a::b")).toBe("a::b");
    expect(typeOf("urn:pulumi:dev::p::my:Group$k:Thing::a")).toBe("k:Thing");
    expect(parseReference(`${parent}::some-id`)).toEqual({ urn: parent, id: "some-id" });
  });
  test("own aliases, and a parent's multiplied out", () => {
    const context = { stack: "dev", project: "p", renamed: new Map([[parent, "urn:pulumi:dev::p::my:Group::site"]]) };
    expect(
      earlierUrns({ name: "a", type: "k:Thing", aliases: [{ name: "b" }, { type: "k:Old" }, { project: "q" }, { urn: "urn:x" }] }, context),
    ).toEqual(["urn:pulumi:dev::p::k:Thing::b", "urn:pulumi:dev::p::k:Old::a", "urn:pulumi:dev::q::k:Thing::a", "urn:x"]);
    expect(earlierUrns({ name: "web-config", type: "k:Thing", parent, aliases: [] }, context)).toEqual([
      "urn:pulumi:dev::p::my:Group$k:Thing::site-config",
    ]);
    expect(earlierUrns({ name: "a", type: "k:Thing", parent, aliases: [{ noParent: true }] }, context)).toContain(
      "urn:pulumi:dev::p::k:Thing::a",
    );
  });
});

describe("what is shown", () => {
  test("secrets are taken out in every form they take, short ones not", () => {
    const scrubber = new Scrubber();
    scrubber.learn({ a: [new Secret({ password: 'p"ss-word', pin: "123", lines: "first line\nsecond line" })] });
    expect(scrubber.scrub(`p"ss-word ${JSON.stringify({ x: 'p"ss-word' })} ${Buffer.from('p"ss-word').toString("base64")}`)).toBe(
      '[secret] {"x":"[secret]"} [secret]',
    );
    expect(scrubber.scrub("123 is a number, second line is not")).toBe("123 is a number, [secret] is not");
    scrubber.learnConfig({ "p:key": { value: "late-secret", secret: true }, "p:plain": { value: "visible", secret: false } });
    expect(scrubber.scrub("late-secret visible")).toBe("[secret] visible");
  });
  test("secrets that begin alike, or that overlap, leave nothing of each other", () => {
    const scrubber = new Scrubber();
    for (const text of ["password", "passwords-all", "pass", "late-pass"]) scrubber.learn(new Secret(text));
    expect(scrubber.scrub("pass, password, passwords-al, passwords-all, passpassword")).toBe(
      "[secret], [secret], [secret]s-al, [secret], [secret][secret]",
    );
    expect(scrubber.scrub("a late-password.")).toBe("a [secret].");
    expect(scrubber.scrub("late, pas")).toBe("late, pas");
  });
  test("as if each of many secrets were looked for in turn", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b", "c", "ä"), maxLength: 12 });
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 20 }), letters, letters, (secrets, before, after) => {
        const scrubber = new Scrubber();
        for (const secret of secrets) scrubber.learn(new Secret(secret));
        for (const secret of secrets.filter(({ length }) => length >= 4)) {
          const shown = scrubber.scrub(`${before}${secret}${after}`);
          for (const other of secrets.filter(({ length }) => length >= 4)) expect(shown).not.toContain(other);
        }
      }),
    );
  });
  test("of a stack trace the program's own frames", () => {
    const trace = [
      "\u001b[31mError: broken\u001b[39m",
      "    at check (file:///home/me/p/components/a.ts:3:9)",
      "    at async file:///home/me/p/index.ts:10:1",
      "    at Object.run (/home/me/p/node_modules/@pulumi/pulumi/cmd/run/run.js:1:1)",
      "    at node:internal/process/task_queues:103:5",
      "    at process.processTicksAndRejections (node:internal/process/task_queues:103:5)",
    ].join("\n");
    expect(readableError(`Running program '/home/me/p/index.ts' failed with an unhandled exception:\n${trace}`, "/home/me/p")).toBe(
      "the program failed: Error: broken\n    at check (components/a.ts:3:9)\n    at async index.ts:10:1",
    );
    expect(readableError("plain words\n    at least two of them", "/home/me/p")).toBe("plain words\n    at least two of them");
  });
});

test("a provider that does not end when told to is left behind after the grace", async () => {
  const never = new Promise<string>(() => {});
  await expect(orInterrupted(never, AbortSignal.abort(), 1)).rejects.toThrow(/stopped before it was done/);
  expect(await orInterrupted(Promise.resolve("done"), AbortSignal.abort(), 1)).toBe("done");
  expect(await orInterrupted(Promise.resolve("done"), new AbortController().signal, 1)).toBe("done");
});

describe("the state while it changes", () => {
  const state = (name: string, more: Partial<ResourceState> = {}): ResourceState => ({
    urn: makeUrn("dev", "p", undefined, "k:Thing", name),
    type: "k:Thing",
    custom: true,
    inputs: {},
    outputs: {},
    ...more,
  });
  test("what is done comes before what is left, and refers to new names", async () => {
    const a = state("a");
    const b = state("b", { dependencies: [a.urn], propertyDependencies: { x: [a.urn] } });
    const saved: string[][] = [];
    const store = new SnapshotStore(
      { resources: [a, b], pendingOperations: [] },
      async ({ resources }) => void saved.push(resources.map(({ urn }) => nameOf(urn))),
    );
    const renamed = state("z");
    store.replace(a, renamed);
    await store.write();
    expect(saved).toEqual([["z", "b"]]);
    expect(store.snapshot().resources[1]).toMatchObject({ dependencies: [renamed.urn], propertyDependencies: { x: [renamed.urn] } });
    expect(b.dependencies).toEqual([a.urn]);
    store.remove(renamed);
    store.prune();
    expect(store.snapshot().resources[0]).toMatchObject({ dependencies: [], propertyDependencies: { x: [] } });
  });
  test("an operation is pending from its begin to its end", async () => {
    const store = new SnapshotStore({ resources: [], pendingOperations: [] });
    const a = state("a");
    await store.begin("creating", a);
    expect(store.snapshot().pendingOperations).toEqual([{ type: "creating", resource: a }]);
    store.end(a.urn);
    expect(store.snapshot().pendingOperations).toEqual([]);
  });
});
