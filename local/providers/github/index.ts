import { createRequire } from "node:module";
import type { ProviderFactory } from "../../engine/provider.ts";
import { checkConfig, diffConfig } from "./config.ts";
import { offlineProvider } from "./offline.ts";

/** Which GitHub the program's objects go to, where its own provider configuration names none. */
export type GithubTarget = { kind: "api"; baseUrl: string; token: string; owner?: string } | { kind: "offline" };

const { version } = createRequire(import.meta.url)("@pulumi/github/package.json") as { version: string };

/** The `github` package for the embedded engine. Errors a user can mend are UserErrors or ProviderErrors. */
export function githubFactory(target: GithubTarget): ProviderFactory {
  return {
    pkg: "github",
    version: version.replace(/^v/, ""),
    checkConfig: async (inputs) => checkConfig(inputs),
    diffConfig: async (oldInputs, newInputs) => diffConfig(oldInputs, newInputs),
    configure: async (inputs) => {
      if (target.kind === "offline") return offlineProvider();
      // The client costs start time that an offline run need not pay.
      const { apiProvider } = await import("./api-provider.ts");
      const { connectionOf } = await import("./config.ts");
      return apiProvider(connectionOf(inputs, target));
    },
  };
}
