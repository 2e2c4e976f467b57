import { joinMounts, type Mounts, noMounts } from "./pod.ts";

/** How a set reaches a container. */
export type Delivery = "env" | "files" | "both";

/** Files of secrets lie here, in a folder for each set. */
export const secretsDirectory = "/var/run/secrets";

export const deliver = (as: Delivery, envFrom: Mounts["envFrom"][number], files: Mounts): Mounts =>
  joinMounts(as === "files" ? noMounts : { ...noMounts, envFrom: [envFrom] }, as === "env" ? noMounts : files);

/** Of a Secret that is there under this name. */
export const variables = (as: Delivery, name: string): Mounts =>
  as === "files" ? noMounts : { ...noMounts, envFrom: [{ secretRef: { name } }] };

export const mountDirectory = (name: string, mountPath: string, source: Omit<Mounts["volumes"][number], "name">): Mounts => ({
  volumes: [{ name, ...source }],
  volumeMounts: [{ name, mountPath, readOnly: true }],
  envFrom: [],
});
