import { z } from "zod";
import { ShortName, StackName } from "../primitives.ts";
import { EnvironmentDatabase } from "./database.schema.ts";
import { Budget, CacheName, EarlierTypes, Tier, VaultName } from "./primitives.ts";

const EnvironmentVault = z.strictObject({
  name: VaultName,
  sets: z
    .array(ShortName)
    .default([])
    .describe("Sets of application.secrets that come from the vault, each whole; all others from the stack's own secrets"),
  values: z
    .enum(["people", "stack"], { error: "must be people or stack" })
    .default("people")
    .describe("Who writes them: people, so that no value is in the stack file or in state; or every update, from the stack's secrets"),
  revision: z
    .string()
    .min(1)
    .max(63)
    .optional()
    .describe("Any text. Another one starts the pods anew that read the vault: after somebody has changed a value there"),
});

/** `environment.azure`: what one environment has in Azure, beside what the platform stack shares out. */
export const EnvironmentAzure = z.strictObject({
  platform: StackName.describe("Stack whose cluster, network and resource group it uses"),
  tier: Tier.default("medium").describe("What it may cost: low, medium or high"),
  database: EnvironmentDatabase.optional().describe("The PostgreSQL server of application.database, or a database on a shared one"),
  redis: z
    .strictObject({
      name: CacheName,
      sku: z
        .string()
        .regex(/^(Balanced|MemoryOptimized|ComputeOptimized)_[A-Z]\d+$/, {
          error: "must be a size of Azure Managed Redis, such as Balanced_B1",
        })
        .optional(),
    })
    .optional(),
  vault: EnvironmentVault.optional().describe("A key vault that only the network reaches; the pods' own accounts may read its secrets"),
  budget: Budget.optional(),
  earlierTypes: EarlierTypes,
});
export type EnvironmentAzure = z.infer<typeof EnvironmentAzure>;
