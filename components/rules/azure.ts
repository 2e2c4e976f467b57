import { BlockList } from "node:net";
import type { ApplicationSettings } from "../application.schema.ts";
import type { AzurePostgreSql, OwnServer } from "../azure/database.schema.ts";
import type { EnvironmentAzure } from "../azure/environment.schema.ts";
import type { Tier } from "../azure/primitives.ts";
import { postgreSqlSize } from "../azure/sizes.ts";
import type { EnvironmentSettings } from "../environment.schema.ts";
import type { Finding } from "../faults.ts";
import { declaredSecrets } from "../secrets.ts";
import { type Add, adding } from "./github.ts";
import { checkVault } from "./vault.ts";

/** Azure would accept what an environment asks of it, before anything is asked. */
export function checkEnvironmentAzure(application: ApplicationSettings, environment: EnvironmentSettings, stack: string): Finding[] {
  const { azure } = environment;
  if (azure === undefined) return [];
  const found: Finding[] = [];
  const add = adding(found, "environment");
  if (environment.cluster.context !== undefined)
    add(["cluster", "context"], "is not used: the cluster is that of azure.platform. Leave it out");
  checkDatabase(application, environment, azure, stack, add);
  checkVault({ application, environment, stack }, add);
  return found;
}

function checkDatabase(
  application: ApplicationSettings,
  { database }: EnvironmentSettings,
  azure: EnvironmentAzure,
  stack: string,
  add: Add,
): void {
  if (azure.database === undefined) return;
  const at = ["azure", "database"];
  if (application.database?.kind !== "postgresql" || database === undefined)
    add(at, "is a PostgreSQL server, and the application's database is none");
  else if ("shared" in azure.database !== (database.tenancy === "shared"))
    add(
      at,
      "shared" in azure.database
        ? "is on a shared server: set database.tenancy to shared"
        : "is a server of its own: set database.tenancy to dedicated",
    );
  else if (!("shared" in azure.database)) checkOwnServer(azure.database, azure.tier, database, application, stack, add);
}

function checkOwnServer(
  server: OwnServer,
  tier: Tier,
  database: NonNullable<EnvironmentSettings["database"]>,
  application: ApplicationSettings,
  stack: string,
  add: Add,
): void {
  const at = ["azure", "database"];
  const [range, ...more] = database.cidrs ?? [];
  if (range === undefined || more.length > 0 || prefixOf(range) === undefined)
    add(["database", "cidrs"], "must be one IPv4 range: the subnet of the server in Azure");
  else if (prefixOf(range)! > 28) add(["database", "cidrs", 0], "is too small for a database server in Azure: /28 or larger");
  checkServer(server, tier, at, application, stack, add);
  if (server.restored?.name === server.name)
    add([...at, "restored", "name"], "must be another server: the one that is restored stays as it is");
  if (database.data === "real" && postgreSqlSize(server, tier).availability === "none")
    add([...at, "availability"], "must not be none: real data has a standby server (zone-redundant or same-zone)");
}

/** One server: learn.microsoft.com/azure/postgresql/flexible-server/concepts-high-availability, concepts-limits */
export function checkServer(
  server: AzurePostgreSql,
  around: Tier,
  at: readonly PropertyKey[],
  application: ApplicationSettings,
  stack: string,
  add: Add,
): void {
  const { family, availability, sku } = postgreSqlSize(server, around);
  if (family === "Burstable" && availability !== "none")
    add([...at, "availability"], `is not possible with ${sku}: a burstable server has no standby. Choose a larger sku, or none`);
  if (server.password === undefined && server.administrators.length === 0)
    add([...at, "administrators"], "names nobody, and passwords are off: nobody could log in. Name a group, or set password");
  const declared = declaredSecrets(application, stack).map(({ key }) => key);
  if (server.password !== undefined && !declared.includes(server.password.secret))
    add([...at, "password", "secret"], `"${server.password.secret}" is not declared here: add it to a set of application.secrets`);
}

/** Length of an IPv4 range's prefix; undefined when it is none. */
export const prefixOf = (range: string): number | undefined => {
  const found = /^\d+\.\d+\.\d+\.\d+\/(\d+)$/.exec(range);
  return found === null ? undefined : Number(found[1]);
};

/** Is one IPv4 range wholly inside another? */
export function inside(inner: string, outer: string): boolean {
  return prefixOf(inner)! >= prefixOf(outer)! && listOf(outer).check(addressOf(inner));
}
export const overlap = (a: string, b: string): boolean => listOf(a).check(addressOf(b)) || listOf(b).check(addressOf(a));

const addressOf = (range: string): string => range.split("/")[0]!;
function listOf(range: string): BlockList {
  const list = new BlockList();
  list.addSubnet(addressOf(range), prefixOf(range)!);
  return list;
}
