import type { CheckFailure } from "./provider.ts";
import type { PropertyMap } from "./values.ts";

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
  sourcePosition?: string;
  stackTrace?: { sourcePosition?: string }[];
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
  invoke(request: InvokeRequest): Promise<{ outputs: PropertyMap } | { failures: CheckFailure[] }>;
  log(message: LogMessage): void;
}
