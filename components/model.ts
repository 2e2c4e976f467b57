import type { AdoptedSettings } from "./adopted.schema.ts";
import type { ApplicationSettings } from "./application.schema.ts";
import type { EnvironmentSettings } from "./environment.schema.ts";
import type { ReleaseSettings } from "./release.schema.ts";
import type { RolloutSettings } from "./strategy/strategy.schema.ts";
import type { ResourceSettings, ServiceSettings } from "./workload.schema.ts";

/** The settings of one stack, checked and complete. Holds no secret value. */
export interface Settings {
  readonly project: string;
  readonly stack: string;
  readonly application: ApplicationSettings;
  readonly environment: EnvironmentSettings;
  readonly release: ReleaseSettings;
  /** Where services with two colours stand. */
  readonly rollout: RolloutSettings;
}

/** How much of one service runs in an environment. `autoscaled` is false where the number of replicas is fixed at `min`. */
export interface Scale {
  readonly replicas: { readonly min: number; readonly max: number };
  readonly autoscaled: boolean;
  readonly cpuTarget: number;
  readonly resources: ResourceSettings;
}

export function scaleOf(service: ServiceSettings, environment: EnvironmentSettings): Scale {
  const { defaults } = environment;
  const own = environment.services[service.name] ?? {};
  const fixed = service.kind === "stateful";
  const replicas = own.replicas ?? (fixed ? { min: 1, max: 1 } : defaults.replicas);
  return {
    replicas,
    autoscaled: !fixed && replicas.max > replicas.min,
    cpuTarget: own.cpuTarget ?? defaults.cpuTarget,
    resources: own.resources ?? defaults.resources,
  };
}

/** Does a key that is declared with `only` or `except` exist in this environment? */
export const present = (key: { only?: string[] | undefined; except?: string[] | undefined }, stack: string): boolean =>
  (key.only === undefined || key.only.includes(stack)) && !key.except?.includes(stack);

/** The secret keys of one set that pods in this environment can read: htpasswd is for the Gateway alone. */
export const secretKeysOf = (application: ApplicationSettings, set: string, stack: string): string[] =>
  Object.entries(application.secrets[set]?.keys ?? {}).flatMap(([key, declared]) =>
    present(declared, stack) && declared.format !== "htpasswd" ? [key] : [],
  );

/** Does this service hold the database's URL, or its file, and so talk to it? */
export function usesDatabase(service: ServiceSettings, { database, secrets }: ApplicationSettings): boolean {
  if (database?.kind === "sqlite") return database.service === service.name;
  return database !== undefined && service.secrets.some((set) => Object.hasOwn(secrets[set]?.keys ?? {}, database.secret));
}

/** What a service's objects keep of the time before Liftlock. */
export const adoptedOf = (service: Pick<ServiceSettings, "name">, { services }: EnvironmentSettings): AdoptedSettings =>
  services[service.name]?.adopted ?? { ports: [], claims: {} };

export const hostOf = (service: ServiceSettings, environment: EnvironmentSettings): string =>
  environment.services[service.name]?.host ?? environment.host;

export const findService = (application: ApplicationSettings, name: string): ServiceSettings | undefined =>
  application.services.find((service) => service.name === name);
