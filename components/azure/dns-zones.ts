/** DNS zones of private endpoints and servers: learn.microsoft.com/azure/private-link/private-endpoint-dns */
export const ZONES = {
  registry: "privatelink.azurecr.io",
  vault: "privatelink.vaultcore.azure.net",
  redis: "privatelink.redis.azure.net",
  postgresql: "private.postgres.database.azure.com",
} as const;
export type ZoneOf = keyof typeof ZONES;
