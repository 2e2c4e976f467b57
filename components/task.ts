import type { types } from "@pulumi/kubernetes";
import type { Configuration } from "./configuration.ts";
import { withAffinity } from "./data.ts";
import { jobSpec } from "./job.ts";
import { type Settings, scaleOf } from "./model.ts";
import { joinMounts } from "./pod.ts";
import { volumeMountsOf } from "./stateful.ts";
import type { ServiceSettings } from "./workload.schema.ts";

export interface TaskArgs {
  readonly role: string;
  readonly settings: Settings;
  readonly service: ServiceSettings;
  readonly command: string[];
  readonly configuration: Configuration;
  readonly retries: number;
  readonly annotations?: Record<string, string>;
}

const hour = 3600;

/** A Job that runs a command in a service's image, with what the service itself reads, its volumes too, and the resources that it has. */
export function taskJob({ role, settings, service, command, configuration, retries, annotations }: TaskArgs): types.input.batch.v1.JobSpec {
  const container = { name: role, image: settings.release.images[service.name]!, command };
  const { resources } = scaleOf(service, settings.environment);
  const own = configuration.mountsOf(service);
  const stored = service.kind === "stateful" && service.singleWriter;
  const mounts = stored ? joinMounts(own, volumeMountsOf(service)) : own;
  const pod = { uid: service.uid, container, resources, mounts };
  const spec = jobSpec({ role, application: settings.application.name, pod, deadline: hour, retries, ...(annotations && { annotations }) });
  return stored ? withAffinity(spec, service.name) : spec;
}
