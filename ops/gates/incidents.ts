import type { LedgerEvent } from "../ledger/event.ts";
import type { Verdict } from "./gate.ts";
import { commandOf, type GateInput, verdict } from "./input.ts";
import { moment } from "./words.ts";

export interface OpenIncident {
  readonly incident: string;
  readonly stack: string;
  readonly releaseId?: string;
  readonly summary: string;
  readonly at: string;
  readonly event: string;
}

/**
 * Incidents that are not closed; of one stack when it is given. Two people who open one at once, each in an environment of theirs, may have given
 * both the same id: closing one of them leaves the other open.
 */
export function openIncidents(events: readonly LedgerEvent[], stack?: string): OpenIncident[] {
  const open = new Map<string, OpenIncident>();
  for (const { what, at, id: event } of events) {
    if (what.kind === "incident-opened" && (stack === undefined || what.stack === stack)) {
      const { incident, summary, releaseId } = what;
      open.set(key(what.stack, incident), {
        incident,
        stack: what.stack,
        summary,
        at,
        event,
        ...(releaseId === undefined ? {} : { releaseId }),
      });
    }
    if (what.kind === "incident-closed") open.delete(key(what.stack, what.incident));
  }
  return [...open.values()];
}

const key = (stack: string, incident: string): string => `${stack}\0${incident}`;

/** While an incident is open in an environment, nothing new goes there but what may end it. */
export function incidentGate(input: GateInput): Verdict {
  const open = openIncidents(input.events, input.stack);
  const [first] = open;
  if (first === undefined) return verdict("incident", { open: true, code: "no-incident", text: `no incident is open in ${input.stack}` });
  const text = open.map(({ incident, summary, at }) => `${incident} is open in ${input.stack} since ${moment(at)}: ${summary}`).join("; ");
  const next = `${commandOf(input)} incident close ${input.stack} ${first.incident}`;
  return verdict("incident", {
    subject: first.incident,
    open: false,
    code: "incident-open",
    text,
    next,
    evidence: open.map(({ event }) => event),
  });
}
