import type { Beginning, Context } from "../../context.ts";
import { referenceOf } from "../../promotion/configuration.ts";
import { inWords, openApi, type Patience, statusOf } from "../api.ts";
import type { GithubSettings } from "../settings.ts";
import { addressOf, logOf } from "./addresses.ts";
import { BegunHere } from "./begun.ts";
import { beginningIn, create, describe, isUnknownCommit, say } from "./deployments.ts";
import { begunKey } from "./known.ts";
import { Outbox } from "./outbox.ts";
import { commitOf } from "./publish.ts";

/** A deployment goes on meanwhile, and its end tells whatever did not get through: two requests, ten seconds at most. */
const HASTY: Patience = { milliseconds: 5_000, retries: 0 };

/** Tells GitHub that a deployment has begun. Returns why that waits for its end, in a line for people; undefined: nothing does. */
export async function announce(context: Context, beginning: Beginning, settings: GithubSettings): Promise<string | undefined> {
  const { io, selector } = context;
  const { stack, startedAt } = beginning;
  const release = referenceOf(beginning.release);
  if (!settings.repository.publish.deployments) return undefined;
  const project = await selector.project();
  const connection = await selector.github(project);
  const outboxFile = selector.outboxFile(project.dir);
  if (connection === undefined || new Outbox(outboxFile).isRefused(commitOf({ release }))) return undefined;
  const api = openApi(connection, settings.repository, HASTY);
  const addresses = { environment: addressOf(project, stack), log: logOf(io.env) };
  await new BegunHere(outboxFile).note(stack, begunKey(stack, startedAt));
  try {
    const payload = { liftlock: { startedAt, release: release.id } };
    const id = await create(api, { stack, release, description: describe(release.version, stack), payload });
    await say(api, id, { state: "in_progress", description: beginningIn(startedAt), addresses });
    return undefined;
  } catch (error) {
    // That the repository has no such commit is said at the end, once and for all.
    if (isUnknownCommit(error)) return undefined;
    const needs = [403, 404].includes(statusOf(error) ?? 0) ? " (it needs deployments: write)" : "";
    return `GitHub was not told that ${release.version} to ${stack} began: ${inWords(error, api)}${needs}. Its end will tell both.`;
  }
}
