import type { Context } from "../../context.ts";
import type { LedgerEvent } from "../../ledger/event.ts";
import type { ProjectSummary } from "../../selector.ts";
import { UserError } from "../../user-error.ts";
import { type Api, BRIEF, inWords, openApi, statusOf } from "../api.ts";
import type { GithubConnection } from "../connection.ts";
import type { GithubSettings } from "../settings.ts";
import { addressOf } from "./addresses.ts";
import type { BegunHere } from "./begun.ts";
import { beginningIn, isUnknownCommit, type Publication, publicationOf, publish, say } from "./deployments.ts";
import { knownDeployments, openOnes } from "./known.ts";
import { abandoned, missing } from "./missing.ts";
import { keyOf, type Outbox } from "./outbox.ts";
import { publishStatuses } from "./statuses.ts";
import { proposeWayBack } from "./way-back.ts";

export interface About {
  readonly context: Context;
  readonly project: ProjectSummary;
  readonly settings: GithubSettings;
  readonly connection: GithubConnection;
  readonly outbox: Outbox;
  readonly begunHere: BegunHere;
  readonly events: readonly LedgerEvent[];
  /** Environments whose deployments are compared with what GitHub has. */
  readonly stacks: readonly string[];
  /** Asked for, not at the end of a run that did something else. */
  readonly byHand: boolean;
}

/** How it went, each in one line for people. */
export interface Told {
  readonly said: string[];
  /** What GitHub will not take, however often it is asked. */
  readonly refused: string[];
  /** Why something waits; the outbox says what. */
  readonly waits: string[];
}

/** Tells GitHub what it does not know, in the ledger's order. Throws nothing that GitHub or the network is the cause of. */
export async function publishAll(about: About): Promise<Told> {
  const { connection, settings, outbox } = about;
  const api = openApi(connection, settings.repository, BRIEF);
  const told: Told = { said: [], refused: [], waits: [] };
  const { publish: wanted } = settings.repository;
  const parts = [
    { wanted: wanted.deployments, part: deployments, needs: "deployments: write" },
    { wanted: wanted.gates, part: statuses, needs: "statuses: write" },
    { wanted: wanted.pullRequests, part: pullRequests, needs: "contents: write and pull requests: write" },
  ];
  try {
    for (const { wanted, part, needs } of parts) {
      if (!wanted) continue;
      try {
        await part(about, api, told);
      } catch (error) {
        told.waits.push(`${reason(error, api)}${[403, 404].includes(statusOf(error) ?? 0) ? ` (it needs ${needs})` : ""}`);
        // One part may be forbidden and another not; a GitHub that is away is away for all of them.
        if (![403, 404].includes(statusOf(error) ?? 0) || isLimit(error)) break;
      }
    }
  } finally {
    await outbox.save().catch((error: Error) => told.waits.push(`what waits cannot be kept: ${error.message}`));
  }
  return told;
}

const isLimit = (error: unknown): boolean => error instanceof Error && /rate limit/i.test(error.message);
const reason = (error: unknown, api: Api): string => (error instanceof UserError ? error.message.split("\n")[0]! : inWords(error, api));

async function deployments(about: About, api: Api, told: Told): Promise<void> {
  const { context, project, outbox, begunHere, events, stacks, byHand } = about;
  const publications = events.map(publicationOf).filter((one) => one !== undefined);
  const waiting = new Map(outbox.waiting.filter(({ as }) => as === "deployment").map((one) => [one.key, one]));
  for (const key of waiting.keys()) if (!publications.some((one) => one.key === key)) outbox.done(key, "deployment");
  const over = begunHere.over();
  const concerned = [...new Set([...stacks, ...[...waiting.values()].map(({ stack }) => stack), ...over.keys()])];
  const found = await Promise.all(
    concerned.map(async (stack) => {
      const own = publications.filter((one) => one.stack === stack);
      const known = own.length === 0 && !over.has(stack) && !byHand ? new Map<string, never>() : await knownDeployments(api, stack);
      const open = await openOnes(api, known, byHand);
      const now = context.io.now?.() ?? new Date();
      return {
        stack,
        lacks: missing(own, { known, open, waiting, isRefused: ({ key }) => outbox.isRefused(key) }),
        ended: abandoned(own, { known, open }, { over: over.get(stack), now }),
      };
    }),
  );
  for (const { stack, ended } of found)
    for (const { id, startedAt } of ended) {
      const addresses = { environment: addressOf(project, stack), log: undefined };
      await say(api, id, { state: "error", description: `${beginningIn(startedAt)}; how it ended nobody recorded`, addresses });
      told.said.push(`deployment: ${stack}, ${beginningIn(startedAt)}: its run is over and recorded no end`);
    }
  const inOrder = found
    .flatMap(({ lacks }) => lacks)
    .sort((a, b) => publications.indexOf(a.publication) - publications.indexOf(b.publication));
  for (const { publication, known, isPast } of inOrder) {
    const { key, stack, description } = publication;
    const addresses = { environment: addressOf(project, stack), log: waiting.get(key)?.log };
    try {
      if (!outbox.isRefused(commitOf(publication))) {
        await publish(api, publication, { known, isPast, addresses });
        told.said.push(`deployment: ${description}, ${publication.state}`);
      }
    } catch (error) {
      refuse({ outbox, told }, api, publication, error);
      outbox.refuse(key);
    }
    outbox.done(key, "deployment");
    await outbox.save();
  }
  for (const [stack, begun] of over) begunHere.forget(stack, begun);
}

export const commitOf = ({ release }: Pick<Publication, "release">): string => `commit ${release.commit}`;

/** What GitHub calls wrong is said once, and not tried again; every other failure is thrown. */
function refuse(
  { outbox, told }: { outbox: Outbox; told: Told },
  api: Api,
  { release }: Pick<Publication, "release">,
  error: unknown,
): void {
  if (statusOf(error) !== 422 && statusOf(error) !== 409) throw error;
  if (!isUnknownCommit(error)) {
    told.refused.push(inWords(error, api));
    return;
  }
  outbox.refuse(commitOf({ release }));
  told.refused.push(
    `${api.owner}/${api.repo} has no commit ${release.commit.slice(0, 12)} (${release.version}): its deployments and gates cannot be shown there`,
  );
}

async function statuses({ outbox }: About, api: Api, told: Told): Promise<void> {
  for (const one of [...outbox.statuses]) {
    const release = { commit: one.sha, version: one.version, id: "", images: {} };
    try {
      if (!outbox.isRefused(commitOf({ release }))) {
        const changed = await publishStatuses(api, one);
        if (changed > 0) told.said.push(`gates: ${one.version} for ${one.stack}, ${changed} of ${one.list.length} said anew`);
      }
    } catch (error) {
      refuse({ outbox, told }, api, { release }, error);
    }
    outbox.heard(one);
    await outbox.save();
  }
}

async function pullRequests({ context, project, settings, outbox, events }: About, api: Api, told: Told): Promise<void> {
  for (const { key } of outbox.waiting.filter(({ as }) => as === "pull-request")) {
    const event = events.find((one) => keyOf(one) === key);
    const found = event && (await proposeWayBack(context, project, { api, settings, event, events }));
    if (found !== undefined && "opened" in found && found.opened.how !== "merged" && found.opened.how !== "kept")
      told.said.push(`pull request: ${found.opened.url} takes ${found.file} back to ${found.to}: merge it`);
    outbox.done(key, "pull-request");
  }
}
