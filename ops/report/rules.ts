import type { Change } from "./changes.ts";
import { transition } from "./text.ts";
import {
  container,
  environment,
  environmentEntry,
  folded,
  generic,
  hosts,
  image,
  probe,
  resource,
  says,
  utilization,
  type Words,
} from "./words.ts";

interface Rule {
  readonly kinds?: RegExp;
  readonly pattern: string;
  readonly words: Words;
}

const PODS = /^(Deployment|StatefulSet|DaemonSet|CronJob|Job|ReplicaSet)$/;
const POD = "spec.template.spec";
const PROBE = "livenessProbe|readinessProbe|startupProbe";

/** First match wins. Patterns are split at dots; `*` stands for one step of a path, `a|b` for either, `**` for the rest. */
const RULES: readonly Rule[] = [
  { pattern: "metadata.labels.**", words: folded },
  { pattern: "metadata.annotations.**", words: folded },
  { pattern: "metadata.name", words: folded },
  { kinds: PODS, pattern: "spec.template.metadata.**", words: folded },
  { kinds: PODS, pattern: "spec.replicas", words: says("replicas") },
  { kinds: PODS, pattern: `${POD}.containers|initContainers.*.image`, words: image },
  { kinds: PODS, pattern: `${POD}.containers|initContainers.*.resources.requests|limits.*`, words: resource },
  { kinds: PODS, pattern: `${POD}.containers|initContainers.*.env.*.value`, words: environment },
  { kinds: PODS, pattern: `${POD}.containers|initContainers.*.env.*`, words: environmentEntry },
  {
    kinds: PODS,
    pattern: `${POD}.containers|initContainers.*.env.*.**`,
    words: ({ parts }) => `environment ${parts[2]} comes from elsewhere`,
  },
  { kinds: PODS, pattern: `${POD}.containers|initContainers.*.${PROBE}.**`, words: probe },
  { kinds: PODS, pattern: `${POD}.containers|initContainers.*.command|args`, words: ({ parts }) => `${parts[2]} of ${parts[1]} changed` },
  { kinds: PODS, pattern: `${POD}.containers|initContainers.*`, words: container },
  { kinds: PODS, pattern: `${POD}.terminationGracePeriodSeconds`, words: says("termination grace period", " (seconds)") },
  { kinds: /^CronJob$/, pattern: "spec.schedule", words: says("schedule") },
  { kinds: /^CronJob$/, pattern: "spec.suspend", words: ({ after }) => (after === true ? "suspended" : "no longer suspended") },
  { kinds: /^HorizontalPodAutoscaler$/, pattern: "spec.minReplicas", words: says("replicas", " (HPA minimum)") },
  { kinds: /^HorizontalPodAutoscaler$/, pattern: "spec.maxReplicas", words: says("replicas", " (HPA maximum)") },
  { kinds: /^HorizontalPodAutoscaler$/, pattern: "spec.metrics.*.resource.target.averageUtilization", words: utilization },
  { kinds: /^PodDisruptionBudget$/, pattern: "spec.minAvailable", words: says("pods that must stay available") },
  { kinds: /^PodDisruptionBudget$/, pattern: "spec.maxUnavailable", words: says("pods that may be unavailable") },
  { kinds: /^PersistentVolumeClaim$/, pattern: "spec.resources.requests.storage", words: says("volume") },
  {
    kinds: /^ResourceQuota$/,
    pattern: "spec.hard.*",
    words: ({ parts, before, after }) => `quota ${parts[0]} ${transition(before, after)}`,
  },
  { kinds: /^(HTTPRoute|GRPCRoute)$/, pattern: "spec.hostnames", words: says("host") },
  { kinds: /^Ingress$/, pattern: "spec.rules", words: ({ before, after }) => `host ${transition(hosts(before), hosts(after))}` },
  { kinds: /^Ingress$/, pattern: "spec.rules.*.host", words: says("host") },
  { kinds: /^NetworkPolicy$/, pattern: "spec.ingress|egress.**", words: ({ parts }) => `${parts[0]} rules changed` },
  { kinds: /^Service$/, pattern: "spec.ports.*.port", words: says("port") },
  { pattern: "**", words: ({ parts, before, after }) => generic(parts, before, after) },
];

/** The rule for a path. The pod template of a CronJob lies two steps deeper than elsewhere; it reads the same. */
export function wordsFor(change: Change, path: readonly string[], before: unknown, after: unknown): string | undefined {
  const steps = path[1] === "jobTemplate" ? path.slice(2) : path;
  for (const rule of RULES) {
    if (rule.kinds && !rule.kinds.test(change.kind)) continue;
    const parts = match(rule.pattern, steps);
    if (parts) return rule.words({ before, after, parts, change });
  }
  return generic(path, before, after);
}

function match(pattern: string, path: readonly string[]): string[] | undefined {
  const wanted = pattern.split(".");
  const parts: string[] = [];
  for (const [i, want] of wanted.entries()) {
    if (want === "**") return [...parts, ...path.slice(i)];
    const step = path[i];
    if (step === undefined) return undefined;
    if (want === "*") parts.push(step);
    else if (want.includes("|")) {
      if (!want.split("|").includes(step)) return undefined;
      parts.push(step);
    } else if (want !== step) return undefined;
  }
  return path.length === wanted.length ? parts : undefined;
}
