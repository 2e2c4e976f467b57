import { approvalGates } from "./approvals.ts";
import { breakGlassGate } from "./break-glass.ts";
import { checkGates } from "./checks.ts";
import { databaseGates } from "./database.ts";
import { fixGate } from "./fixes.ts";
import { freezeGate } from "./freezes.ts";
import type { Verdict } from "./gate.ts";
import { holdGate } from "./holds.ts";
import { incidentGate } from "./incidents.ts";
import { type GateInput, verdict } from "./input.ts";
import { ranHere } from "./lane.ts";
import { configurationGate, rehearsalGate } from "./readiness.ts";
import { upstreamGates } from "./upstream.ts";
import { windowGates } from "./windows.ts";

/**
 * Every gate between a release and an environment, open ones too. A release may go when all are open. Pure: the same evidence gives the
 * same verdicts, and no ledger makes it throw. Linear in the number of entries.
 */
export function evaluateGates(input: GateInput): Verdict[] {
  const approvals = approvalGates(input);
  if (input.lane === "rollback") return [wayBackGate(input), ...approvals];
  const always = [holdGate(input), ...configurationGate(input)];
  if (input.lane === "break-glass") return [breakGlassGate(input), ...always];
  const approved = approvals.every(({ open }) => open);
  const common = [
    ...upstreamGates(input),
    ...fixGate(input),
    ...approvals,
    ...checkGates(input),
    ...databaseGates(input),
    freezeGate(input, approved),
    ...always,
  ];
  if (input.lane === "hotfix") return common;
  return [...common, ...rehearsalGate(input), ...windowGates(input), incidentGate(input)];
}

function wayBackGate({ ran, stack, release }: GateInput): Verdict {
  if (ranHere(ran(stack) ?? [], release.id))
    return verdict("way-back", { open: true, code: "ran-here", text: `${release.version} ran in ${stack} before` });
  return verdict("way-back", {
    open: false,
    code: "never-ran-here",
    text: `${release.version} never ran in ${stack}: there is no way back to it`,
  });
}

export const allOpen = (verdicts: readonly Verdict[]): boolean => verdicts.every(({ open }) => open);
export const closedOf = (verdicts: readonly Verdict[]): Verdict[] => verdicts.filter(({ open }) => !open);
