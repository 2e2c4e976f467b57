import type { ApplicationSettings } from "../application.schema.ts";
import type { EnvironmentSettings } from "../environment.schema.ts";
import type { Finding } from "../faults.ts";
import { hostOf } from "../model.ts";

/** What another stack of the project claims for itself. */
export interface Sibling {
  stack: string;
  namespace?: string;
  cluster?: string;
  hosts: string[];
  /** What its database holds; real unless it says otherwise. */
  data?: string;
  /** Branches whose rules on GitHub it keeps. */
  branches?: string[];
}

/** One address leads to one service, in this environment and across environments; and no two environments share a namespace. */
export function checkAddresses(
  application: ApplicationSettings,
  environment: EnvironmentSettings,
  siblings: readonly Sibling[],
): Finding[] {
  const found: Finding[] = [];
  const add = (part: Finding["part"], path: PropertyKey[], message: string) => found.push({ part, path, message });
  if (/^(default|kube-.*)$/.test(environment.namespace))
    add("environment", ["namespace"], "belongs to the cluster: choose a namespace of the environment's own");

  const owner = new Map<string, string>();
  application.services.forEach((service, index) => {
    if (service.kind === "worker" || service.route === undefined) return;
    const address = `${hostOf(service, environment)}${service.route.path}`;
    const other = owner.get(address);
    if (other !== undefined)
      add(
        "application",
        ["services", index, "route", "path"],
        `https://${address} leads to "${other}" already: give one of them another path or host`,
      );
    owner.set(address, service.name);
  });

  for (const sibling of siblings) {
    if (sibling.namespace === environment.namespace && sibling.cluster === environment.cluster.identifier) {
      add(
        "environment",
        ["namespace"],
        `is the namespace of ${sibling.stack} too (Pulumi.${sibling.stack}.yaml): each environment needs its own`,
      );
    }
    for (const [path, host] of hostsOf(environment)) {
      if (sibling.hosts.includes(host))
        add("environment", path, `is a host of ${sibling.stack} too (Pulumi.${sibling.stack}.yaml): each environment needs its own`);
    }
  }
  return found;
}

const hostsOf = (environment: EnvironmentSettings): [PropertyKey[], string][] => [
  [["host"], environment.host],
  ...Object.entries(environment.services).flatMap(([name, { host }]) =>
    host === undefined ? [] : [[["services", name, "host"], host] as [PropertyKey[], string]],
  ),
];
