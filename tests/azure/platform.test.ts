import { describe, expect, test } from "vitest";
import { redact } from "../../local/engine/values.ts";
import { evaluate } from "../../policy/evaluate.ts";
import { readable } from "../components/support.ts";
import { inputsOf, planted, rendered, type Written } from "./support.ts";

const platform = await rendered("platform");
const azure = platform.filter(({ type }) => type.startsWith("azure-native:"));

describe("the platform of StudySphere", () => {
  test("is what was reviewed, and breaks no rule of the policy pack", async () => {
    const text = readable(platform);
    expect(text).not.toContain(planted);
    const resources = platform
      .filter(({ custom }) => custom)
      .map(({ urn, type, name, protect, inputs }) => ({ urn, type, name, protect, props: redact(inputs) as Record<string, unknown> }));
    expect(evaluate(resources, [], new Date()).findings).toEqual([]);
    await expect(text).toMatchFileSnapshot("golden/studysphere-platform.yaml");
  });

  test("A1: a locked resource group, a registry, a cluster, and the cluster may pull", () => {
    expect(inputsOf(azure, "ResourceGroup")).toMatchObject({ resourceGroupName: "studysphere-rg" });
    expect(inputsOf(azure, "ManagementLockByScope")).toMatchObject({ level: "CanNotDelete" });
    expect(inputsOf(azure, "Registry")).toMatchObject({
      registryName: "studysphere",
      adminUserEnabled: false,
      publicNetworkAccess: "Disabled",
    });
    expect(inputsOf(azure, "RoleAssignment", "cluster-pulls").roleAssignmentName).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-/);
    const protectedOnes = azure.filter(({ protect }) => protect).map(({ name }) => name);
    expect(protectedOnes.sort()).toEqual(["cluster", "database", "group", "registry"]);
  });

  test("the cluster takes Entra logins alone, scales, upgrades in its window, and leaves to Azure what Azure moves", () => {
    const cluster = azure.find(({ name, type }) => type.endsWith(":ManagedCluster") && name === "cluster")!;
    expect(inputsOf(azure, "ManagedCluster")).toMatchObject({
      disableLocalAccounts: true,
      aadProfile: { managed: true, enableAzureRBAC: true },
      oidcIssuerProfile: { enabled: true },
      securityProfile: { workloadIdentity: { enabled: true } },
      networkProfile: { networkPolicy: "cilium" },
      autoUpgradeProfile: { upgradeChannel: "patch", nodeOSUpgradeChannel: "NodeImage" },
      azureMonitorProfile: { metrics: { enabled: true } },
      agentPoolProfiles: [{ name: "system", mode: "System", enableAutoScaling: true, availabilityZones: ["1", "2", "3"] }],
    });
    expect(cluster.ignoreChanges).toEqual([
      "agentPoolProfiles[0].count",
      "agentPoolProfiles[0].orchestratorVersion",
      "nodeResourceGroup",
      "identityProfile",
    ]);
    expect(inputsOf(azure, "AgentPool")).toMatchObject({
      agentPoolName: "apps",
      mode: "User",
      enableAutoScaling: true,
      minCount: 2,
      maxCount: 8,
      availabilityZones: ["1", "2", "3"],
    });
    expect(inputsOf(azure, "MaintenanceConfiguration", "cluster-aksManagedAutoUpgradeSchedule").maintenanceWindow).toMatchObject({
      schedule: { weekly: { dayOfWeek: "Sunday" } },
      startTime: "02:00",
    });
  });

  test("W12: what containers write goes to the workspace, kept as long as the tier says; so does who changes the cluster", async () => {
    expect(inputsOf(azure, "Workspace").retentionInDays).toBe(90);
    const rule = inputsOf(azure, "DataCollectionRule", "logs-rule");
    expect(rule.dataFlows).toEqual([{ streams: rule.dataSources.extensions[0].streams, destinations: ["logs"] }]);
    expect(rule.dataSources.extensions[0]).toMatchObject({
      extensionName: "ContainerInsights",
      extensionSettings: { dataCollectionSettings: { enableContainerLogV2: true } },
    });
    expect(rule.dataSources.extensions[0].streams).toContain("Microsoft-ContainerLogV2");
    expect(inputsOf(azure, "DataCollectionRuleAssociation", "logs-association").associationName).toBe("ContainerInsightsExtension");
    expect(inputsOf(azure, "ManagedCluster").addonProfiles.omsagent).toMatchObject({ enabled: true, config: { useAADAuth: "true" } });
    const changes = inputsOf(azure, "DiagnosticSetting", "monitoring-control-plane");
    expect(changes.logs).toContainEqual({ category: "kube-audit-admin", enabled: true });
    const days = async (change: (settings: Written) => void) =>
      inputsOf(await rendered("platform", ({ platform }) => change(platform.azure)), "Workspace").retentionInDays;
    expect(await days((settings) => (settings.tier = "low"))).toBe(30);
    expect(await days((settings) => (settings.monitoring.retentionDays = 400))).toBe(400);
  });

  test("W12: so does who logged in to the registry and what the database server says, unless nobody keeps it", async () => {
    const figures = [{ category: "AllMetrics", enabled: true }];
    const of = (name: string) => inputsOf(azure, "DiagnosticSetting", name);
    expect(of("registry-diagnostics")).toMatchObject({
      logs: ["Login", "Repository"].map((what) => ({ category: `ContainerRegistry${what}Events`, enabled: true })),
      metrics: figures,
    });
    expect(of("database-diagnostics")).toMatchObject({ logs: [{ category: "PostgreSQLLogs", enabled: true }], metrics: figures });
    const silent = await rendered("platform", ({ platform }) => (platform.azure.monitoring.logs = false));
    expect(silent.filter(({ type }) => type.endsWith(":DiagnosticSetting"))).toEqual([]);
  });

  test("a pool of spot machines asks for none to upgrade with, as Azure has none: all others a third more", async () => {
    const resources = await rendered("platform", ({ platform }) => {
      platform.azure.cluster.pools.batch = { spot: true };
    });
    const [apps, batch] = ["cluster-apps", "cluster-batch"].map((name) => inputsOf(resources, "AgentPool", name));
    expect(apps.upgradeSettings).toEqual({ maxSurge: "33%" });
    expect(batch).toMatchObject({ scaleSetPriority: "Spot", spotMaxPrice: -1 });
    expect(batch.upgradeSettings).toBeUndefined();
  });

  test("A4: the cluster's metrics go to managed Prometheus, which Grafana reads", () => {
    expect(inputsOf(azure, "DataCollectionRule", "prometheus-rule")).toMatchObject({
      dataSources: { prometheusForwarder: [{ streams: ["Microsoft-PrometheusMetrics"] }] },
      dataFlows: [{ streams: ["Microsoft-PrometheusMetrics"], destinations: ["metrics"] }],
    });
    expect(inputsOf(azure, "DataCollectionRuleAssociation", "prometheus-association").associationName).toBe("prometheus");
    expect(inputsOf(azure, "Grafana")).toMatchObject({ workspaceName: "studysphere", identity: { type: "SystemAssigned" } });
    expect(azure.some(({ name }) => name === "monitoring-grafana-reads")).toBe(true);
    expect(inputsOf(azure, "Budget")).toMatchObject({ amount: 1500, notifications: { actual100: { threshold: 100 } } });
  });

  test("A5: the cluster has the driver that takes secrets from vaults, and looks for new values every two minutes", () => {
    expect(inputsOf(azure, "ManagedCluster").addonProfiles.azureKeyvaultSecretsProvider).toEqual({
      enabled: true,
      config: { enableSecretRotation: "true", rotationPollInterval: "2m" },
    });
  });

  test("workflows log in without a password, each only from its own GitHub Environment", () => {
    const subjects = ["development", "testing", "production"].map(
      (of) => inputsOf(azure, "FederatedIdentityCredential", `workflows-${of}`).subject,
    );
    expect(subjects).toEqual(["development", "testing", "production"].map((of) => `repo:studysphere/studysphere:environment:${of}`));
    const pushers = azure.filter(({ name }) => name.endsWith("-AcrPush")).map(({ name }) => name);
    expect(pushers).toEqual(["workflows-development-AcrPush"]);
  });

  test("carries no alias of a past API version", () => {
    expect(azure.length).toBeGreaterThan(40);
    expect(JSON.stringify(azure.map(({ inputs }) => redact(inputs)))).not.toContain("v20");
  });

  test("a private cluster has an API server that only the network reaches", async () => {
    const resources = await rendered("platform", ({ platform: { azure: settings } }) => {
      settings.cluster.private = true;
      delete settings.cluster.authorizedRanges;
    });
    expect(inputsOf(resources, "ManagedCluster").apiServerAccessProfile).toEqual({
      enablePrivateCluster: true,
      enablePrivateClusterPublicFQDN: false,
      privateDNSZone: "system",
      disableRunCommand: true,
    });
  });
});

describe("the Gateways that environments share", () => {
  const kinds = (resources: Awaited<ReturnType<typeof rendered>>, kind: string): Written[] =>
    resources.filter(({ inputs }) => inputs.kind === kind).map(({ inputs }) => redact(inputs) as Written);

  test("take the routes of this application's environments, and end TLS where a certificate is", () => {
    const [gateway] = kinds(platform, "Gateway");
    expect(gateway.spec.gatewayClassName).toBe("envoy");
    expect(
      gateway.spec.listeners.map(({ name, port, protocol, tls }: Written) => [name, port, protocol, tls?.certificateRefs[0].name]),
    ).toEqual([
      ["http", 80, "HTTP", undefined],
      ["https", 443, "HTTPS", "studysphere-tls"],
    ]);
    for (const { allowedRoutes } of gateway.spec.listeners)
      expect(allowedRoutes.namespaces).toEqual({
        from: "Selector",
        selector: { matchLabels: { "app.kubernetes.io/part-of": "studysphere" } },
      });
  });

  test("are in the cluster of the platform, or in one that a context names", async () => {
    const provider = (of: typeof platform) => of.find(({ type }) => type === "pulumi:providers:kubernetes")!.inputs;
    expect(provider(platform).kubeconfig).toBeDefined();
    const resources = await rendered("platform", ({ platform: settings }) => {
      delete settings.azure;
      settings.gateway.cluster = { identifier: "on-premises", context: "shared" };
      settings.gateway.gateways.public.routes = { namespaces: ["one", "two"] };
    });
    expect(provider(resources)).toMatchObject({ clusterIdentifier: "on-premises", context: "shared" });
    expect(provider(resources).kubeconfig).toBeUndefined();
    const [gateway] = kinds(resources, "Gateway");
    expect(gateway.spec.listeners[0].allowedRoutes.namespaces.selector.matchExpressions[0].values).toEqual(["one", "two"]);
  });

  test("are of another controller where the settings say so, without Envoy Gateway's parameters", async () => {
    const resources = await rendered("platform", ({ platform: { gateway } }) => {
      gateway.classes.envoy = { controller: "istio.io/gateway-controller" };
    });
    expect(kinds(resources, "EnvoyProxy")).toEqual([]);
    expect(kinds(resources, "GatewayClass")[0].spec).toEqual({ controllerName: "istio.io/gateway-controller" });
  });
});
