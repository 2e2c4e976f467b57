import { z } from "zod";
import { ConfigKey } from "../primitives.ts";
import { DatabaseName, ServerName, Tier, Uuid, Window, Zone } from "./primitives.ts";

const Administrator = z.strictObject({
  name: z.string().min(1).describe("As Entra has it: a user's principal name, or a group's or application's name"),
  objectId: Uuid,
  type: z.enum(["User", "Group", "ServicePrincipal"], { error: "must be User, Group or ServicePrincipal" }).default("Group"),
});

/** A flexible server of PostgreSQL. Reached from the network of the platform alone, whatever else is said. */
export const AzurePostgreSql = z.strictObject({
  name: ServerName,
  version: z.enum(["14", "15", "16", "17"], { error: 'must be a version in quotes, such as "17"' }).default("17"),
  tier: Tier.optional().describe("Left out: as everything around it"),
  sku: z
    .string()
    .regex(/^Standard_[BDE][A-Za-z0-9_]+$/, { error: "must be a size such as Standard_B1ms, Standard_D2ds_v5 or Standard_E4ds_v5" })
    .optional()
    .describe("Left out: what the tier takes"),
  storageGb: z
    .literal([32, 64, 128, 256, 512, 1024, 2048, 4095, 4096], {
      error: "must be a size that Azure has: 32, 64, 128, 256, 512, 1024, 2048 or 4096",
    })
    .optional(),
  availability: z
    .enum(["zone-redundant", "same-zone", "none"], { error: "must be zone-redundant, same-zone or none" })
    .optional()
    .describe("Whether a standby server takes over; left out: in another zone where the tier is high, else none"),
  zone: Zone.optional().describe("Where it is made first; Azure may swap it with the standby's later"),
  retentionDays: z
    .int()
    .min(7, { error: "must be from 7 to 35" })
    .max(35, { error: "must be from 7 to 35" })
    .default(7)
    .describe("Days to any second of which the data can be restored, as a new server"),
  geoBackup: z.boolean().default(false).describe("A copy of the backups in the paired region; can be chosen only when the server is made"),
  maintenance: Window.default({ day: "Sunday", hour: 3 }),
  administrators: z.array(Administrator).default([]).describe("Who administers it with an Entra identity"),
  password: z
    .strictObject({
      login: z
        .string()
        .regex(/^[a-z][a-z0-9_]{0,62}$/, { error: "must be lower-case letters, digits and underscores, a letter first" })
        .refine(
          (login) =>
            !["azure_superuser", "azure_pg_admin", "admin", "administrator", "root", "guest", "public"].includes(login) &&
            !login.startsWith("pg_"),
          { error: "is reserved by Azure: choose another" },
        ),
      secret: ConfigKey.describe("Secret key that holds it"),
    })
    .optional()
    .describe("Lets roles log in with passwords too; left out: Entra identities alone"),
  databases: z.array(DatabaseName).default([]).describe("Databases that are made on it"),
});
export type AzurePostgreSql = z.infer<typeof AzurePostgreSql>;

/** ISO 8601 in UTC, as `liftlock restore` writes it. */
const Moment = z.iso.datetime({ error: "must be a time in UTC, such as 2026-01-15T10:00:00Z" });
const cameWithIt = z.array(DatabaseName).default([]).describe("Databases that came with the data, and are no resources of the stack");

/** A server that a point-in-time restore made of another one. */
const Origin = z.strictObject({
  server: ServerName.describe("The server that it was made of"),
  at: Moment.describe("The moment whose data it began with"),
  databases: cameWithIt,
});
export type Origin = z.infer<typeof Origin>;

/**
 * A point-in-time restore that is not finished: two servers are there. `made`: as Azure makes it, without a standby; `ready`: with everything
 * that the settings say; `serving`: the environment uses it.
 */
const RestoredServer = z.strictObject({
  name: ServerName,
  at: Moment.describe("The moment whose data it begins with"),
  stage: z.enum(["made", "ready", "serving"], { error: "must be made, ready or serving" }),
  databases: cameWithIt,
});
export type RestoredServer = z.infer<typeof RestoredServer>;

/** A server of an environment's own: the last three are written by `liftlock restore`. */
export const OwnServer = AzurePostgreSql.extend({
  subnetName: ServerName.optional().describe("Name of the server's subnet; left out: as the server"),
  origin: Origin.optional().describe("Of a server that a restore made: written by liftlock restore --finish"),
  restored: RestoredServer.optional().describe("A restore that is not finished: written by liftlock restore --to"),
});
export type OwnServer = z.infer<typeof OwnServer>;

/** Of an environment: a server of its own, or a database on the server that the platform shares out. */
export const EnvironmentDatabase = z.union([OwnServer, z.strictObject({ shared: DatabaseName })], {
  error: "must be a server (name, …), or a database on the platform's (shared: NAME)",
});

/** A restore by another server is not over: a Job asks that server. */
export const isRestoring = ({ azure }: { azure?: { database?: z.infer<typeof EnvironmentDatabase> | undefined } | undefined }): boolean =>
  azure?.database !== undefined && "restored" in azure.database && azure.database.restored !== undefined;
