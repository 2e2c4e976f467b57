import type { HappeningOf, LedgerEvent } from "../ledger/event.ts";
import type { BackupCluster } from "./cluster.ts";
import { type Backup, backupOf } from "./report.ts";

const TASK = "liftlock.dev/task";

/** Backups of which the cluster still has the Job, oldest first. */
export async function backupsIn(cluster: BackupCluster): Promise<Backup[]> {
  const jobs = (await cluster.jobs()).filter(({ metadata }) => metadata?.labels?.[TASK] === "backup");
  const found = await Promise.all(jobs.map(async (job) => backupOf(job, await cluster.podsOf(job.metadata?.name ?? ""))));
  return sorted(found.flatMap((backup) => backup ?? []));
}

/** Entries for the backups that the ledger does not have yet. */
export function newEntries(stack: string, backups: readonly Backup[], events: readonly LedgerEvent[]): HappeningOf<"backup">[] {
  const known = new Set(recorded(stack, events).flatMap(({ id, job }) => (job === undefined ? [id] : [id, job])));
  return backups
    .filter(({ id, job }) => !known.has(id) && !(job !== undefined && known.has(job)))
    .map(({ id, kept: _, ...rest }) => ({ kind: "backup", stack, backup: id, ...rest }));
}

/** Backups that the ledger knows of, oldest first. */
export const recorded = (stack: string, events: readonly LedgerEvent[]): Backup[] =>
  sorted(
    events.flatMap(({ what }) => {
      if (what.kind !== "backup" || what.stack !== stack) return [];
      const { kind: _, stack: __, backup, ...rest } = what;
      return [{ id: backup, ...rest }];
    }),
  );

/**
 * Everything known, without what the newest report says is gone from the volume. Of a Job whose report is gone the cluster knows less than
 * the ledger.
 */
export function known(stack: string, backups: readonly Backup[], events: readonly LedgerEvent[]): Backup[] {
  const inLedger = recorded(stack, events);
  const jobs = new Set(inLedger.flatMap(({ id, job }) => [id, ...(job === undefined ? [] : [job])]));
  const news = backups.filter(({ id, job, version }) => version !== undefined || !(jobs.has(id) || (job !== undefined && jobs.has(job))));
  const all = sorted([...new Map([...inLedger, ...news].map((backup) => [backup.id, backup])).values()]);
  const newest = all.findLast(({ kept }) => kept !== undefined);
  if (newest?.kept === undefined) return all;
  const kept = new Set(newest.kept);
  return all.filter(({ id, takenAt }) => takenAt >= newest.takenAt || kept.has(id) || !/^\d{8}T\d{6}Z-/.test(id));
}

/** The backup that a person means: its id, the beginning of one, the Job that took it, or `latest`. */
export function findBackup(wanted: string, all: readonly Backup[]): Backup | undefined {
  if (wanted === "latest") return all.at(-1);
  const exact = all.find(({ id, job }) => id === wanted || job === wanted);
  const starting = all.filter(({ id }) => id.startsWith(wanted));
  return exact ?? (starting.length === 1 ? starting[0] : undefined);
}

function sorted(backups: readonly Backup[]): Backup[] {
  return [...backups].sort((a, b) => (a.takenAt < b.takenAt ? -1 : a.takenAt > b.takenAt ? 1 : 0));
}
