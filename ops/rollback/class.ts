import { type Configuration, differences, type Release } from "../promotion/configuration.ts";
import { migrationsSince } from "../promotion/migrations.ts";

/** A release together with the configuration that it runs, or ran, with. */
export interface Deployed {
  readonly release: Release;
  readonly configuration: Configuration;
}

export interface RollbackClass {
  readonly class: "safe" | "config-coupled" | "schema-coupled";
  /** Why, most telling first: one sentence each. */
  readonly reasons: readonly string[];
}

/**
 * What going back from one deployment to an earlier one means.
 *
 * - `safe`: images only.
 * - `config-coupled`: the configuration that the application reads changed too, and goes back with it.
 * - `schema-coupled`: the database will have a schema that the earlier release does not know. Going back needs a restore, or a person
 *   who knows better.
 *
 * `applied`: schema versions that ran on the stack, oldest first. `migrated: false`: the later release's migration did not begin.
 */
export function rollbackClass(
  project: string,
  later: Deployed,
  earlier: Deployed,
  applied: readonly string[],
  migrated = true,
): RollbackClass {
  const schema = schemaReason(later.release, earlier.release, applied, migrated);
  const changed = differences(earlier.configuration, later.configuration, project)
    .map(({ path }) => path)
    .filter(isReadByTheApplication)
    .map((path) => path.join("."));
  const configuration = changed.length === 0 ? [] : [`configuration goes back with it: ${some(changed)}`];
  if (schema !== undefined) return { class: "schema-coupled", reasons: [schema, ...configuration] };
  if (configuration.length > 0) return { class: "config-coupled", reasons: configuration };
  return { class: "safe", reasons: ["only images change"] };
}

function schemaReason(later: Release, earlier: Release, applied: readonly string[], migrated: boolean): string | undefined {
  const runs = migrated && later.schemaVersion !== undefined && !applied.includes(later.schemaVersion);
  const schema = runs ? later.schemaVersion : (applied.at(-1) ?? earlier.schemaVersion);
  if (schema === undefined || schema === earlier.schemaVersion) return undefined;
  const since = migrationsSince(later, earlier.schemaVersion);
  const known = since?.some(({ name }) => name === schema) ? since : undefined;
  if (known?.every(({ kind }) => kind === "expand")) return undefined;
  const contract = known?.find(({ kind }) => kind === "contract");
  const why = contract
    ? `${contract.name} takes away what it needs`
    : `nothing says that it still works with the newer one (release.migrations: kind expand, listed from ${earlier.schemaVersion ?? "its own version"} on)`;
  return `the database is at ${schema}, ${earlier.version} was made for ${earlier.schemaVersion ?? "none"}: ${why}`;
}

/** Replicas, resources, hosts and ranges are the platform's: they change what runs where, not what the application reads. */
const isReadByTheApplication = ([part, key = ""]: readonly string[]): boolean =>
  part === "environment"
    ? ["config", "flags"].includes(key)
    : part !== "application" || ["config", "secrets", "flags", "services"].includes(key);

const some = (names: readonly string[]): string =>
  names.length <= 5 ? names.join(", ") : `${names.slice(0, 5).join(", ")} and ${names.length - 5} more`;
