import { availableParallelism } from "node:os";
import pLimit from "p-limit";
import { counts } from "../difference/acknowledged.ts";
import type { Declarations } from "../difference/declared.ts";
import { type About, compareEnvironments } from "../difference/environments.ts";
import { UserError } from "../user-error.ts";
import type { Compared, Page } from "./model.ts";

/** Up to so many environments each is compared with each; beyond that, with the one after it on the path: every pair takes a render of its own. */
const EACH_WITH_EACH = 4;

/** What the environments of a path declare, pair by pair, or why that cannot be said. Asks no cluster. */
export async function comparedPairs(about: About, path: readonly string[]): Promise<Page["compared"]> {
  if (path.length < 2) return { because: "there are no two environments on the promotion path" };
  const shared = { ...about, declarations: once(about.declarations) };
  try {
    return await Promise.all(pairsOf(path).map((pair) => compare(shared, pair)));
  } catch (error) {
    if (error instanceof UserError) return { because: error.message };
    throw error;
  }
}

export function pairsOf(path: readonly string[]): [string, string][] {
  return path.flatMap((left, i) =>
    path.slice(i + 1, path.length <= EACH_WITH_EACH ? undefined : i + 2).map((right): [string, string] => [left, right]),
  );
}

async function compare(about: About, pair: [string, string]): Promise<Compared> {
  const { differences } = await compareEnvironments(about, pair, false);
  const wrong = differences.filter(counts);
  const of = (kind: "unexpected" | "missing") => wrong.filter((difference) => difference.kind === kind).length;
  return {
    a: pair[0],
    b: pair[1],
    expected: differences.length - wrong.length,
    unexpected: of("unexpected"),
    missing: of("missing"),
    findings: wrong.map(({ name, kind, note }) => `${name}: ${kind}${note === undefined ? "" : `, ${note}`}`),
  };
}

/** An environment is rendered once, however many it is compared with, and no more programs run at a time than there are processors. */
function once(declarations: Declarations): Declarations {
  const limit = pLimit(Math.max(2, availableParallelism()));
  const rendered = new Map<string, ReturnType<Declarations["resources"]>>();
  return {
    secrets: (...of) => declarations.secrets(...of),
    resources(projectDir, stack, parts) {
      const key = JSON.stringify([projectDir, stack, parts]);
      const found = rendered.get(key) ?? limit(() => declarations.resources(projectDir, stack, parts));
      rendered.set(key, found);
      return found;
    },
  };
}
