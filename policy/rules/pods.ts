import { at, isKubernetes, kindOf, list, type PolicyResource } from "../rule.ts";

/** A container of a resource that makes pods, and where it stands. */
export interface Container {
  readonly name: string;
  readonly spec: unknown;
}

const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  Pod: ["spec"],
  Deployment: ["spec", "template", "spec"],
  StatefulSet: ["spec", "template", "spec"],
  DaemonSet: ["spec", "template", "spec"],
  ReplicaSet: ["spec", "template", "spec"],
  Job: ["spec", "template", "spec"],
  CronJob: ["spec", "jobTemplate", "spec", "template", "spec"],
};

export const makesPods = (resource: PolicyResource): boolean => isKubernetes(resource) && podSpec(resource) !== undefined;

/** The specification of the pods that a resource makes. */
export function podSpec(resource: PolicyResource): unknown {
  const path = TEMPLATES[kindOf(resource)];
  return path === undefined ? undefined : at(resource.props, ...path);
}

export const containersOf = (resource: PolicyResource): Container[] =>
  ["initContainers", "containers", "ephemeralContainers"].flatMap((key) =>
    list(at(podSpec(resource), key)).map((spec) => ({ name: String(at(spec, "name") ?? "?"), spec })),
  );
