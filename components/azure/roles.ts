import { createHash } from "node:crypto";
import { RoleAssignment } from "@pulumi/azure-native/authorization/roleAssignment.js";
import * as pulumi from "@pulumi/pulumi";

/** Built-in roles: learn.microsoft.com/azure/role-based-access-control/built-in-roles */
const ROLES = {
  AcrPull: "7f951dda-4ed3-4680-a7ca-43fe172d538d",
  AcrPush: "8311e382-0749-4cb8-b61a-304f252e45ec",
  ClusterUser: "4abbcc35-e782-43d8-92c5-2d3f1bd2253f",
  ClusterAdmin: "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b",
  Contributor: "b24988ac-6180-42a0-ab88-20f7382dd24c",
  MonitoringDataReader: "b0d8363b-8ddd-447d-831f-62ca05bff136",
  NetworkContributor: "4d97b98b-1d4f-4787-a291-c67834d212e7",
  SecretsUser: "4633458b-17de-408a-b874-0445c86b69e6",
} as const;

export interface Grant {
  /** Id of what the role is about. */
  readonly scope: pulumi.Output<string>;
  readonly role: keyof typeof ROLES;
  readonly principalId: pulumi.Input<string>;
}

/**
 * Gives a role to a managed identity. Its name is a GUID of our own, the same in every run: an assignment that was lost from state is
 * found again instead of refused as a second one.
 */
export function grant(name: string, { scope, role, principalId }: Grant, opts: pulumi.CustomResourceOptions): RoleAssignment {
  const key = `${pulumi.getProject()}/${pulumi.getStack()}/${name}`;
  const subscription = scope.apply((id) => id.split("/").slice(0, 3).join("/"));
  return new RoleAssignment(
    name,
    {
      scope,
      principalId,
      principalType: "ServicePrincipal",
      roleDefinitionId: pulumi.interpolate`${subscription}/providers/Microsoft.Authorization/roleDefinitions/${ROLES[role]}`,
      roleAssignmentName: uuidOf(key),
    },
    opts,
  );
}

/** RFC 9562, version 5, in a name space of our own. */
export function uuidOf(name: string): string {
  const space = Buffer.from("5c0f2f4d7e3b4d0f9a6d2b1f8c6e4a10", "hex");
  const bytes = createHash("sha1").update(space).update(name).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
