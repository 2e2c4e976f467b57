import { randomUUID } from "node:crypto";
import type { PropertyMap } from "../../../engine/values.ts";

/** What the stand-in knows of an object that it makes up the server's part of. */
export interface Made {
  id: string;
  name: string;
  inputs: PropertyMap;
  /** The same text for the same object in every run: a GUID taken from its id. */
  guid(what: string): string;
  tenantId: string;
}

/** One resource class of @pulumi/azure-native: what its types do not say. */
export interface ArmClass {
  /** Its resource id. `{scope}` and `{resourceUri}` stand for whole ids; every other name is an input, or the subscription. */
  readonly path: string;
  /** Inputs beside those of the id and `location` whose change makes it anew (pulumi-azure-native, provider/pkg/gen/replacement.go). */
  readonly forceNew?: readonly string[];
  /** Paths of inputs that are secret whether or not the program says so, and that Azure never gives back. */
  readonly secrets?: readonly string[];
  /** Its automatic name is a GUID. */
  readonly guidName?: true;
  /** The name is one in all of Azure: code and words of the refusal when it is taken. */
  readonly taken?: (name: string) => readonly [code: string, message: string];
  /** What the server adds, merged into the inputs. Unknown in a preview. */
  readonly made?: (object: Made) => PropertyMap;
}

const group = (path: string): string => `/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/${path}`;
const CLUSTER = group("Microsoft.ContainerService/managedClusters/{resourceName}");
const POSTGRESQL = group("Microsoft.DBforPostgreSQL/flexibleServers/{serverName}");
const REDIS = group("Microsoft.Cache/redisEnterprise/{clusterName}");

/** The identity that a resource has of its own, where its inputs ask for one. */
const identity = ({ inputs, guid, tenantId }: Made): PropertyMap =>
  inputs.identity === undefined ? {} : { identity: { principalId: guid("principal"), tenantId } };

/**
 * The classes of the embedded provider, `azure-native:<key>`. To add one: a line here, then `node local/providers/azure-native/schema/write.ts`,
 * which takes inputs, outputs and API version from the SDK's own types.
 */
export const CLASSES: Readonly<Record<string, ArmClass>> = {
  "alertsmanagement:PrometheusRuleGroup": { path: group("Microsoft.AlertsManagement/prometheusRuleGroups/{ruleGroupName}") },
  "applicationinsights:Component": {
    path: group("Microsoft.Insights/components/{resourceName}"),
    made: ({ guid, inputs }) => ({
      appId: guid("app"),
      instrumentationKey: guid("key"),
      connectionString: `InstrumentationKey=${guid("key")};IngestionEndpoint=https://${String(inputs.location)}.in.applicationinsights.azure.com/`,
    }),
  },
  "applicationinsights:WebTest": { path: group("Microsoft.Insights/webtests/{webTestName}") },
  "authorization:ManagementLockByScope": { path: "/{scope}/providers/Microsoft.Authorization/locks/{lockName}" },
  "authorization:RoleAssignment": {
    path: "/{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
    guidName: true,
    forceNew: ["principalId", "roleDefinitionId", "principalType"],
  },
  "consumption:Budget": { path: "/{scope}/providers/Microsoft.Consumption/budgets/{budgetName}" },
  "containerregistry:Registry": {
    path: group("Microsoft.ContainerRegistry/registries/{registryName}"),
    taken: (name) => [
      "AlreadyInUse",
      `The registry DNS name ${name.toLowerCase()}.azurecr.io is already in use. You can check if the name is already claimed using following API: https://docs.microsoft.com/en-us/rest/api/containerregistry/registries/checknameavailability`,
    ],
    made: ({ name }) => ({ loginServer: `${name.toLowerCase()}.azurecr.io` }),
  },
  "containerservice:AgentPool": { path: `${CLUSTER}/agentPools/{agentPoolName}`, forceNew: ["vmSize", "gpuInstanceProfile"] },
  "containerservice:MaintenanceConfiguration": { path: `${CLUSTER}/maintenanceConfigurations/{configName}` },
  "containerservice:ManagedCluster": {
    path: CLUSTER,
    forceNew: [
      "diskEncryptionSetID",
      "dnsPrefix",
      "fqdnSubdomain",
      "linuxProfile",
      "nodeResourceGroup",
      "windowsProfile",
      ...["dnsServiceIP", "networkDataplane", "networkMode", "networkPlugin", "networkPluginMode", "networkPolicy", "outboundType"].map(at),
      ...["podCidr", "serviceCidr", "serviceCidrs"].map(at),
    ],
    made: (object) => {
      const { id, name, inputs, guid } = object;
      const prefix = `${String(inputs.dnsPrefix ?? name)}-${guid("dns").slice(0, 8)}`;
      const nodes = `MC_${/resourceGroups\/([^/]+)/.exec(id)?.[1]}_${name}_${String(inputs.location)}`;
      const kubelet = `/subscriptions/${id.split("/")[2]}/resourceGroups/${nodes}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}-agentpool`;
      return {
        ...identity(object),
        fqdn: `${prefix}.hcp.${String(inputs.location)}.azmk8s.io`,
        nodeResourceGroup: nodes,
        currentKubernetesVersion: inputs.kubernetesVersion ?? "",
        identityProfile: { kubeletidentity: { clientId: guid("kubelet-client"), objectId: guid("kubelet-object"), resourceId: kubelet } },
        oidcIssuerProfile: {
          issuerURL: `https://${String(inputs.location)}.oic.prod-aks.azure.com/${object.tenantId}/${guid("issuer")}/`,
        },
      };
    },
  },
  "dashboard:Grafana": {
    path: group("Microsoft.Dashboard/grafana/{workspaceName}"),
    made: (object) => ({
      ...identity(object),
      properties: { endpoint: `https://${object.name}-${object.guid("dns").slice(0, 8)}.wus.grafana.azure.com` },
    }),
  },
  "dbforpostgresql:AdministratorsMicrosoftEntra": { path: `${POSTGRESQL}/administrators/{objectId}` },
  "dbforpostgresql:Configuration": { path: `${POSTGRESQL}/configurations/{configurationName}` },
  "dbforpostgresql:Database": { path: `${POSTGRESQL}/databases/{databaseName}`, forceNew: ["charset", "collation"] },
  "dbforpostgresql:FirewallRule": { path: `${POSTGRESQL}/firewallRules/{firewallRuleName}` },
  "dbforpostgresql:Server": {
    path: POSTGRESQL,
    secrets: ["administratorLoginPassword"],
    // Told only when it is made; another value means another server (REST API reference: "create mode").
    forceNew: ["administratorLogin", "createMode", "pointInTimeUTC", "sourceServerResourceId", "backup.geoRedundantBackup"],
    taken: () => ["ServerNameAlreadyExists", "Specified server name is already used."],
    made: ({ name, inputs }) => ({
      fullyQualifiedDomainName: `${name}.postgres.database.azure.com`,
      minorVersion: inputs.version === undefined ? "" : "0",
      state: "Ready",
    }),
  },
  "keyvault:Secret": {
    path: group("Microsoft.KeyVault/vaults/{vaultName}/secrets/{secretName}"),
    secrets: ["properties.value"],
    // Each value that is written is a version of its own, whose name says nothing of it.
    made: ({ id, name }) => {
      const uri = `https://${id.split("/")[8]}.vault.azure.net/secrets/${name}`;
      return { properties: { secretUri: uri, secretUriWithVersion: `${uri}/${randomUUID().replaceAll("-", "")}` } };
    },
  },
  "keyvault:Vault": {
    path: group("Microsoft.KeyVault/vaults/{vaultName}"),
    taken: (name) => [
      "VaultAlreadyExists",
      `The vault name '${name}' is already in use. Vault names are globally unique so it is possible that the name is already taken.`,
    ],
    made: ({ name }) => ({ properties: { vaultUri: `https://${name}.vault.azure.net/` } }),
  },
  "managedidentity:FederatedIdentityCredential": {
    path: group(
      "Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}/federatedIdentityCredentials/{federatedIdentityCredentialResourceName}",
    ),
  },
  "managedidentity:UserAssignedIdentity": {
    path: group("Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}"),
    made: ({ guid, tenantId }) => ({ clientId: guid("client"), principalId: guid("principal"), tenantId }),
  },
  "monitor:ActionGroup": { path: group("Microsoft.Insights/actionGroups/{actionGroupName}") },
  "monitor:AzureMonitorWorkspace": {
    path: group("Microsoft.Monitor/accounts/{azureMonitorWorkspaceName}"),
    made: ({ id, name, inputs, guid }) => ({
      accountId: guid("account"),
      metrics: {
        internalId: guid("metrics"),
        prometheusQueryEndpoint: `https://${name}-${guid("dns").slice(0, 4)}.${String(inputs.location)}.prometheus.monitor.azure.com`,
      },
      defaultIngestionSettings: {
        dataCollectionEndpointResourceId: `${id}/dataCollectionEndpoints/${name}`,
        dataCollectionRuleResourceId: `${id}/dataCollectionRules/${name}`,
      },
    }),
  },
  "monitor:DataCollectionEndpoint": { path: group("Microsoft.Insights/dataCollectionEndpoints/{dataCollectionEndpointName}") },
  "monitor:DataCollectionRule": {
    path: group("Microsoft.Insights/dataCollectionRules/{dataCollectionRuleName}"),
    made: ({ guid }) => ({ immutableId: `dcr-${guid("rule").replaceAll("-", "")}` }),
  },
  "monitor:DataCollectionRuleAssociation": {
    path: "/{resourceUri}/providers/Microsoft.Insights/dataCollectionRuleAssociations/{associationName}",
  },
  "monitor:DiagnosticSetting": { path: "/{resourceUri}/providers/Microsoft.Insights/diagnosticSettings/{name}" },
  "monitor:MetricAlert": { path: group("Microsoft.Insights/metricAlerts/{ruleName}") },
  "monitor:ScheduledQueryRule": { path: group("Microsoft.Insights/scheduledQueryRules/{ruleName}") },
  "network:PrivateDnsZoneGroup": {
    path: group("Microsoft.Network/privateEndpoints/{privateEndpointName}/privateDnsZoneGroups/{privateDnsZoneGroupName}"),
  },
  "network:PrivateEndpoint": { path: group("Microsoft.Network/privateEndpoints/{privateEndpointName}"), forceNew: ["subnet.id"] },
  "network:Subnet": { path: group("Microsoft.Network/virtualNetworks/{virtualNetworkName}/subnets/{subnetName}") },
  "network:VirtualNetwork": { path: group("Microsoft.Network/virtualNetworks/{virtualNetworkName}") },
  "operationalinsights:Workspace": {
    path: group("Microsoft.OperationalInsights/workspaces/{workspaceName}"),
    made: ({ guid }) => ({ customerId: guid("customer") }),
  },
  "privatedns:PrivateZone": { path: group("Microsoft.Network/privateDnsZones/{privateZoneName}") },
  "privatedns:VirtualNetworkLink": {
    path: group("Microsoft.Network/privateDnsZones/{privateZoneName}/virtualNetworkLinks/{virtualNetworkLinkName}"),
  },
  "redisenterprise:Database": { path: `${REDIS}/databases/{databaseName}`, forceNew: ["clusteringPolicy", "modules", "port"] },
  "redisenterprise:RedisEnterprise": {
    path: REDIS,
    forceNew: ["zones"],
    taken: () => [
      "NameNotAvailable",
      "An error occured when trying to reserve the DNS name for the cache instance. This may be a temporary issue if a cache instance of this name was recently deleted. Please choose a different name or try again later.",
    ],
    made: ({ name, inputs }) => ({ hostName: `${name}.${String(inputs.location)}.redis.azure.net`, redisVersion: "7.4" }),
  },
  "resources:ResourceGroup": { path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}" },
};

function at(key: string): string {
  return `networkProfile.${key}`;
}

/** `azure-native:dbforpostgresql:Server` -> its facts. */
export const classOf = (type: string): ArmClass | undefined =>
  type.startsWith("azure-native:") ? CLASSES[type.slice("azure-native:".length)] : undefined;

/** `Microsoft.DBforPostgreSQL/flexibleServers/databases` of a path. */
export function armType(path: string): string {
  const [, own] = /.*\/providers\/(.+)$/.exec(path) ?? [];
  if (own === undefined) return "Microsoft.Resources/resourceGroups";
  const [namespace, ...rest] = own.split("/");
  return [namespace, ...rest.filter((_, index) => index % 2 === 0)].join("/");
}

/** Inputs that a path is made of. */
export const pathInputs = (path: string): string[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!).filter((name) => name !== "subscriptionId");
