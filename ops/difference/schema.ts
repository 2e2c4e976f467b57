import { isRecord } from "../report/diff.ts";
import type { Difference } from "./difference.ts";
import type { Place } from "./place.ts";

/** The database schema of one environment: what its release declares, and the newest migration that its last update applied. */
export interface SchemaSide {
  readonly stack: string;
  readonly declared: string | undefined;
  /** From the migration Job's own record in the stack's outputs; undefined: nothing was deployed, or nobody was asked. */
  readonly applied: string | undefined;
  readonly place: Place | undefined;
}

export function newestApplied(outputs: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const migrations = outputs?.migrations;
  const last = Array.isArray(migrations) ? migrations.filter(isRecord).at(-1) : undefined;
  return typeof last?.name === "string" ? last.name : undefined;
}

/** Each environment's database beside what its own release asks for. */
export function schemaDifferences(...sides: readonly SchemaSide[]): Difference[] {
  return sides.flatMap(({ stack, declared, applied, place }): Difference[] => {
    if (declared === undefined || applied === undefined || declared === applied) return [];
    return [
      {
        area: "schema",
        name: `schema of ${stack}`,
        kind: "unexpected",
        left: declared,
        right: applied,
        places: place === undefined ? [] : [place],
        note: `${stack} declares ${declared}; its database was last migrated to ${applied}`,
      },
    ];
  });
}
