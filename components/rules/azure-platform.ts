import type { ApplicationSettings } from "../application.schema.ts";
import type { PlatformAzure } from "../azure/platform.schema.ts";
import type { Finding } from "../faults.ts";
import { checkServer, inside, overlap, prefixOf } from "./azure.ts";
import { type Add, adding } from "./github.ts";

/** Addresses that pods and services of the cluster have (components/azure/cluster.ts). */
const CLUSTER_RANGES = ["192.168.0.0/16", "172.16.0.0/16"];

/** Azure would accept what a platform stack asks of it. */
export function checkPlatformAzure(application: ApplicationSettings, azure: PlatformAzure | undefined, stack: string): Finding[] {
  if (azure === undefined) return [];
  const found: Finding[] = [];
  const add = adding(found, "platform");
  const { registry, cluster, database } = azure;
  if (registry !== undefined && !registry.publicAccess && registry.sku !== "Premium")
    add(["azure", "registry", "sku"], "must be Premium: only that closes a registry to the internet (or set publicAccess)");
  if (cluster !== undefined) {
    if (cluster.private && cluster.authorizedRanges.length > 0)
      add(["azure", "cluster", "authorizedRanges"], "are for a public API server: leave them out where private is set");
    for (const [name, { min, max }] of Object.entries({ system: cluster.system, ...cluster.pools }))
      if (min > max)
        add(["azure", "cluster", ...(name === "system" ? [name] : ["pools", name]), "max"], `must be at least min, which is ${min}`);
    if (Object.hasOwn(cluster.pools, "system"))
      add(["azure", "cluster", "pools", "system"], "is the name of the system pool: choose another");
    if (cluster.administrators.length === 0 && azure.workflows === false)
      add(["azure", "cluster", "administrators"], "name nobody, and no workflows log in: nobody could reach the cluster");
  }
  checkRanges(azure, add);
  if (database !== undefined) checkServer(database, azure.tier, ["azure", "database"], application, stack, add);
  return found;
}

/** Each subnet is part of the network, and none of another or of the cluster's own addresses. */
function checkRanges({ network, database }: PlatformAzure, add: Add): void {
  const subnets: [string[], string][] = [
    [["azure", "network", "nodes"], network.nodes],
    [["azure", "network", "endpoints"], network.endpoints],
    ...(database === undefined ? [] : [[["azure", "database", "subnet"], database.subnet] as [string[], string]]),
  ];
  for (const taken of CLUSTER_RANGES)
    if (overlap(network.range, taken)) add(["azure", "network", "range"], `overlaps ${taken}, which the cluster's pods and services have`);
  for (const [index, [path, range]] of subnets.entries()) {
    if (!inside(range, network.range)) add(path, `must be part of network.range, ${network.range}`);
    const other = subnets.slice(0, index).find(([, before]) => overlap(before, range));
    if (other !== undefined) add(path, `overlaps ${other[0].slice(1).join(".")}, ${other[1]}`);
  }
  if (database !== undefined && prefixOf(database.subnet)! > 28)
    add(["azure", "database", "subnet"], "is too small for a database server: /28 or larger");
}
