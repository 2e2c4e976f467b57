import { releaseId } from "../../components/release.ts";
import type { Engine, HistoryEntry } from "../engine.ts";
import type { LedgerEvent } from "../ledger/event.ts";
import { isRecord } from "../report/diff.ts";
import { type Deployment, deploymentsOf, isSettled } from "../rollback/deployments.ts";
import { UserError } from "../user-error.ts";
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

/** Throws the UserErrors of a stack without state, unless `maybeNew`: then there is just nothing known of it. */
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
    live: readRelease(outputs.release),
    deployments: deploymentsOf(history, project),
    settled: isSettled(history, pendingOf(exported)),
    applied: appliedMigrations(outputs),
  };
}

/** What is wrong with a state beyond not being there, the run that follows says itself. */
const or =
  <T>(nothing: T) =>
  (error: unknown): T => {
    if (error instanceof UserError) return nothing;
    throw error;
  };

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
