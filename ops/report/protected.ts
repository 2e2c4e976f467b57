import { resourcesIn } from "./exported.ts";
import { kindOf } from "./urn.ts";

/** What a destroy would have to leave standing, from an exported state: the run refuses before it deletes anything else. */
export function protectedIn(exported: Record<string, unknown>): string[] {
  return resourcesIn(exported)
    .filter((r) => r.protect === true)
    .map((r) => `${kindOf(String(r.type))} ${r.id ?? r.urn}`);
}
