import { OwnServer, type RestoredServer } from "../../../components/azure/database.schema.ts";
import { type Configuration, settingOf, withValue } from "../../promotion/configuration.ts";
import { isRecord } from "../../report/diff.ts";

/** Which servers an environment has: the one that was declared, or made by an earlier restore, and the one that a restore is making of it. */
export type Lineage = Pick<OwnServer, "name" | "subnetName" | "origin" | "restored">;

export type Database =
  | { readonly kind: "none" }
  | { readonly kind: "shared"; readonly database: string }
  | { readonly kind: "own"; readonly server: OwnServer };

/** The database of `environment.azure`, as a configuration has it. */
export function databaseOf(configuration: Configuration, project: string): Database {
  const declared = azureDatabase(settingOf(configuration, project, "environment"));
  if (!isRecord(declared)) return { kind: "none" };
  if (typeof declared.shared === "string") return { kind: "shared", database: declared.shared };
  const parsed = OwnServer.safeParse(declared);
  return parsed.success ? { kind: "own", server: parsed.data } : { kind: "none" };
}

export const lineageOf = ({ name, subnetName, origin, restored }: OwnServer): Lineage => ({ name, subnetName, origin, restored });

/** The keys of `environment.azure.database` that say it; undefined: not there. */
export const keysOf = ({ name, subnetName, origin, restored }: Lineage): Record<string, unknown> => ({
  name,
  subnetName,
  origin: brief(origin),
  restored: brief(restored),
});

/** No word of databases where there are none. */
const brief = (part: { databases: string[] } | undefined): unknown => {
  if (part === undefined || part.databases.length > 0) return part;
  const { databases: _, ...rest } = part;
  return rest;
};

/** The configuration with these servers. */
export function withLineage(configuration: Configuration, project: string, lineage: Lineage): Configuration {
  const environment = settingOf(configuration, project, "environment");
  return withValue(configuration, project, "environment", placed(environment, lineage));
}

/** An earlier configuration with the servers of today: which of them has the data is no part of a release, and does not go back with it. */
export function withServersOf(now: Configuration, then: Configuration, project: string): Configuration {
  const [today, before] = [databaseOf(now, project), databaseOf(then, project)];
  return today.kind === "own" && before.kind === "own" ? withLineage(then, project, lineageOf(today.server)) : then;
}

/** The same of an environment's settings; of those without a server of their own, what they are. */
export function placed(environment: unknown, lineage: Lineage | undefined): unknown {
  const database = azureDatabase(environment);
  if (lineage === undefined || !isRecord(environment) || !isRecord(environment.azure) || !isRecord(database) || "shared" in database)
    return environment;
  const entries = Object.entries({ ...database, ...keysOf(lineage) }).filter(([, value]) => value !== undefined);
  return { ...environment, azure: { ...environment.azure, database: Object.fromEntries(entries) } };
}

const azureDatabase = (environment: unknown): unknown =>
  isRecord(environment) && isRecord(environment.azure) ? environment.azure.database : undefined;

/** The server that the environment uses. */
export const servingOf = ({ name, restored }: Lineage): string => (restored?.stage === "serving" ? restored.name : name);

export const begun = (lineage: Lineage, restored: Omit<RestoredServer, "stage">): Lineage & { restored: RestoredServer } => ({
  ...lineage,
  restored: { ...restored, stage: "made" },
});
export const staged = (lineage: Lineage, stage: RestoredServer["stage"]): Lineage =>
  lineage.restored === undefined ? lineage : { ...lineage, restored: { ...lineage.restored, stage } };

/** The server that does not serve goes; its subnet, and so the range that network policies know, stays. */
export function finished({ name, subnetName, origin, restored }: Lineage): { lineage: Lineage; retired: string | undefined } {
  const rest = { subnetName, origin };
  if (restored === undefined) return { lineage: { name, ...rest }, retired: undefined };
  if (restored.stage !== "serving") return { lineage: { name, ...rest }, retired: restored.name };
  const { at, databases } = restored;
  return {
    lineage: { name: restored.name, subnetName: subnetName ?? name, origin: { server: name, at, databases } },
    retired: name,
  };
}

const LONGEST = 63;

/** `<first server>-20260115t100000`, cut so that Azure takes it. */
export function nameFor({ name, subnetName }: Lineage, suffix: string): string {
  const first = (subnetName ?? name).slice(0, LONGEST - suffix.length - 1).replace(/-+$/, "");
  return `${first}-${suffix}`;
}
export const suffixOf = (at: string): string =>
  at
    .toLowerCase()
    .replace(/\.\d+|z$/g, "")
    .replace(/[-:]/g, "");
