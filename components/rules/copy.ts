import type { ApplicationSettings } from "../application.schema.ts";
import type { EnvironmentSettings } from "../environment.schema.ts";
import type { Finding } from "../faults.ts";
import { present } from "../model.ts";
import type { Sibling } from "./network.ts";

/** Rules of a copy of data: it goes down the promotion path only, and what was real arrives anonymised. */
export function checkCopy(
  application: ApplicationSettings,
  environment: EnvironmentSettings,
  stack: string,
  siblings: readonly Sibling[],
): Finding[] {
  const { database } = environment;
  const declared = application.database;
  if (database?.copy === undefined || declared === undefined) return [];
  const { copy, data, tenancy } = database;
  const found: Finding[] = [];
  const add = (path: PropertyKey[], message: string) => found.push({ part: "environment", path: ["database", "copy", ...path], message });

  if (declared.kind !== "postgresql") {
    add([], "copies PostgreSQL databases only: remove it");
    return found;
  }
  if (data === "real") add([], "would overwrite real data: remove it");
  else if (data === "synthetic") add([], `would put ${copy.from}'s data where synthetic data is declared: set database.data to anonymised`);
  if (tenancy === "shared") add([], "replaces the whole database, which other environments share: it needs tenancy: dedicated");
  if (database.reset !== undefined) add([], "and database.reset replace each other's data: keep one of them");

  const { path } = application.promotion;
  const source = siblings.find((sibling) => sibling.stack === copy.from);
  if (copy.from === stack) add(["from"], "is this environment itself");
  else if (!path.includes(copy.from) || source === undefined)
    add(["from"], `there is no environment "${copy.from}" with a stack file in application.promotion.path`);
  else if (path.indexOf(copy.from) < path.indexOf(stack))
    add(["from"], `comes before ${stack} in application.promotion.path: data is copied down the path, never up`);
  else if (source.data === "real" && copy.anonymise.length === 0)
    add(["anonymise"], `is missing: ${copy.from} holds real data, and it must not arrive here as it is`);
  if (copy.anonymise.length > 0 && declared.personal.length === 0) {
    const message = "is missing: name the columns with personal data, so that every copy is checked";
    found.push({ part: "application", path: ["database", "personal"], message });
  }
  return [...found, ...checkSource(application, copy.secret, stack)];
}

/** The source's URL is a secret of its own, and no service is given it. */
function checkSource(application: ApplicationSettings, key: string, stack: string): Finding[] {
  const add = (message: string): Finding[] => [{ part: "environment", path: ["database", "copy", "secret"], message }];
  if (application.database?.kind === "postgresql" && key === application.database.secret)
    return add(`"${key}" is this environment's own database: declare another key for the source`);
  const sets = Object.entries(application.secrets).filter(([, { keys }]) => keys[key] !== undefined && present(keys[key], stack));
  if (sets.length === 0) return add(`"${key}" is not declared for ${stack}: add it to a set of application.secrets`);
  const reader = application.services.find((service) => sets.some(([set]) => service.secrets.includes(set)));
  if (reader !== undefined) return add(`"${key}" would be given to ${reader.name}, which reads its set: put it into a set of its own`);
  return [];
}
