import type { ProgramName, Versions } from "./builder/versions.js";

export type { ProgramName, Versions };

/** What is going on, for people. `done` and `total` count Go packages while building. */
export interface Progress {
  phase: "build" | "start" | "stop";
  message: string;
  done?: number;
  total?: number;
}

export type OnProgress = (progress: Progress) => void;

export interface ControlPlane {
  /** Path of a kubeconfig file for an administrator; its only context is `liftlock-local`. */
  kubeconfig: string;
  /** "https://127.0.0.1:40123" */
  server: string;
  /** Of Kubernetes: "v1.36.3". */
  version: string;
  versions: Versions;
  /** False when it was running already. */
  startedNow: boolean;
  /** Components that had to be started: all five, or those that had died. */
  started: ProgramName[];
}

export interface ComponentStatus {
  name: ProgramName;
  running: boolean;
  pid?: number;
  /** Loopback port it listens on; the controllers listen on none. */
  port?: number;
  /** Path of its log. */
  log: string;
}

export interface ControlPlaneStatus {
  /** All five components run and the API server says it is ready. */
  running: boolean;
  /** Why it does not run, when it does not: "never started", "stopped", "kwok is not running". */
  detail: string;
  kubeconfig?: string;
  server?: string;
  versions?: Versions;
  /** ISO 8601, of the API server's start. */
  startedAt?: string;
  uptimeSeconds?: number;
  /** Bytes on disk of data, logs and certificates. */
  dataBytes: number;
  dir: string;
  components: ComponentStatus[];
}
