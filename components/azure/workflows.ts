import { FederatedIdentityCredential } from "@pulumi/azure-native/managedidentity/federatedIdentityCredential.js";
import { UserAssignedIdentity } from "@pulumi/azure-native/managedidentity/userAssignedIdentity.js";
import * as pulumi from "@pulumi/pulumi";
import type { Place } from "./connect.ts";
import { type Grant, grant } from "./roles.ts";

export interface WorkflowsArgs {
  readonly place: Place;
  /** `owner/name` on GitHub. */
  readonly repository: string;
  /** The promotion path. */
  readonly environments: readonly string[];
  readonly group: pulumi.Output<string>;
  readonly cluster: pulumi.Output<string> | undefined;
  readonly registry: pulumi.Output<string> | undefined;
}

/**
 * Who the repository's workflows are in Azure: one identity an environment, which only a job of that very GitHub Environment can take on,
 * after its reviewers let it. No password is kept anywhere.
 */
export class Workflows extends pulumi.ComponentResource {
  /** Client id to log in with, by environment. */
  readonly clients: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(
    name: string,
    { place, repository, environments, group, cluster, registry }: WorkflowsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("liftlock:azure:Workflows", name, {}, opts);
    const within = { parent: this };
    const clients = environments.map((environment, index) => {
      const id = `${name}-${environment}`;
      const identity = new UserAssignedIdentity(id, { ...place, resourceName: `${pulumi.getProject()}-${environment}-workflows` }, within);
      new FederatedIdentityCredential(
        id,
        {
          resourceGroupName: place.resourceGroupName,
          resourceName: identity.name,
          federatedIdentityCredentialResourceName: "github",
          issuer: "https://token.actions.githubusercontent.com",
          subject: `repo:${repository}:environment:${environment}`,
          audiences: ["api://AzureADTokenExchange"],
        },
        within,
      );
      const { principalId } = identity;
      const may = (role: Grant["role"], scope: pulumi.Output<string> | undefined) =>
        scope === undefined ? undefined : grant(`${id}-${role}`, { scope, role, principalId }, within);
      may("Contributor", group);
      may("ClusterUser", cluster);
      may("ClusterAdmin", cluster); // namespaces and quotas are the cluster's
      // Images are built once, on the way into the first environment.
      if (index === 0) may("AcrPush", registry);
      return [environment, identity.clientId];
    });
    this.clients = Object.fromEntries(clients);
    this.registerOutputs({});
  }
}
