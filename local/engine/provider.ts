import type { PropertyMap } from "./values.ts";

/**
 * What the embedded engine asks of a provider: Pulumi's provider protocol (pulumirpc.ResourceProvider) as an in-process
 * interface, for the calls that the program's resource classes lead to. One instance serves one provider resource.
 *
 * Values keep their marks: inputs may hold `Secret`s, and in a preview `Unknown`s. Outputs must mark as secret whatever an
 * input marked as secret led to.
 */
export interface Provider {
  /** Type-checks and completes inputs: fills defaults and the automatic name. With failures nothing is applied. */
  check(request: CheckRequest): Promise<{ inputs: PropertyMap; failures: CheckFailure[] }>;
  /** Compares old inputs and state with new inputs (never the live system). */
  diff(request: DiffRequest): Promise<DiffResult>;
  /** Creates and waits until ready. In a preview: returns the outputs as far as they are known. */
  create(request: CreateRequest): Promise<{ id: string; outputs: PropertyMap }>;
  /**
   * What became of a `create` with these very inputs that was begun and never recorded as ended: the object that it made and that proves
   * to be its work, or undefined. Nothing is changed and nothing waited for.
   */
  find?(request: FindRequest): Promise<{ id: string; outputs: PropertyMap } | undefined>;
  /** Reads the live object. `undefined` when it is gone. Without `inputs`/`outputs` this is an import. */
  read(request: ReadRequest): Promise<{ id: string; inputs: PropertyMap; outputs: PropertyMap; initErrors?: string[] } | undefined>;
  update(request: UpdateRequest): Promise<{ outputs: PropertyMap }>;
  /** Deletes and waits until gone. An object that is gone already counts as deleted. */
  delete(request: DeleteRequest): Promise<void>;
  invoke?(request: { token: string; args: PropertyMap; signal: AbortSignal }): Promise<PropertyMap>;
  /** Frees sockets and watches. */
  close(): Promise<void>;
}

/** Makes providers of one package (`kubernetes`). The engine asks once per provider resource, default providers too. */
export interface ProviderFactory {
  readonly pkg: string;
  /** The version that state records for the provider resource, as the SDK's package has it. */
  readonly version: string;
  /** Inputs of a provider resource, in the shape state keeps them (Pulumi's: every scalar is a string, objects are JSON text). */
  checkConfig(inputs: PropertyMap): Promise<{ inputs: PropertyMap; failures: CheckFailure[] }>;
  /** Says whether new provider inputs replace the provider, and with it all its resources. */
  diffConfig(oldInputs: PropertyMap, newInputs: PropertyMap): Promise<DiffResult>;
  configure(inputs: PropertyMap): Promise<Provider>;
}

export interface CheckFailure {
  /** Path of the property at fault, e.g. `spec.template.spec.containers[0].image`; empty for the resource as a whole. */
  property: string;
  reason: string;
}

interface Common {
  urn: string;
  type: string;
  name: string;
  /** Aborted by Ctrl-C or `cancel`: stop waiting, and reject with a `ProviderError` that carries what was reached. */
  signal: AbortSignal;
  /**
   * Shows a line about this resource while it is worked on (status; report: what the live system reports against it), or for good (info,
   * warning).
   */
  log(severity: "status" | "report" | "info" | "warning", message: string): void;
}
export interface CheckRequest extends Common {
  oldInputs?: PropertyMap;
  news: PropertyMap;
  /** 32 bytes from which the automatic name's suffix is taken; fixed for this step so that check and create agree. */
  randomSeed: Uint8Array;
  preview: boolean;
}
export interface DiffRequest extends Common {
  id: string;
  oldInputs: PropertyMap;
  oldOutputs: PropertyMap;
  newInputs: PropertyMap;
  /** Property paths whose changes do not count; the engine has already put the old values into newInputs. */
  ignoreChanges: readonly string[];
}
export interface CreateRequest extends Common {
  inputs: PropertyMap;
  /** Seconds; undefined means the provider's default. */
  timeoutSeconds: number | undefined;
  preview: boolean;
}
export interface FindRequest extends Common {
  inputs: PropertyMap;
}
export interface ReadRequest extends Common {
  id: string;
  inputs?: PropertyMap;
  outputs?: PropertyMap;
  /** An import that knows what the program declares: outputs hold nothing beyond that, for what others wrote there may be a secret in clear. */
  declaredOnly?: true;
}
export interface UpdateRequest extends Common {
  id: string;
  oldInputs: PropertyMap;
  oldOutputs: PropertyMap;
  newInputs: PropertyMap;
  ignoreChanges: readonly string[];
  timeoutSeconds: number | undefined;
  preview: boolean;
}
export interface DeleteRequest extends Common {
  id: string;
  inputs: PropertyMap;
  outputs: PropertyMap;
  timeoutSeconds: number | undefined;
}

export interface DiffResult {
  changes: boolean;
  /** Top-level keys that changed. */
  diffs: string[];
  /** Changed property path -> kind, as Pulumi's detailedDiff. `inputDiff` as the kubernetes provider sets it. */
  detailedDiff: Record<string, { kind: DiffKind; inputDiff: boolean }>;
  /** Property paths that force a replacement. */
  replaces: string[];
  deleteBeforeReplace: boolean;
}
export type DiffKind = "add" | "add-replace" | "delete" | "delete-replace" | "update" | "update-replace";

/**
 * A provider call that failed. With `partial`, the object exists all the same: the engine records it with its init errors, as
 * Pulumi does, so that the next update repairs it. `message` says what, where and what to do; never a secret.
 */
export class ProviderError extends Error {
  readonly partial: { id: string; inputs?: PropertyMap; outputs: PropertyMap } | undefined;
  /** The call went unanswered: it may have taken effect. The engine keeps the pending operation, so that the next run looks. */
  readonly outcomeUnknown: boolean;
  /** One line a cause, first the one that matters: state keeps them as `initErrors`. */
  readonly reasons: string[];
  constructor(
    message: string,
    options: { reasons?: string[]; partial?: { id: string; inputs?: PropertyMap; outputs: PropertyMap }; outcomeUnknown?: boolean } = {},
  ) {
    super(message);
    this.name = "ProviderError";
    this.reasons = options.reasons ?? [message];
    this.partial = options.partial;
    this.outcomeUnknown = options.outcomeUnknown ?? false;
  }
}
