import { isRestoring } from "./azure/database.schema.ts";
import type { EnvironmentAzure } from "./azure/environment.schema.ts";
import { findService, type Settings, secretKeysOf } from "./model.ts";
import type { ServiceSettings } from "./workload.schema.ts";

type Vault = NonNullable<EnvironmentAzure["vault"]>;
type Placed = { readonly azure?: { readonly vault?: Vault | undefined } | undefined };
type Declared = Pick<Settings, "application" | "environment" | "stack">;

/** Do the values of this set come from the environment's vault? */
export const isFromVault = (set: string, { azure }: Placed): boolean => azure?.vault?.sets.includes(set) ?? false;

/** The set that a Job takes one key from, where several hold it. */
export const setOf = (key: string, { application, stack }: Omit<Declared, "environment">): string | undefined =>
  Object.keys(application.secrets).find((set) => secretKeysOf(application, set, stack).includes(key));

/** A key as a vault's secret may be called: letters, digits and dashes. A vault does not tell A from a. */
export const vaultName = (key: string): string => key.replaceAll("_", "-");

/** Keys that the vault holds for services here, in order. */
export const vaultKeys = ({ application, environment, stack }: Declared): string[] => [
  ...new Set((environment.azure?.vault?.sets ?? []).flatMap((set) => secretKeysOf(application, set, stack))),
];

/** Service accounts of the pods that read the vault: what they mount decides. A vault without sets is for services that ask it themselves. */
export function vaultAccounts(settings: Declared): string[] {
  const { application, environment, stack } = settings;
  if (environment.azure?.vault?.sets.length === 0) return application.services.map(({ name }) => name);
  const reads = (service: ServiceSettings | undefined): boolean =>
    service?.secrets.some((set) => isFromVault(set, environment) && secretKeysOf(application, set, stack).length > 0) ?? false;
  const holds = (key: string | undefined): boolean => {
    const set = key === undefined ? undefined : setOf(key, settings);
    return set !== undefined && isFromVault(set, environment);
  };
  const { database } = application;
  const url = database?.kind === "postgresql" ? database.secret : undefined;
  const jobs: [string, boolean][] = [
    ["migrate", database?.migration !== undefined && reads(findService(application, database.migration.service))],
    [
      "reset",
      environment.database?.reset !== undefined && database?.reset !== undefined && reads(findService(application, database.reset.service)),
    ],
    ["backup", environment.database?.backup !== undefined && holds(url)],
    ["restore-check", isRestoring(environment) && holds(url)],
    ["copy", environment.database?.copy !== undefined && (holds(url) || holds(environment.database.copy.secret))],
  ];
  return [...application.services.filter(reads).map(({ name }) => name), ...jobs.flatMap(([name, does]) => (does ? [name] : []))];
}
