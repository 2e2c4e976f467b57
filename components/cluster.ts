import * as k8s from "@pulumi/kubernetes";
import type { EnvironmentSettings } from "./environment.schema.ts";

/**
 * The program's only provider. Server-side apply, and by force: a field that somebody else changed by hand is ours again after the next
 * update, instead of failing it. ConfigMaps that are not marked immutable (the flags) change in place.
 */
export const connectCluster = ({ identifier, context }: EnvironmentSettings["cluster"]): k8s.Provider =>
  new k8s.Provider("cluster", {
    clusterIdentifier: identifier,
    ...(context === undefined ? {} : { context }),
    enableServerSideApply: true,
    enablePatchForce: true,
    enableConfigMapMutable: true,
  });
