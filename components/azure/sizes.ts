import type { AzurePostgreSql } from "./database.schema.ts";
import type { Tier } from "./primitives.ts";

/** What each tier takes: enough for a few developers; for tests like production; for production. */
const POSTGRESQL: Record<Tier, { sku: string; storageGb: number; availability: "zone-redundant" | "none" }> = {
  low: { sku: "Standard_B1ms", storageGb: 32, availability: "none" },
  medium: { sku: "Standard_D2ds_v5", storageGb: 64, availability: "none" },
  high: { sku: "Standard_D4ds_v5", storageGb: 128, availability: "zone-redundant" },
};
export const REDIS: Record<Tier, string> = { low: "Balanced_B0", medium: "Balanced_B1", high: "Balanced_B5" };
/** Without an SLA for the API server, or with one: learn.microsoft.com/azure/aks/free-standard-pricing-tiers */
export const CONTROL_PLANE: Record<Tier, "Free" | "Standard"> = { low: "Free", medium: "Standard", high: "Standard" };
/** Days that logs are kept: weeks to look into an error, a quarter to compare with, half a year of evidence. */
export const LOG_DAYS: Record<Tier, number> = { low: 30, medium: 90, high: 180 };
export const NODES: Record<Tier, string> = { low: "Standard_D2ds_v5", medium: "Standard_D4ds_v5", high: "Standard_D8ds_v5" };

export interface PostgreSqlSize {
  readonly sku: string;
  readonly family: "Burstable" | "GeneralPurpose" | "MemoryOptimized";
  readonly storageGb: number;
  readonly availability: "zone-redundant" | "same-zone" | "none";
}

/** The size of a server: what is said of it, and for the rest what its tier takes. */
export function postgreSqlSize(server: AzurePostgreSql, around: Tier): PostgreSqlSize {
  const tier = POSTGRESQL[server.tier ?? around];
  const sku = server.sku ?? tier.sku;
  const family = sku.startsWith("Standard_B") ? "Burstable" : sku.startsWith("Standard_E") ? "MemoryOptimized" : "GeneralPurpose";
  return { sku, family, storageGb: server.storageGb ?? tier.storageGb, availability: server.availability ?? tier.availability };
}
