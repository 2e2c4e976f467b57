import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { Quotas } from "./quota.ts";

/** A release that went live here and passed its smoke test. */
export const QualifiedRelease = z.object({
  id: z.string(),
  version: z.string(),
  /** Digest of each image, or its full reference where the release has none. */
  images: z.record(z.string(), z.string()),
  /** When it became live: the creation time of its record, RFC 3339. */
  liveSince: z.string(),
});
export type QualifiedRelease = z.infer<typeof QualifiedRelease>;

const AppliedMigration = z.object({ schemaVersion: z.string(), release: z.string() });
export type AppliedMigration = z.infer<typeof AppliedMigration>;

/**
 * The last restore of an environment: the smoke test, and a migration that has to run again, belong to it. `before`: schema versions of the data
 * that was there, to which one may go back.
 */
const Restored = z.object({ backup: z.string(), at: z.string(), before: z.array(AppliedMigration).optional() });
export type Restored = z.infer<typeof Restored>;

/** What this stack did before, as its last successful update wrote it down. */
export interface History {
  /** Newest first. */
  readonly qualified: readonly QualifiedRelease[];
  /** Oldest first. */
  readonly migrations: readonly AppliedMigration[];
  readonly restored?: Restored | undefined;
  /** Newest first. */
  readonly quotas: Quotas;
  /** What the stack gave out as its release. */
  readonly release: unknown;
}

/** How many releases a stack remembers. */
const remembered = 20;

/** Reads the stack's own last outputs. Before the first update there are none, and entries of a shape that we do not know are left out. */
export async function readHistory(): Promise<History> {
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const self = new pulumi.StackReference("self", { name });
  const read = async (output: string): Promise<unknown> => (await self.getOutputDetails(output)).value;
  return {
    qualified: known(QualifiedRelease, await read("qualified")),
    migrations: known(AppliedMigration, await read("migrations")),
    restored: Restored.safeParse(await read("restored")).data,
    quotas: known(z.record(z.string(), z.string()), await read("quotas")),
    release: await read("release"),
  };
}

export const known = <T>(schema: z.ZodType<T>, value: unknown): T[] =>
  Array.isArray(value) ? value.flatMap((entry) => schema.safeParse(entry).data ?? []) : [];

/** The list with `live` at its head. Unchanged when it is there already, so that an update without changes changes nothing. */
export function carryForward(qualified: readonly QualifiedRelease[], live: QualifiedRelease): QualifiedRelease[] {
  const [head] = qualified;
  if (head !== undefined && head.id === live.id && head.liveSince === live.liveSince) return [...qualified];
  return [live, ...qualified].slice(0, remembered);
}

/** The list with this schema version at its end, once. */
export const recordMigration = (migrations: readonly AppliedMigration[], ran: AppliedMigration): AppliedMigration[] =>
  migrations.some(({ schemaVersion }) => schemaVersion === ran.schemaVersion) ? [...migrations] : [...migrations, ran];

/**
 * What to do about a release's schema version. One that ran here before is not run again, whether it is the newest (nothing to do) or an
 * older one (a rollback: the older release's tool would not even know the newer version). The Job that ran last stays as it is.
 */
export function planMigration(migrations: readonly AppliedMigration[], schemaVersion: string): { job: string; alreadyRan: boolean } {
  const alreadyRan = migrations.some((migration) => migration.schemaVersion === schemaVersion);
  return { job: alreadyRan ? (migrations.at(-1)?.schemaVersion ?? schemaVersion) : schemaVersion, alreadyRan };
}
