import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { selectorOf } from "./labels.ts";
import type { Scale } from "./model.ts";
import { seconds } from "./primitives.ts";
import { maxSurge } from "./quota.ts";
import type { ServiceSettings } from "./workload.schema.ts";

type Probe = types.input.core.v1.Probe;

/** The engine waits a little longer than Kubernetes, so that Kubernetes' verdict is the one that is reported. */
export function rolloutTimeouts({ progress }: ServiceSettings): pulumi.CustomTimeouts {
  const timeout = `${seconds(progress) + 60}s`;
  return { create: timeout, update: timeout };
}

/** New pods first, old ones only after them: users never see fewer replicas than before. */
export const rollingUpdate = {
  type: "RollingUpdate",
  rollingUpdate: { maxSurge: `${maxSurge * 100}%`, maxUnavailable: 0 },
};

interface Probes {
  startupProbe: Probe;
  readinessProbe: Probe;
  livenessProbe: Probe;
}

/** Startup covers the slowest start; then readiness decides about traffic, and liveness, which asks something else, about a restart. */
export function probesOf(service: ServiceSettings): Probes {
  const actionOf = (check: string | string[]): Probe =>
    typeof check === "string" ? { httpGet: { path: check, port: "http" } } : { exec: { command: check } };
  const probe = (check: string | string[], periodSeconds: number, failureThreshold: number): Probe => ({
    ...actionOf(check),
    periodSeconds,
    failureThreshold,
    timeoutSeconds: 3,
  });
  const { readiness, liveness, startup } = service.probes;
  return {
    startupProbe: probe(startup ?? liveness, 5, Math.ceil(seconds(service.boot) / 5)),
    readinessProbe: probe(readiness, 5, 3),
    livenessProbe: probe(liveness, 10, 3),
  };
}

/** Spread over zones and nodes where the cluster allows it; never a reason for a pod to wait. */
export function placement(
  name: string,
  revisionLabel: string,
): Pick<types.input.core.v1.PodSpec, "affinity" | "topologySpreadConstraints"> {
  const labelSelector = { matchLabels: selectorOf(name) };
  const spread = (topologyKey: string) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector,
    matchLabelKeys: [revisionLabel],
  });
  return {
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 100, podAffinityTerm: { topologyKey: "kubernetes.io/hostname", labelSelector } },
        ],
      },
    },
    topologySpreadConstraints: [spread("topology.kubernetes.io/zone"), spread("kubernetes.io/hostname")],
  };
}

/**
 * `floor`: replicas below which it must not go for now, though the settings would let it.
 *
 * Grows at once and shrinks slowly. Both are Kubernetes' defaults but for the shrinking step, which is a quarter a minute
 * (HPAScalingRules, autoscaling/v2).
 */
export function autoscalerSpec(
  name: string,
  { replicas, cpuTarget }: Scale,
  floor = replicas.min,
): types.input.autoscaling.v2.HorizontalPodAutoscalerSpec {
  const minReplicas = Math.max(replicas.min, floor);
  return {
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
    minReplicas,
    maxReplicas: Math.max(replicas.max, minReplicas),
    metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: cpuTarget } } }],
    behavior: {
      scaleUp: {
        stabilizationWindowSeconds: 0,
        selectPolicy: "Max",
        policies: [
          { type: "Percent", value: 100, periodSeconds: 15 },
          { type: "Pods", value: 4, periodSeconds: 15 },
        ],
      },
      scaleDown: { stabilizationWindowSeconds: 300, policies: [{ type: "Percent", value: 25, periodSeconds: 60 }] },
    },
  };
}
