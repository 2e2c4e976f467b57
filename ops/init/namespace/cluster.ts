import { existsSync } from "node:fs";
import path from "node:path";
import type { Context } from "../../context.ts";
import type { ClusterApi } from "../../drift/cluster-api.ts";
import { currentContext, findContext } from "../../kubeconfig.ts";
import type { ClusterTarget } from "../../live.ts";
import { UserError } from "../../user-error.ts";
import { textAt } from "./objects.ts";

export interface Cluster {
  readonly target: ClusterTarget;
  /** Options by which a command of the new project reaches the same cluster. */
  readonly options: readonly string[];
  /** What a person puts before that command: `KUBECONFIG=/shop/kubeconfig `, or nothing. */
  readonly before: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The cluster whose namespace is read: of a kubeconfig's context, or the folder's own local control plane. */
export async function clusterOf({ options, io, selector }: Context, dir: string, kubeconfig: string | undefined): Promise<Cluster> {
  if (!options.local)
    throw new UserError(
      "--from-namespace works through the embedded engine: say --local --context NAME for a cluster of your kubeconfig, or --local alone for the local control plane.",
      2,
    );
  const env = kubeconfig === undefined ? io.env : { ...io.env, KUBECONFIG: path.resolve(io.cwd, kubeconfig) };
  if (options.context === undefined && kubeconfig === undefined) {
    // A folder that is no project yet has no control plane of its own.
    const isProject = existsSync(path.join(dir, "Pulumi.yaml"));
    const { cluster } = isProject ? await selector.select({ projectDir: dir, stack: "", cluster: "if-running" }) : {};
    if (cluster === undefined)
      throw new UserError(
        "The local control plane of this folder is not running, so there is no namespace to read. Another cluster: --context NAME, and --kubeconfig FILE where kubectl would not find it.",
        2,
      );
    return { target: cluster, options: ["--local"], before: "", env };
  }
  const { server: _, ...target } = findContext(options.context ?? currentContext(env), env);
  // Said before anything is read or written: the import at the end would ask.
  if (!io.interactive && options.confirmContext === undefined)
    throw new UserError(
      `Taking over writes into the cluster of context ${target.context} whose fields are whose.\nNobody can be asked here: add --confirm-context ${target.context} to go on.`,
      2,
    );
  const confirmed = options.confirmContext === undefined ? [] : ["--confirm-context", options.confirmContext];
  const before = kubeconfig === undefined ? "" : `KUBECONFIG=${inShell(env.KUBECONFIG!)} `;
  return { target, options: ["--local", "--context", target.context, ...confirmed], before, env };
}

const inShell = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** `1.36`, as settings write it. */
export async function versionOf(api: ClusterApi): Promise<string> {
  const version = await api.call({ method: "GET", path: "/version" });
  const digits = (text: string | undefined) => /^\d+/.exec(text ?? "")?.[0] ?? "";
  return `${digits(textAt(version, "major"))}.${digits(textAt(version, "minor"))}`;
}
