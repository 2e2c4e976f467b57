import { existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { openBackend } from "../../local/engine/backend/index.ts";
import type { Snapshot } from "../../local/engine/state.ts";
import { UserError } from "../../ops/user-error.ts";
import { checkpointFile, open, recorded, refusal, resource, STACK_URN, snapshot, temporaryDir, worldWithStack } from "./support.ts";

/** A saved stack (twice, so that it has a backup), its file changed by `change`; what loading it says. */
async function afterDamage(change: (file: string) => void): Promise<{ message: string; dir: string; file: string }> {
  const dir = await worldWithStack();
  await (await open(dir)).save(snapshot(resource("a")));
  const file = checkpointFile(dir);
  change(file);
  const error = await refusal((await open(dir)).load());
  expect(error).toBeInstanceOf(UserError);
  expect(error.message).toContain(file);
  return { message: error.message, dir, file };
}
const edit = (from: string | RegExp, to: string) => (file: string) => {
  const text = readFileSync(file, "utf8");
  expect(text).toMatch(from);
  writeFileSync(file, text.replace(from, to));
};

describe("a state file that is damaged", () => {
  it.each([
    ["truncated", (f: string) => truncateSync(f, 300), /ends in the middle \(after 300 characters\)/],
    ["empty", (f: string) => truncateSync(f, 0), /it is empty/],
    ["no JSON", (f: string) => writeFileSync(f, "{nonsense}"), /it is not JSON/],
    ["another kind of JSON", (f: string) => writeFileSync(f, "[]"), /not a JSON object/],
    ["without version", edit('"version":3,', ""), /has no "version"/],
    ["changed by hand", edit('"magic":"', '"magic":"0'), /does not match its own checksum/],
    ["without a URN", edit(`"urn":"${STACK_URN}",`, ""), /resource 0 has no "urn"/],
    ["with a field of the wrong type", edit('"custom":true', '"custom":"yes"'), /Thing::a: "custom" has the wrong type/],
  ])("%s: says what, where, and how to go back", async (_name, change, problem) => {
    const { message, dir, file } = await afterDamage(change);
    expect(message).toMatch(problem);
    // the command that it prints does what it says
    const [, from, to] = /mv '(.+)' '(.+)'/.exec(message)!;
    expect([from, to]).toEqual([`${file}.bak`, file]);
    writeFileSync(to!, readFileSync(from!, "utf8"));
    expect((await (await open(dir)).load())!.resources).toHaveLength(1);
  });

  it("offers no backup that is not there", async () => {
    const { message } = await afterDamage((file) => {
      truncateSync(file, 10);
      rmSync(`${file}.bak`);
    });
    expect(message).toMatch(/There is no backup beside it/);
    expect(message).not.toMatch(/mv /);
  });

  it("shows nothing of its content", async () => {
    const { message } = await afterDamage((file) => writeFileSync(file, '{"planted-99": oops}'));
    expect(message).not.toContain("planted-99");
  });
});

describe("a state file that is not for this engine", () => {
  it.each([
    ["newer format", edit('"version":3', '"version":5'), /has format 5, newer than this liftlock understands.*Update liftlock/s],
    ["features", edit('"version":3', '"version":4,"features":["taint","views"]'), /does not support: taint, views/],
    ["older format", edit('"version":3', '"version":2'), /old format 2/],
    [
      "a field that would be lost",
      edit('"custom":true', '"custom":true,"taint":true'),
      /Thing::a has the field "taint", which this version does not know/,
    ],
    ["other secrets", edit('"type":"passphrase"', '"type":"service"'), /kept by "service"/],
    ["no mark", edit(',"liftlock":{"world":"local"}', ""), /was not made in the local world.*without --local/s],
  ])("%s: is refused", async (_name, change, problem) => {
    expect((await afterDamage(change)).message).toMatch(problem);
  });

  it("is not overwritten either, when nobody loaded it first", async () => {
    const { file, dir } = await recorded("conformance", "step2");
    const before = readFileSync(file, "utf8");
    const backend = await openBackend({ backendDir: dir, project: "conformance", stack: "dev", passphrase: "conformance" });
    for (const attempt of [() => backend.save(snapshot()), () => backend.load(), () => backend.export(), () => backend.outputsOf("dev")]) {
      expect((await refusal(attempt())).message).toMatch(/was not made in the local world/);
    }
    expect(readFileSync(file, "utf8")).toBe(before);
  });

  it("stays unmarked when it was opened on purpose", async () => {
    const { backend, file } = await recorded("conformance", "step2");
    await backend.save((await backend.load())!);
    expect(Object.keys(JSON.parse(readFileSync(file, "utf8")))).toEqual(["version", "checkpoint"]);
    expect(existsSync(file.replace(/json$/, "pulumi-tags"))).toBe(false);
  });

  it("nor is a backend of another layout", async () => {
    const dir = temporaryDir();
    mkdirSync(path.join(dir, ".pulumi"));
    writeFileSync(path.join(dir, ".pulumi", "meta.yaml"), "version: 2\n");
    expect((await refusal((await open(dir)).save(snapshot()))).message).toMatch(/meta\.yaml names a layout other than version 1/);
  });
});

describe("a stack of the local world", () => {
  it("carries its mark in the checkpoint and as a stack tag", async () => {
    const dir = temporaryDir();
    await (await open(dir)).save(snapshot());
    expect(JSON.parse(readFileSync(checkpointFile(dir), "utf8")).liftlock).toEqual({ world: "local" });
    const tags = readFileSync(checkpointFile(dir).replace(/json$/, "pulumi-tags"), "utf8");
    expect(JSON.parse(tags)).toEqual({ version: 1, tags: { "liftlock:world": "local" } });
  });

  it("without state is none: nothing to load, nothing to export, nothing made on disk", async () => {
    const dir = temporaryDir();
    const backend = await open(dir);
    expect(await backend.exists()).toBe(false);
    expect(await backend.load()).toBeUndefined();
    expect(await backend.history()).toEqual([]);
    expect(await backend.lockOwners()).toEqual([]);
    expect((await refusal(backend.export())).message).toMatch(/Stack dev has no state/);
    expect(existsSync(path.join(dir, ".pulumi"))).toBe(false);
  });

  it.each(["../escape", "a/b", "", ".."])("cannot be named %j", async (stack) => {
    expect((await refusal(open(temporaryDir(), { stack }))).message).toMatch(/is no stack name/);
  });
});

describe("a snapshot that does not hold together", () => {
  const a = resource("a");
  const b = resource("b", { dependencies: [a.urn] });
  const provider = { ...resource("p"), type: "pulumi:providers:test", urn: "urn:pulumi:dev::p::pulumi:providers:test::p" };
  const cases: [string, Snapshot, RegExp][] = [
    ["dependency later", snapshot(b, a), /Thing::b names .*Thing::a \(a dependency\), which comes after it/],
    ["dependency missing", snapshot(b), /which is not there/],
    ["property dependency missing", snapshot(resource("c", { propertyDependencies: { x: [a.urn] } })), /a dependency of its x/],
    ["deletedWith missing", snapshot(resource("c", { deletedWith: a.urn })), /deleted with/],
    ["parent missing", { resources: [a], pendingOperations: [] }, /its parent/],
    ["two alive of one URN", snapshot(a, a), /Thing::a is there twice/],
    [
      "provider missing",
      snapshot(resource("c", { provider: `${provider.urn}::other` }), provider),
      /names the provider .*::other, which is not there/,
    ],
    ["component with an id", snapshot(resource("c", { custom: false })), /is a component, yet has the id/],
  ];
  it.each(cases)("%s: is written, reported, and refused when loaded", async (_name, broken, problem) => {
    const dir = await worldWithStack();
    const backend = await open(dir);
    expect((await refusal(backend.save(broken))).message).toMatch(problem);
    expect((await refusal((await open(dir)).load())).message).toMatch(problem);
  });

  it("one alive and others waiting to be deleted are fine", async () => {
    const dir = temporaryDir();
    const state = snapshot(provider, resource("a", { provider: `${provider.urn}::p` }), resource("a", { id: "old", delete: true }), b);
    await (await open(dir)).save(state);
    expect((await (await open(dir)).load())!.resources.map((r) => r.id)).toEqual([undefined, "p", "a", "old", "b"]);
  });
});
