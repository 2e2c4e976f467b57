import { ZONES } from "./dns-zones.ts";
import type { ReadOutputs } from "./outputs.ts";
import type { PlatformAzure } from "./platform.schema.ts";

/** What a platform stack will give out, as far as its settings alone say it. */
export function standInOutputs(
  { resourceGroup, location, cluster, database, monitoring }: PlatformAzure,
  { subscriptionId, tenantId }: { subscriptionId: string; tenantId: string },
): ReadOutputs {
  const group = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
  const network = `${group}/providers/Microsoft.Network`;
  const zones = Object.fromEntries(Object.entries(ZONES).map(([kind, zone]) => [kind, `${network}/privateDnsZones/${zone}`]));
  return {
    subscriptionId,
    tenantId,
    resourceGroup,
    location,
    network: "network",
    endpoints: `${network}/virtualNetworks/network/subnets/endpoints`,
    zones: zones as unknown as ReadOutputs["zones"],
    ...(cluster === undefined ? {} : { cluster: cluster.name, issuer: `https://${cluster.name}.invalid/` }),
    ...(monitoring?.metrics ? { metrics: `${group}/providers/Microsoft.Monitor/accounts/${monitoring.name}` } : {}),
    ...(monitoring?.logs
      ? {
          logs: `${group}/providers/Microsoft.OperationalInsights/workspaces/${monitoring.name}`,
          insights: `${group}/providers/Microsoft.Insights/components/${monitoring.name}`,
        }
      : {}),
    ...(database === undefined ? {} : { database: database.name }),
  };
}
