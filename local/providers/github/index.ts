import { createRequire } from "node:module";
import type { ProviderFactory } from "../../engine/provider.ts";
import { checkConfig, diffConfig } from "./config.ts";
import { offlineProvider } from "./offline.ts";

/** Which GitHub the program's objects go to, where its own provider configuration names none. */
export type GithubTarget = { kind: "offline" };

const { version } = createRequire(import.meta.url)("@pulumi/github/package.json") as { version: string };

/** The `github` package for the embedded engine. Errors a user can mend are UserErrors or ProviderErrors. */
export function githubFactory(_target: GithubTarget): ProviderFactory {
  return {
    pkg: "github",
    version: version.replace(/^v/, ""),
    checkConfig: async (inputs) => checkConfig(inputs),
    diffConfig: async (oldInputs, newInputs) => diffConfig(oldInputs, newInputs),
    configure: async () => offlineProvider(),
  };
}
