import type { ClusterTarget, KubeconfigTarget } from "../live.ts";

export interface Surroundings {
  /** How the command was called, with `--stack-dir` and `--context` as given: `./liftlock`. */
  readonly command: string;
  /** Options that repeat in every command: ` --local --stack-dir examples/studysphere`. */
  readonly flags: string;
  readonly stack: string;
  readonly stacks: readonly string[];
  readonly cluster?: ClusterTarget;
  readonly namespace?: string;
}

/** Commands worth trying after an environment came up; each works as it stands. */
export function nextSteps({ command, flags, stack, stacks, cluster, namespace }: Surroundings): [string, string][] {
  const following = stacks[stacks.indexOf(stack) + 1];
  return [
    [`${command} preview ${stack}${flags}`, `change something in Pulumi.${stack}.yaml, then see what it would do`],
    following === undefined
      ? [`${command} status${flags}`, "where every release stands, and what it waits for"]
      : [`${command} up ${following}${flags}`, "the next environment"],
    ...(cluster && "kubeconfig" in cluster && namespace
      ? [[`${kubectl(cluster)} -n ${namespace} get pods`, "ask the cluster itself"] as [string, string]]
      : []),
    [`${command} outputs ${stack}${flags}`, "addresses, namespace, release"],
    [`${command} history ${stack}${flags}`, "what was done here, and when"],
  ];
}

export function kubectl({ kubeconfig, context }: KubeconfigTarget): string {
  return `kubectl --kubeconfig ${quoted(kubeconfig)}${context === undefined ? "" : ` --context ${quoted(context)}`}`;
}

/** As a POSIX shell needs it. */
export const quoted = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
