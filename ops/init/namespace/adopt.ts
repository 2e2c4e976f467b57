import { existsSync } from "node:fs";
import path from "node:path";
import { StackName } from "../../../components/primitives.ts";
import type { Context } from "../../context.ts";
import { ClusterApi } from "../../drift/cluster-api.ts";
import { managedFields } from "../../drift/managers.ts";
import type { Json } from "../../report/diff.ts";
import { UserError } from "../../user-error.ts";
import type { Choices } from "../choices.ts";
import { type Files, settingsFiles } from "../files.ts";
import { choicesOf, type InitFlags, nameOf } from "../flags.ts";
import { type Cluster, clusterOf, versionOf } from "./cluster.ts";
import { openExtension } from "./extension.ts";
import { refuseOwned } from "./owners.ts";
import { propose } from "./propose.ts";
import { readNamespace } from "./read.ts";
import { settingsOf } from "./settings.ts";
import { proposalLines } from "./words.ts";

/** A project whose environment `stack` is what runs in a namespace already. */
export interface Adoption {
  readonly choices: Choices;
  readonly stack: string;
  readonly cluster: Cluster;
  readonly files: Files;
  /** In the place of the program's own files. */
  readonly program: Files;
  readonly lines: readonly string[];
  /** By key; to be kept encrypted, and never shown. */
  readonly secretValues: ReadonlyMap<string, string>;
}

/** Flags that say what a namespace says itself. */
const SAID: readonly (keyof InitFlags)[] = ["service", "database", "migrate", "secret", "example"];

export async function adoptionOf(context: Context, flags: InitFlags & { fromNamespace: string }, dir: string): Promise<Adoption> {
  const { fromNamespace: namespace } = flags;
  const surplus = SAID.filter((flag) => flags[flag] !== undefined);
  if (surplus.length > 0)
    throw new UserError(
      `--from-namespace reads the services and what they need: leave ${surplus.map((flag) => `--${flag}`).join(", ")} out.`,
      2,
    );
  const name = flags.name ?? nameOf(dir);
  const choices = choicesOf({ ...flags, name, environments: flags.environments ?? flags.as ?? environmentOf(namespace, name) }, dir);
  const stack = flags.as ?? choices.environments.at(-1)!;
  if (!choices.environments.includes(stack))
    throw new UserError(`--as ${stack}: it is none of ${choices.environments.join(", ")} (--environments).`, 2);
  const cluster = await clusterOf(context, dir, flags.kubeconfig);
  const api = new ClusterApi(cluster.target);
  try {
    const found = await readNamespace(api, namespace);
    const managers = await managersOf(context, dir, stack);
    refuseOwned(found.objects, (object) => managedFields(object).some(({ manager }) => managers.has(manager)));
    const proposal = propose(found);
    if (proposal.services.length === 0)
      throw new UserError(
        `Nothing in namespace ${namespace} can become a service:\n${proposal.beside.map(({ object, why }) => `  ${object}: ${why}`).join("\n")}\nNothing was written.`,
      );
    return {
      choices,
      stack,
      cluster,
      files: settingsFiles(choices, settingsOf(proposal, choices, stack, await versionOf(api))),
      program: proposal.isOpen ? { "extend.ts": openExtension(namespace) } : {},
      lines: proposalLines(proposal, found.unread),
      secretValues: proposal.sets.secretValues,
    };
  } finally {
    await api.close();
  }
}

/** `shop-staging` of the application shop is its staging. */
function environmentOf(namespace: string, name: string): string {
  const rest = namespace.startsWith(`${name}-`) ? namespace.slice(name.length + 1) : "";
  return StackName.safeParse(rest).success ? rest : "production";
}

/** Managers of the objects that this very stack has taken over: an earlier run of the same command did. */
async function managersOf({ selector }: Context, dir: string, stack: string): Promise<ReadonlySet<string>> {
  if (!existsSync(path.join(dir, "Pulumi.yaml"))) return new Set();
  const project = await selector.select({ projectDir: dir, stack, cluster: "none" }).catch(() => undefined);
  const exported = await project?.engine.export().catch(() => undefined);
  const { resources = [] } = (exported?.deployment ?? {}) as { resources?: { outputs?: Json }[] };
  return new Set(resources.flatMap(({ outputs }) => (typeof outputs?.__fieldManager === "string" ? [outputs.__fieldManager] : [])));
}
