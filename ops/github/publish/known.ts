import type { Api } from "../api.ts";

/** Tells our deployments from those that workflows make by themselves. */
export const TASK = "deploy:liftlock";

/** What names a deployment before the ledger has an entry of it: no two runs of a stack begin at one moment. */
export const begunKey = (stack: string, startedAt: string): string => `${startedAt} begun ${stack}`;

/** A deployment that GitHub has. */
export interface KnownDeployment {
  readonly id: number;
  /** When it was told as it began, the run's start: nothing says yet that GitHub was told its end. */
  readonly startedAt: string | undefined;
}

/** By the entry that it is of, or by its beginning. Newest first. */
export type Known = ReadonlyMap<string, KnownDeployment>;

/** Ours in an environment: the newest hundred, which reach further back than what can be missing. */
export async function knownDeployments({ octokit, owner, repo }: Api, environment: string): Promise<Known> {
  const { data } = await octokit.rest.repos.listDeployments({ owner, repo, environment, task: TASK, per_page: 100 });
  return new Map(
    data.flatMap(({ id, payload }): [string, KnownDeployment][] => {
      const { key, startedAt } = oursIn(payload);
      if (typeof key === "string") return [[key, { id, startedAt: undefined }]];
      return typeof startedAt === "string" ? [[begunKey(environment, startedAt), { id, startedAt }]] : [];
    }),
  );
}

/** GitHub hands a payload back as it was sent, or as text. */
function oursIn(payload: unknown): { key?: unknown; startedAt?: unknown } {
  try {
    const value = typeof payload === "string" ? JSON.parse(payload) : payload;
    return (value as { liftlock?: object } | null)?.liftlock ?? {};
  } catch {
    return {};
  }
}

/** Every state that a deployment went through. */
export async function statesOf({ octokit, owner, repo }: Api, deployment_id: number): Promise<Set<string>> {
  const { data } = await octokit.rest.repos.listDeploymentStatuses({ owner, repo, deployment_id, per_page: 100 });
  return new Set(data.map(({ state }) => state));
}

const ENDS = ["success", "failure", "error", "inactive"];

/**
 * Those that GitHub was told the beginning of and not the end. Whoever tells an end tells those before it first, so behind one that has
 * ended there is none, but for what clocks that differ hide: who asks by hand has the newest thirty looked at.
 */
export async function openOnes(api: Api, known: Known, byHand: boolean): Promise<ReadonlySet<string>> {
  const open = new Set<string>();
  for (const [key, { id, startedAt }] of [...known].slice(0, 30)) {
    if (startedAt === undefined) continue;
    const states = await statesOf(api, id);
    const hasEnded = ENDS.some((end) => states.has(end));
    if (!hasEnded) open.add(key);
    else if (!byHand) break;
  }
  return open;
}
