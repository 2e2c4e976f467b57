import type { CheckFailure } from "./provider.ts";
import type { PropertyMap, Value } from "./values.ts";

/** What a program asks the engine for when it makes a resource (pulumirpc.RegisterResourceRequest), as plain values. */
export interface Registration {
  type: string;
  name: string;
  /** URN; undefined for the stack itself. */
  parent?: string;
  custom: boolean;
  remote: boolean;
  inputs: PropertyMap;
  /** `<urn>::<id>`; undefined asks for the package's default provider. */
  provider?: string;
  /** Of a component: package -> provider reference for its children. */
  providers: Record<string, string>;
  /** Version of the package's SDK. */
  version?: string;
  dependencies: string[];
  propertyDependencies: Record<string, string[]>;
  protect?: boolean;
  deleteBeforeReplace?: boolean;
  ignoreChanges: string[];
  replaceOnChanges: string[];
  additionalSecretOutputs: string[];
  aliases: AliasSpec[];
  importId?: string;
  /** Seconds. */
  customTimeouts?: { create?: number; update?: number; delete?: number };
  retainOnDelete?: boolean;
  deletedWith?: string;
  /** URNs whose replacement replaces this resource too. */
  replaceWith?: string[];
  /** A value whose change replaces the resource. */
  replacementTrigger?: Value;
  /** Property paths, parsed, whose changes people do not want to see. */
  hideDiff?: (string | number)[][];
  /** Hook type (`BeforeCreate`, ...) -> names of registered hooks. */
  hooks?: Partial<Record<HookType, string[]>>;
  sourcePosition?: string;
  stackTrace?: { sourcePosition?: string }[];
}

export type HookType = "BeforeCreate" | "AfterCreate" | "BeforeUpdate" | "AfterUpdate" | "BeforeDelete" | "AfterDelete" | "OnError";

/** What a hook is told of the resource. */
export interface HookCall {
  urn: string;
  id?: string;
  newInputs?: PropertyMap;
  oldInputs?: PropertyMap;
  newOutputs?: PropertyMap;
  oldOutputs?: PropertyMap;
}
/** A function of the program that runs before or after a step. */
export interface ResourceHook {
  name: string;
  onPreview: boolean;
  /** A failure of the hook is a warning. */
  ignoreErrors: boolean;
  run(call: HookCall): Promise<void>;
}
/** A function of the program that is asked whether a failed call is to be tried again. `errors`: newest first. */
export interface ErrorHook {
  name: string;
  run(call: HookCall, failedOperation: "create" | "update" | "delete", errors: string[]): Promise<boolean>;
}

/** An earlier identity of a resource: a whole URN, or the parts that differ from today's. */
export type AliasSpec =
  | { urn: string }
  | { name?: string; type?: string; stack?: string; project?: string; parent?: string; noParent?: boolean };

/** What the program gets back: outputs, and the id of a custom resource (undefined while a preview cannot know it). */
export interface Registered {
  urn: string;
  id?: string;
  outputs: PropertyMap;
}

export interface ReadRequest {
  id: string;
  type: string;
  name: string;
  parent?: string;
  inputs: PropertyMap;
  dependencies: string[];
  provider?: string;
  version?: string;
  additionalSecretOutputs: string[];
  sourcePosition?: string;
  stackTrace?: { sourcePosition?: string }[];
}

export interface InvokeRequest {
  token: string;
  args: PropertyMap;
  provider?: string;
  version?: string;
  /** URNs without which the call makes no sense yet. */
  dependsOn?: string[];
}

export type LogSeverity = "debug" | "info" | "warning" | "error";
export interface LogMessage {
  severity: LogSeverity;
  message: string;
  urn?: string;
  ephemeral: boolean;
}

/**
 * What a running program can ask for. A rejection with a `UserError` is shown by the program as the call's failure. A promise
 * that never settles holds the program back: that is how a deployment stops it.
 */
export interface ProgramHandler {
  register(registration: Registration): Promise<Registered>;
  registerOutputs(urn: string, outputs: PropertyMap): Promise<void>;
  read(request: ReadRequest): Promise<{ urn: string; outputs: PropertyMap }>;
  /** `unknown`: in a preview, what the call depends on does not exist yet. */
  invoke(request: InvokeRequest): Promise<{ outputs: PropertyMap } | { failures: CheckFailure[] } | { unknown: true }>;
  /** Does the live object exist? */
  exists(request: Pick<ReadRequest, "id" | "type" | "inputs" | "provider" | "version">): Promise<boolean>;
  registerHook(hook: ResourceHook): void;
  registerErrorHook(hook: ErrorHook): void;
  log(message: LogMessage): void;
}
