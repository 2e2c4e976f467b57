import { exportedBy, resourcesIn } from "../report/exported.ts";
import type { ProjectSummary, Selector } from "../selector.ts";
import { UserError } from "../user-error.ts";

type Exported = Record<string, unknown>;
interface Known {
  readonly type: string;
  readonly id?: string;
  readonly inputs?: { readonly scope?: unknown };
}

/** A lock of a stack in Azure, and the scope below which nothing can be deleted. */
export interface Lock {
  readonly stack: string;
  readonly scope: string;
}

/** What could not be deleted, and how the command is given again once it can. */
export interface Refusal {
  readonly todo: string;
  readonly again: string;
  /** The stack's state, where it was read already. */
  readonly state?: Exported;
}

/**
 * Refuses, before anything is changed, a deletion that Azure would refuse half-way: the lock of a platform's resource group covers what its
 * environments have there.
 */
export async function requireUnlocked(
  selector: Selector,
  project: ProjectSummary,
  stack: string,
  { todo, again, state }: Refusal,
): Promise<void> {
  const stateOf = async (name: string): Promise<Exported> =>
    exportedBy((await selector.select({ projectDir: project.dir, stack: name, cluster: "none" })).engine);
  const own = state ?? (await stateOf(stack));
  if (!knownIn(own).some(isInAzure)) return;
  const platforms = (project.platforms ?? []).filter((name) => name !== stack);
  const locks = await Promise.all(platforms.map(async (name) => locksIn(name, await stateOf(name))));
  const [lock] = locksOver(own, [...locksIn(stack, own), ...locks.flat()]);
  if (lock === undefined) return;
  throw new UserError(
    `${todo}: ${lock.stack} locks ${lock.scope} (platform.azure.lock), and nothing in it can be deleted. Set lock: false in Pulumi.${lock.stack}.yaml, ` +
      `\`up ${lock.stack}\`, then: ${again}\nSet it back afterwards. Nothing was changed.`,
  );
}

/** The locks that a stack's state holds. */
export const locksIn = (stack: string, exported: Exported): Lock[] =>
  knownIn(exported).flatMap(({ type, inputs }) =>
    /^azure-native:authorization(\/v\w+)?:ManagementLockByScope$/.test(type) && typeof inputs?.scope === "string"
      ? [{ stack, scope: inputs.scope }]
      : [],
  );

/** Those that cover anything of a stack. Azure compares ids without regard to case. */
export const locksOver = (exported: Exported, locks: readonly Lock[]): Lock[] => {
  const ids = knownIn(exported)
    .filter(isInAzure)
    .map(({ id }) => `${id?.toLowerCase()}/`);
  return locks.filter(({ scope }) => ids.some((id) => id.startsWith(`${scope.toLowerCase()}/`)));
};

const isInAzure = ({ type, id }: Known): boolean => type.startsWith("azure-native:") && id !== undefined;

const knownIn = (exported: Exported): Known[] => resourcesIn(exported) as unknown as Known[];
