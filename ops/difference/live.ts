import { releaseId } from "../../components/release.ts";
import { type Finding, subjectName } from "../drift/finding.ts";
import type { Release } from "../promotion/configuration.ts";
import type { Difference } from "./difference.ts";

/** What runs in one environment, beside what its file declares. */
export interface LiveSide {
  readonly stack: string;
  readonly declared: Release | undefined;
  /** undefined: nothing was deployed. */
  readonly deployed: Release | undefined;
  readonly drift: readonly Finding[];
}

/** What runs differs from what is declared: a release that was not deployed yet, and what was changed by hand in one of the two. */
export function liveDifferences(left: LiveSide, right: LiveSide): Difference[] {
  return [...deployed(left, "left"), ...deployed(right, "right"), ...drifted(left, "left"), ...drifted(right, "right")];
}

function deployed({ stack, declared, deployed: runs }: LiveSide, side: "left" | "right"): Difference[] {
  if (runs === undefined)
    return [{ area: "live", name: `release of ${stack}`, kind: "missing", places: [], note: `nothing runs in ${stack} yet` }];
  if (declared === undefined || releaseId(declared) === releaseId(runs)) return [];
  const note = `${stack} declares ${releaseId(declared)}, and ${releaseId(runs)} runs there`;
  return [{ area: "live", name: `release of ${stack}`, kind: "unexpected", [side]: runs.version, places: [], note }];
}

function drifted({ stack, drift }: LiveSide, side: "left" | "right"): Difference[] {
  return drift.map((finding): Difference => {
    const { change, subject, path, before, after, by } = finding;
    const who = by === undefined ? "" : ` by ${by.manager}${by.time === undefined ? "" : `, ${by.time}`}`;
    return {
      area: "live",
      name: `${subjectName(subject)}${path === undefined ? "" : ` ${path}`}`,
      kind: change === "deleted" || change === "removed" ? "missing" : "unexpected",
      [side]: after ?? change,
      places: [],
      note: `in ${stack} ${change}${before === undefined || after === undefined ? "" : ` (was ${before})`}${who}`,
    };
  });
}
