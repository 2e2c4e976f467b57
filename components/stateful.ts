import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { AdoptedSettings } from "./adopted.schema.ts";
import type { Mounts } from "./pod.ts";
import { seconds } from "./primitives.ts";
import { rolloutTimeouts } from "./rollout.ts";
import type { ServiceSettings } from "./workload.schema.ts";
import type { ReplicasArgs } from "./workload.ts";

type Stateful = Extract<ServiceSettings, { kind: "stateful" }>;

/** Name of the claim of a single writer's volume. */
export const claimOf = (service: string, volume: string): string => `${service}-${volume}`;

/** Where the volumes appear in the container. A single writer's volume is a claim of its own, which backups and people can name. */
export const volumeMountsOf = (service: Stateful, { claims }: Pick<AdoptedSettings, "claims"> = { claims: {} }): Mounts => ({
  volumes: service.singleWriter
    ? service.volumes.map(({ name }) => ({ name: `data-${name}`, persistentVolumeClaim: { claimName: claimOf(service.name, name) } }))
    : [],
  volumeMounts: service.volumes.map(({ name, path }) => ({ name: templateOf(name, claims), mountPath: path })),
  envFrom: [],
});

/** Name of a claim template, and so of the volume in the pod. */
const templateOf = (volume: string, claims: Readonly<Record<string, string>>): string => claims[volume] ?? `data-${volume}`;

/** How what is stored is kept. */
export interface Kept {
  readonly protect: boolean;
  readonly storageClass?: string | undefined;
}

/** A StatefulSet never runs two pods of one name: the old one is gone before the new one opens the volume. */
export function createStatefulSet(args: ReplicasArgs & Kept, dependsOn: pulumi.Resource[], parent: pulumi.Resource): void {
  const { scale, metadata, pods, selector, adopted, storageClass } = args;
  const service = args.service as Stateful;
  const { name } = metadata;
  const serviceName = adopted.serviceName ?? `${name}-pods`;
  // One that bears the service's own name is made with the service.
  const governing = serviceName === name ? [] : [createGoverning(serviceName, args, parent)];
  const spec = {
    serviceName,
    replicas: scale.replicas.min,
    selector: { matchLabels: selector },
    updateStrategy: { type: "RollingUpdate" },
    minReadySeconds: seconds(service.settle),
    revisionHistoryLimit: 5,
    persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
    ...(service.singleWriter
      ? {}
      : {
          volumeClaimTemplates: service.volumes.map(({ name: volume, size }) => ({
            metadata: { name: templateOf(volume, adopted.claims) },
            spec: claimSpec(size, storageClass),
          })),
        }),
    template: pods,
  };
  new k8s.apps.v1.StatefulSet(
    name,
    { metadata, spec },
    {
      parent,
      // A single writer's data is in claims of their own, which are protected instead.
      protect: args.protect && !service.singleWriter,
      dependsOn: [...dependsOn, ...governing],
      customTimeouts: rolloutTimeouts(service),
      // The provider makes a StatefulSet anew for it; one that was there before keeps what it has.
      ignoreChanges: adopted.selector === undefined ? [] : ["spec.revisionHistoryLimit"],
    },
  );
}

function createGoverning(name: string, { metadata, selector }: ReplicasArgs, parent: pulumi.Resource): pulumi.Resource {
  const spec = { clusterIP: "None", selector, ports: [{ name: "http", port: 80, targetPort: "http" }] };
  const named = { ...metadata, name, annotations: { "pulumi.com/skipAwait": "true" } };
  return new k8s.core.v1.Service(`${metadata.name}-pods`, { metadata: named, spec }, { parent });
}

export const claimSpec = (size: string, storageClassName: string | undefined): k8s.types.input.core.v1.PersistentVolumeClaimSpec => ({
  accessModes: ["ReadWriteOnce"],
  ...(storageClassName === undefined ? {} : { storageClassName }),
  resources: { requests: { storage: size } },
});

/** The claims of a single writer. */
export function createClaims(service: Stateful, metadata: ReplicasArgs["metadata"], kept: Kept, parent: pulumi.Resource): void {
  // Where they were before they had to come first.
  const aliases = [{ parent: pulumi.createUrn(service.name, "liftlock:workload:Workload") }];
  for (const { name, size } of service.volumes) {
    const claim = claimOf(service.name, name);
    new k8s.core.v1.PersistentVolumeClaim(
      claim,
      { metadata: { ...metadata, name: claim, annotations: unawaited }, spec: claimSpec(size, kept.storageClass) },
      { parent, protect: kept.protect, aliases },
    );
  }
}

/** A claim is often bound only when its first pod is placed; waiting for it before that pod would never end. */
export const unawaited = { "pulumi.com/skipAwait": "true" };
