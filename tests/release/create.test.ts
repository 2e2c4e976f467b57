import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { ApplicationSettings } from "../../components/application.schema.ts";
import { releaseId } from "../../components/release.ts";
import { seal } from "../../ops/ledger/entry.ts";
import type { LedgerEvent } from "../../ops/ledger/event.ts";
import { findRepository } from "../../ops/ledger/git.ts";
import { createRelease, type Wanted } from "../../ops/release/create.ts";
import { openRegistry, type Registry } from "../../ops/release/registry.ts";
import { checkVersion, highest } from "../../ops/release/version.ts";
import { env, git, repository } from "../ledger/support.ts";

const project = parse(readFileSync(new URL("../../Pulumi.yaml", import.meta.url), "utf8"));
const application = ApplicationSettings.parse(project.config.application.value);
const { database: _, ...withoutDatabase } = application;
const schema = "20261120_more";

interface Setting {
  dir: string;
  events?: readonly LedgerEvent[];
  registry?: Registry;
  current?: { version: string; commit: string };
}
const create = async (
  { dir, events = [], registry = openRegistry({ local: true }), current }: Setting,
  wanted: Partial<Wanted> & { version: string },
) =>
  createRelease(
    { images: [], schemaVersion: schema, ...wanted },
    { git: await findRepository(dir, env), registry, application, events, current },
  );
/** The ledger after these releases. */
const entered = (...created: Awaited<ReturnType<typeof create>>[]): LedgerEvent[] =>
  created.map(({ entry }, i) =>
    seal({ number: i + 1, previous: null, at: "2026-11-21T12:00:00.000Z", actor: { name: "Ada" }, what: entry! }),
  );
const commit = (dir: string, subject: string): string => {
  git(dir, ["commit", "-q", "--allow-empty", "-m", subject]);
  return git(dir, ["rev-parse", "HEAD"]);
};

describe("a version", () => {
  test.each(["1.6.0", "1.5.1", "2.0.0-rc.1", "1.10.0"])("%s may follow 1.5.0", (version) =>
    expect(() => checkVersion(version, "1.5.0", undefined)).not.toThrow(),
  );
  test.each(["1.5.0", "1.4.9", "1.5.0-rc.1", "0.9.0"])("%s may follow 1.5.0 only for a reason", (version) => {
    expect(() => checkVersion(version, "1.5.0", undefined)).toThrow(/not above 1\.5\.0.*1\.5\.1.*--reason/);
    expect(() => checkVersion(version, "1.5.0", "hotfix of an older line")).not.toThrow();
  });
  test.each([
    ["v1.6.0", "1.6.0"],
    ["1.6", "1.6.0"],
    ["=1.6.0", "1.6.0"],
  ])("%s is none, and the right one is guessed", (version, meant) =>
    expect(() => checkVersion(version, undefined, "even so")).toThrow(`Did you mean ${meant}?`),
  );
  test("latest is none", () => expect(() => checkVersion("latest", undefined, "even so")).toThrow(/must be a semantic version/));
  test("is compared as a version, not as text", () => expect(highest(["1.9.0", "1.10.0", "2.0.0-rc.1", "nonsense"])).toBe("2.0.0-rc.1"));
});

describe("what a release is made of", () => {
  test("the annotated tag's commit, every service's image by digest, and an id by content", async () => {
    const dir = repository();
    const tagged = commit(dir, "Choose a seat");
    git(dir, ["tag", "-a", "v1.6.0", "-m", "1.6.0"]);
    commit(dir, "Later");
    const { release, reference, entry, warnings } = await create({ dir }, { version: "1.6.0" });
    expect(warnings).toEqual([]);
    expect(release).toMatchObject({ version: "1.6.0", commit: tagged, schemaVersion: schema });
    expect(Object.keys(release.images)).toEqual(["web", "api"]);
    expect(release.images.web).toMatch(/^registry\.example\.com\/ferry\/web:1\.6\.0@sha256:[0-9a-f]{64}$/);
    expect(reference.id).toBe(releaseId(release));
    expect(entry?.release).toEqual(reference);
  });
  test("HEAD without a tag, and how to make the tag is said", async () => {
    const dir = repository();
    const { release, warnings } = await create({ dir }, { version: "1.6.0" });
    expect(release.commit).toBe(git(dir, ["rev-parse", "HEAD"]));
    expect(warnings).toEqual([expect.stringMatching(/no tag v1\.6\.0.*git tag -a v1\.6\.0/)]);
  });
  test("the given commit, which must not be another than the tag's", async () => {
    const dir = repository();
    const first = git(dir, ["rev-parse", "HEAD"]);
    commit(dir, "Second");
    expect((await create({ dir }, { version: "1.6.0", commit: "HEAD~" })).release.commit).toBe(first);
    git(dir, ["tag", "-a", "1.6.0", "-m", "x"]);
    await expect(create({ dir }, { version: "1.6.0", commit: "HEAD~" })).rejects.toThrow(/the tag 1\.6\.0 is on/);
    await expect(create({ dir }, { version: "1.6.0", commit: "nonsense" })).rejects.toThrow(/no commit nonsense.*git fetch/);
    await expect(create({ dir }, { version: "1.6.0", commit: "--all" })).rejects.toThrow(/no commit --all/);
  });
  test("an empty reason is none, and no entry is lost over it", async () => {
    const dir = repository();
    commit(dir, "Work");
    expect((await create({ dir }, { version: "1.6.0", reason: " " })).entry).not.toHaveProperty("reason");
    await expect(create({ dir, current: { version: "1.7.0", commit: "a".repeat(40) } }, { version: "1.6.0", reason: "" })).rejects.toThrow(
      /--reason/,
    );
  });
  test("a tag that is not annotated needs a reason", async () => {
    const dir = repository();
    git(dir, ["tag", "v1.6.0"]);
    await expect(create({ dir }, { version: "1.6.0" })).rejects.toThrow(/not annotated.*git tag -a -f v1\.6\.0/);
    const { entry, warnings } = await create({ dir }, { version: "1.6.0", reason: "made by an old script" });
    expect(entry?.reason).toBe("made by an old script");
    expect(warnings).toEqual([expect.stringContaining("not annotated")]);
  });
  test("images that are given, and no others", async () => {
    const dir = repository();
    const web = "registry.example.com/ferry/web:nightly";
    const { release } = await create({ dir }, { version: "1.6.0", images: [`web=${web}`] });
    expect(release.images.web).toMatch(`${web}@sha256:`);
    const refused = (image: string) => expect(create({ dir }, { version: "1.6.0", images: [image] })).rejects;
    await refused("db=registry.example.com/ferry/db:1").toThrow(/no service "db"\. It has web and api/);
    await refused("web").toThrow(/takes SERVICE=IMAGE/);
    await refused("web=UPPER").toThrow(/must be an image/);
    await refused("web=evil.example.com/ferry/web:1").toThrow(/must come from registry\.example\.com\/ferry\/web/);
    await refused("web=registry.example.com/ferry/web:latest").toThrow(/latest/);
  });
  test("images that nobody pushed are named all at once", async () => {
    const empty: Registry = { digestOf: async () => undefined };
    await expect(create({ dir: repository(), registry: empty }, { version: "1.6.0" })).rejects.toThrow(
      /no images .*web:1\.6\.0 and .*api:1\.6\.0.*Push first/,
    );
  });
  test("a digest that is given is kept, and looked for", async () => {
    const asked: string[] = [];
    const registry: Registry = {
      digestOf: async (image) => {
        asked.push(image);
        return `sha256:${"e".repeat(64)}`;
      },
    };
    const web = `registry.example.com/ferry/web:1.6.0@sha256:${"e".repeat(64)}`;
    expect((await create({ dir: repository(), registry }, { version: "1.6.0", images: [`web=${web}`] })).release.images.web).toBe(web);
    expect(asked).toContain(web);
  });
  test("a schema version where there are migrations", async () => {
    const dir = repository();
    await expect(create({ dir }, { version: "1.6.0", schemaVersion: undefined })).rejects.toThrow(/--schema-version NAME/);
    const { release } = await create({ dir }, { version: "1.6.0", migrations: [`${schema}=expand`] });
    expect(release.migrations).toEqual([{ name: schema, kind: "expand" }]);
    await expect(create({ dir }, { version: "1.6.0", migrations: [schema] })).rejects.toThrow(/NAME=expand/);
    await expect(create({ dir }, { version: "1.6.0", migrations: [`${schema}=explode`] })).rejects.toThrow(/must be expand or contract/);
    const plain = {
      git: await findRepository(dir, env),
      registry: openRegistry({ local: true }),
      application: withoutDatabase,
      events: [],
    };
    expect((await createRelease({ version: "1.6.0", images: [] }, plain)).release.schemaVersion).toBeUndefined();
  });
});

describe("what is new in a release", () => {
  test("the commits since the release before, newest first, merges left out", async () => {
    const dir = repository();
    const first = await create({ dir }, { version: "1.5.0" });
    expect(first.entry?.commits.map(({ subject }) => subject)).toEqual(["Begin"]);
    commit(dir, "One");
    git(dir, ["checkout", "-q", "-b", "side"]);
    commit(dir, "Two");
    git(dir, ["checkout", "-q", "main"]);
    commit(dir, "Three");
    git(dir, ["merge", "-q", "--no-ff", "side", "-m", "Merge side"]);
    const { entry } = await create({ dir, events: entered(first) }, { version: "1.6.0" });
    expect(entry?.commits.map(({ subject }) => subject).sort()).toEqual(["One", "Three", "Two"]);
    expect(entry?.commits.every(({ at }) => /^\d{4}-.*\.000Z$/.test(at))).toBe(true);
  });
  test("from before there was a ledger: since what the first environment names", async () => {
    const dir = repository();
    const before = git(dir, ["rev-parse", "HEAD"]);
    commit(dir, "One");
    const { entry } = await create({ dir, current: { version: "1.5.0", commit: before } }, { version: "1.6.0" });
    expect(entry?.commits.map(({ subject }) => subject)).toEqual(["One"]);
    await expect(create({ dir, current: { version: "1.5.0", commit: before } }, { version: "1.4.0" })).rejects.toThrow(/not above 1\.5\.0/);
  });
  test("since a commit that this clone lacks: only its own", async () => {
    const dir = repository();
    commit(dir, "One");
    const { entry } = await create({ dir, current: { version: "1.5.0", commit: "8".repeat(40) } }, { version: "1.6.0" });
    expect(entry?.commits.map(({ subject }) => subject)).toEqual(["One"]);
  });
});

describe("making a version again", () => {
  test("of the same content writes nothing down again", async () => {
    const dir = repository();
    const first = await create({ dir }, { version: "1.6.0" });
    const again = await create(
      { dir, events: entered(first), current: { version: "1.6.0", commit: first.release.commit } },
      { version: "1.6.0" },
    );
    expect([again.entry, again.reference]).toEqual([undefined, first.reference]);
  });
  test("of other content is refused, for whatever reason", async () => {
    const dir = repository();
    const first = await create({ dir }, { version: "1.6.0" });
    commit(dir, "More");
    await expect(create({ dir, events: entered(first) }, { version: "1.6.0", reason: "please" })).rejects.toThrow(
      /names one content for ever/,
    );
  });
});
