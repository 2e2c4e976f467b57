import type { Op } from "../engine.ts";
import { isChange } from "./changes.ts";

/** `update`: what a run will make of the environment. `refresh`: what somebody made of it by hand, and the state takes over. */
export type Direction = "update" | "refresh";

const VERBS: [Op[], string][] = [
  [["delete"], "deleted"],
  [["replace"], "replaced"],
  [["update"], "updated"],
  [["create"], "created"],
  [["import", "import-replacement"], "adopted"],
  [["discard", "discard-replaced"], "forgotten"],
  [["same"], "unchanged"],
];

export function headline(summary: Partial<Record<Op, number>>, direction: Direction = "update"): string {
  if (direction === "refresh") return drift(summary);
  const counts = VERBS.map(([ops, verb]) => [ops.reduce((n, op) => n + (summary[op] ?? 0), 0), verb] as const).filter(([n]) => n > 0);
  if (!hasChanges(summary)) return `no changes${counts.length > 0 ? `, ${counts.map(([n, verb]) => `${n} ${verb}`).join(", ")}` : ""}`;
  return counts.map(([n, verb]) => `${n} ${verb}`).join(", ");
}

/** The same of a run that did not get through: what it did until then. */
export function soFar(summary: Partial<Record<Op, number>>): string {
  return hasChanges(summary) ? headline(summary) : "no change got through";
}

function drift(summary: Partial<Record<Op, number>>): string {
  const parts = [
    [summary.delete ?? 0, "gone"],
    [summary.update ?? 0, "changed by hand"],
    [summary.same ?? 0, "as recorded"],
  ] as const;
  const found = hasChanges(summary) ? parts : parts.slice(2);
  return `${hasChanges(summary) ? "" : "no drift, "}${found
    .filter(([n]) => n > 0)
    .map(([n, what]) => `${n} ${what}`)
    .join(", ")}`;
}

export const hasChanges = (summary: Partial<Record<Op, number>>): boolean =>
  Object.entries(summary).some(([op, n]) => (n ?? 0) > 0 && isChange(op));
