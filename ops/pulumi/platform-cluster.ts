import { parse } from "yaml";
import type { SecretTarget } from "../live.ts";
import { called, UserError } from "../user-error.ts";

/** One short command of the CLI, its standard output; refuses with what to do. */
export type Ask = (args: string[]) => Promise<string>;

/**
 * The cluster of a platform stack, as the program's own provider finds it: by the login that the stack gives out (its output `kubeconfig`, a
 * secret). Undefined: the platform has no cluster, so that the environment's own settings say which. Throws a UserError where it has one
 * and no login of it can be had: the current context of the machine's kubeconfig may be of another.
 */
export async function platformCluster(
  ask: Ask,
  platform: string,
  context: string | undefined,
): Promise<(SecretTarget & { server: string }) | undefined> {
  const text = await ask(["stack", "output", "--json", "--show-secrets", "--stack", platform]);
  const { azure, kubeconfig } = read(() => JSON.parse(text)) as { azure?: { cluster?: string }; kubeconfig?: unknown };
  if (azure === undefined) throw new UserError(`"${platform}" gives out no Azure yet; bring it up first: ${called()} up ${platform}`);
  if (azure.cluster === undefined) return undefined;
  const again = `bring it up again: ${called()} up ${platform}`;
  if (typeof kubeconfig !== "string" || kubeconfig === "")
    throw new UserError(`"${platform}" gives out no login of its cluster ${azure.cluster} yet; ${again}`);
  const server = serverIn(kubeconfig, context);
  if (server === undefined)
    throw new UserError(
      `The login of ${azure.cluster} that "${platform}" gives out has no ${context ? `context "${context}"` : "current context"}; ${again}`,
    );
  return { login: () => kubeconfig, ...(context === undefined ? {} : { context }), server };
}

interface Login {
  "current-context"?: string;
  contexts?: { name: string; context?: { cluster?: string } }[];
  clusters?: { name: string; cluster?: { server?: string } }[];
}

function serverIn(kubeconfig: string, context: string | undefined): string | undefined {
  const { contexts, clusters, "current-context": current } = read(() => parse(kubeconfig)) as Login;
  const chosen = contexts?.find(({ name }) => name === (context ?? current))?.context?.cluster;
  return clusters?.find(({ name }) => name === chosen)?.cluster?.server;
}

/** A parser's own error would quote the text, which is secret. */
function read(parsed: () => unknown): object {
  try {
    const value = parsed();
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
