import { Database } from "@pulumi/azure-native/dbforpostgresql/database.js";
import * as pulumi from "@pulumi/pulumi";
import type { VaultAccess } from "../secret-store.ts";
import type { LoadedSettings } from "../settings.ts";
import { vaultAccounts, vaultKeys, vaultName } from "../vault.ts";
import { createBudget } from "./budget.ts";
import { Cache } from "./cache.ts";
import type { Place } from "./connect.ts";
import { PostgreSql } from "./database.ts";
import { withServer } from "./database-url.ts";
import type { InAzure } from "./read-platform.ts";
import { Vault } from "./vault.ts";

/** What one environment has in Azure: its database, cache and vault in the platform's network, and a budget for them. */
export function createAzureEnvironment(
  settings: LoadedSettings,
  inAzure: InAzure,
  namespace: pulumi.Input<string>,
  retiring?: string,
): AzureEnvironment {
  return new AzureEnvironment("azure-environment", settings, inAzure, { namespace, retiring }, { providers: [inAzure.provider] });
}

export class AzureEnvironment extends pulumi.ComponentResource {
  readonly outputs: Readonly<Record<string, pulumi.Input<string>>>;
  /** With addresses of the database that name the server which serves. */
  readonly settings: LoadedSettings;
  /** Address of the server that a restore made, until the restore is finished. */
  readonly restored: pulumi.Output<string> | undefined;
  readonly vault: VaultAccess | undefined;

  constructor(
    name: string,
    settings: LoadedSettings,
    { platform, logs: workspace }: InAzure,
    { namespace, retiring }: { namespace: pulumi.Input<string>; retiring: string | undefined },
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("liftlock:azure:Environment", name, {}, opts);
    const { application, environment, stack } = settings;
    const { tier, database, redis, vault, budget } = environment.azure!;
    const { protect } = environment;
    const of = <K extends "resourceGroup" | "location" | "network" | "endpoints" | "tenantId" | "subscriptionId">(key: K) =>
      platform.apply((outputs) => outputs[key]);
    const zone = (kind: "vault" | "redis" | "postgresql") => platform.apply(({ zones }) => zones[kind]);
    const tags = { application: application.name, environment: stack };
    const place: Place = { resourceGroupName: of("resourceGroup"), location: of("location"), tags };
    const within = { parent: this };
    const reached = { place, subnet: of("endpoints"), protect, workspace };
    const outputs: Record<string, pulumi.Input<string>> = {};
    this.settings = settings;

    if (database !== undefined && "shared" in database)
      new Database(
        "azure-database",
        {
          resourceGroupName: place.resourceGroupName,
          serverName: platform.apply(({ database: server }) => server ?? missing(environment.azure!.platform)),
          databaseName: database.shared,
          charset: "UTF8",
          collation: "en_US.utf8",
        },
        { ...within, protect },
      );
    else if (database !== undefined) {
      const { server, restored } = new PostgreSql(
        "azure-database",
        {
          place,
          server: database,
          around: tier,
          subnet: environment.database!.cidrs![0]!,
          network: of("network"),
          zone: zone("postgresql"),
          tenantId: of("tenantId"),
          data: environment.database!.data,
          password: database.password && settings.secrets[database.password.secret],
          protect,
          workspace,
          subscriptionId: of("subscriptionId"),
          retiring,
        },
        within,
      );
      outputs.database = server.fullyQualifiedDomainName;
      this.restored = restored?.fullyQualifiedDomainName;
      // Before any restore the address is the team's own affair.
      if (database.origin !== undefined || database.restored?.stage === "serving")
        this.settings = withServer(settings, server.fullyQualifiedDomainName);
    }
    if (redis !== undefined) outputs.redis = new Cache("azure-redis", { ...reached, redis, tier, zone: zone("redis") }, within).host;
    if (vault !== undefined) {
      const issuer = platform.apply(({ issuer: url }) => url ?? "");
      const tenantId = of("tenantId");
      const keys = vaultKeys(settings);
      const values = vault.values === "stack" ? Object.fromEntries(keys.map((key) => [vaultName(key), this.settings.secrets[key]!])) : {};
      const accounts = vaultAccounts(settings);
      const own = new Vault(
        "azure-vault",
        { ...reached, name: vault.name, zone: zone("vault"), tenantId, issuer, namespace, accounts, values },
        within,
      );
      const written = keys.flatMap((key) => (own.versions[vaultName(key)] === undefined ? [] : [[key, own.versions[vaultName(key)]!]]));
      const versions = Object.fromEntries(written) as VaultAccess["versions"];
      this.vault = { name: vault.name, tenantId, clientId: own.clientId, versions, revision: vault.revision };
      outputs.vault = own.uri;
      outputs.identity = own.clientId;
    }
    if (budget !== undefined) {
      const scope = pulumi.interpolate`/subscriptions/${of("subscriptionId")}/resourceGroups/${place.resourceGroupName}`;
      createBudget("azure-budget", { scope, tag: { name: "environment", value: stack }, budget }, within);
    }
    this.outputs = outputs;
    this.registerOutputs({});
  }
}

const missing = (platform: string): never => {
  throw new pulumi.RunError(`"${platform}" has no database server to share: declare platform.azure.database there, and bring it up first`);
};
