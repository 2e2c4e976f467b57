import type { Release } from "./configuration.ts";

/** What a release's migrations do to the releases before it. `unknown`: the release does not say. */
export interface PendingMigration {
  readonly name: string;
  readonly kind: "expand" | "contract" | "unknown";
}

/**
 * Migrations that `release` would run on a database whose schema versions `applied` ran already (oldest first). A release that lists none
 * says only which version it ends at.
 */
export function pendingMigrations(release: Release, applied: readonly string[]): PendingMigration[] {
  const { schemaVersion, migrations } = release;
  if (schemaVersion === undefined || applied.includes(schemaVersion)) return [];
  const since = migrationsSince(release, applied.at(-1));
  return since ?? [...(migrations ?? []).filter(({ name }) => !applied.includes(name) && name !== schemaVersion), newest(release)];
}

const newest = ({ schemaVersion, migrations }: Release): PendingMigration => ({
  name: schemaVersion!,
  kind: migrations?.find(({ name }) => name === schemaVersion)?.kind ?? "unknown",
});

/** What the release lists after `version`; undefined when its list does not reach back to that version. */
export function migrationsSince({ migrations = [] }: Release, version: string | undefined): PendingMigration[] | undefined {
  const position = migrations.findIndex(({ name }) => name === version);
  return position < 0 ? undefined : migrations.slice(position + 1);
}

/**
 * A contract takes away what an expand's older releases still need, so it may only follow in a later release: otherwise there would be
 * no release to go back to. Returns why a release must not be deployed over `applied`, or undefined.
 */
export function contractTooEarly(release: Release, applied: readonly string[]): string | undefined {
  if (applied.length === 0) return undefined; // a new database has no release to go back to
  const pending = pendingMigrations(release, applied);
  const expand = pending.find(({ kind }) => kind === "expand");
  const contract = pending.find(({ kind }) => kind === "contract");
  if (expand === undefined || contract === undefined) return undefined;
  return `it would run the expand ${expand.name} and the contract ${contract.name} at once: promote the release that ends at the expand first, and this one when that has proven itself`;
}

/** Schema versions that ran on a stack, from its output `migrations`; oldest first. */
export function appliedMigrations(outputs: Readonly<Record<string, unknown>>): string[] {
  const { migrations } = outputs;
  if (!Array.isArray(migrations)) return [];
  return migrations.flatMap((entry) => {
    const { schemaVersion } = (entry ?? {}) as { schemaVersion?: unknown };
    return typeof schemaVersion === "string" ? [schemaVersion] : [];
  });
}
