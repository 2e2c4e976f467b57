import { type PropertyMap, reveal } from "../../engine/values.ts";
import { type Gvk, gvkOfApiVersion } from "./gvk.ts";

export interface MutabilityOptions {
  configMapMutable: boolean;
  secretMutable: boolean;
}

/** A path of an object; "*" stands for any index of a list. */
export type RulePath = readonly string[];

const path = (text: string): RulePath => text.split(".").flatMap((part) => (part.endsWith("[*]") ? [part.slice(0, -3), "*"] : [part]));
const paths = (prefix: string, names: string): RulePath[] => names.split(" ").map((name) => path(`${prefix}.${name}`));

const CONTAINER_FIELDS =
  "args command env image imagePullPolicy lifecycle livenessProbe ports readinessProbe resources securityContext stdin stdinOnce " +
  "terminationMessagePath terminationMessagePolicy tty volumeDevices volumeMounts workingDir";

/**
 * Fields that no API server changes in place, so that a change makes a new object (facts: pulumi-kubernetes,
 * provider/pkg/provider/diff.go; Kubernetes' validation of updates). Keyed by group and kind.
 */
const FORCE_NEW: Record<string, readonly RulePath[]> = {
  "apps/DaemonSet": [path("spec.selector")],
  "apps/Deployment": [path("spec.selector")],
  "apps/StatefulSet": paths("spec", "podManagementPolicy revisionHistoryLimit selector serviceName volumeClaimTemplates"),
  "batch/Job": paths("spec", "completions parallelism selector template"),
  "rbac.authorization.k8s.io/ClusterRoleBinding": [path("roleRef")],
  "rbac.authorization.k8s.io/RoleBinding": [path("roleRef")],
  "storage.k8s.io/StorageClass": [path("parameters"), path("provisioner")],
  "/PersistentVolume": paths(
    "spec",
    "awsElasticBlockStore azureDisk azureFile cephfs cinder csi fc flexVolume flocker gcePersistentDisk glusterfs hostPath iscsi local nfs " +
      "photonPersistentDisk portworxVolume quobyte rbd scaleIO storageos vsphereVolume",
  ),
  "/PersistentVolumeClaim": paths("spec", "accessModes selector storageClassName volumeName"),
  "/Pod": [
    ...paths(
      "spec",
      "affinity automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks hostAliases hostIPC hostNetwork hostPID hostname " +
        "imagePullSecrets nodeName nodeSelector overhead preemptionPolicy priority priorityClassName readinessGates restartPolicy " +
        "runtimeClassName schedulerName securityContext serviceAccount serviceAccountName shareProcessNamespace subdomain " +
        "terminationGracePeriodSeconds volumes",
    ),
    ...paths("spec.containers[*]", CONTAINER_FIELDS),
    ...paths("spec.initContainers[*]", CONTAINER_FIELDS),
  ],
  "/ResourceQuota": [path("spec.scopes")],
  "/Secret": [path("type")],
  "/Service": [path("spec.clusterIP")],
};
const IDENTITY: readonly RulePath[] = [path("metadata.name"), path("metadata.namespace")];

/** Paths whose change replaces this object. */
export function forceNewPaths(newInputs: PropertyMap, options: MutabilityOptions): readonly RulePath[] {
  const gvk = gvkOfApiVersion(String(newInputs.apiVersion ?? ""), String(newInputs.kind ?? ""));
  const immutable = newInputs.immutable !== undefined && reveal(newInputs.immutable) === true;
  const is = (kind: string): boolean => gvk.group === "" && gvk.version === "v1" && gvk.kind === kind;
  if (is("Secret") && (!options.secretMutable || immutable)) return [...IDENTITY, path("type"), path("stringData"), path("data")];
  if (is("ConfigMap") && (!options.configMapMutable || immutable)) return [...IDENTITY, path("binaryData"), path("data")];
  return [...IDENTITY, ...(FORCE_NEW[ruleKey(gvk)] ?? [])];
}

const ruleKey = ({ group, kind }: Gvk): string => `${group}/${kind}`;
