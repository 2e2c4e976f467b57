import type { KubeObject } from "./object.ts";

/** What the cluster reports against an object that is to become ready. */
export interface Fault {
  /** The same fault seen again has the same key, so that its grace runs from the first report. */
  key: string;
  /** Kubernetes' own word: `ImagePullBackOff`, `Unschedulable`, `ProgressDeadlineExceeded`. */
  reason: string;
  /** What, where, and what to do. */
  message: string;
  /** How long it may last before it counts as failure; 0 when waiting cannot mend it. */
  graceSeconds: number;
}

export interface Verdict {
  ready: boolean;
  /** For people: how far it is. */
  progress: string;
  faults: Fault[];
  /** Pods that hold up the controller for ever, and that it will make anew when they are deleted. */
  blockers?: KubeObject[];
}

export const READY: Verdict = { ready: true, progress: "ready", faults: [] };
export const waiting = (progress: string, faults: Fault[] = []): Verdict => ({ ready: false, progress, faults });
export const final = (reason: string, message: string): Fault => ({ key: reason, reason, message, graceSeconds: 0 });

/** The object and what belongs to it, as last seen. */
export interface View {
  object: KubeObject;
  pods: KubeObject[];
  replicaSets: KubeObject[];
  /** Events about the object itself. */
  events: KubeObject[];
}

export interface Judgement {
  /** Faults whose grace has run out. */
  failed: Fault[];
  /** When the next grace runs out, in milliseconds since the epoch. */
  recheckAt: number | undefined;
  /** First report of each fault that is there now. */
  firstSeen: Map<string, number>;
}

/**
 * Wait or fail? A fault fails when it has been reported for longer than its grace; one that went away starts anew.
 * `graces` are the seconds that an annotation sets for a reason, in lower case.
 */
export function judge(
  faults: readonly Fault[],
  before: ReadonlyMap<string, number>,
  now: number,
  graces: Readonly<Record<string, number>> = {},
): Judgement {
  const firstSeen = new Map<string, number>();
  const failed: Fault[] = [];
  let recheckAt: number | undefined;
  for (const fault of faults) {
    const since = Math.min(firstSeen.get(fault.key) ?? now, before.get(fault.key) ?? now);
    firstSeen.set(fault.key, since);
    const end = since + (graces[fault.reason.toLowerCase()] ?? fault.graceSeconds) * 1000;
    if (end <= now) failed.push(fault);
    else recheckAt = Math.min(recheckAt ?? end, end);
  }
  return { failed, recheckAt, firstSeen };
}
