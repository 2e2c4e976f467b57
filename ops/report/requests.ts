import { quantity } from "../../readiness/quantity.ts";
import { at, isRecord } from "./diff.ts";
import type { Seen } from "./inventory.ts";
import { bytes, cores } from "./quantity.ts";
import { isKubernetes, kindOf } from "./urn.ts";

/** CPU in cores and memory in bytes that the environment's workloads ask for, at the least and at the most replicas. */
export interface Requests {
  readonly cpu: { readonly min: number; readonly max: number };
  readonly memory: { readonly min: number; readonly max: number };
}

const REPLICATED = new Set(["Deployment", "StatefulSet"]);

/** Requests of all replicated workloads, from the inputs of one side of a run (`old` or `new`). Jobs come and go: they do not count. */
export function requestsOf(seen: readonly Seen[], side: "old" | "new"): Requests {
  const present = seen.filter((s) => isKubernetes(s.type) && s[side] && !(side === "new" && s.op === "delete"));
  const scalers = present.filter((s) => kindOf(s.type) === "HorizontalPodAutoscaler").map((s) => s[side]?.inputs);
  const total = { cpu: { min: 0, max: 0 }, memory: { min: 0, max: 0 } };
  for (const resource of present.filter((s) => REPLICATED.has(kindOf(s.type)))) {
    const inputs = resource[side]?.inputs;
    const replicas = replicasOf(inputs, kindOf(resource.type), scalers);
    const containers = at(inputs, ["spec", "template", "spec"]);
    const pod = isRecord(containers) && Array.isArray(containers.containers) ? containers.containers : [];
    for (const name of ["cpu", "memory"] as const) {
      const each = pod.reduce((sum: number, c: unknown) => sum + (quantity(at(c, ["resources", "requests", name])) ?? 0), 0);
      total[name].min += each * replicas.min;
      total[name].max += each * replicas.max;
    }
  }
  return total;
}

/** An autoscaler's bounds hold over a fixed number; Kubernetes' own default is one. */
export function replicasOf(inputs: unknown, kind: string, scalers: readonly unknown[]): { min: number; max: number } {
  const name = at(inputs, ["metadata", "name"]);
  const scaler = scalers.find((s) => {
    const target = at(s, ["spec", "scaleTargetRef"]);
    const sameNamespace = at(s, ["metadata", "namespace"]) === at(inputs, ["metadata", "namespace"]);
    return isRecord(target) && target.kind === kind && target.name === name && sameNamespace;
  });
  if (scaler) {
    const min = Number(at(scaler, ["spec", "minReplicas"]) ?? 1);
    return { min, max: Number(at(scaler, ["spec", "maxReplicas"]) ?? min) };
  }
  const fixed = Number(at(inputs, ["spec", "replicas"]) ?? 1);
  return { min: fixed, max: fixed };
}

/** `requests: cpu 300m -> 400m (at most 1.2), memory 384Mi (at most 1.5Gi)`; `undefined` when nothing is asked for. */
export function requestsLine(before: Requests, after: Requests): string | undefined {
  const side = (r: Requests, name: "cpu" | "memory", show: (n: number) => string) =>
    r[name].max > r[name].min ? `${show(r[name].min)} (up to ${show(r[name].max)})` : show(r[name].min);
  const part = (name: "cpu" | "memory", show: (n: number) => string): string[] => {
    const [from, to] = [side(before, name, show), side(after, name, show)];
    if (before[name].max === 0 && after[name].max === 0) return [];
    if (before[name].max === 0) return [`${name} ${to}`];
    return [from === to ? `${name} ${to}` : `${name} ${from} -> ${to}`];
  };
  const parts = [...part("cpu", cores), ...part("memory", bytes)];
  return parts.length > 0 ? `requests ${parts.join(", ")}` : undefined;
}
