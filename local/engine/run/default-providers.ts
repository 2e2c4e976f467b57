import type { Registration } from "../registration.ts";
import type { StackConfig } from "../state.ts";
import type { StepGenerator } from "../steps/generator.ts";
import { providerType } from "../urn.ts";
import { type PropertyMap, Secret } from "../values.ts";
import type { Executor } from "./executor.ts";

export const defaultProviderName = (pkg: string, version: string | undefined): string =>
  pkg === "pulumi" || version === undefined ? "default" : `default_${version.replaceAll(".", "_")}`;

/** Providers that the program did not name: one for each package and SDK version, configured by `<package>:<key>` settings. */
export class DefaultProviders {
  readonly #generator: StepGenerator;
  readonly #executor: Executor;
  readonly #config: StackConfig;
  readonly #references = new Map<string, Promise<string>>();

  constructor(generator: StepGenerator, executor: Executor, config: StackConfig) {
    this.#generator = generator;
    this.#executor = executor;
    this.#config = config;
  }

  /** Never called by two at once. */
  reference(pkg: string, version: string | undefined): Promise<string> {
    const name = defaultProviderName(pkg, version);
    const key = `${pkg} ${name}`;
    const known = this.#references.get(key) ?? this.#register(pkg, name, version);
    this.#references.set(key, known);
    return known;
  }

  async #register(pkg: string, name: string, version: string | undefined): Promise<string> {
    const inputs: PropertyMap = {};
    for (const [key, { value, secret }] of Object.entries(this.#config)) {
      if (key.startsWith(`${pkg}:`)) inputs[key.slice(pkg.length + 1)] = secret ? new Secret(value) : value;
    }
    const registration: Registration = {
      type: providerType(pkg),
      name,
      custom: true,
      remote: false,
      inputs,
      providers: {},
      version,
      dependencies: [],
      propertyDependencies: {},
      ignoreChanges: [],
      replaceOnChanges: [],
      additionalSecretOutputs: [],
      aliases: [],
    };
    const urn = this.#generator.urnOf(registration);
    this.#generator.claim(urn);
    const steps = await this.#generator.generate(urn, registration, undefined, this.#generator.findOld(urn, registration));
    for (const step of steps) await this.#executor.run(step);
    const state = steps.at(-1)?.new ?? steps[0]?.new;
    return `${urn}::${state?.id ?? ""}`;
  }
}
