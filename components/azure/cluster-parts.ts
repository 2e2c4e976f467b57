import type * as pulumi from "@pulumi/pulumi";
import type { PlatformAzure } from "./platform.schema.ts";
import type { Tier } from "./primitives.ts";
import { NODES } from "./sizes.ts";

export type ClusterSettings = NonNullable<PlatformAzure["cluster"]>;

/** Pods have addresses of their own (overlay), so a network is never too small; Cilium holds network policies. */
export const NETWORK = {
  networkPlugin: "azure",
  networkPluginMode: "overlay",
  networkDataplane: "cilium",
  networkPolicy: "cilium",
  podCidr: "192.168.0.0/16",
  serviceCidr: "172.16.0.0/16",
  dnsServiceIP: "172.16.0.10",
  outboundType: "loadBalancer",
  loadBalancerSku: "standard",
};

export const apiServerOf = (cluster: ClusterSettings) =>
  cluster.private
    ? { enablePrivateCluster: true, enablePrivateClusterPublicFQDN: false, privateDNSZone: "system", disableRunCommand: true }
    : {
        enablePrivateCluster: false,
        disableRunCommand: true,
        ...(cluster.authorizedRanges.length > 0 ? { authorizedIPRanges: cluster.authorizedRanges } : {}),
      };

export const poolOf = (
  cluster: ClusterSettings,
  { size, min, max, spot }: { size?: string | undefined; min: number; max: number; spot?: boolean },
  tier: Tier,
  nodes: pulumi.Input<string>,
) => ({
  vmSize: size ?? NODES[tier],
  enableAutoScaling: true,
  minCount: min,
  maxCount: max,
  availabilityZones: [...cluster.zones],
  osType: "Linux",
  osSKU: "AzureLinux",
  type: "VirtualMachineScaleSets",
  vnetSubnetID: nodes,
  // Azure has no spare spot machines to upgrade with, and refuses the question (terraform-provider-azurerm #19355).
  ...(spot ? {} : { upgradeSettings: { maxSurge: "33%" } }),
});

export const addonsOf = (workspace: pulumi.Input<string> | undefined) => ({
  azureKeyvaultSecretsProvider: { enabled: true, config: { enableSecretRotation: "true", rotationPollInterval: "2m" } },
  azurepolicy: { enabled: true },
  ...(workspace === undefined
    ? {}
    : { omsagent: { enabled: true, config: { logAnalyticsWorkspaceResourceID: workspace, useAADAuth: "true" } } }),
});

/**
 * The autoscaler moves counts, the upgrade channel versions: neither is ours to put back. Azure names the group of the nodes and their identity;
 * a cluster that is taken over says them, and without them there it would be made anew (pulumi-azure-native #4401).
 */
export const movedByAzure = ({ upgrades }: ClusterSettings): string[] => [
  "agentPoolProfiles[0].count",
  "agentPoolProfiles[0].orchestratorVersion",
  "nodeResourceGroup",
  "identityProfile",
  ...(upgrades.kubernetes === "stable" || upgrades.kubernetes === "rapid" ? ["kubernetesVersion"] : []),
];

export const windowOf = ({ maintenance, from }: ClusterSettings) => ({
  schedule: { weekly: { dayOfWeek: maintenance.day, intervalWeeks: 1 } },
  durationHours: maintenance.hours,
  startTime: `${String(maintenance.hour).padStart(2, "0")}:00`,
  utcOffset: "+00:00",
  startDate: from,
});
