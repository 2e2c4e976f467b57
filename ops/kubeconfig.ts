import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { parse } from "yaml";
import type { KubeconfigTarget } from "./live.ts";
import { similar } from "./project-dir.ts";
import { UserError } from "./user-error.ts";

/** Finds a context in the user's kubeconfig files: those of KUBECONFIG, or ~/.kube/config, as kubectl does. */
export function findContext(
  context: string,
  env: Readonly<Record<string, string | undefined>>,
): Required<KubeconfigTarget> & { server: string } {
  const files = kubeconfigFiles(env);
  const known: string[] = [];
  for (const file of files.filter((f) => existsSync(f))) {
    const config = readConfig(file);
    for (const entry of config.contexts ?? []) {
      known.push(entry.name);
      if (entry.name !== context) continue;
      const cluster = config.clusters?.find((c) => c.name === entry.context?.cluster);
      if (!cluster?.cluster?.server) {
        throw new UserError(
          `${file}: context "${context}" names the cluster "${entry.context?.cluster}", which has no entry with a server in the same file.`,
          2,
        );
      }
      return { kubeconfig: path.resolve(file), context, server: cluster.cluster.server };
    }
  }
  const near = similar(context, known);
  const there = known.length > 0 ? `Contexts there: ${known.join(", ")}.` : "There is none in it.";
  throw new UserError(`No context "${context}" in ${files.join(", ")}. ${near === undefined ? "" : `Did you mean ${near}? `}${there}`, 2);
}

/** The context that kubectl would use. */
export function currentContext(env: Readonly<Record<string, string | undefined>>): string {
  const files = kubeconfigFiles(env);
  for (const file of files.filter((f) => existsSync(f))) {
    const { "current-context": current } = readConfig(file);
    if (current) return current;
  }
  throw new UserError(`No kubeconfig names a current context (${files.join(", ")}).`, 2);
}

const kubeconfigFiles = (env: Readonly<Record<string, string | undefined>>): string[] =>
  (env.KUBECONFIG || path.join(env.HOME ?? homedir(), ".kube", "config")).split(path.delimiter).filter((file) => file !== "");

interface KubeConfigFile {
  "current-context"?: string;
  contexts?: { name: string; context?: { cluster?: string } }[];
  clusters?: { name: string; cluster?: { server?: string } }[];
}

function readConfig(file: string): KubeConfigFile {
  try {
    return (parse(readFileSync(file, "utf8")) ?? {}) as KubeConfigFile;
  } catch (error) {
    throw new UserError(`${file} cannot be read as a kubeconfig: ${error instanceof Error ? error.message.split("\n")[0] : error}`, 2);
  }
}
