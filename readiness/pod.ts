import type { V1Pod } from "@kubernetes/client-node";
import { isPodReady, podFaults, terminations } from "./pods.ts";
import { final, READY, type Verdict, type View, waiting } from "./verdict.ts";

/** Ready when its containers are, or when it has done its work. */
export function judgePod({ object }: View): Verdict {
  const pod = object as unknown as V1Pod;
  if (pod.status?.phase === "Succeeded" || isPodReady(object)) return READY;
  if (pod.status?.phase === "Failed") {
    const why = [pod.status.reason, pod.status.message].filter(Boolean).join(": ");
    return waiting("failed", [final("PodFailed", `the pod failed${why ? `: ${why}` : ""}${terminations(pod)}`)]);
  }
  return waiting(pod.status?.phase ?? "Pending", podFaults([object]));
}
