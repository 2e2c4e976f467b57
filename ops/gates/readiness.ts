import { seconds } from "../../components/primitives.ts";
import { gatesOf } from "../../components/upstream.ts";
import { listed } from "../report/text.ts";
import type { Verdict } from "./gate.ts";
import { commandOf, type GateInput, verdict } from "./input.ts";
import { moment, span } from "./words.ts";

/** Every key that the application declares for this environment is set. */
export function configurationGate({ configuration, stack }: GateInput): Verdict[] {
  if (configuration === undefined) return [];
  const set = new Set(configuration.set);
  const missing = configuration.declared.filter((key) => !set.has(key));
  if (missing.length === 0)
    return [
      verdict("configuration", { open: true, code: "complete", text: `every key that the application declares is set for ${stack}` }),
    ];
  const text = `not set for ${stack}: ${listed(missing)}`;
  return [verdict("configuration", { open: false, code: "configuration-incomplete", text, next: `set them in Pulumi.${stack}.yaml` })];
}

/** The way back from this release was gone where it does no harm. */
export function rehearsalGate(input: GateInput): Verdict[] {
  const { rehearsal } = gatesOf(input.promotion, input.stack);
  if (rehearsal === undefined) return [];
  const { id, version } = input.release;
  const last = input.events.findLast(({ what }) => what.kind === "rehearsal" && what.stack === rehearsal.in && what.from === id);
  const next = `${commandOf(input)} rehearse ${rehearsal.in}`;
  const subject = rehearsal.in;
  if (last?.what.kind !== "rehearsal")
    return [
      verdict("rehearsal", {
        subject,
        open: false,
        code: "not-rehearsed",
        text: `the rollback of ${version} was not rehearsed in ${subject}`,
        next,
      }),
    ];
  const evidence = [last.id];
  const when = `the rollback of ${version} was rehearsed in ${subject} at ${moment(last.at)}`;
  if (last.what.result === "failed")
    return [verdict("rehearsal", { subject, open: false, code: "rehearsal-failed", text: `${when}, and failed`, next, evidence })];
  const age = (input.now.getTime() - Date.parse(last.at)) / 1000;
  if (rehearsal.maxAge !== undefined && !(age <= seconds(rehearsal.maxAge)))
    return [
      verdict("rehearsal", {
        subject,
        open: false,
        code: "rehearsal-stale",
        text: `${when}: longer ago than ${span(seconds(rehearsal.maxAge))}`,
        next,
        evidence,
      }),
    ];
  return [verdict("rehearsal", { subject, open: true, code: "rehearsed", text: when, evidence })];
}
