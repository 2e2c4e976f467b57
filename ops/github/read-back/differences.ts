import { isDeepStrictEqual } from "node:util";
import type { Author, Finding, Subject } from "../../drift/finding.ts";
import type { Rules } from "./protection.ts";

export const SOURCE = "github";

/** One finding for every rule that is not as it was applied. A list is compared by what was added and what is gone. */
export function differences(subject: Subject, applied: Rules, live: Rules, by: Author | undefined): Finding[] {
  const keys = [...new Set([...Object.keys(applied), ...Object.keys(live)])];
  return keys.flatMap((path): Finding[] => {
    const [before, after] = [applied[path], live[path]];
    if (isDeepStrictEqual(before, after)) return [];
    // Shown only to some, or a detail of a rule that is off: the rule itself is the finding.
    const parent = path.slice(0, Math.max(0, path.indexOf(".")));
    if (parent !== "" && parent !== "rules" && applied[parent] !== live[parent]) return [];
    if (path === "bypass_actors" && after === undefined) return [];
    const base = { source: SOURCE, subject, path, ...(by === undefined ? {} : { by }) };
    if (Array.isArray(before) && Array.isArray(after)) {
      const lost = before.filter((one) => !after.includes(one)).map((one) => ({ ...base, change: "removed" as const, before: shown(one) }));
      const won = after.filter((one) => !before.includes(one)).map((one) => ({ ...base, change: "added" as const, after: shown(one) }));
      return [...lost, ...won];
    }
    if (before === undefined) return [{ ...base, change: "added", after: shown(after) }];
    if (after === undefined) return [{ ...base, change: "removed", before: shown(before) }];
    return [{ ...base, change: "changed", before: shown(before), after: shown(after) }];
  });
}

export function shown(value: unknown): string {
  if (value === true) return "on";
  if (value === false) return "off";
  if (Array.isArray(value)) return value.length === 0 ? "nobody" : value.map(shown).join(", ");
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}
