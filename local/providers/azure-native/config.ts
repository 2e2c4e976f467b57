import type { CheckFailure } from "../../engine/provider.ts";
import { type PropertyMap, reveal, Secret } from "../../engine/values.ts";
import { asText, diffSettings } from "../settings.ts";
import type { Tenant } from "./outputs.ts";

/** What an `azure-native` provider's configuration may say (@pulumi/azure-native, ProviderArgs). */
export const SETTINGS = [
  "auxiliaryTenantIds",
  "clientCertificatePassword",
  "clientCertificatePath",
  "clientId",
  "clientSecret",
  "disableInstanceDiscovery",
  "disablePulumiPartnerId",
  "environment",
  "location",
  "metadataHost",
  "msiEndpoint",
  "oidcRequestToken",
  "oidcRequestUrl",
  "oidcToken",
  "oidcTokenFilePath",
  "partnerId",
  "subscriptionId",
  "tenantId",
  "useDefaultAzureCredential",
  "useMsi",
  "useOidc",
];
const SECRETS = ["clientCertificatePassword", "clientId", "clientSecret", "oidcRequestToken", "oidcToken"];

/** The shape in which state keeps provider inputs: scalars as text, objects as JSON text, credentials as secrets. */
export function checkConfig(inputs: PropertyMap): { inputs: PropertyMap; failures: CheckFailure[] } {
  const failures: CheckFailure[] = [];
  const checked: PropertyMap = {};
  for (const [key, value] of Object.entries(inputs)) {
    if (value === null || value === undefined) continue;
    if (!SETTINGS.includes(key) && !key.startsWith("__") && key !== "version")
      failures.push({ property: key, reason: `is no setting of the azure-native provider, which has ${SETTINGS.join(", ")}` });
    const text = key.startsWith("__") ? value : asText(value);
    checked[key] = SECRETS.includes(key) && !(text instanceof Secret) ? new Secret(text) : text;
  }
  return { inputs: checked, failures };
}

/** No setting replaces what is managed: ids hold the subscription. */
export const diffConfig = diffSettings;

/** Where nothing is said, a subscription and a tenant that nobody has. */
export function tenantOf(inputs: PropertyMap): Tenant {
  const setting = (key: string): string => {
    const value = inputs[key] === undefined ? "" : reveal(inputs[key]);
    return typeof value === "string" && value !== "" ? value : "00000000-0000-0000-0000-000000000000";
  };
  return { subscriptionId: setting("subscriptionId"), tenantId: setting("tenantId") };
}
