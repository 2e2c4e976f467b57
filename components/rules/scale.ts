import type { ApplicationSettings } from "../application.schema.ts";
import type { EnvironmentSettings } from "../environment.schema.ts";
import type { Finding } from "../faults.ts";
import { scaleOf } from "../model.ts";
import { bytes, millicores } from "../quantities.ts";
import type { ResourceSettings, ServiceSettings } from "../workload.schema.ts";

/** Rules of replicas and resources, in the defaults and in each service's own. */
export function checkScale(application: ApplicationSettings, environment: EnvironmentSettings): Finding[] {
  const found: Finding[] = [];
  const add = (path: PropertyKey[], message: string | undefined) => {
    if (message !== undefined) found.push({ part: "environment", path, message });
  };
  add(["defaults", "replicas"], rangeFault(environment.defaults.replicas));
  for (const [path, message] of resourceFaults(environment.defaults.resources)) add(["defaults", "resources", ...path], message);
  for (const [name, own] of Object.entries(environment.services)) {
    const service = application.services.find((candidate) => candidate.name === name);
    if (service === undefined) add(["services", name], `the application declares no service "${name}"`);
    if (own.replicas !== undefined) add(["services", name, "replicas"], rangeFault(own.replicas));
    if (own.resources !== undefined)
      for (const [path, message] of resourceFaults(own.resources)) add(["services", name, "resources", ...path], message);
    if (service !== undefined) add(["services", name, "replicas"], statefulFault(service, scaleOf(service, environment).replicas));
  }
  return found;
}

export const rangeFault = ({ min, max }: { min: number; max: number }): string | undefined =>
  min > max ? `min (${min}) must not exceed max (${max})` : undefined;

/** A service with a volume has a fixed number of replicas; with a single writer exactly one. */
export function statefulFault(service: ServiceSettings, { min, max }: { min: number; max: number }): string | undefined {
  if (service.kind !== "stateful") return undefined;
  if (service.singleWriter && max > 1) {
    return `"${service.name}" allows one writer to its volume: set min and max to 1 (more replicas, or an autoscaler, would corrupt its data)`;
  }
  return min === max ? undefined : `"${service.name}" keeps its data in volumes and is not autoscaled: set min and max to the same number`;
}

/** Path and message of each request that exceeds its limit. */
export function resourceFaults({ requests, limits }: ResourceSettings): [PropertyKey[], string][] {
  const measures = [
    ["cpu", millicores],
    ["memory", bytes],
    ["ephemeralStorage", bytes],
  ] as const;
  return measures.flatMap(([key, measure]) =>
    measure(requests[key]) > measure(limits[key])
      ? [[["requests", key], `${requests[key]} must not exceed limits.${key} (${limits[key]})`] as [PropertyKey[], string]]
      : [],
  );
}
