import type { Context, GateAnswer } from "../../context.ts";
import type { LedgerEvent } from "../../ledger/event.ts";
import { environmentsOf } from "../../project-dir.ts";
import type { GithubSettings } from "../settings.ts";
import { logOf } from "./addresses.ts";
import { answersNow } from "./answers.ts";
import { BegunHere } from "./begun.ts";
import { publicationOf } from "./deployments.ts";
import { keyOf, Outbox } from "./outbox.ts";
import { publishAll, type Told } from "./publish.ts";
import { statusesOf } from "./statuses.ts";

export interface Telling {
  readonly settings: GithubSettings;
  readonly recorded: readonly LedgerEvent[];
  readonly heard: readonly GateAnswer[];
  /** `liftlock publish`: compares every environment, or this one, and starts the local world's own GitHub. */
  readonly asked?: { readonly stack: string | undefined };
}

export interface Ended extends Told {
  /** Undefined: there is no GitHub to tell, or no token that opens it. */
  readonly host: string | undefined;
  readonly outbox: Outbox;
}

/** Gathers what there is to tell, keeps it, and tells it. */
export async function tell(context: Context, { settings, recorded, heard, asked }: Telling): Promise<Ended> {
  const { io, options, selector } = context;
  const project = await selector.project();
  const wanted = settings.repository.publish;
  const outboxFile = selector.outboxFile(project.dir);
  const outbox = new Outbox(outboxFile);
  if (asked !== undefined) outbox.tryAgain();
  const log = logOf(io.env);
  const kept = (event: LedgerEvent, as: "deployment" | "pull-request", stack: string) =>
    outbox.add({ key: keyOf(event), stack, as, ...(log === undefined ? {} : { log }) });
  for (const event of recorded) {
    const publication = publicationOf(event);
    if (wanted.deployments && publication !== undefined) kept(event, "deployment", publication.stack);
    if (wanted.pullRequests && event.what.kind === "rollback") kept(event, "pull-request", event.what.stack);
  }
  const connection = await selector.github(project, { start: asked !== undefined });
  if (connection === undefined) {
    // The local world's own GitHub is told while it runs: nothing waits for a trial.
    if (!options.local) await outbox.save();
    return { said: [], refused: [], waits: [], host: undefined, outbox };
  }
  if (wanted.gates)
    for (const answer of await answersNow(context, heard, asked?.stack))
      outbox.say({ ...statusesOf(answer), ...(log === undefined ? {} : { log }) });
  // Before GitHub is asked: a run that is killed meanwhile leaves nothing out.
  await outbox.save();
  const { events } = await (await selector.ledger(project.dir)).read();
  const stacks =
    asked === undefined
      ? recorded.flatMap((event) => publicationOf(event)?.stack ?? [])
      : asked.stack === undefined
        ? environmentsOf(project)
        : [asked.stack];
  if (asked !== undefined && wanted.pullRequests)
    for (const [stack, event] of lastRollbacks(events, stacks)) kept(event, "pull-request", stack);
  const begunHere = new BegunHere(outboxFile);
  const told = await publishAll({ context, project, settings, connection, outbox, begunHere, events, stacks, byHand: asked !== undefined });
  return { ...told, host: new URL(connection.baseUrl).host, outbox };
}

/** Of every environment: its last rollback, where nothing was promoted there since. */
function lastRollbacks(events: readonly LedgerEvent[], stacks: readonly string[]): [string, LedgerEvent][] {
  return stacks.flatMap((stack): [string, LedgerEvent][] => {
    const concerns = ({ what }: LedgerEvent) =>
      (what.kind === "rollback" && what.stack === stack) || (what.kind === "promotion" && what.to === stack);
    const last = events.findLast(concerns);
    return last?.what.kind === "rollback" ? [[stack, last]] : [];
  });
}
