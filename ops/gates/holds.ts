import { activeHolds } from "../promotion/holds.ts";
import type { Verdict } from "./gate.ts";
import { commandOf, type GateInput, verdict } from "./input.ts";
import { moment } from "./words.ts";

/** What was held back stays put until a person releases it, in every lane but a rollback. */
export function holdGate(input: GateInput): Verdict {
  // A hold with a configuration is of that configuration; a promotion brings the release, and `up` looks at what goes with it.
  const held = activeHolds(input.events, input.stack).filter(
    (hold) => hold.releaseId === input.release.id && hold.configuration === undefined,
  );
  const last = held.at(-1);
  if (last === undefined)
    return verdict("hold", { open: true, code: "not-held", text: `${input.release.version} is not held back from ${input.stack}` });
  const by = last.automatic ? "by an automatic rollback" : `by ${last.by}`;
  return verdict("hold", {
    open: false,
    code: "held",
    text: `${input.release.version} is held back from ${input.stack} since ${moment(last.at)} (${by}): ${last.reason}`,
    next: `${commandOf(input)} release-hold ${input.stack} ${input.release.id} --reason TEXT`,
    evidence: held.map(({ id }) => id),
  });
}
