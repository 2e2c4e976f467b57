import { judgeDeployment } from "./deployment.ts";
import { judgeJob } from "./job.ts";
import { isObject, type KubeObject } from "./object.ts";
import { judgePod } from "./pod.ts";
import { judgeDaemonSet, judgeStatefulSet } from "./stateful-set.ts";
import type { Verdict, View } from "./verdict.ts";

/** How to tell that an object is ready, and what else must be seen for it. */
export interface Judging {
  judge(view: View): Verdict;
  watches: readonly ("pods" | "replicaSets" | "events")[];
}

/** Kinds that run pods. */
export const WORKLOADS: Readonly<Record<string, Judging>> = {
  "apps/v1/Deployment": { judge: judgeDeployment, watches: ["pods", "replicaSets"] },
  "apps/v1/StatefulSet": { judge: judgeStatefulSet, watches: ["pods", "events"] },
  "apps/v1/DaemonSet": { judge: judgeDaemonSet, watches: ["pods", "events"] },
  "batch/v1/Job": { judge: judgeJob, watches: ["pods", "events"] },
  "v1/Pod": { judge: judgePod, watches: [] },
};

/** The label selector under which a workload's pods and ReplicaSets are found, as the API's query parameter takes it. */
export function podSelector(object: KubeObject): string | undefined {
  const selector = isObject(object.spec) ? object.spec.selector : undefined;
  if (!isObject(selector)) return undefined;
  const labels = isObject(selector.matchLabels)
    ? Object.entries(selector.matchLabels).map(([key, value]) => `${key}=${String(value)}`)
    : [];
  const expressions = Array.isArray(selector.matchExpressions) ? selector.matchExpressions.filter(isObject).map(expression) : [];
  return [...labels, ...expressions].join(",");
}

function expression({ key, operator, values }: KubeObject): string {
  const list = Array.isArray(values) ? values.map(String).join(",") : "";
  if (operator === "In") return `${String(key)} in (${list})`;
  if (operator === "NotIn") return `${String(key)} notin (${list})`;
  return operator === "DoesNotExist" ? `!${String(key)}` : String(key);
}
