import { isMap, type PropertyMap } from "../../../engine/values.ts";
import { metadataOf } from "../annotations.ts";
import { judgeDeployment } from "./deployment.ts";
import { judgeJob } from "./job.ts";
import { judgePod } from "./pod.ts";
import {
  judgeClaim,
  judgeDefinition,
  judgeIngress,
  judgeNamespace,
  judgeQuota,
  judgeSecret,
  judgeService,
  judgeVolume,
} from "./simple-kinds.ts";
import { judgeDaemonSet, judgeStatefulSet } from "./stateful-set.ts";
import type { Verdict, View } from "./verdict.ts";

/** How to tell that an object of a kind is ready, and what else must be watched for it. */
export interface Awaiter {
  judge(view: View): Verdict;
  watches: readonly ("pods" | "replicaSets" | "events")[];
  /** Seconds, where the kind has another default than 10 minutes (figures: pulumi-kubernetes, await/awaiters.go). */
  defaultTimeoutSeconds?: number;
}

export const DEFAULT_TIMEOUT_SECONDS = 600;

const AWAITERS: Record<string, Awaiter> = {
  "apps/v1/Deployment": { judge: judgeDeployment, watches: ["pods", "replicaSets"] },
  "apps/v1/StatefulSet": { judge: judgeStatefulSet, watches: ["pods", "events"] },
  "apps/v1/DaemonSet": { judge: judgeDaemonSet, watches: ["pods", "events"] },
  "batch/v1/Job": { judge: judgeJob, watches: ["pods", "events"] },
  "v1/Pod": { judge: judgePod, watches: [] },
  "v1/Namespace": { judge: judgeNamespace, watches: [] },
  "v1/Service": { judge: judgeService, watches: [] },
  "v1/Secret": { judge: judgeSecret, watches: [] },
  "v1/ResourceQuota": { judge: judgeQuota, watches: [], defaultTimeoutSeconds: 60 },
  "v1/PersistentVolume": { judge: judgeVolume, watches: [], defaultTimeoutSeconds: 300 },
  "v1/PersistentVolumeClaim": { judge: judgeClaim, watches: [], defaultTimeoutSeconds: 300 },
  "networking.k8s.io/v1/Ingress": { judge: judgeIngress, watches: [] },
  "apiextensions.k8s.io/v1/CustomResourceDefinition": { judge: judgeDefinition, watches: [] },
};

/** Undefined for kinds that are ready as soon as they exist. */
export const awaiterOf = (object: PropertyMap): Awaiter | undefined => AWAITERS[`${String(object.apiVersion)}/${String(object.kind)}`];

/** The label selector under which a workload's pods and ReplicaSets are found, as the API's query parameter takes it. */
export function podSelector(object: PropertyMap): string | undefined {
  const selector = isMap(object.spec) ? object.spec.selector : undefined;
  if (!isMap(selector)) return undefined;
  const labels = isMap(selector.matchLabels) ? Object.entries(selector.matchLabels).map(([key, value]) => `${key}=${String(value)}`) : [];
  const expressions = Array.isArray(selector.matchExpressions) ? selector.matchExpressions.filter(isMap).map(expression) : [];
  return [...labels, ...expressions].join(",");
}

function expression({ key, operator, values }: PropertyMap): string {
  const list = Array.isArray(values) ? values.map(String).join(",") : "";
  if (operator === "In") return `${String(key)} in (${list})`;
  if (operator === "NotIn") return `${String(key)} notin (${list})`;
  return operator === "DoesNotExist" ? `!${String(key)}` : String(key);
}

export const uidOf = (object: PropertyMap): string => String(metadataOf(object).uid ?? "");
