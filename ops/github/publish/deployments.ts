import type { LedgerEvent, ReleaseReference } from "../../ledger/event.ts";
import { duration } from "../../report/text.ts";
import { type Api, statusOf } from "../api.ts";
import { cut } from "./cut.ts";
import { keyOf } from "./outbox.ts";

/** Tells our deployments from those that workflows make by themselves. */
const TASK = "deploy:liftlock";

/** A deployment of the ledger as GitHub is told of it. */
export interface Publication {
  readonly key: string;
  readonly stack: string;
  readonly release: ReleaseReference;
  readonly description: string;
  readonly state: "success" | "failure" | "error";
  /** Of the state, and of its beginning. */
  readonly said: { readonly begun: string; readonly ended: string };
  readonly payload: object;
}

const STATES = { succeeded: "success", failed: "failure", restored: "failure", cancelled: "error" } as const;

const WORDS = { failed: "failed", restored: "failed, and the release before was put back", cancelled: "cancelled" } as const;

/** Undefined: GitHub is not told of such an entry. A rollback by command is a deployment as well, and told as that. */
export function publicationOf(event: LedgerEvent): Publication | undefined {
  const { at, id, number, what } = event;
  const of = (release: ReleaseReference) => ({
    key: keyOf(event),
    release,
    payload: { liftlock: { entry: id, number, key: keyOf(event), release: release.id } },
  });
  if (what.kind === "deployment") {
    const { stack, release, result, startedAt, endedAt, cause } = what;
    const took = duration((Date.parse(endedAt) - Date.parse(startedAt)) / 1000);
    return {
      ...of(release),
      stack,
      description: `${release.version} to ${stack}`,
      state: STATES[result],
      said: {
        begun: `begun ${minute(startedAt)}`,
        ended:
          result === "succeeded" ? `live since ${minute(endedAt)}, after ${took}` : `${WORDS[result]}: ${cause ?? "by whoever ran it"}`,
      },
    };
  }
  if (what.kind === "rollback" && what.automatic) {
    const { stack, from, to, cause } = what;
    const ended = `put back by itself at ${minute(at)}, for ${from.version}: ${cause}`;
    return {
      ...of(to),
      stack,
      description: `${stack} back to ${to.version}`,
      state: "success",
      said: { begun: `back from ${from.version}`, ended },
    };
  }
  return undefined;
}

const minute = (time: string): string => `${time.slice(0, 16).replace("T", " ")}Z`;

/** A deployment that GitHub has, by the entry that it is of. */
export type Known = ReadonlyMap<string, number>;

/** Ours in an environment: the newest hundred, which reach further back than what can be missing. */
export async function knownDeployments({ octokit, owner, repo }: Api, environment: string): Promise<Known> {
  const { data } = await octokit.rest.repos.listDeployments({ owner, repo, environment, task: TASK, per_page: 100 });
  return new Map(data.flatMap(({ id, payload }) => (keyIn(payload) === undefined ? [] : [[keyIn(payload)!, id] as const])));
}

/** GitHub hands a payload back as it was sent, or as text. */
function keyIn(payload: unknown): string | undefined {
  try {
    const value = typeof payload === "string" ? JSON.parse(payload) : payload;
    const key = (value as { liftlock?: { key?: unknown } } | null)?.liftlock?.key;
    return typeof key === "string" ? key : undefined;
  } catch {
    return undefined;
  }
}

export interface Addresses {
  /** Where the environment is reached. */
  readonly environment: string | undefined;
  /** Where the run can be read. */
  readonly log: string | undefined;
}

/**
 * Tells GitHub of one deployment. `known`: its id, where an earlier run began to tell. `isPast`: a later one is there already, and stays
 * the active one. Requests that make something are not repeated by themselves: the next run sees what is there.
 */
export async function publish(
  { octokit, owner, repo }: Api,
  publication: Publication,
  { known, isPast, addresses }: { known: number | undefined; isPast: boolean; addresses: Addresses },
): Promise<void> {
  const { stack, release, description, state, said, payload } = publication;
  const at = { owner, repo, request: { retries: 0 } };
  let id = known;
  const before = new Set<string>();
  if (id === undefined) {
    const { data } = await octokit.rest.repos.createDeployment({
      ...at,
      ref: release.commit,
      environment: stack,
      task: TASK,
      description: cut(description),
      payload: { ...payload },
      auto_merge: false,
      required_contexts: [],
      transient_environment: false,
      production_environment: false,
    });
    if (!("id" in data)) throw new Error(`GitHub made no deployment of ${release.commit}`);
    id = data.id;
  } else {
    const { data } = await octokit.rest.repos.listDeploymentStatuses({ owner, repo, deployment_id: id, per_page: 100 });
    for (const one of data) before.add(one.state);
  }
  const tell = async (state: "in_progress" | "inactive" | Publication["state"], description: string) => {
    if (before.has(state)) return;
    await octokit.rest.repos.createDeploymentStatus({
      ...at,
      deployment_id: id,
      state,
      description: cut(description),
      auto_inactive: !isPast,
      ...(addresses.log === undefined ? {} : { log_url: addresses.log }),
      ...(addresses.environment === undefined || state === "inactive" ? {} : { environment_url: addresses.environment }),
    });
  };
  await tell("in_progress", said.begun);
  await tell(state, said.ended);
  if (isPast && state === "success") await tell("inactive", "");
}

/** The repository has no such commit: it was squashed, rebased, or never pushed there. */
export const isUnknownCommit = (error: unknown): boolean =>
  statusOf(error) === 422 && error instanceof Error && /No (ref|commit) found/i.test(error.message);
