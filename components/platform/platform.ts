import type { PlatformSettingsOfStack } from "./model.ts";

/** What environments share, each part loaded only when the settings ask for it. Returns the stack's outputs. */
export async function createPlatform(settings: PlatformSettingsOfStack): Promise<Record<string, unknown>> {
  const { github, azure, gateway } = settings.platform;
  const inAzure = azure && (await import("../azure/platform.ts")).createAzurePlatform(settings, azure);
  return {
    ...(github === undefined ? {} : { github: (await import("./github.ts")).createRepositoryRules(settings) }),
    ...inAzure,
    ...(gateway === undefined ? {} : { gateways: (await import("./gateway.ts")).createGateways(settings, gateway, inAzure?.kubeconfig) }),
  };
}
