import { createRequire } from "node:module";
import type { ProviderFactory } from "../../engine/provider.ts";
import { checkConfig, diffConfig, parseOptions } from "./config.ts";
import { offlineProvider } from "./offline.ts";

/**
 * Where the program's objects go, whatever kubeconfig the program itself names: state keeps the program's, so it stays portable. `answerMs`: for
 * how long a server that is silent is waited for; a minute when not said.
 */
export type KubernetesTarget = { kind: "cluster"; kubeconfig: string; context?: string; answerMs?: number } | { kind: "offline" };

const { version } = createRequire(import.meta.url)("@pulumi/kubernetes/package.json") as { version: string };

/** The `kubernetes` package for the embedded engine. Errors a user can mend are UserErrors or ProviderErrors. */
export function kubernetesFactory(target: KubernetesTarget): ProviderFactory {
  const plainVersion = version.replace(/^v/, "");
  return {
    pkg: "kubernetes",
    version: plainVersion,
    checkConfig: async (inputs) => checkConfig(inputs, plainVersion),
    diffConfig: async (oldInputs, newInputs) => diffConfig(oldInputs, newInputs),
    configure: async (inputs) => {
      const options = parseOptions(inputs);
      if (target.kind === "offline") return offlineProvider(options);
      // The client costs start time that an offline run need not pay.
      const { clusterProvider } = await import("./cluster-provider.ts");
      return clusterProvider(target, options);
    },
  };
}
