import type { LedgerEvent, ReleaseReference } from "../../ledger/event.ts";
import { duration } from "../../report/text.ts";
import { type Api, statusOf } from "../api.ts";
import type { Addresses } from "./addresses.ts";
import { cut } from "./cut.ts";
import { begunKey, statesOf, TASK } from "./known.ts";
import { keyOf } from "./outbox.ts";

/** A deployment of the ledger as GitHub is told of it. */
export interface Publication {
  readonly key: string;
  /** Of the same deployment, when GitHub was told as it began. */
  readonly begun?: string;
  readonly stack: string;
  readonly release: ReleaseReference;
  readonly description: string;
  readonly state: "success" | "failure" | "error";
  /** Of the state, and of its beginning. */
  readonly said: { readonly begun: string; readonly ended: string };
  readonly payload: object;
}

/** What stands in both: whoever tells first, says the same. */
export const describe = (version: string, stack: string): string => `${version} to ${stack}`;
export const beginningIn = (startedAt: string): string => `begun ${minute(startedAt)}`;

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
      begun: begunKey(stack, startedAt),
      stack,
      description: describe(release.version, stack),
      state: STATES[result],
      said: {
        begun: beginningIn(startedAt),
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

type State = "in_progress" | "inactive" | Publication["state"];
type What = Pick<Publication, "stack" | "release" | "description" | "payload">;

/** Makes a deployment of a commit that GitHub has, and returns its id. It is not repeated by itself: the next run sees what is there. */
export async function create({ octokit, owner, repo }: Api, { stack, release, description, payload }: What): Promise<number> {
  const { data } = await octokit.rest.repos.createDeployment({
    ...{ owner, repo, request: { retries: 0 } },
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
  return data.id;
}

/** Says how a deployment stands. `isPast`: a later one is there already, and stays the active one. */
export async function say(
  { octokit, owner, repo }: Api,
  deployment_id: number,
  { state, description, isPast = false, addresses }: { state: State; description: string; isPast?: boolean; addresses: Addresses },
): Promise<void> {
  await octokit.rest.repos.createDeploymentStatus({
    ...{ owner, repo, request: { retries: 0 } },
    deployment_id,
    state,
    description: cut(description),
    auto_inactive: !isPast,
    ...(addresses.log === undefined ? {} : { log_url: addresses.log }),
    ...(addresses.environment === undefined || state === "inactive" ? {} : { environment_url: addresses.environment }),
  });
}

/** Tells GitHub of one deployment and how it ended. `known`: its id, where an earlier run, or this one as it began, has begun to tell. */
export async function publish(
  api: Api,
  publication: Publication,
  { known, isPast, addresses }: { known: number | undefined; isPast: boolean; addresses: Addresses },
): Promise<void> {
  const { state, said } = publication;
  const before = known === undefined ? new Set<string>() : await statesOf(api, known);
  const id = known ?? (await create(api, publication));
  const tell = async (state: State, description: string) => {
    if (!before.has(state)) await say(api, id, { state, description, isPast, addresses });
  };
  await tell("in_progress", said.begun);
  await tell(state, said.ended);
  if (isPast && state === "success") await tell("inactive", "");
}

/** The repository has no such commit: it was squashed, rebased, or never pushed there. */
export const isUnknownCommit = (error: unknown): boolean =>
  statusOf(error) === 422 && error instanceof Error && /No (ref|commit) found/i.test(error.message);
