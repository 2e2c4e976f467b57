import type { types } from "@pulumi/kubernetes";
import type { Configuration } from "./configuration.ts";
import type { DatabaseDeclaration } from "./database.schema.ts";
import { toolUser } from "./job.ts";
import { selectorOf } from "./labels.ts";
import { findService, type Settings } from "./model.ts";
import { joinMounts, type Mounts, noMounts } from "./pod.ts";
import { claimOf } from "./stateful.ts";

/** Where an application's data lies, as a Job sees it that copies or replaces it. */
export interface Data {
  readonly env: Readonly<Record<string, string>>;
  readonly mounts: Mounts;
  /** Whoever reads and writes the files is the user that owns them. */
  readonly uid: number;
  /** Service whose volumes are mounted: only its node has them. */
  readonly beside: string | undefined;
}

/** Service in whose volumes the database, or files beside it, lie. */
const volumeServiceOf = (database: DatabaseDeclaration): string | undefined =>
  database.kind === "sqlite" ? database.service : database.files?.service;

export function dataOf(database: DatabaseDeclaration, { application }: Settings, configuration: Configuration): Data {
  const url = database.kind === "postgresql" ? configuration.secretFile(database.secret) : undefined;
  const beside = volumeServiceOf(database);
  const service = beside === undefined ? undefined : findService(application, beside);
  const folders = database.files?.folders ?? [];
  const file = database.kind === "sqlite" ? { volume: database.volume, path: database.file } : undefined;
  const volumes = [...new Set([...(file === undefined ? [] : [file]), ...folders].map(({ volume }) => volume))];
  const place = ({ volume, path }: { volume: string; path: string }) => `/data/${volume}/${path}`;
  return {
    env: {
      KIND: database.kind,
      ...(url === undefined ? {} : { URL_FILE: url.path }),
      ...(file === undefined ? {} : { DATABASE: place(file) }),
      FOLDERS: folders.map(place).join("\n"),
    },
    mounts: joinMounts(url?.mounts ?? noMounts, ...volumes.map((volume) => mountOf(beside!, volume))),
    uid: service?.uid ?? toolUser,
    beside,
  };
}

const mountOf = (service: string, volume: string): Mounts => ({
  volumes: [{ name: `data-${volume}`, persistentVolumeClaim: { claimName: claimOf(service, volume) } }],
  volumeMounts: [{ name: `data-${volume}`, mountPath: `/data/${volume}` }],
  envFrom: [],
});

/** The same Job, where the service's volumes are. */
export function withAffinity(spec: types.input.batch.v1.JobSpec, service: string): types.input.batch.v1.JobSpec {
  const { spec: pod, ...template } = spec.template as types.input.core.v1.PodTemplateSpec;
  return { ...spec, template: { ...template, spec: { ...(pod as types.input.core.v1.PodSpec), affinity: besideOf(service) } } };
}

/** A volume that one node has is mounted by what runs on that node; before its service ran for the first time, any node will do. */
const besideOf = (service: string): types.input.core.v1.Affinity => ({
  podAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: [
      { weight: 100, podAffinityTerm: { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: selectorOf(service) } } },
    ],
  },
});
