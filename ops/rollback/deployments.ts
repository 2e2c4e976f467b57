import { releaseId } from "../../components/release.ts";
import { restoreKey } from "../../components/restore.ts";
import type { HistoryEntry } from "../engine.ts";
import { type Configuration, type Release, releaseOf, settingOf } from "../promotion/configuration.ts";
import { isRecord } from "../report/diff.ts";
import { hasChanges } from "../report/headline.ts";
import { atRest, onTrial, rolloutOf, withRollout } from "../strategy/position.ts";

/** An update that got through: what ran on the stack from then on. */
export interface Deployment {
  readonly release: Release;
  readonly id: string;
  readonly configuration: Configuration;
  /** ISO 8601. */
  readonly at: string;
}

/** Deployments of a stack that got through, newest first; none from before it was destroyed. */
export function deploymentsOf(history: readonly HistoryEntry[], project: string): Deployment[] {
  const destroyed = history.findIndex(({ kind }) => kind === "destroy");
  const since = destroyed < 0 ? history : history.slice(0, destroyed);
  return since.flatMap((entry): Deployment[] => {
    const { [`${project}:${restoreKey}`]: _, ...config } = entry.config;
    // What a restore of the database stops in between is the release before, for a while without its pods.
    if (isStopped(entry, project)) return [];
    const release = entry.kind === "update" && entry.result === "succeeded" ? releaseOf(config, project) : undefined;
    if (release === undefined) return [];
    // A release on trial was not deployed yet; and what was only kept beside another one is no part of what can come back.
    const rollout = rolloutOf(config, project);
    if (onTrial(rollout)) return [];
    const configuration = withRollout(config, project, atRest(rollout));
    return [{ release, id: releaseId(release), configuration, at: entry.endTime ?? entry.startTime }];
  });
}

function isStopped({ config }: HistoryEntry, project: string): boolean {
  const stage = settingOf(config, project, restoreKey);
  const read = typeof stage === "string" ? JSON.parse(stage) : stage;
  return isRecord(read) && read.stage === "stopped";
}

/** Did the last run that changed anything get through, so that what runs is what the last deployment said? Nothing may be pending. */
export function isSettled(history: readonly HistoryEntry[], pendingOperations: number): boolean {
  if (pendingOperations > 0) return false;
  const last = history.find(
    ({ kind, result, resourceChanges }) =>
      kind !== "preview" && (result === "succeeded" ? kind !== "refresh" : hasChanges(resourceChanges ?? {})),
  );
  return last?.kind === "update" && last.result === "succeeded";
}

export type Found = { readonly target: Deployment } | { readonly none: string };

/**
 * The deployment to go back to. `wanted`: a version, a release's id or the beginning of one; without it, the newest that is not
 * what the stack file names and runs, and that nobody holds.
 */
export function findTarget(
  deployments: readonly Deployment[],
  current: { id: string | undefined; isHeld: boolean },
  holds: (deployment: Deployment) => boolean,
  wanted?: string,
): Found {
  const known = [...new Map(deployments.map((deployment) => [deployment.id, deployment] as const)).keys()];
  const list = known.length === 0 ? "Nothing was deployed here that could be restored." : `Deployed here: ${known.join(", ")}.`;
  if (wanted !== undefined) {
    const exact = deployments.filter(({ id, release }) => id === wanted || release.version === wanted);
    const found = exact.length > 0 ? exact : deployments.filter(({ id }) => id.startsWith(wanted));
    const ids = new Set(found.map(({ id }) => id));
    if (ids.size > 1) return { none: `"${wanted}" names several releases: ${[...ids].join(", ")}. Name one by its id.` };
    const [target] = found;
    if (target === undefined) return { none: `No release "${wanted}" was deployed here. ${list}` };
    return holds(target) ? { none: `${target.id} is held here: release the hold first.` } : { target };
  }
  // What the file names is where it goes back to already, when a rollback wrote it there and did not get through.
  const isLive = deployments[0]?.id === current.id;
  const target = deployments.find((deployment) => !holds(deployment) && (deployment.id !== current.id || current.isHeld || !isLive));
  return target === undefined ? { none: `There is no earlier release to go back to. ${list}` } : { target };
}
