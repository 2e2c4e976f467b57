import path from "node:path";
import { createEmbeddedEngine } from "../../../../local/engine/embedded.ts";
import { kubernetesFactory } from "../../../../local/providers/kubernetes/index.ts";
import type { Engine } from "../../../../ops/engine.ts";

/** Where a run is killed: at the n-th (from 1) write of the state or request, before it happens or once it is done. */
export interface Point {
  what: "writes" | "requests";
  nth: number;
  when: "before" | "after";
}
export interface Job {
  projectDir: string;
  kubeconfig: string;
  namespace: string;
  token: string;
  version: number;
  operation: "up" | "refresh" | "destroy";
  refresh?: boolean;
  point?: Point;
  /** Characters of state from which on changes go to the journal; the engine's own choice when not said. */
  journalFrom?: number;
  /** How long a silent server is waited for; as long as the provider sees fit when not said. */
  answerMs?: number;
}

export const backendOf = (projectDir: string): string => path.join(projectDir, "backend");

export function engineFor({
  projectDir,
  kubeconfig,
  namespace,
  token,
  version,
  journalFrom,
  answerMs,
}: Omit<Job, "operation">): Promise<Engine> {
  return createEmbeddedEngine({
    projectDir,
    stack: "dev",
    backendDir: backendOf(projectDir),
    passphrase: "crash",
    journalFrom,
    providers: [kubernetesFactory({ kind: "cluster", kubeconfig, ...(answerMs === undefined ? {} : { answerMs }) })],
    extraConfig: {
      "crash:version": { value: String(version), secret: false },
      "crash:namespace": { value: namespace, secret: false },
      "crash:token": { value: token, secret: true },
    },
  });
}
