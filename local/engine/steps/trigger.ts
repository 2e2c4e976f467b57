import { isDeepStrictEqual } from "node:util";
import { hasUnknown, reveal, type Value } from "../values.ts";

/** Does a changed `replacementTrigger` replace the resource? One that comes or goes does not; one that is not known yet does. */
export function triggersReplacement(next: Value | undefined, old: Value | undefined): boolean {
  if (next === undefined && old === undefined) return false;
  if ((next !== undefined && hasUnknown(next)) || (old !== undefined && hasUnknown(old))) return true;
  if (next === undefined || old === undefined) return false;
  return !isDeepStrictEqual(reveal(next), reveal(old));
}
