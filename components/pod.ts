import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { ResourceSettings } from "./workload.schema.ts";

type PodSpec = types.input.core.v1.PodSpec;
type Container = types.input.core.v1.Container;
type Volume = types.input.core.v1.Volume;

/** What a container may mount besides its scratch space. */
export interface Mounts {
  readonly volumes: Volume[];
  readonly volumeMounts: types.input.core.v1.VolumeMount[];
  readonly envFrom: types.input.core.v1.EnvFromSource[];
  readonly marks?: Marks;
}
/** What pods that mount it bear beside it, and their account. Annotations are for pods that stay: a change starts them anew. */
export interface Marks {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, pulumi.Input<string>>>;
  readonly account: Readonly<Record<string, pulumi.Input<string>>>;
}
export const noMounts: Mounts = { volumes: [], volumeMounts: [], envFrom: [] };
export function joinMounts(...all: Mounts[]): Mounts {
  const marks = all.flatMap((mounts) => mounts.marks ?? []);
  const joined = <K extends keyof Marks>(key: K): Marks[K] => Object.assign({}, ...marks.map((mark) => mark[key]));
  return {
    volumes: all.flatMap((mounts) => mounts.volumes),
    volumeMounts: all.flatMap((mounts) => mounts.volumeMounts),
    envFrom: all.flatMap((mounts) => mounts.envFrom),
    ...(marks.length === 0 ? {} : { marks: { labels: joined("labels"), annotations: joined("annotations"), account: joined("account") } }),
  };
}

export interface PodArgs {
  readonly serviceAccount: string;
  readonly uid: number;
  readonly container: Omit<Container, "securityContext" | "volumeMounts" | "envFrom" | "imagePullPolicy" | "resources">;
  readonly resources: ResourceSettings;
  readonly mounts: Mounts;
}

/**
 * A pod that the restricted Pod Security standard admits and that scanners find nothing in: no root, no privileges, a root file
 * system that cannot be written, scratch space of limited size, no API token.
 */
export const podSpec = ({ serviceAccount, uid, container, resources, mounts }: PodArgs): PodSpec => ({
  serviceAccountName: serviceAccount,
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  securityContext: {
    runAsNonRoot: true,
    runAsUser: uid,
    runAsGroup: uid,
    fsGroup: uid,
    fsGroupChangePolicy: "OnRootMismatch",
    seccompProfile: { type: "RuntimeDefault" },
  },
  containers: [
    {
      ...container,
      // The node's cache answers for a digest; for a tag, and for who may pull, the registry has the say.
      imagePullPolicy: "Always",
      resources: { requests: amounts(resources.requests), limits: amounts(resources.limits) },
      securityContext: {
        allowPrivilegeEscalation: false,
        privileged: false,
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        runAsUser: uid,
        runAsGroup: uid,
        capabilities: { drop: ["ALL"] },
        seccompProfile: { type: "RuntimeDefault" },
      },
      ...(mounts.envFrom.length > 0 ? { envFrom: mounts.envFrom } : {}),
      volumeMounts: [{ name: "tmp", mountPath: "/tmp" }, ...mounts.volumeMounts],
    },
  ],
  volumes: [{ name: "tmp", emptyDir: { sizeLimit: resources.requests.ephemeralStorage } }, ...mounts.volumes],
});

export const amounts = ({ cpu, memory, ephemeralStorage }: ResourceSettings["requests"]): Record<string, string> => ({
  cpu,
  memory,
  "ephemeral-storage": ephemeralStorage,
});
