import { expect, test, vi } from "vitest";
import type { Context } from "../../ops/context.ts";
import type { Declarations } from "../../ops/difference/declared.ts";
import type { About } from "../../ops/difference/environments.ts";
import { comparedPairs, pairsOf } from "../../ops/page/compared.ts";
import { readApplication } from "../../ops/release/application.ts";
import { UserError } from "../../ops/user-error.ts";
import { root } from "../github/support.ts";

const project = { name: "ferry", dir: root, stacks: ["development", "staging", "production"] };
const PATH = project.stacks;
const print = (fingerprint: string) => ({ from: "the stack file" as const, prints: new Map([["DATABASE_URL", { fingerprint }]]) });
/** One value of a secret in two environments, and what no setting explains: an annotation of production's own. */
const declarations = (): Declarations => ({
  resources: vi.fn(async (_, stack: string) => [
    {
      type: "kubernetes:core/v1:ConfigMap",
      name: "own",
      inputs: { metadata: { name: "own", annotations: { made: stack === "production" ? "elsewhere" : "here" } } },
    },
  ]),
  secrets: async (_, stack) => print(stack === "development" ? "1" : "2"),
});
const about = (given: Declarations): About => ({
  context: { selector: { select: async () => ({ engine: { outputs: async () => ({}) } }) } } as unknown as Context,
  declarations: given,
  project,
  application: readApplication(project),
  today: "2026-11-21",
});

test("every environment of the path is beside every other, each rendered once", async () => {
  const given = declarations();
  const compared = await comparedPairs(about(given), PATH);
  if ("because" in compared) throw new Error(compared.because);
  expect(compared.map(({ a, b }) => `${a} ${b}`)).toEqual(["development staging", "development production", "staging production"]);
  const [near, far, last] = compared;
  expect(near!.expected).toBeGreaterThan(5);
  expect(near!.findings.join("\n")).not.toMatch(/DATABASE_URL|ConfigMap own/);
  expect(far!.findings.join("\n")).toMatch(/ConfigMap own .*made: unexpected/);
  expect(last!.findings).toContainEqual(expect.stringMatching(/^secret DATABASE_URL: unexpected, the same value in both environments/));
  for (const { unexpected, missing, findings } of compared) expect(findings).toHaveLength(unexpected + missing);
  const calls = vi.mocked(given.resources).mock.calls;
  expect(calls.filter(([, , parts]) => parts === undefined || Object.keys(parts).length === 0)).toHaveLength(3);
  expect(calls).toHaveLength(6);
});
test("why it cannot be said is said", async () => {
  const broken = { ...declarations(), resources: () => Promise.reject(new UserError("the program does not run")) };
  expect(await comparedPairs(about(broken), PATH)).toEqual({ because: "the program does not run" });
  expect(await comparedPairs(about(declarations()), ["production"])).toHaveProperty("because");
  const faulty = { ...declarations(), resources: () => Promise.reject(new TypeError("ours")) };
  await expect(comparedPairs(about(faulty), PATH)).rejects.toThrow("ours");
});
test("a long path is compared step by step", () => {
  expect(pairsOf(["a", "b", "c", "d"])).toHaveLength(6);
  expect(pairsOf(["a", "b", "c", "d", "e"])).toEqual([
    ["a", "b"],
    ["b", "c"],
    ["c", "d"],
    ["d", "e"],
  ]);
});
