import { z } from "zod";
import {
  Cidr,
  ConfigKey,
  CronSchedule,
  PinnedImage,
  Port,
  RelativePath,
  ServiceName,
  ShortName,
  StackName,
  StorageQuantity,
  TimeZone,
} from "./primitives.ts";

const Task = z.strictObject({
  service: ServiceName.describe("Whose image, configuration and secrets the command runs with"),
  command: z.array(z.string().min(1)).min(1, { error: "must name a program" }),
});

/** `table.column` or `schema.table.column`, exactly as the database has them (no quotes). */
const Column = z.string().regex(/^[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*){1,2}$/, {
  error: "must be a column as table.column or schema.table.column, such as users.email",
});

const Files = z.strictObject({
  service: ServiceName.describe("Stateful service in whose volumes they lie"),
  folders: z
    .array(z.strictObject({ volume: ShortName, path: RelativePath.describe("Folder within the volume, such as uploads") }))
    .min(1, { error: "must name a folder" })
    .max(20, { error: "must be at most 20" }),
});

const common = {
  migration: Task.optional().describe("Runs once for each schema version, after a verified backup and before the rollout"),
  reset: Task.optional().describe("Puts the database back to its synthetic data, where an environment schedules it"),
  files: Files.optional().describe("Folders that are backed up, verified and restored together with the database"),
};

const PostgreSql = z.strictObject({
  kind: z.literal("postgresql"),
  secret: ConfigKey.describe("Secret key that holds its URL"),
  port: Port.default(5432),
  tools: PinnedImage.describe("Image with PostgreSQL's programs, at least as new as the server"),
  ...common,
  personal: z
    .array(Column)
    .default([])
    .describe("Columns that hold personal data: no value of theirs survives a copy to another environment"),
});
export type PostgreSql = z.infer<typeof PostgreSql>;

const Sqlite = z.strictObject({
  kind: z.literal("sqlite"),
  service: ServiceName.describe("Stateful service with a single writer, in whose volume the file lies"),
  volume: ShortName,
  file: RelativePath.describe("The database's file within the volume, such as app.db"),
  tools: PinnedImage.describe("Image with sqlite3"),
  ...common,
});
export type Sqlite = z.infer<typeof Sqlite>;

/** The application's database: what is the same in every environment. */
export const DatabaseDeclaration = z.discriminatedUnion("kind", [PostgreSql, Sqlite], { error: "must be one of postgresql, sqlite" });
export type DatabaseDeclaration = z.infer<typeof DatabaseDeclaration>;

const Schedule = { schedule: CronSchedule, timeZone: TimeZone.default("Etc/UTC") };

export const BackupSettings = z.strictObject({
  ...Schedule,
  keepDays: z.int().min(1, { error: "must be 1 or more" }).max(3650, { error: "must be at most 3650" }).default(30),
  size: StorageQuantity.default("10Gi").describe("Volume that holds the backups, and what a drill unpacks"),
  drill: z
    .strictObject(Schedule)
    .optional()
    .describe("When the newest backup is restored on trial; left out: only on demand, by liftlock restore --drill"),
});
export type BackupSettings = z.infer<typeof BackupSettings>;

/** Replaces this environment's data by a copy of another's, anonymised on the way. */
export const CopySettings = z.strictObject({
  from: StackName.describe("Environment whose data is copied: one further on in the promotion path"),
  secret: ConfigKey.describe("Secret key that holds the URL of its database, for a role that may only read"),
  cidrs: z.array(Cidr).min(1, { error: "must name the address range of the database that is read" }),
  anonymise: z
    .array(z.string().trim().min(1))
    .default([])
    .describe("SQL statements, run on the copy before anybody can see it; needed where the data is real"),
  schedule: CronSchedule.optional().describe("Left out: only on demand, by kubectl create job --from=cronjob/copy NAME"),
  timeZone: TimeZone.default("Etc/UTC"),
});
export type CopySettings = z.infer<typeof CopySettings>;

/** The database as one environment has it. */
export const DatabaseSettings = z.strictObject({
  cidrs: z
    .array(Cidr)
    .min(1, { error: "must name the address range of the database server" })
    .optional()
    .describe("Where a PostgreSQL server is reached; a file has no address"),
  data: z.enum(["synthetic", "anonymised", "real"], { error: "must be one of synthetic, anonymised, real" }).default("real"),
  tenancy: z.enum(["dedicated", "shared"], { error: "must be dedicated or shared" }).default("dedicated"),
  backup: BackupSettings.optional(),
  reset: z.strictObject(Schedule).optional().describe("When the data is put back to synthetic data; refused for real data"),
  copy: CopySettings.optional(),
});
export type DatabaseSettings = z.infer<typeof DatabaseSettings>;
