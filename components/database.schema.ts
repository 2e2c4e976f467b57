import { z } from "zod";
import { Cidr, ConfigKey, CronSchedule, PinnedImage, Port, ServiceName, StorageQuantity, TimeZone } from "./primitives.ts";

const Task = z.strictObject({
  service: ServiceName.describe("Whose image, configuration and secrets the command runs with"),
  command: z.array(z.string().min(1)).min(1, { error: "must name a program" }),
});

/** The application's database: what is the same in every environment. */
export const DatabaseDeclaration = z.strictObject({
  kind: z.literal("postgresql", { error: "must be postgresql" }),
  secret: ConfigKey.describe("Secret key that holds its URL"),
  port: Port.default(5432),
  tools: PinnedImage.describe("Image with pg_dump and pg_restore, at least as new as the server"),
  migration: Task.optional().describe("Runs once for each schema version, after a verified backup and before the rollout"),
  reset: Task.optional().describe("Puts the database back to its synthetic data, where an environment schedules it"),
});
export type DatabaseDeclaration = z.infer<typeof DatabaseDeclaration>;

const Schedule = { schedule: CronSchedule, timeZone: TimeZone.default("Etc/UTC") };

export const BackupSettings = z.strictObject({
  ...Schedule,
  keepDays: z.int().min(1, { error: "must be 1 or more" }).max(3650, { error: "must be at most 3650" }).default(30),
  size: StorageQuantity.default("10Gi").describe("Volume that holds the dumps"),
});
export type BackupSettings = z.infer<typeof BackupSettings>;

/** The database as one environment has it. */
export const DatabaseSettings = z.strictObject({
  cidrs: z.array(Cidr).min(1, { error: "must name the address range of the database server" }),
  data: z.enum(["synthetic", "anonymised", "real"], { error: "must be one of synthetic, anonymised, real" }).default("real"),
  tenancy: z.enum(["dedicated", "shared"], { error: "must be dedicated or shared" }).default("dedicated"),
  backup: BackupSettings.optional(),
  reset: z.strictObject(Schedule).optional().describe("When the data is put back to synthetic data; refused for real data"),
});
export type DatabaseSettings = z.infer<typeof DatabaseSettings>;
