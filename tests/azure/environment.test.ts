import { describe, expect, test } from "vitest";
import { Secret } from "../../local/engine/values.ts";
import { inputsOf, planted, rendered } from "./support.ts";

const production = await rendered("production");

describe("what an environment has in Azure", () => {
  test("A2, E14: production's own server, zone-redundant, seven days, closed, protected and marked as real data", () => {
    expect(inputsOf(production, "Server")).toMatchObject({
      serverName: "studysphere-postgres-prod",
      highAvailability: { mode: "ZoneRedundant" },
      backup: { backupRetentionDays: 7, geoRedundantBackup: "Enabled" },
      network: { publicNetworkAccess: "Disabled" },
      authConfig: { activeDirectoryAuth: "Enabled", passwordAuth: "Disabled" },
      maintenanceWindow: { customWindow: "Enabled", dayOfWeek: 0, startHour: 2 },
      tags: { data: "real" },
    });
    const server = production.find(({ type }) => type.endsWith(":Server"))!;
    expect(server.protect).toBe(true);
    expect(server.ignoreChanges).toEqual(["availabilityZone", "highAvailability.standbyAvailabilityZone"]);
  });

  test("A2: development has a database on the shared server", async () => {
    const development = await rendered("development");
    expect(inputsOf(development, "Database")).toMatchObject({
      serverName: "studysphere-postgres-shared",
      databaseName: "studysphere_development",
    });
    expect(development.some(({ type }) => type.endsWith(":Server"))).toBe(false);
  });

  test("A5: a vault by role, never purged, which the services' own accounts may read", () => {
    expect(inputsOf(production, "Vault").properties).toMatchObject({
      enableRbacAuthorization: true,
      enablePurgeProtection: true,
      publicNetworkAccess: "Disabled",
    });
    expect(inputsOf(production, "FederatedIdentityCredential", "azure-vault-api").subject).toBe("system:serviceaccount:production:api");
  });

  test("W12: who read a secret, who came to the cache and what the server said goes to the platform's workspace", async () => {
    const logs =
      "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/studysphere-rg/providers/Microsoft.OperationalInsights/workspaces/studysphere";
    const resources = await rendered("production", ({ environment }) => {
      environment.azure.redis = { name: "studysphere-cache" };
    });
    const of = (name: string) => inputsOf(resources, "DiagnosticSetting", `azure-${name}-diagnostics`);
    const category = (name: string) => [{ category: name, enabled: true }];
    const figures = category("AllMetrics");
    expect(of("vault")).toMatchObject({ logAnalyticsDestinationType: "Dedicated", logs: category("AuditEvent"), metrics: figures });
    expect(of("database")).toMatchObject({ logs: category("PostgreSQLLogs"), metrics: figures });
    expect(of("redis").metrics).toEqual(figures);
    expect(of("redis-database").logs).toEqual(category("ConnectionEvents"));
    const all = resources.filter(({ type }) => type.endsWith(":DiagnosticSetting"));
    expect(all.map(({ inputs }) => inputs.workspaceId)).toEqual([logs, logs, logs, logs]);
    // It is taken away before what it is of: Azure would give it to the next of that name.
    const vault = resources.find(({ type }) => type.endsWith("keyvault:Vault"))!.urn;
    expect(all.find(({ name }) => name === "azure-vault-diagnostics")!.dependencies).toContain(vault);
  });

  test("A6: sizes follow the tier, and a budget tells people before the money is spent", async () => {
    expect(inputsOf(production, "Server").sku).toEqual({ name: "Standard_D4ds_v5", tier: "GeneralPurpose" });
    const testing = await rendered("testing");
    expect(inputsOf(testing, "Server")).toMatchObject({ sku: { name: "Standard_D2ds_v5" }, highAvailability: { mode: "Disabled" } });
    expect(inputsOf(production, "Budget")).toMatchObject({
      amount: 900,
      notifications: { actual80: { threshold: 80 }, forecasted: { thresholdType: "Forecasted" } },
    });
  });

  test("A4: what watches it belongs to the platform: its workspace, its cluster, its Application Insights, its login", () => {
    const groups = production.filter(({ type }) => type.endsWith(":PrometheusRuleGroup"));
    expect(groups.map(({ name }) => name).sort()).toContain("studysphere-production-thresholds");
    const at = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/studysphere-rg/providers";
    for (const { inputs } of groups)
      expect(inputs).toMatchObject({
        resourceGroupName: "studysphere-rg",
        location: "westeurope",
        scopes: [`${at}/Microsoft.Monitor/accounts/studysphere`],
        clusterName: "studysphere-aks",
      });
    const test = inputsOf(production, "WebTest");
    expect(test.tags).toEqual({ [`hidden-link:${at}/Microsoft.Insights/components/studysphere`]: "Resource" });
    expect(test).toMatchObject({
      request: { requestUrl: "https://studysphere.example.com/health" },
      validationRules: { expectedHttpStatusCode: 200, contentValidation: { contentMatch: "error", passIfTextFound: false } },
    });
    expect(inputsOf(production, "ActionGroup", "studysphere-production-critical").emailReceivers.length).toBeGreaterThan(0);
    const provider = production.find(({ type }) => type === "pulumi:providers:azure-native")!;
    const others = production.filter((one) => one.type.startsWith("azure-native:") && one.provider?.startsWith(provider.urn) !== true);
    expect(others.map(({ name }) => name)).toEqual([]);
  });

  test("what runs in the environment comes after it", () => {
    const database = production.find(({ type }) => type.endsWith(":Server"))!.urn;
    const deployments = production.filter(({ type }) => type.endsWith(":Deployment"));
    expect(deployments).toHaveLength(3);
    for (const { dependencies } of deployments) expect(dependencies).toContain(database);
  });

  test("names that are made of others' are no longer than Azure takes, and stay apart", async () => {
    const named = async (redis: string) => {
      const resources = await rendered("testing", ({ environment }) => {
        environment.azure.redis = { name: redis };
      });
      return inputsOf(resources, "PrivateEndpoint", "azure-redis-endpoint").privateEndpointName as string;
    };
    const long = await Promise.all(["one", "two"].map((end) => named(`${"studysphere-".repeat(4)}cache-${end}`)));
    expect(long.map(({ length }) => length)).toEqual([64, 64]);
    expect(new Set(long).size).toBe(2);
    expect(await named("studysphere-cache")).toBe("studysphere-cache-redisEnterprise-endpoint");
  });

  test("a Redis without keys and without a way in from outside", async () => {
    const resources = await rendered("testing", ({ environment }) => {
      environment.azure.redis = { name: "studysphere-test-cache" };
    });
    expect(inputsOf(resources, "RedisEnterprise")).toMatchObject({ sku: { name: "Balanced_B1" }, publicNetworkAccess: "Disabled" });
    expect(inputsOf(resources, "Database", "azure-redis-database")).toMatchObject({ accessKeysAuthentication: "Disabled" });
  });

  test("an administrator's password is a secret wherever it stands", async () => {
    const resources = await rendered("testing", ({ environment, application }) => {
      environment.azure.database.password = { login: "studysphere_admin", secret: "POSTGRES_PASSWORD" };
      application.secrets.administrator = { keys: { POSTGRES_PASSWORD: { only: ["testing"] } } };
    });
    const server = resources.find(({ type }) => type.endsWith(":Server"))!;
    expect(server.inputs.administratorLoginPassword).toEqual(new Secret(planted));
    expect(JSON.stringify(inputsOf(resources, "Server"))).not.toContain(planted);
    expect(inputsOf(resources, "Server").authConfig.passwordAuth).toBe("Enabled");
  });
});
