import { Secret } from "@pulumi/azure-native/keyvault/secret.js";
import { Vault as KeyVault } from "@pulumi/azure-native/keyvault/vault.js";
import { FederatedIdentityCredential } from "@pulumi/azure-native/managedidentity/federatedIdentityCredential.js";
import { UserAssignedIdentity } from "@pulumi/azure-native/managedidentity/userAssignedIdentity.js";
import * as pulumi from "@pulumi/pulumi";
import type { Place } from "./connect.ts";
import { createDiagnostics } from "./diagnostics.ts";
import { createEndpoint } from "./network.ts";
import { grant } from "./roles.ts";

export interface VaultArgs {
  readonly place: Place;
  readonly name: string;
  /** Ids of the subnet from which it is reached, and of the zone in which its name is found. */
  readonly subnet: pulumi.Input<string>;
  readonly zone: pulumi.Input<string>;
  readonly tenantId: pulumi.Input<string>;
  /** Of the cluster's tokens; and the service accounts, in this namespace, that may read. */
  readonly issuer: pulumi.Input<string>;
  readonly namespace: pulumi.Input<string>;
  readonly accounts: readonly string[];
  /** What this stack writes there, by the name of the secret in the vault. */
  readonly values: Readonly<Record<string, pulumi.Output<string>>>;
  readonly protect: boolean;
  /** Id of the workspace that takes logs, where there is one. */
  readonly workspace: pulumi.Input<string> | undefined;
}

/** A key vault whose secrets the services' own accounts may read: by role, from the network alone, and never lost to a deletion. */
export class Vault extends pulumi.ComponentResource {
  readonly uri: pulumi.Output<string>;
  /** Whom the services are to Azure. */
  readonly clientId: pulumi.Output<string>;
  /** Addresses of the values written, version included, by the secret's name: another value is another version. */
  readonly versions: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, args: VaultArgs, opts?: pulumi.ComponentResourceOptions) {
    super("liftlock:azure:Vault", name, {}, opts);
    const { place, tenantId } = args;
    const within = { parent: this };
    const vault = new KeyVault(
      name,
      {
        ...place,
        vaultName: args.name,
        properties: {
          tenantId,
          sku: { family: "A", name: "standard" },
          enableRbacAuthorization: true,
          enableSoftDelete: true,
          softDeleteRetentionInDays: 90,
          enablePurgeProtection: true,
          publicNetworkAccess: "Disabled",
          networkAcls: { defaultAction: "Deny", bypass: "None" },
        },
      },
      { ...within, protect: args.protect },
    );
    createEndpoint(
      `${name}-endpoint`,
      { place, of: args.name, subnet: args.subnet, target: vault.id, zone: args.zone, part: "vault" },
      within,
    );
    createDiagnostics(name, { kind: "vault", resource: vault.id, workspace: args.workspace }, within);
    const identity = new UserAssignedIdentity(`${name}-reader`, { ...place, resourceName: `${args.name}-reader` }, within);
    grant(`${name}-reads`, { scope: vault.id, role: "SecretsUser", principalId: identity.principalId }, within);
    // Azure takes one credential of an identity at a time, and 20 in all.
    let before: pulumi.Resource[] = [];
    for (const account of args.accounts) {
      const credential = new FederatedIdentityCredential(
        `${name}-${account}`,
        {
          resourceGroupName: place.resourceGroupName,
          resourceName: identity.name,
          federatedIdentityCredentialResourceName: account,
          issuer: args.issuer,
          subject: pulumi.interpolate`system:serviceaccount:${args.namespace}:${account}`,
          audiences: ["api://AzureADTokenExchange"],
        },
        { ...within, dependsOn: before },
      );
      before = [credential];
    }
    const written = Object.entries(args.values).map(([secretName, value]) => {
      const at = { resourceGroupName: place.resourceGroupName, vaultName: vault.name, tags: place.tags };
      const secret = new Secret(`${name}-${secretName}`, { ...at, secretName, properties: { value } }, within);
      // The value makes a secret of all properties; the address holds nothing of it.
      return [secretName, pulumi.unsecret(secret.properties.apply(({ secretUriWithVersion }) => secretUriWithVersion))] as const;
    });
    this.versions = Object.fromEntries(written);
    this.uri = vault.properties.apply((properties) => properties?.vaultUri ?? "");
    this.clientId = identity.clientId;
    this.registerOutputs({});
  }
}
