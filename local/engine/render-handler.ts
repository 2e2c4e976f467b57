import { UserError } from "../../ops/user-error.ts";
import type { CheckFailure, ProviderFactory } from "./provider.ts";
import { ProviderRegistry } from "./providers/registry.ts";
import type { InvokeRequest, LogMessage, ProgramHandler, ReadRequest, Registered, Registration } from "./registration.ts";
import { contentSeed } from "./seed.ts";
import { isProviderType, makeUrn, packageOf, providerType } from "./urn.ts";
import { type PropertyMap, UNKNOWN } from "./values.ts";
import { unknownText } from "./wire/struct.ts";

/** A resource as a program declares it, checked by its provider. Secret and unknown marks are kept. */
export interface RenderedResource {
  urn: string;
  type: string;
  name: string;
  parent?: string;
  custom: boolean;
  inputs: PropertyMap;
  /** What a create would return as far as it is known; of the stack: its outputs. */
  outputs: PropertyMap;
  provider?: string;
  dependencies: string[];
  propertyDependencies: Record<string, string[]>;
  protect: boolean;
  retainOnDelete: boolean;
  ignoreChanges: string[];
  deletedWith?: string;
}

/** Answers a program as a preview of an empty stack would. */
export class RenderHandler implements ProgramHandler {
  readonly resources: RenderedResource[] = [];
  readonly errors: string[] = [];
  /** Resolves when something other than the program itself fails. */
  readonly failed: Promise<true>;
  readonly #fail: (failed: true) => void;
  readonly #registry: ProviderRegistry;
  readonly #project: string;
  readonly #stack: string;
  readonly #byUrn = new Map<string, RenderedResource>();
  readonly #aborter = new AbortController();

  constructor(options: { project: string; stack: string; providers: readonly ProviderFactory[] }) {
    this.#project = options.project;
    this.#stack = options.stack;
    this.#registry = new ProviderRegistry(options.providers);
    const { promise, resolve } = Promise.withResolvers<true>();
    this.failed = promise;
    this.#fail = resolve;
  }

  async register(registration: Registration): Promise<Registered> {
    const urn = makeUrn(this.#stack, this.#project, registration.parent, registration.type, registration.name);
    try {
      if (this.#byUrn.has(urn)) throw new UserError(`${urn}: declared twice; give one of them another name.`);
      const resource: RenderedResource = {
        urn,
        type: registration.type,
        name: registration.name,
        parent: registration.parent,
        custom: registration.custom,
        inputs: registration.inputs,
        outputs: {},
        dependencies: registration.dependencies,
        propertyDependencies: registration.propertyDependencies,
        protect: registration.protect ?? false,
        retainOnDelete: registration.retainOnDelete ?? false,
        ignoreChanges: registration.ignoreChanges,
        deletedWith: registration.deletedWith,
      };
      this.#byUrn.set(urn, resource);
      this.resources.push(resource);
      if (registration.custom) await this.#check(registration, resource);
      return { urn, outputs: resource.outputs };
    } catch (error) {
      this.errors.push(error instanceof Error ? error.message : String(error));
      this.#fail(true);
      return new Promise(() => {});
    }
  }

  async #check(registration: Registration, resource: RenderedResource): Promise<void> {
    if (isProviderType(registration.type)) {
      const checked = await this.#registry.check(registration.type, registration.inputs, registration.version);
      throwFailures(resource.urn, checked.failures);
      resource.inputs = checked.inputs;
      resource.outputs = this.#registry.outputs(checked.inputs);
      this.#registry.configure(`${resource.urn}::${unknownText}`, registration.type, checked.inputs);
      return;
    }
    resource.provider = registration.provider ?? (await this.#defaultProvider(registration));
    const provider = await this.#registry.get(resource.provider);
    const common = { urn: resource.urn, type: resource.type, name: resource.name, signal: this.#aborter.signal, log: () => {} };
    const randomSeed = contentSeed(resource.urn, registration.inputs);
    const checked = await provider.check({ ...common, news: registration.inputs, randomSeed, preview: true });
    throwFailures(resource.urn, checked.failures);
    resource.inputs = checked.inputs;
    const created = await provider.create({ ...common, inputs: checked.inputs, timeoutSeconds: undefined, preview: true });
    resource.outputs = created.outputs;
  }

  async #defaultProvider({ type, version }: Registration): Promise<string> {
    const own = providerType(packageOf(type));
    const urn = makeUrn(this.#stack, this.#project, undefined, own, "default");
    const reference = `${urn}::${unknownText}`;
    if (!this.#registry.has(reference)) {
      const checked = await this.#registry.check(own, {}, version);
      throwFailures(urn, checked.failures);
      this.#registry.configure(reference, own, checked.inputs);
    }
    return reference;
  }

  async registerOutputs(urn: string, outputs: PropertyMap): Promise<void> {
    const resource = this.#byUrn.get(urn);
    if (resource !== undefined) resource.outputs = outputs;
  }

  async read(request: ReadRequest): Promise<{ urn: string; outputs: PropertyMap }> {
    const urn = makeUrn(this.#stack, this.#project, request.parent, request.type, request.name);
    if (request.type !== "pulumi:pulumi:StackReference") return { urn, outputs: {} };
    // A stack that was never deployed has no outputs yet; those of another stack are unknown offline.
    const own = request.id === `organization/${this.#project}/${this.#stack}`;
    return { urn, outputs: { name: request.id, outputs: own ? {} : UNKNOWN, secretOutputNames: own ? [] : UNKNOWN } };
  }

  async invoke({ token }: InvokeRequest): Promise<{ outputs: PropertyMap }> {
    throw new UserError(`the program calls ${token}, which cannot be answered while rendering: rendering reads no live system.`);
  }

  log({ severity, message }: LogMessage): void {
    if (severity === "error") this.errors.push(message);
  }

  async close(): Promise<void> {
    this.#aborter.abort();
    await this.#registry.close();
  }
}

function throwFailures(urn: string, failures: readonly CheckFailure[]): void {
  if (failures.length === 0) return;
  throw new UserError(failures.map(({ property, reason }) => `${urn}${property === "" ? "" : `, ${property}`}: ${reason}`).join("\n"));
}
