import { z } from "zod";
import { StackName } from "../primitives.ts";
import { EnvironmentDatabase } from "./database.schema.ts";
import { Budget, CacheName, Tier, VaultName } from "./primitives.ts";

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
  vault: z
    .strictObject({ name: VaultName })
    .optional()
    .describe("A key vault that only the network reaches; the services' accounts may read its secrets"),
  budget: Budget.optional(),
});
export type EnvironmentAzure = z.infer<typeof EnvironmentAzure>;
