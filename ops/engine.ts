import type { automation } from "@pulumi/pulumi";

/**
 * What liftlock asks of an engine: one stack of one program, previewed, updated, refreshed, destroyed. The Pulumi CLI (through
 * the Automation API) and the embedded engine both satisfy it; nothing else in ops/ knows which one runs.
 */
export interface Engine {
  /** For people: "embedded engine (local world)", "Pulumi CLI 3.260.0". Every run prints it. */
  readonly name: string;
  preview(options: RunOptions): Promise<RunResult>;
  up(options: RunOptions): Promise<RunResult>;
  refresh(options: RunOptions & { previewOnly?: boolean }): Promise<RunResult>;
  destroy(options: RunOptions & { previewOnly?: boolean }): Promise<RunResult>;
  import(options: RunOptions & { resources: ImportSpec[] }): Promise<RunResult>;
  /** Who holds the stack's lock, as far as the backend tells. */
  locks(): Promise<LockOwner[]>;
  /** Takes away the lock of a dead or stuck owner. Returns who held it. */
  cancel(): Promise<LockOwner[]>;
  /** Current outputs; secrets are "[secret]" unless asked for. Throws a UserError for a stack that does not exist. */
  outputs(options?: { showSecrets?: boolean }): Promise<Record<string, unknown>>;
  /** Newest first, as `pulumi stack history --json --full-dates`. */
  history(): Promise<HistoryEntry[]>;
  /** As `pulumi stack export`: secrets stay ciphertext, unless asked for (as its --show-secrets: `plaintext` holds a value's JSON text). */
  export(options?: { showSecrets?: boolean }): Promise<Record<string, unknown>>;
  /** Stacks of this project: those with a settings file, and those with state. */
  stacks(): Promise<StackSummary[]>;
  /** The stack's configuration as the program sees it; secrets are "[secret]". */
  config(): Promise<Record<string, string>>;
}

export interface RunOptions {
  /** Every event, in order, as `pulumi up --json` (JSON lines) has them. */
  onEvent?: (event: EngineEvent) => void;
  /** Aborting ends the run cleanly: what was under way is recorded, the lock is freed. */
  signal?: AbortSignal;
  refresh?: boolean;
  targets?: string[];
  message?: string;
  /**
   * Runs with the configuration that an earlier update had (`HistoryEntry.config`) in the place of the stack files': its keys and plain
   * values as they were then, secrets as they are now. No file is touched.
   */
  configuration?: HistoryEntry["config"];
}

/** Pulumi's own engine events (apitype.EngineEvent). */
export type EngineEvent = automation.EngineEvent;

/** Pulumi's step operations. */
export type Op =
  | "same"
  | "create"
  | "update"
  | "delete"
  | "replace"
  | "create-replacement"
  | "delete-replaced"
  | "read"
  | "read-replacement"
  | "refresh"
  | "discard"
  | "discard-replaced"
  | "remove-pending-replace"
  | "import"
  | "import-replacement";

/** A step as `pulumi preview --json` prints it; values are redacted ("[secret]"). */
export interface Step {
  op: Op;
  urn: string;
  provider?: string;
  oldState?: StepState;
  newState?: StepState;
  diffReasons?: string[];
  replaceReasons?: string[];
  detailedDiff: Record<string, { kind: string; inputDiff: boolean }> | null;
}
export interface StepState {
  urn: string;
  type: string;
  id?: string;
  custom?: boolean;
  parent?: string;
  protect?: boolean;
  retainOnDelete?: boolean;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  dependencies?: string[];
  propertyDependencies?: Record<string, string[]>;
  initErrors?: string[];
}

export interface RunResult {
  result: "succeeded" | "failed" | "cancelled";
  steps: Step[];
  /** How many resources per operation. */
  changeSummary: Partial<Record<Op, number>>;
  outputs: Record<string, unknown>;
  durationSeconds: number;
  /** Errors and warnings, each once; `urn` names the resource. */
  diagnostics: { urn?: string; severity: "error" | "warning" | "info"; message: string }[];
  /** Wall-clock seconds each resource took, for the closing table. */
  timings: Record<string, number>;
}

export interface ImportSpec {
  type: string;
  name: string;
  id: string;
  parent?: string;
  /**
   * What the program declares of it (embedded engine only): the state then holds what there is of that, so that the next `up` changes
   * what differs and nothing else. Without it the state knows only which object it is.
   */
  inputs?: Record<string, unknown>;
  /** A component, or the program's provider: there is nothing to read, it is recorded as the program declares it. */
  recorded?: "component" | "provider";
  /** Of what is recorded. */
  urn?: string;
}
export interface LockOwner {
  pid: number;
  username: string;
  hostname: string;
  timestamp: string;
  alive: boolean | undefined;
}
export interface StackSummary {
  name: string;
  hasSettings: boolean;
  hasState: boolean;
  resourceCount?: number;
  lastUpdate?: string;
}
export interface HistoryEntry {
  version: number;
  kind: "update" | "refresh" | "destroy" | "import" | "preview";
  startTime: string;
  endTime?: string;
  message: string;
  result: "succeeded" | "failed" | "in-progress";
  environment: Record<string, string>;
  config: Record<string, { value?: string; objectValue?: unknown; secret: boolean }>;
  resourceChanges?: Partial<Record<Op, number>>;
}
