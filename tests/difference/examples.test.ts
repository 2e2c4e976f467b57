import { expect, test } from "vitest";
import type { DiffReport } from "../../ops/difference/report.ts";
import { run } from "../github/support.ts";

/** Neighbours on the promotion path, and what is told of their rules on GitHub. */
test.each([
  ["academiclab", "staging", "production", ["reviews.approvals", "reviews.codeOwners", "forcePush.teams", "mergesFrom"]],
  // One side has no branch of its own, and fewer secrets for workflows.
  ["contestlet", "development", "staging", ["branch"]],
  // Budgets, roles, alerts and a dashboard whose names hold the environment's own.
  ["studysphere", "testing", "production", []],
  // Branches of two names; a secret for workflows that one alone has.
  ["life-os", "staging", "production", ["reviews", "checks", "linearHistory", "mergesFrom"]],
])(
  "%s: %s and %s differ in the rules of their branches as their files say, and in nothing else",
  async (project, left, right, rules) => {
    const { exitCode, out, err } = await run(["diff", left, right, "--stack-dir", `examples/${project}`, "--local", "--json"]);
    expect({ exitCode, err }).toMatchObject({ exitCode: 0 });
    const { differences, notCompared, explained } = JSON.parse(out) as DiffReport;
    expect(notCompared.filter((what) => !what.startsWith("the database of"))).toEqual([]);
    expect(explained).toBeGreaterThan(0);
    expect(differences.filter(({ kind }) => kind !== "expected")).toEqual([]);
    const github = differences.filter(({ area }) => area === "github").map(({ name, kind }) => `${kind} ${name}`);
    for (const rule of rules)
      expect(github).toContainEqual(expect.stringContaining(`expected environment github.branch${rule === "branch" ? "" : `.${rule}`}`));
  },
  60_000,
);
