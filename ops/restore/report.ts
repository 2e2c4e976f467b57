import type { V1Job, V1Pod } from "@kubernetes/client-node";
import { z } from "zod";

/** The last word of a Job that took a backup. Unknown keys of later versions are left alone. */
const BackupReport = z.object({
  id: z.string(),
  takenAt: z.iso.datetime(),
  release: z.string(),
  schemaVersion: z.string(),
  reason: z.string(),
  job: z.string(),
  bytes: z.number(),
  kept: z.array(z.string()).optional(),
});
const Empty = z.object({ empty: z.literal(true) });

/** A backup as its Job reported it. Where no report is left (its pod is gone), what the cluster knows of the Job: it verified, or it failed. */
export interface Backup {
  readonly id: string;
  /** ISO 8601. */
  readonly takenAt: string;
  readonly verified: boolean;
  readonly bytes?: number;
  readonly version?: string;
  /** Schema version of the data in it; "": before any migration. */
  readonly schemaVersion?: string;
  readonly reason?: string;
  readonly job?: string;
  /** All that were kept when it was taken. */
  readonly kept?: readonly string[];
}

/** The message with which a Job's newest pod ended. */
export function messageOf(pods: readonly V1Pod[]): string | undefined {
  const ended = pods.flatMap(({ status }) => (status?.containerStatuses ?? []).flatMap(({ state }) => state?.terminated ?? []));
  ended.sort((a, b) => Number(a.finishedAt ?? 0) - Number(b.finishedAt ?? 0));
  return ended.at(-1)?.message?.trim() || undefined;
}

export function reportOf(pods: readonly V1Pod[]): unknown {
  try {
    return JSON.parse(messageOf(pods) ?? "");
  } catch {
    return undefined;
  }
}

export const conditionOf = ({ status }: V1Job): "Complete" | "Failed" | undefined =>
  status?.conditions?.find(({ type, status: holds }) => (type === "Complete" || type === "Failed") && holds === "True")?.type as
    | "Complete"
    | "Failed"
    | undefined;

/** The backup that a Job took; undefined while it runs, when it failed, and when there was nothing to back up yet. */
export function backupOf(job: V1Job, pods: readonly V1Pod[]): Backup | undefined {
  if (conditionOf(job) !== "Complete") return undefined;
  const report = reportOf(pods);
  if (Empty.safeParse(report).success) return undefined;
  const parsed = BackupReport.safeParse(report);
  if (parsed.success) {
    const { release: version, ...report } = parsed.data;
    return { ...report, version, verified: true };
  }
  const takenAt = new Date(job.status?.startTime ?? job.metadata?.creationTimestamp ?? 0).toISOString();
  return { id: job.metadata?.name ?? "", job: job.metadata?.name ?? "", takenAt, verified: true };
}
