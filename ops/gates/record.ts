import { releaseId } from "../../components/release.ts";
import type { Context } from "../context.ts";
import type { Actor, Happening } from "../ledger/event.ts";
import type { Release } from "../promotion/configuration.ts";
import { count } from "../report/text.ts";
import { UserError } from "../user-error.ts";
import { whoActs } from "./actor.ts";
import { candidate, type Evidence, gather } from "./evidence.ts";
import { requireRead } from "./unread.ts";

export interface Desk extends Evidence {
  readonly actor: Actor;
}

/** What is known, and who asks. */
export async function openDesk(context: Context, as: string | undefined): Promise<Desk> {
  const evidence = await gather(context);
  return { ...evidence, actor: await whoActs(context, evidence.ledger, as) };
}

/** Appends to the ledger under the actor's name and says so, in JSON the entries themselves. */
export async function record(context: Context, { project, actor }: Desk, said: string, ...what: Happening[]): Promise<void> {
  const ledger = await context.selector.ledger(project.dir, actor);
  const { events, unsynced, reason } = await ledger.append(...what);
  if (context.options.json) context.io.out(JSON.stringify(events, null, 2));
  else context.say(said);
  if (unsynced > 0)
    context.io.err(
      context.io.colors.yellow(
        `Not sent yet: ${count(unsynced, "entry", "entries")}${reason === undefined ? "" : ` (${reason})`}. The others see it after the next command that reaches the repository.`,
      ),
    );
}

/** The release that a command is about: the one named by id or version, or the one that is to go to the stack next. */
export function releaseAbout(desk: Evidence, stack: string, named: string | undefined): Release {
  if (named === undefined) {
    requireRead(desk, stack);
    const next = candidate(desk, stack);
    if (next !== undefined) return next;
    throw new UserError(`No release is known that could go to ${stack}: deploy the environment before it first.`);
  }
  const known = [...desk.facts.values()].flatMap(({ declared, live }) => [declared, live]).filter((release) => release !== undefined);
  const found = known.filter((release) => releaseId(release) === named || release.version === named);
  const ids = [...new Set(found.map(releaseId))];
  if (found[0] !== undefined && ids.length === 1) return found[0];
  if (ids.length > 1) throw new UserError(`"${named}" is ${ids.length} different releases: ${ids.join(", ")}. Name one by its id.`, 2);
  const all = [...new Set(known.map(releaseId))].join(", ");
  throw new UserError(`No environment declares or runs a release "${named}". They have: ${all}.`, 2);
}

/** A reason is what the ledger is for: an empty one is none. */
export function required(value: string | undefined, option: string): string {
  const text = value?.trim();
  if (text) return text;
  throw new UserError(`${option} is missing: say it in a few words, the ledger keeps it.`, 2);
}
