import { z } from "zod";
import { ConfigKey, FlagName, Percent, ShortName, StackName } from "./primitives.ts";

/** In which environments a key exists. Position and membership are data: no code knows an environment's name. */
const presence = {
  only: z.array(StackName).min(1).optional().describe("Environments that have this key; left out, all of them"),
  except: z.array(StackName).min(1).optional().describe("Environments that do not have this key"),
};

const ConfigKeySettings = z.strictObject({
  type: z.enum(["text", "boolean", "integer", "url"], { error: "must be one of text, boolean, integer, url" }).default("text"),
  oneOf: z.array(z.string()).min(1).optional().describe("The only values allowed"),
  ...presence,
});
export type ConfigKeySettings = z.infer<typeof ConfigKeySettings>;

const SecretKeySettings = z.strictObject({
  format: z
    .enum(["text", "postgresql-url", "redis-url", "htpasswd"], { error: "must be one of text, postgresql-url, redis-url, htpasswd" })
    .default("text")
    .describe("What the local world generates in its place. Only the Gateway reads htpasswd: no service is given it"),
  ...presence,
});
export type SecretKeySettings = z.infer<typeof SecretKeySettings>;

const Delivery = z.enum(["env", "files", "both"], { error: "must be one of env, files, both" });

/** A named set of configuration values: one ConfigMap. A change of it rolls the services that read it, and no others. */
export const ConfigSet = z.strictObject({
  keys: z.record(ConfigKey, ConfigKeySettings),
  as: Delivery.default("env").describe("Environment variables, files under /etc/config/<set>, or both"),
});
export type ConfigSet = z.infer<typeof ConfigSet>;

/** A named set of secrets: one Secret. Values are flat secret keys of the stack file. */
export const SecretSet = z.strictObject({
  keys: z.record(ConfigKey, SecretKeySettings),
  as: Delivery.default("files").describe("Files under /var/run/secrets/<set> (safer), environment variables, or both"),
});
export type SecretSet = z.infer<typeof SecretSet>;

export const ConfigSets = z.record(ShortName, ConfigSet).default({});
export const SecretSets = z.record(ShortName, SecretSet).default({});

/** A feature flag of the application; environments say who sees it. */
export const FlagDeclaration = z.strictObject({ description: z.string().min(1).optional() });
export const FlagDeclarations = z.record(FlagName, FlagDeclaration).default({});

/** On, off, or on for a share of the users (sticky for each user: flagd's `fractional`). */
export const FlagValue = z.union([z.boolean(), z.strictObject({ percent: Percent })], {
  error: "must be true, false, or { percent: 25 } for a share of the users",
});
export type FlagValue = z.infer<typeof FlagValue>;

/** A configuration value. Numbers with a fraction are refused: YAML reads 1.10 as 1.1. */
export const ConfigValue = z.union([z.string(), z.boolean(), z.int()], {
  error: "must be text, true, false or a whole number (put anything else in quotes)",
});
