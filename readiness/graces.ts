import { annotationsOf, type KubeObject } from "./object.ts";

/** Prefix: `liftlock.dev/fail-after-<reason>` holds the seconds that this reason is given before a rollout counts as failed. */
const FAIL_AFTER = "liftlock.dev/fail-after-";

/**
 * Seconds that a reported fault may last. A registry says "not found" at once and means it; credentials and networks come right by
 * themselves while a role assignment or a mirror settles; a cluster autoscaler takes minutes to add a node (AKS: 2 to 5).
 * An annotation `liftlock.dev/fail-after-<reason>` on the object sets another figure.
 */
export const GRACE = {
  imageNotFound: 2,
  imageAccess: 30,
  imagePull: 5,
  unschedulable: 300,
  quota: 10,
  failedCreate: 10,
  podFailed: 10,
} as const;

/** Reasons that an annotation stands for besides its own name: a pull error comes under two names in turn. */
const ALIASES: Record<string, string[]> = { errimagepull: ["imagepullbackoff"], imagepullbackoff: ["errimagepull"] };

export function gracesOf(object: KubeObject): Record<string, number> {
  const graces: Record<string, number> = {};
  for (const [key, text] of Object.entries(annotationsOf(object))) {
    if (!key.startsWith(FAIL_AFTER)) continue;
    const seconds = Number(text);
    if (!Number.isFinite(seconds) || seconds < 0) continue;
    const reason = key.slice(FAIL_AFTER.length).toLowerCase();
    for (const name of [reason, ...(ALIASES[reason] ?? [])]) graces[name] ??= seconds;
  }
  return graces;
}
