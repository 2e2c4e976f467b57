import type { Declarations } from "./difference/declared.ts";
import type { Engine } from "./engine.ts";
import type { GithubConnection } from "./github/connection.ts";
import type { Actor, Ledger } from "./ledger/event.ts";
import type { ClusterTarget } from "./live.ts";
import type { Manifest } from "./report/manifests.ts";

export interface EngineRequest {
  readonly projectDir: string;
  readonly stack: string;
  /** `start`: the run changes the cluster, so the local control plane is started. `if-running`: asked when it is there. `none`: never asked. */
  readonly cluster: "start" | "if-running" | "none";
  /** The run executes the program: its settings are checked before anything is started. */
  readonly program?: boolean;
  readonly signal?: AbortSignal;
  /** What the start of the local control plane is doing. */
  readonly onProgress?: (progress: { message: string; done?: number; total?: number }) => void;
}

export interface Selected {
  readonly engine: Engine;
  /** For people: what the run works on, such as `local control plane (Kubernetes v1.36.1)` or `no cluster: offline`. */
  readonly target: string;
  /** The cluster behind it, when there is one. */
  readonly cluster?: ClusterTarget;
  /** Why there is none, and what to do, where the settings name one. */
  readonly unasked?: string;
}

export interface ProjectSummary {
  readonly name: string;
  readonly dir: string;
  /** Stacks with a settings file. */
  readonly stacks: readonly string[];
  /** Those among them that hold what environments share: they have no release and no gates. */
  readonly platforms?: readonly string[];
}

/** Chooses the engine from the command line's flags: the one seam between the commands and what executes them. */
export interface Selector {
  project(): Promise<ProjectSummary>;
  select(request: EngineRequest): Promise<Selected>;
  /** The ledger of the program's repository; the local world has one of its own. `actor`: who appends, when that is not whom git knows. */
  ledger(projectDir: string, actor?: Actor): Promise<Ledger>;
  /**
   * The GitHub of the project's repository; undefined when its settings name none, or when nothing opens it (no token; the local one does
   * not run and `start` is not given).
   */
  github(project: ProjectSummary, options?: { start?: boolean }): Promise<GithubConnection | undefined>;
  /** Where the last preview of a stack is recorded. */
  pinFile(projectDir: string, stack: string): string;
  /** Keeps what GitHub was not told yet. */
  outboxFile(projectDir: string): string;
  /** What stacks declare, offline: for the comparison of environments. */
  declarations(): Promise<Declarations>;
  /** The manifests of a stack, offline, with secrets redacted. */
  render(projectDir: string, stack: string): Promise<Manifest[]>;
}
