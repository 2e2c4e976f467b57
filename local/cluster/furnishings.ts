import { createHash } from "node:crypto";
import type { KubernetesObject } from "@kubernetes/client-node";

/** Three machines in three zones: enough for three environments with their surge, small enough that asking for too much stays Pending. */
const nodes = ["a", "b", "c"].map((letter, index) => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: {
    name: `local-${letter}`,
    labels: {
      "kubernetes.io/arch": "amd64",
      "kubernetes.io/hostname": `local-${letter}`,
      "kubernetes.io/os": "linux",
      "topology.kubernetes.io/region": "local",
      "topology.kubernetes.io/zone": `local-${index + 1}`,
    },
  },
  spec: {},
  status: {
    allocatable: { cpu: "16", memory: "64Gi", pods: "110", "ephemeral-storage": "100Gi" },
    capacity: { cpu: "16", memory: "64Gi", pods: "110", "ephemeral-storage": "100Gi" },
  },
}));

/** The default class, and those that AKS has, so that a program written for it runs here unchanged. Volumes: stages/volumes.ts. */
const storageClasses = [
  { name: "standard", provisioner: "local.liftlock/volume", isDefault: true },
  { name: "managed-csi", provisioner: "disk.csi.azure.com" },
  { name: "managed-csi-premium", provisioner: "disk.csi.azure.com" },
  { name: "azurefile-csi", provisioner: "file.csi.azure.com" },
].map(({ name, provisioner, isDefault }) => ({
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: { name, ...(isDefault && { annotations: { "storageclass.kubernetes.io/is-default-class": "true" } }) },
  provisioner,
  reclaimPolicy: "Delete",
  allowVolumeExpansion: true,
  volumeBindingMode: "WaitForFirstConsumer",
}));

/** As AKS has it with its add-on: what pods mount of a vault names it (stages/secrets.ts). */
const csiDrivers = [
  {
    apiVersion: "storage.k8s.io/v1",
    kind: "CSIDriver",
    metadata: { name: "secrets-store.csi.k8s.io" },
    spec: { attachRequired: false, podInfoOnMount: true, requiresRepublish: true, volumeLifecycleModes: ["Ephemeral"] },
  },
];

export function furnishings(): KubernetesObject[] {
  return [...nodes, ...storageClasses, ...csiDrivers] as KubernetesObject[];
}

export function furnishingsVersion(): string {
  return createHash("sha256").update(JSON.stringify(furnishings())).digest("hex").slice(0, 12);
}
