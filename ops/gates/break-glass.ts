import type { Actor, LedgerEvent } from "../ledger/event.ts";
import type { Verdict } from "./gate.ts";
import { commandOf, type GateInput, verdict } from "./input.ts";
import { People } from "./people.ts";
import { moment } from "./words.ts";

export interface BrokenGlass {
  readonly event: string;
  readonly stack: string;
  readonly releaseId: string;
  readonly reason: string;
  readonly incident: string;
  readonly by: Actor;
  readonly confirmBy: Date;
  readonly expires: Date;
  /** By a team of one: there is nobody who could confirm it. */
  readonly alone: boolean;
  /** By somebody else than who broke it, in time or late. */
  readonly confirmation?: { readonly by: Actor; readonly at: string; readonly event: string };
  readonly backPorted: boolean;
}

/** Every time that the glass was broken, oldest first; of one stack when it is given. */
export function brokenGlass(events: readonly LedgerEvent[], people: People, stack?: string): BrokenGlass[] {
  const found: BrokenGlass[] = [];
  for (const { what, id, at, actor } of events) {
    if (what.kind === "break-glass" && (stack === undefined || what.stack === stack)) {
      const { stack: where, releaseId, reason, incident, confirmBy, expires, alone = false } = what;
      found.push({
        event: id,
        stack: where,
        releaseId,
        reason,
        incident,
        by: actor,
        confirmBy: new Date(confirmBy),
        expires: new Date(expires),
        alone,
        backPorted: false,
      });
    }
    if (what.kind === "break-glass-confirmed") {
      const index = found.findIndex(({ event }) => event === what.breakGlass);
      const glass = found[index];
      if (glass === undefined || glass.confirmation !== undefined || actor.bot === true) continue;
      const breakers = people.behind(glass.by);
      if (people.behind(actor).some((person) => breakers.includes(person))) continue;
      found[index] = { ...glass, confirmation: { by: actor, at, event: id } };
    }
    if (what.kind === "back-ported") {
      found.forEach((glass, index) => {
        if (glass.stack === what.stack && glass.releaseId === what.releaseId) found[index] = { ...glass, backPorted: true };
      });
    }
  }
  return found;
}

/** Opens at once, for a while, and only for one release: somebody else has to confirm it in time. */
export function breakGlassGate(input: GateInput): Verdict {
  const { stack, release, now } = input;
  const command = `${commandOf(input)} break-glass ${stack} --reason TEXT --incident ID`;
  const glass = brokenGlass(input.events, new People(input.promotion), stack).findLast(({ releaseId }) => releaseId === release.id);
  const closed = (code: string, text: string, next: string, evidence: string[] = []) =>
    verdict("break-glass", { open: false, code, text, next, evidence });
  if (glass === undefined) return closed("not-broken", `nobody broke the glass for ${release.version} in ${stack}`, command);
  const evidence = [glass.event, ...(glass.confirmation === undefined ? [] : [glass.confirmation.event])];
  const what = `${glass.by.name} broke the glass for ${release.version} in ${stack} (${glass.incident}: ${glass.reason})`;
  if (!(now < glass.expires)) return closed("break-glass-expired", `${what}; that ended at ${moment(glass.expires)}`, command, evidence);
  if (glass.confirmation !== undefined)
    return verdict("break-glass", { open: true, code: "confirmed", text: `${what}; ${glass.confirmation.by.name} confirmed it`, evidence });
  if (glass.alone && !input.promotion.secondPerson)
    return verdict("break-glass", { open: true, code: "one-person", text: `${what}; the team has one person`, evidence });
  const confirm = `a second person: ${commandOf(input)} break-glass confirm ${stack}`;
  if (!(now < glass.confirmBy))
    return closed("break-glass-unconfirmed", `${what}; nobody else confirmed it until ${moment(glass.confirmBy)}`, confirm, evidence);
  return verdict("break-glass", {
    open: true,
    code: "to-be-confirmed",
    text: `${what}; somebody else must confirm it until ${moment(glass.confirmBy)}`,
    next: confirm,
    evidence,
  });
}
