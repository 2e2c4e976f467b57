import type { Context } from "../context.ts";
import type { ClusterTarget } from "../live.ts";
import { listed } from "../report/text.ts";
import { freeze, thaw } from "./frozen.ts";

export interface Thawed {
  readonly names: readonly string[];
  /** Back into the ice: the run that was to mend it did not. */
  again(releaseId: string): Promise<void>;
}

/** Before a run changes an environment: what an earlier one froze goes on, so that it can take something new. */
export async function thawed(
  context: Context,
  stack: string,
  cluster: ClusterTarget | undefined,
  namespace: unknown,
): Promise<Thawed | undefined> {
  if (cluster === undefined || typeof namespace !== "string") return undefined;
  // A cluster that cannot be asked fails the run itself, with its own words.
  const names = await thaw(cluster, namespace).catch(() => []);
  if (names.length === 0) return undefined;
  context.say(`${context.io.colors.bold(stack)}: the frozen rollout of ${listed(names)} goes on, with what this run brings.`);
  return {
    names,
    again: async (releaseId) => {
      const frozen = await freeze(cluster, namespace, releaseId).catch(() => []);
      if (frozen.length > 0) context.say(`${context.io.colors.bold(stack)}: the rollout of ${listed(frozen)} is frozen again.`);
    },
  };
}
