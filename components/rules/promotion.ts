import type { ApplicationSettings } from "../application.schema.ts";
import type { Finding } from "../faults.ts";

/** The promotion path names each environment once, this stack is on it, and keys refer only to environments that are on it. */
export function checkPromotion(application: ApplicationSettings, stack: string): Finding[] {
  const { path } = application.promotion;
  const found: Finding[] = [];
  const add = (where: PropertyKey[], message: string) => found.push({ part: "application", path: where, message });
  path.forEach((name, index) => {
    if (path.indexOf(name) !== index) add(["promotion", "path", index], `"${name}" stands on the path twice`);
  });
  if (!path.includes(stack))
    add(["promotion", "path"], `does not lead through "${stack}": choose one of ${path.join(", ")}, or add it where it belongs`);
  for (const part of ["config", "secrets"] as const) {
    const sets: Record<string, { keys: Record<string, { only?: string[]; except?: string[] }> }> = application[part];
    for (const [set, { keys }] of Object.entries(sets)) {
      for (const [key, { only, except }] of Object.entries(keys)) {
        const where = [part, set, "keys", key];
        if (only !== undefined && except !== undefined) add(where, "has both only and except: keep one");
        for (const name of [...(only ?? []), ...(except ?? [])]) {
          if (!path.includes(name)) add(where, `names "${name}", which is not on the promotion path`);
        }
      }
    }
  }
  return found;
}
