import type { PlatformSettingsOfStack } from "./model.ts";

/** What environments share, each part loaded only when the settings ask for it. Returns the stack's outputs. */
export async function createPlatform(settings: PlatformSettingsOfStack): Promise<Record<string, unknown>> {
  const { github, azure } = settings.platform;
  return {
    ...(github === undefined ? {} : { github: (await import("./github.ts")).createRepositoryRules(settings) }),
    ...(azure === undefined ? {} : (await import("../azure/platform.ts")).createAzurePlatform(settings, azure)),
  };
}
