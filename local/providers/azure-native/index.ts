import { createRequire } from "node:module";
import type { ProviderFactory } from "../../engine/provider.ts";
import { checkConfig, diffConfig, tenantOf } from "./config.ts";
import { offlineProvider } from "./offline.ts";

/**
 * Which Azure the program's objects go to. `stand-in`: a folder of files, and the cluster whose credentials it gives out for every
 * managed cluster (kubeconfig text; asked for only when the program asks).
 */
export type AzureTarget = { kind: "offline" } | { kind: "stand-in"; dir: string; credentials?: () => Promise<string | undefined> };

const { version } = createRequire(import.meta.url)("@pulumi/azure-native/package.json") as { version: string };

/** The `azure-native` package for the embedded engine. Errors a user can mend are UserErrors or ProviderErrors. */
export function azureNativeFactory(target: AzureTarget): ProviderFactory {
  return {
    pkg: "azure-native",
    version: version.replace(/^v/, ""),
    checkConfig: async (inputs) => checkConfig(inputs),
    diffConfig: async (oldInputs, newInputs) => diffConfig(oldInputs, newInputs),
    configure: async (inputs) => {
      const tenant = tenantOf(inputs);
      if (target.kind === "offline") return offlineProvider(tenant);
      const { standInProvider } = await import("./stand-in.ts");
      return standInProvider(target.dir, { ...tenant, credentials: target.credentials });
    },
  };
}
