import { mkdirSync, realpathSync } from "node:fs";
import path from "node:path";
import type { World } from "../world.ts";
import type { ProgramName } from "./builder/versions.js";

export type { ProgramName };

/** Where each thing of one control plane lives. Everything is private to its owner: the keys in here are those of a cluster administrator. */
export interface Layout {
  readonly dir: string;
  /** The administrator's, for people and for the provider. */
  readonly kubeconfig: string;
  readonly record: string;
  readonly lock: string;
  readonly pki: string;
  readonly etcdData: string;
  readonly stages: string;
  log(name: ProgramName): string;
  componentKubeconfig(name: ProgramName): string;
}

/** Makes what is missing of the directories (0700). */
export function makeLayout(world: World): Layout {
  mkdirSync(world.clusterDir, { recursive: true, mode: 0o700 });
  const layout = layoutOf(world);
  for (const dir of [layout.pki, layout.etcdData, path.dirname(layout.log("etcd"))]) mkdirSync(dir, { recursive: true, mode: 0o700 });
  return layout;
}

/** Of a world whose cluster directory exists. Its real path counts, so that one world reached by two paths is one world. */
export function layoutOf(world: World): Layout {
  const dir = realpathSync(world.clusterDir);
  return {
    dir,
    kubeconfig: path.join(dir, "kubeconfig"),
    record: path.join(dir, "control-plane.json"),
    // Beside the directory, not in it: a reset removes the directory while it holds the lock.
    lock: `${dir}.lock`,
    pki: path.join(dir, "pki"),
    etcdData: path.join(dir, "etcd"),
    stages: path.join(dir, "stages.yaml"),
    log: (name) => path.join(dir, "logs", `${name}.log`),
    componentKubeconfig: (name) => path.join(dir, "pki", `${name}.kubeconfig`),
  };
}
