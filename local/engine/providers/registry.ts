import { UserError } from "../../../ops/user-error.ts";
import type { CheckFailure, DiffResult, Provider, ProviderFactory } from "../provider.ts";
import type { ResourceState } from "../state.ts";
import { packageOf, parseReference } from "../urn.ts";
import type { PropertyMap } from "../values.ts";

/** The providers of one run: one instance for each provider resource, made on first use and closed at the end. */
export class ProviderRegistry {
  readonly #factories: Map<string, ProviderFactory>;
  readonly #open = new Map<string, Promise<Provider>>();
  readonly #retired: Promise<Provider>[] = [];

  constructor(factories: readonly ProviderFactory[]) {
    this.#factories = new Map(factories.map((factory) => [factory.pkg, factory]));
  }

  /** What state keeps of a provider resource: its checked inputs, with the package's version and Pulumi's own `__internal` key. */
  async check(type: string, inputs: PropertyMap, version: string | undefined): Promise<{ inputs: PropertyMap; failures: CheckFailure[] }> {
    const factory = this.factory(packageOf(type));
    const { __internal: _, version: ownVersion, ...news } = inputs;
    const checked = await factory.checkConfig(news);
    // The engine's own package (StackReference) has neither configuration nor version.
    if (factory.version === "") return checked;
    return { ...checked, inputs: { __internal: {}, ...checked.inputs, version: ownVersion ?? version ?? factory.version } };
  }

  diff(type: string, oldInputs: PropertyMap, newInputs: PropertyMap): Promise<DiffResult> {
    return this.factory(packageOf(type)).diffConfig(configOf(oldInputs), configOf(newInputs));
  }

  /** Outputs of a provider resource: its inputs without what is Pulumi's own. */
  outputs(inputs: PropertyMap): PropertyMap {
    const { __internal: _, ...outputs } = inputs;
    return outputs;
  }

  /** Makes the instance behind a reference; with `again`, with new inputs in place of the former ones. */
  configure(reference: string, type: string, inputs: PropertyMap, again = false): void {
    const former = this.#open.get(reference);
    if (former !== undefined && !again) return;
    if (former !== undefined) this.#retired.push(former);
    const provider = this.factory(packageOf(type)).configure(configOf(inputs));
    provider.catch(() => {});
    this.#open.set(reference, provider);
  }

  get(reference: string): Promise<Provider> {
    const provider = this.#open.get(reference);
    if (provider === undefined)
      throw new UserError(`${reference}: the state holds no such provider, so what it manages cannot be reached.`);
    return provider;
  }

  has(reference: string): boolean {
    return this.#open.has(reference);
  }

  /** Makes the instance behind a reference from what state holds, if it is not there yet: to delete or read what it manages. */
  ensure(reference: string, states: readonly ResourceState[]): Promise<Provider> {
    const { urn, id } = parseReference(reference);
    const state = this.has(reference) ? undefined : states.find((candidate) => candidate.urn === urn && candidate.id === id);
    if (state !== undefined) this.configure(reference, state.type, state.inputs);
    return this.get(reference);
  }

  factory(pkg: string): ProviderFactory {
    const factory = this.#factories.get(pkg);
    if (factory !== undefined) return factory;
    const known = [...this.#factories.keys()].sort().join(", ");
    throw new UserError(
      `the local world has no provider "${pkg}" (it has: ${known}): use the Pulumi CLI for this program, or leave its resources out.`,
    );
  }

  async close(): Promise<void> {
    const providers = await Promise.allSettled([...this.#open.values(), ...this.#retired.splice(0)]);
    this.#open.clear();
    await Promise.allSettled(providers.map((result) => (result.status === "fulfilled" ? result.value.close() : undefined)));
  }
}

function configOf(inputs: PropertyMap): PropertyMap {
  const { __internal: _, version: __, ...config } = inputs;
  return config;
}
