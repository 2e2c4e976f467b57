import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse, stringify } from "yaml";
import type { World } from "../../local/world.ts";
import type { KubeconfigTarget } from "../live.ts";

interface Named {
  readonly name: string;
  readonly context?: { readonly cluster: string; readonly user: string };
}
interface KubeConfigFile {
  readonly "current-context"?: string;
  readonly contexts?: readonly Named[];
  readonly clusters?: readonly Named[];
  readonly users?: readonly Named[];
}

/**
 * The login of one cluster as text of a kubeconfig that holds nothing else: what Azure gives out for a managed cluster. Without a cluster
 * that of the local control plane when it ran last, so that a preview says the same whether or not it runs; undefined when it never did.
 */
export function credentialsOf(cluster: KubeconfigTarget | undefined, world: World): string | undefined {
  const last = path.join(world.clusterDir, "kubeconfig");
  if (cluster === undefined) return existsSync(last) ? readFileSync(last, "utf8") : undefined;
  const file = parse(readFileSync(cluster.kubeconfig, "utf8")) as KubeConfigFile;
  const chosen = file.contexts?.find(({ name }) => name === (cluster.context ?? file["current-context"]));
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: file.clusters?.filter(({ name }) => name === chosen?.context?.cluster),
    users: file.users?.filter(({ name }) => name === chosen?.context?.user),
    contexts: [chosen],
    "current-context": chosen?.name,
  });
}
