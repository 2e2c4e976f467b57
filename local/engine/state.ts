import type { HistoryEntry, LockOwner, Op } from "../../ops/engine.ts";
import type { Registration } from "./registration.ts";
import type { PropertyMap, Value } from "./values.ts";

/** One resource as Pulumi's checkpoint (apitype.ResourceV3) keeps it, with decrypted values. */
export interface ResourceState {
  urn: string;
  custom: boolean;
  type: string;
  id?: string;
  /** Replaced, but its old object still waits to be deleted. */
  delete?: boolean;
  inputs: PropertyMap;
  outputs: PropertyMap;
  parent?: string;
  protect?: boolean;
  /** Read, not owned: never deleted. */
  external?: boolean;
  dependencies?: string[];
  initErrors?: string[];
  /** `<urn>::<id>` of the provider resource. */
  provider?: string;
  propertyDependencies?: Record<string, string[]>;
  pendingReplacement?: boolean;
  additionalSecretOutputs?: string[];
  aliases?: string[];
  /** Seconds. */
  customTimeouts?: { create?: number; update?: number; delete?: number };
  importID?: string;
  retainOnDelete?: boolean;
  deletedWith?: string;
  replaceWith?: string[];
  ignoreChanges?: string[];
  hideDiff?: (string | number)[][];
  replaceOnChanges?: string[];
  replacementTrigger?: Value;
  resourceHooks?: Registration["hooks"];
  created?: string;
  modified?: string;
  sourcePosition?: string;
  stackTrace?: { sourcePosition?: string }[];
}

export type PendingKind = "creating" | "updating" | "deleting" | "reading" | "importing";

/** What a stack's checkpoint holds: resources in dependency order (a resource never precedes what it depends on). */
export interface Snapshot {
  resources: ResourceState[];
  /** Operations that were begun and never ended: the process died, or the state could not be written. */
  pendingOperations: { resource: ResourceState; type: PendingKind }[];
}

/** A configuration value of a stack. `value` is the text that the program's `pulumi.Config` reads: JSON text when it is an object. */
export interface ConfigValue {
  value: string;
  secret: boolean;
  object?: boolean;
  /** A `secure:` value that nobody opened: `value` holds "[secret]" in its place. */
  undecryptable?: true;
}
/** Full keys (`project:key`) to values. */
export type StackConfig = Record<string, ConfigValue>;

/**
 * One stack in a file backend, in Pulumi's own layout and format (`.pulumi/stacks/<project>/<stack>.json`, `history/`, `locks/`,
 * `meta.yaml`), so that either engine reads what the other wrote. Every write is atomic.
 */
export interface StackBackend {
  /** Is there a checkpoint? */
  exists(): Promise<boolean>;
  /** `undefined` for a stack without state. Errors (corrupt, truncated, wrong passphrase, made elsewhere) are UserErrors that name the file. */
  load(): Promise<Snapshot | undefined>;
  /**
   * Resolves when this snapshot, or one saved after it, is on disk. Saves need not wait for each other: of those that come while one is
   * being written only the newest is written, so each must hold everything that the ones before it held. A resource's fields may be set
   * anew between saves, but what they hold (maps, lists) is not changed in place: the text of a resource with the same fields is kept.
   */
  save(snapshot: Snapshot): Promise<void>;
  /** Refuses with a UserError that names the owner when somebody else holds the stack. Load after locking: the owner before may have saved. */
  lock(): Promise<{ release(): Promise<void> }>;
  lockOwners(): Promise<LockOwner[]>;
  cancel(): Promise<LockOwner[]>;
  history(): Promise<HistoryEntry[]>;
  appendHistory(entry: NewHistoryEntry): Promise<void>;
  export(): Promise<Record<string, unknown>>;
  /** The same with secrets in clear: never for anything that is shown or stored. */
  exportOpened(): Promise<Record<string, unknown>>;
  /** The outputs of another stack of this backend (`organization/<project>/<stack>`), for a StackReference. `undefined`: no such stack. */
  outputsOf(stackName: string): Promise<PropertyMap | undefined>;
}

export interface NewHistoryEntry {
  kind: HistoryEntry["kind"];
  startTime: Date;
  endTime: Date;
  message: string;
  result: "succeeded" | "failed";
  environment: Record<string, string>;
  config: StackConfig;
  resourceChanges: Partial<Record<Op, number>>;
}
