import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { EnvironmentSettings } from "./environment.schema.ts";

/**
 * The program's only provider. Server-side apply, and by force: a field that somebody else changed by hand is ours again after the next
 * update, instead of failing it. ConfigMaps that are not marked immutable (the flags) change in place. `kubeconfig`: of the platform stack, where that has a cluster.
 */
export const connectCluster = (
  { identifier, context }: Pick<EnvironmentSettings["cluster"], "identifier" | "context">,
  kubeconfig?: pulumi.Output<string | undefined>,
): k8s.Provider =>
  new k8s.Provider("cluster", {
    clusterIdentifier: identifier,
    ...(context === undefined ? {} : { context }),
    // Without one (the local world) the typings want nothing, and the SDK takes it so.
    ...(kubeconfig === undefined ? {} : { kubeconfig: kubeconfig as pulumi.Output<string> }),
    enableServerSideApply: true,
    enablePatchForce: true,
    enableConfigMapMutable: true,
  });
