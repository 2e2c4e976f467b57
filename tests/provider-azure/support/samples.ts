import type { PropertyMap, Value } from "../../../local/engine/values.ts";

/** One object of a class: what is asked for, a change that Azure makes in place, and changes that make it anew. */
export interface Sample {
  readonly inputs: PropertyMap;
  /** Path -> another value. Left out where nothing can change. */
  readonly change?: Record<string, Value>;
  /** Beside what its id is made of. */
  readonly anew?: Record<string, Value>;
  /** Keys that an import reads though nobody asked for them: Azure's own values of what could be asked for. */
  readonly added?: readonly string[];
}

export const SUBSCRIPTION = "0b1f6471-1bf0-4dda-aec3-cb9272f09590";
export const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ferry-rg`;
const provided = (path: string): string => `${GROUP}/providers/${path}`;

const at = { resourceGroupName: "ferry-rg", location: "westeurope" };
const tags = { application: "ferry" };
const region = { location: "northeurope" };
const tagged: Record<string, Value> = { "tags.application": "boat" };
const CLUSTER = provided("Microsoft.ContainerService/managedClusters/ferry");
const SUBNET = provided("Microsoft.Network/virtualNetworks/ferry/subnets/nodes");
const inCluster = { resourceGroupName: "ferry-rg", resourceName: "ferry" };
const onServer = { resourceGroupName: "ferry-rg", serverName: "ferry-db" };
const dns = { resourceGroupName: "ferry-rg", location: "global", privateZoneName: "privatelink.vaultcore.azure.net" };

/** By class; every class of the stand-in has one. */
export const SAMPLES: Readonly<Record<string, Sample>> = {
  "resources:ResourceGroup": { inputs: { ...at, tags }, change: tagged, anew: region },
  "authorization:ManagementLockByScope": { inputs: { scope: GROUP, lockName: "kept", level: "CanNotDelete" }, change: { notes: "kept" } },
  "authorization:RoleAssignment": {
    inputs: {
      scope: GROUP,
      roleAssignmentName: "5c0f2f4d-7e3b-5d0f-9a6d-2b1f8c6e4a10",
      principalId: "a",
      principalType: "ServicePrincipal",
      roleDefinitionId: "r",
    },
    change: { description: "deploys" },
    anew: { principalId: "b", roleDefinitionId: "q", principalType: "User" },
  },
  "consumption:Budget": {
    inputs: {
      scope: GROUP,
      budgetName: "ferry",
      category: "Cost",
      amount: 100,
      timeGrain: "Monthly",
      timePeriod: { startDate: "2026-12-01T00:00:00Z" },
      notifications: { half: { enabled: true, operator: "GreaterThanOrEqualTo", threshold: 50, contactEmails: ["a@example.com"] } },
    },
    change: { amount: 200, "notifications.half.threshold": 60 },
  },
  "containerregistry:Registry": {
    inputs: { ...at, tags, registryName: "ferry00", sku: { name: "Premium" }, adminUserEnabled: false },
    change: { ...tagged, adminUserEnabled: true },
    anew: region,
  },
  "network:VirtualNetwork": {
    inputs: { ...at, tags, virtualNetworkName: "ferry", addressSpace: { addressPrefixes: ["10.0.0.0/16"] } },
    change: { "addressSpace.addressPrefixes[0]": "10.1.0.0/16" },
    anew: region,
  },
  "network:Subnet": {
    inputs: {
      resourceGroupName: "ferry-rg",
      virtualNetworkName: "ferry",
      subnetName: "nodes",
      addressPrefix: "10.0.1.0/24",
      delegations: [{ name: "d", serviceName: "s" }],
    },
    change: { addressPrefix: "10.0.2.0/24", "delegations[0].serviceName": "t" },
  },
  "network:PrivateEndpoint": {
    inputs: {
      ...at,
      privateEndpointName: "ferry",
      subnet: { id: SUBNET },
      privateLinkServiceConnections: [{ name: "c", privateLinkServiceId: "/x", groupIds: ["vault"] }],
    },
    change: { "privateLinkServiceConnections[0].name": "d" },
    anew: { ...region, "subnet.id": `${SUBNET}2` },
  },
  "network:PrivateDnsZoneGroup": {
    inputs: {
      resourceGroupName: "ferry-rg",
      privateEndpointName: "ferry",
      privateDnsZoneGroupName: "default",
      privateDnsZoneConfigs: [{ name: "vault", privateDnsZoneId: "/z" }],
    },
    change: { "privateDnsZoneConfigs[0].privateDnsZoneId": "/y" },
  },
  "privatedns:PrivateZone": { inputs: { ...dns, tags }, change: tagged },
  "privatedns:VirtualNetworkLink": {
    inputs: { ...dns, virtualNetworkLinkName: "ferry", registrationEnabled: false, virtualNetwork: { id: "/v" } },
    change: { registrationEnabled: true },
  },
  "managedidentity:UserAssignedIdentity": { inputs: { ...at, tags, resourceName: "ferry" }, change: tagged, anew: region },
  "managedidentity:FederatedIdentityCredential": {
    inputs: {
      ...inCluster,
      federatedIdentityCredentialResourceName: "github",
      issuer: "https://i",
      subject: "repo:a/b:environment:c",
      audiences: ["api://x"],
    },
    change: { subject: "repo:a/b:environment:d" },
  },
  "containerservice:ManagedCluster": {
    inputs: {
      ...at,
      resourceName: "ferry",
      dnsPrefix: "ferry",
      kubernetesVersion: "1.36",
      sku: { name: "Base", tier: "Free" },
      identity: { type: "SystemAssigned" },
      networkProfile: { networkPlugin: "azure", podCidr: "192.168.0.0/16", networkPolicy: "cilium" },
      agentPoolProfiles: [{ name: "system", mode: "System", count: 1, vmSize: "Standard_D2ds_v5" }],
      addonProfiles: { azurepolicy: { enabled: true } },
    },
    change: { kubernetesVersion: "1.37", "sku.tier": "Standard", "addonProfiles.azurepolicy.enabled": false },
    anew: {
      ...region,
      dnsPrefix: "boat",
      nodeResourceGroup: "nodes",
      diskEncryptionSetID: "/d",
      "networkProfile.podCidr": "10.9.0.0/16",
      "networkProfile.networkPolicy": "calico",
      "networkProfile.networkPlugin": "none",
    },
    added: ["identityProfile", "nodeResourceGroup", "oidcIssuerProfile"],
  },
  "containerservice:AgentPool": {
    inputs: {
      ...inCluster,
      agentPoolName: "apps",
      mode: "User",
      vmSize: "Standard_D2ds_v5",
      enableAutoScaling: true,
      minCount: 1,
      maxCount: 3,
      nodeLabels: { a: "b" },
    },
    change: { maxCount: 5, "nodeLabels.a": "c" },
    anew: { vmSize: "Standard_D4ds_v5" },
  },
  "containerservice:MaintenanceConfiguration": {
    inputs: {
      ...inCluster,
      configName: "aksManagedAutoUpgradeSchedule",
      maintenanceWindow: {
        durationHours: 4,
        startTime: "02:00",
        utcOffset: "+00:00",
        schedule: { weekly: { dayOfWeek: "Sunday", intervalWeeks: 1 } },
      },
    },
    change: { "maintenanceWindow.durationHours": 6 },
  },
  "dashboard:Grafana": {
    inputs: {
      ...at,
      workspaceName: "ferry",
      sku: { name: "Standard" },
      identity: { type: "SystemAssigned" },
      properties: { apiKey: "Disabled" },
    },
    change: { "properties.apiKey": "Enabled" },
    anew: region,
  },
  "operationalinsights:Workspace": {
    inputs: { ...at, workspaceName: "ferry", sku: { name: "PerGB2018" }, retentionInDays: 30 },
    change: { retentionInDays: 90 },
    anew: region,
  },
  "applicationinsights:Component": {
    inputs: { ...at, resourceName: "ferry", applicationType: "web", kind: "web" },
    change: { samplingPercentage: 50 },
    anew: region,
  },
  "applicationinsights:WebTest": {
    inputs: {
      ...at,
      webTestName: "ferry",
      webTestKind: "standard",
      syntheticMonitorId: "ferry",
      frequency: 300,
      locations: [{ location: "emea-nl-ams-azr" }],
      request: { requestUrl: "https://ferry.example.com/health", httpVerb: "GET" },
      validationRules: { expectedHttpStatusCode: 200 },
    },
    change: { frequency: 600, "request.requestUrl": "https://ferry.example.com/" },
    anew: region,
  },
  "monitor:ActionGroup": {
    inputs: {
      resourceGroupName: "ferry-rg",
      location: "Global",
      actionGroupName: "ferry",
      groupShortName: "ferry",
      enabled: true,
      emailReceivers: [{ name: "a", emailAddress: "a@example.com" }],
    },
    change: { enabled: false, "emailReceivers[0].emailAddress": "b@example.com" },
  },
  "monitor:AzureMonitorWorkspace": {
    inputs: { ...at, tags, azureMonitorWorkspaceName: "ferry" },
    change: tagged,
    anew: region,
  },
  "monitor:DataCollectionEndpoint": {
    inputs: { ...at, dataCollectionEndpointName: "ferry", kind: "Linux" },
    change: { description: "metrics" },
    anew: region,
  },
  "monitor:DataCollectionRule": {
    inputs: {
      ...at,
      dataCollectionRuleName: "ferry",
      kind: "Linux",
      dataFlows: [{ streams: ["Microsoft-PrometheusMetrics"], destinations: ["metrics"] }],
    },
    change: { "dataFlows[0].destinations[0]": "other" },
    anew: region,
  },
  "monitor:DataCollectionRuleAssociation": {
    inputs: { resourceUri: CLUSTER, associationName: "prometheus", dataCollectionRuleId: "/r" },
    change: { dataCollectionRuleId: "/q" },
  },
  "monitor:DiagnosticSetting": {
    inputs: { resourceUri: CLUSTER, name: "logs", workspaceId: "/w", logs: [{ category: "kube-audit", enabled: true }] },
    change: { "logs[0].enabled": false },
  },
  "monitor:MetricAlert": {
    inputs: {
      ...at,
      ruleName: "down",
      location: "global",
      enabled: true,
      evaluationFrequency: "PT1M",
      windowSize: "PT5M",
      scopes: ["/x"],
      severity: 1,
      criteria: {
        odataType: "Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria",
        componentId: "/c",
        webTestId: "/w",
        failedLocationCount: 2,
      },
    },
    change: { severity: 0, "criteria.failedLocationCount": 3 },
  },
  "monitor:ScheduledQueryRule": {
    inputs: { ...at, ruleName: "errors", enabled: true, severity: 1, scopes: ["/x"], criteria: { allOf: [{ query: "q", threshold: 1 }] } },
    change: { "criteria.allOf[0].threshold": 2 },
    anew: region,
  },
  "alertsmanagement:PrometheusRuleGroup": {
    inputs: {
      ...at,
      ruleGroupName: "ferry",
      scopes: ["/m"],
      interval: "PT1M",
      rules: [{ alert: "Down", expression: "up == 0", for: "PT5M", severity: 0, labels: { a: "b" } }],
    },
    change: { "rules[0].expression": "up < 1" },
    anew: region,
  },
  "dbforpostgresql:Server": {
    inputs: {
      ...at,
      serverName: "ferry-db",
      version: "17",
      sku: { name: "Standard_D2ds_v5", tier: "GeneralPurpose" },
      backup: { backupRetentionDays: 7, geoRedundantBackup: "Disabled" },
      administratorLogin: "ferry",
      administratorLoginPassword: "planted-hush-4711",
      createMode: "Default",
      storage: { storageSizeGB: 64 },
    },
    change: { "backup.backupRetentionDays": 14, "sku.name": "Standard_D4ds_v5" },
    anew: {
      ...region,
      administratorLogin: "boat",
      createMode: "PointInTimeRestore",
      pointInTimeUTC: "2026-01-15T10:00:00Z",
      sourceServerResourceId: "/s",
      "backup.geoRedundantBackup": "Enabled",
    },
  },
  "dbforpostgresql:AdministratorsMicrosoftEntra": {
    inputs: { ...onServer, objectId: "7d2f7f7e-4a52-4a8b-9a55-0f6f4b1f7a02", principalName: "dba", principalType: "Group", tenantId: "t" },
    change: { principalName: "dbas" },
  },
  "dbforpostgresql:Configuration": {
    inputs: { ...onServer, configurationName: "require_secure_transport", value: "on", source: "user-override" },
    change: { value: "off" },
  },
  "dbforpostgresql:Database": {
    inputs: { ...onServer, databaseName: "ferry", charset: "UTF8", collation: "en_US.utf8" },
    anew: { charset: "SQL_ASCII", collation: "C" },
  },
  "dbforpostgresql:FirewallRule": {
    inputs: { ...onServer, firewallRuleName: "office", startIpAddress: "203.0.113.1", endIpAddress: "203.0.113.9" },
    change: { endIpAddress: "203.0.113.8" },
  },
  "keyvault:Secret": {
    inputs: {
      resourceGroupName: "ferry-rg",
      vaultName: "ferry-kv",
      secretName: "database-url",
      properties: { value: "planted-hush-4711", contentType: "text/plain" },
    },
    change: { "properties.contentType": "text" },
  },
  "keyvault:Vault": {
    inputs: {
      ...at,
      tags,
      vaultName: "ferry-kv",
      properties: {
        tenantId: "t",
        sku: { family: "A", name: "standard" },
        enableRbacAuthorization: true,
        networkAcls: { defaultAction: "Deny", bypass: "None" },
      },
    },
    change: { "properties.networkAcls.bypass": "AzureServices" },
    anew: region,
  },
  "redisenterprise:RedisEnterprise": {
    inputs: { ...at, clusterName: "ferry-cache", sku: { name: "Balanced_B1" }, minimumTlsVersion: "1.2", publicNetworkAccess: "Disabled" },
    change: { "sku.name": "Balanced_B5" },
    anew: { ...region, zones: ["1"] },
  },
  "redisenterprise:Database": {
    inputs: {
      resourceGroupName: "ferry-rg",
      clusterName: "ferry-cache",
      databaseName: "default",
      clientProtocol: "Encrypted",
      clusteringPolicy: "EnterpriseCluster",
    },
    change: { evictionPolicy: "NoEviction" },
    anew: { clusteringPolicy: "OSSCluster", port: 10001 },
  },
};
