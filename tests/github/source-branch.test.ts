import { describe, expect, test } from "vitest";
import { decideSource } from "../../ops/github/source-branch.ts";
import { run } from "./support.ts";

const branches = [
  { pattern: "staging", mergesFrom: ["develop"] },
  { pattern: "main", mergesFrom: ["staging"] },
  { pattern: "release/*", mergesFrom: ["staging", "fix/*"] },
];
const repository = "acme/shop";
const decide = (base: string, head: string, headRepository?: string) => decideSource({ base, head, headRepository, repository, branches });

describe("a branch takes merges", () => {
  test.each([
    ["main", "staging", true],
    ["main", "develop", false],
    ["main", "feature/x", false],
    ["main", "staging2", false],
    ["main", "my/staging", false],
    ["main", "Staging", false],
    ["staging", "develop", true],
    ["staging", "main", false],
    ["staging", "feature/x", false],
    ["develop", "feature/x", true],
    ["release/1.2", "fix/login", true],
    ["release/1.2", "fix/deep/login", false],
    ["release/1.2/x", "anything", true],
    // The lanes of our own, and of the seeds.
    ["main", "hotfix/critical-bug", true],
    ["main", "rollback/v1.0.9", true],
    ["main", "promote/production-1.2.3", true],
    ["main", "hotfix", false],
    ["main", "hotfixes/x", false],
    ["main", "x/hotfix/y", false],
  ])("into %s from %s: %s", (base, head, allowed) => expect(decide(base, head).allowed).toBe(allowed));

  test("not from a fork, whatever it calls its branch", () => {
    for (const head of ["staging", "hotfix/x", "promote/x"]) {
      expect(decide("main", head, "mallory/shop").allowed).toBe(false);
      expect(decide("main", head, "ACME/shop").allowed).toBe(true);
    }
    expect(decide("develop", "feature/x", "mallory/shop").allowed).toBe(true);
  });

  test("only when every rule that speaks of it agrees", () => {
    const both = [...branches, { pattern: "ma*", mergesFrom: ["develop"] }];
    expect(decideSource({ base: "main", head: "staging", branches: both }).allowed).toBe(false);
  });

  test("and a refusal says what to do", () => {
    expect(decide("main", "feature/x").text).toBe(
      "main takes merges from staging only, and from hotfix/*, rollback/*, promote/*; feature/x is none of them. Merge it into staging first; an urgent fix goes on a branch hotfix/….",
    );
    expect(decide("main", "staging", "mallory/shop").text).toContain("staging is a branch of mallory/shop");
  });
});

describe("liftlock source-branch", () => {
  test("reads the rules from all stack files", async () => {
    const dir = "examples/contestlet";
    expect(await run(["source-branch", "--stack-dir", dir, "--base", "main", "--head", "staging"])).toMatchObject({ exitCode: 0 });
    expect(await run(["source-branch", "--stack-dir", dir, "--base", "main", "--head", "develop"])).toMatchObject({
      exitCode: 1,
      out: expect.stringContaining("main takes merges from staging only"),
    });
    const forked = ["--base", "staging", "--head", "develop", "--head-repository", "mallory/contestlet"];
    expect(await run(["source-branch", "--stack-dir", dir, ...forked])).toMatchObject({ exitCode: 1 });
  });
  test("wants both branches", async () => expect(await run(["source-branch", "--base", "main"])).toMatchObject({ exitCode: 2 }));
});
