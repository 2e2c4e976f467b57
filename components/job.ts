import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { labelsOf } from "./labels.ts";
import { type PodArgs, podSpec } from "./pod.ts";
import type { ResourceSettings } from "./workload.schema.ts";

/** Resources of Jobs that run tools (dump, request) rather than the application. */
export const toolResources: ResourceSettings = {
  requests: { cpu: "50m", memory: "64Mi", ephemeralStorage: "64Mi" },
  limits: { cpu: "500m", memory: "512Mi", ephemeralStorage: "256Mi" },
};

/** User of Jobs that run tools. */
export const toolUser = 10_001;

export interface JobArgs {
  /** Name that its pods, its account and its network policy go by. */
  readonly role: string;
  readonly application: string;
  readonly pod: Omit<PodArgs, "serviceAccount">;
  /** Seconds after which it counts as failed. */
  readonly deadline: number;
  readonly retries: number;
  /** Annotations of its pods. A change of them runs the Job again. */
  readonly annotations?: Record<string, pulumi.Input<string>>;
}

/**
 * A Job that ends: in time, and with few retries. It has no TTL: a Job that Kubernetes removes by itself would be created, and so run,
 * again by the next refresh.
 */
export const jobSpec = ({ role, application, pod, deadline, retries, annotations }: JobArgs): types.input.batch.v1.JobSpec => ({
  activeDeadlineSeconds: deadline,
  backoffLimit: retries,
  template: {
    metadata: {
      labels: { ...labelsOf(role, application), ...pod.mounts.marks?.labels },
      ...(annotations === undefined ? {} : { annotations }),
    },
    spec: { ...podSpec({ ...pod, serviceAccount: role }), restartPolicy: "Never" },
  },
});
