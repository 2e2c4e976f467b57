import type * as pulumi from "@pulumi/pulumi";
import type { EnvironmentOnGithub } from "./github/environment-rules.ts";
import type { AppliedMigration, History } from "./history.ts";
import type { Migration } from "./migration.ts";
import type { Settings } from "./model.ts";
import { formatBytes, formatCpu } from "./quantities.ts";
import { type Quotas, restDemand } from "./quota.ts";
import type { ReleaseRecord } from "./record.ts";
import { releaseId } from "./release.ts";
import type { RestoreStage } from "./restore.ts";
import { isOnTrial } from "./strategy/colours.ts";
import type { Workload } from "./workload.ts";

export interface Parts {
  readonly settings: Settings;
  readonly quotas: Quotas;
  readonly namespace: pulumi.Output<string>;
  readonly workloads: Readonly<Record<string, Workload>>;
  readonly record: ReleaseRecord;
  readonly migration: Migration | undefined;
  readonly history: History;
  readonly restore: RestoreStage | undefined;
  readonly github: EnvironmentOnGithub | undefined;
  readonly own: Record<string, unknown>;
}

/** The stack's outputs: what people and other stacks read of this environment. */
export function summarize({ settings, quotas, namespace, workloads, record, migration, history, restore, github, own }: Parts) {
  const { release } = settings;
  const migrations: pulumi.Input<AppliedMigration[]> = migration?.migrations ?? [...history.migrations];
  return {
    namespace,
    // A release on trial is not what runs here yet.
    release: isOnTrial(settings) && history.release !== undefined ? history.release : { id: releaseId(release), ...release },
    urls: Object.fromEntries(Object.entries(workloads).flatMap(([name, { url }]) => (url === undefined ? [] : [[name, url]]))),
    /** What the environment asks of the cluster at rest. */
    requested: requestedOf(settings),
    quotas,
    qualified: record.qualified,
    migrations,
    ...(history.restored === undefined ? {} : { restored: history.restored }),
    ...(restore?.stage === "stopped" ? { restoring: restore.backup, ...(restore.by && { restoringBy: restore.by }) } : {}),
    ...(github === undefined ? {} : { github }),
    ...(Object.keys(own).length > 0 ? { own } : {}),
  };
}

export function requestedOf(settings: Settings): { pods: number; cpu: string; memory: string } {
  const { pods, requests } = restDemand(settings);
  return { pods, cpu: formatCpu(requests.cpu), memory: formatBytes(requests.memory) };
}
