import { releaseId } from "../../components/release.ts";
import type { Engine, HistoryEntry } from "../engine.ts";
import type { LedgerEvent } from "../ledger/event.ts";
import { isRecord } from "../report/diff.ts";
import { type Deployment, deploymentsOf, isSettled } from "../rollback/deployments.ts";
import { NoStateError, UserError } from "../user-error.ts";
import { type Configuration, configurationOf, type Release, readRelease, releaseOf } from "./configuration.ts";
import { appliedMigrations } from "./migrations.ts";

/** What is known of a stack before anything is done to it. */
export interface Survey {
  readonly history: readonly HistoryEntry[];
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly exported: Readonly<Record<string, unknown>>;
  /** The configuration that its files give it now. */
  readonly configuration: Configuration;
  /** The release that its file names; undefined when that cannot be read. */
  readonly declared: Release | undefined;
  readonly declaredId: string | undefined;
  /** The release that its last successful update left. */
  readonly live: Release | undefined;
  /** Newest first. */
  readonly deployments: readonly Deployment[];
  readonly settled: boolean;
  readonly applied: readonly string[];
}

/**
 * Throws the NoStateError of a stack without state, unless `maybeNew`: then there is just nothing known of it. What cannot be read is never taken
 * for nothing: gates would stand open.
 */
export async function survey(engine: Engine, project: string, { maybeNew = false } = {}): Promise<Survey> {
  const unlessNew = <T>(read: Promise<T>, nothing: T): Promise<T> => (maybeNew ? read.catch(or(nothing)) : read);
  const [history, outputs, exported, config] = await Promise.all([
    unlessNew<HistoryEntry[]>(engine.history(), []),
    unlessNew(engine.outputs(), {}),
    unlessNew(engine.export(), {}),
    engine.config(),
  ]);
  const configuration = configurationOf(config);
  const declared = releaseOf(configuration, project);
  return {
    history,
    outputs,
    exported,
    configuration,
    declared,
    declaredId: declared && releaseId(declared),
    live: liveIn(outputs),
    deployments: deploymentsOf(history, project),
    settled: isSettled(history, pendingOf(exported)),
    applied: appliedMigrations(outputs),
  };
}

const or =
  <T>(nothing: T) =>
  (error: unknown): T => {
    if (error instanceof NoStateError) return nothing;
    throw error;
  };

/** The release that a stack exported. Throws where there is one that cannot be read. */
export function liveIn({ release }: Readonly<Record<string, unknown>>): Release | undefined {
  const live = readRelease(release);
  if (live !== undefined || release === undefined || release === null) return live;
  throw new UserError("its output `release` cannot be read: another version of liftlock wrote it. Use that one, or a later one.");
}

/**
 * Schema versions that the database has seen, oldest first: what the stack's outputs say, and what runs that failed afterwards had migrated
 * already.
 */
export function migrated(applied: readonly string[], events: readonly LedgerEvent[], stack: string): string[] {
  // A restore took the database back to what the outputs say.
  const restored = events.findLastIndex(
    ({ what }) => what.kind === "restore" && what.stack === stack && what.result === "succeeded" && !what.drill,
  );
  const failed = events
    .slice(restored + 1)
    .flatMap(({ what }) => (what.kind === "deployment" && what.stack === stack ? (what.migrations ?? []) : []));
  return [...applied, ...new Set(failed.filter((version) => !applied.includes(version)))];
}

function pendingOf({ deployment }: Readonly<Record<string, unknown>>): number {
  const pending = isRecord(deployment) ? deployment.pending_operations : undefined;
  return Array.isArray(pending) ? pending.length : 0;
}
