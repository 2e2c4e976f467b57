import type { V1Job, V1Pod } from "@kubernetes/client-node";
import { isOwnedBy } from "./deployment.ts";
import { podFaults, terminations } from "./pods.ts";
import { refusals } from "./stateful-set.ts";
import { final, READY, type Verdict, type View, waiting } from "./verdict.ts";

/** Ready when it is complete. It counts its own failures (backoffLimit); what can never start fails it at once. */
export function judgeJob({ object, pods, events }: View): Verdict {
  const { spec, status, metadata } = object as unknown as V1Job;
  const condition = (name: string) => status?.conditions?.find(({ type, status }) => type === name && status === "True");
  if (condition("Complete") !== undefined) return READY;
  const own = pods.filter((pod) => isOwnedBy(pod as { metadata?: V1Pod["metadata"] }, metadata?.uid));
  const failed = condition("Failed") ?? condition("FailureTarget");
  if (failed !== undefined) {
    const ends = own
      .map((pod) => pod as unknown as V1Pod)
      .filter(({ status }) => status?.phase === "Failed" || status?.phase === "Running");
    const last = ends.sort((a, b) => String(a.metadata?.creationTimestamp).localeCompare(String(b.metadata?.creationTimestamp))).at(-1);
    const how = last === undefined ? "" : terminations(last);
    const pod = last === undefined ? "" : `; pod ${last.metadata?.name}${how}`;
    return waiting("failed", [
      final(
        failed.reason ?? "Failed",
        `${failed.reason ?? "Failed"}: ${failed.message ?? "the Job failed"}${pod}; read \`kubectl logs -n ${metadata?.namespace} job/${metadata?.name}\``,
      ),
    ]);
  }
  if (spec?.suspend) return READY;
  const progress = `active ${status?.active ?? 0}, succeeded ${status?.succeeded ?? 0} of ${spec?.completions ?? 1}, failed ${status?.failed ?? 0}`;
  return waiting(progress, [...podFaults(own, { crashesAreFinal: false }), ...((status?.active ?? 0) > 0 ? [] : refusals(events))]);
}
