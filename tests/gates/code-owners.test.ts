import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PromotionSettings } from "../../components/gates.schema.ts";
import { ownersOf, parseCodeOwners } from "../../ops/gates/code-owners.ts";
import { isOwner, ownsChange } from "../../ops/gates/owned.ts";

const owners = (text: string, file: string) => ownersOf(parseCodeOwners(text))(file);

describe("CODEOWNERS, by the examples of GitHub's own documentation", () => {
  const file = `
# a comment
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/* docs@example.com
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @octocat
/apps/ @octocat
/apps/github
`;
  test.each([
    ["README.md", ["@global-owner1", "@global-owner2"]],
    ["deep/er/a.js", ["@js-owner"]],
    ["main.go", ["docs@example.com"]],
    ["notes.txt", ["@octo-org/octocats"]],
    ["build/logs/a/b.log", ["@octocat"]],
    ["deeply/nested/logs/x", ["@octocat"]],
    ["docs/deep/er.md", ["@doctocat"]],
    ["scripts/x.sh", ["@doctocat", "@octocat"]],
    ["apps/a/b.ts", ["@octocat"]],
    ["other/apps/b.ts", ["@octocat"]],
    ["apps/github/x.ts", []],
  ])("%s belongs to %j", (name, expected) => expect(owners(file, name)).toEqual(expected));

  test("docs/* is about the files in that folder, not below it", () => {
    expect(owners("docs/* @a", "docs/getting-started.md")).toEqual(["@a"]);
    expect(owners("docs/* @a", "docs/build-app/troubleshooting.md")).toEqual([]);
    expect(owners("docs/* @a", "more/docs/x.md")).toEqual([]);
  });
  test("the last match wins, also when it names nobody", () => {
    expect(owners("* @a\n/x @b\n", "x")).toEqual(["@b"]);
    expect(owners("/x @b\n* @a\n", "x")).toEqual(["@a"]);
    expect(owners("* @a\n/x\n", "x/y")).toEqual([]);
  });
  test("escaped spaces, and letters that are not like others", () => {
    expect(owners("/my\\ docs/ @a", "my docs/x.md")).toEqual(["@a"]);
    expect(owners("/My/ @a", "my/x.md")).toEqual([]);
    expect(owners("(a)/{b}+ @a", "(a)/{b}+")).toEqual(["@a"]);
    expect(owners(".github/ @a", ".github/workflows/ci.yml")).toEqual(["@a"]);
  });
  test("headings of sections, negations, ranges and owners that are none are passed over", () =>
    expect(parseCodeOwners("[Docs] @a\n^[Opt][2]\n!x @a\n[ab].md @a\nx not-an-owner\ny @b\n")).toEqual([{ pattern: "y", owners: ["@b"] }]));
});

describe("who owns what a release changes", () => {
  const promotion = PromotionSettings.parse({
    path: ["staging", "production"],
    people: { ann: ["ann@example.com", "@ann-gh"] },
    roles: { qa: { people: ["bea@example.com"], teams: ["acme/qa"] }, lead: { people: ["ann"] } },
  });
  test("by any identity of theirs, or by a team that their role names", () => {
    expect(isOwner({ name: "A", email: "ann@example.com" }, promotion)("@ann-gh")).toBe(true);
    expect(isOwner({ name: "B", email: "bea@example.com" }, promotion)("@acme/qa")).toBe(true);
    expect(isOwner({ name: "A", email: "ann@example.com" }, promotion)("@acme/qa")).toBe(false);
    expect(isOwner({ name: "B", email: "bea@example.com" }, promotion)("@acme/other")).toBe(false);
  });
  test("an automation owns nothing, whoever asked it", () =>
    expect(isOwner({ name: "ci", bot: true, requestedBy: "ann-gh" }, promotion)("@ann-gh")).toBe(false));

  let dir: string;
  const git = async (...args: string[]) => (await execa("git", args, { cwd: dir })).stdout;
  const commit = async (text: string) => {
    mkdirSync(path.join(dir, ".github"), { recursive: true });
    writeFileSync(path.join(dir, ".github/CODEOWNERS"), text);
    await git("add", "-A");
    await git("-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-qm", "x");
    return git("rev-parse", "HEAD");
  };
  beforeAll(async () => {
    dir = mkdtempSync(path.join(os.tmpdir(), "liftlock-owners-"));
    await git("init", "-q");
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  test("by the owners of the commit that runs: nobody makes themselves one by the release that they approve", async () => {
    const ann = { name: "A", email: "ann@example.com" };
    const base = await commit("/auth/ @ann-gh\n");
    const owns = (changedPaths: string[] | "all" | undefined, at = base) => ownsChange(dir, { changedPaths, base: at }, ann, promotion);
    expect(await owns(["auth/login.ts", "README.md"])).toBe(true);
    expect(await owns(["README.md"])).toBe(false);
    expect(await owns(undefined)).toBe(false);
    expect(await owns("all")).toBe(true);
    const later = await commit("* @ann-gh\n");
    expect(await owns(["README.md"])).toBe(false);
    expect(await owns(["README.md"], later)).toBe(true);
    expect(await owns(["README.md"], "f".repeat(40))).toBe(false);
  });
});
