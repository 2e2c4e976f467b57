import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { ReplicasArgs } from "./workload.ts";

/** The address of the pods with these labels; `ports`: beside 80. */
export function createService(
  metadata: ReplicasArgs["metadata"],
  selector: Record<string, string>,
  parent: pulumi.Resource,
  { ports = [], dependsOn = [] }: { ports?: readonly number[]; dependsOn?: pulumi.Resource[] } = {},
): k8s.core.v1.Service {
  // The workload is waited for; waiting for its endpoints as well would cost ten seconds and prove nothing more.
  const annotations = { "pulumi.com/skipAwait": "true" };
  const spec = {
    type: "ClusterIP",
    selector,
    ports: [
      { name: "http", port: 80, targetPort: "http", appProtocol: "http" },
      ...ports.map((port) => ({ name: `http-${port}`, port, targetPort: "http", appProtocol: "http" })),
    ],
  };
  return new k8s.core.v1.Service(metadata.name, { metadata: { ...metadata, annotations }, spec }, { parent, dependsOn });
}
