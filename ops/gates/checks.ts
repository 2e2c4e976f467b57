import type { CheckRule } from "../../components/gates.schema.ts";
import { seconds } from "../../components/primitives.ts";
import { gatesOf } from "../../components/upstream.ts";
import type { HappeningOf, LedgerEvent } from "../ledger/event.ts";
import type { Verdict } from "./gate.ts";
import { commandOf, type GateInput, verdict } from "./input.ts";
import { moment, span } from "./words.ts";

/** The checks of a stack that this release has to pass before it goes there; a hotfix has fewer. */
export function checkGates(input: GateInput): Verdict[] {
  const gates = gatesOf(input.promotion, input.stack);
  const kept = input.lane === "hotfix" ? gates.hotfix.checks : undefined;
  const before = gates.checks.filter(({ name, when }) => when === "before" && (kept === undefined || kept.includes(name)));
  return judged(input, before);
}

/** The checklist after a deployment: closed ones are what is still to be done. They are no gates. */
export const checklistAfter = (input: GateInput): Verdict[] =>
  judged(
    input,
    gatesOf(input.promotion, input.stack).checks.filter(({ when }) => when === "after"),
  );

interface Result {
  readonly id: string;
  readonly at: string;
  readonly what: HappeningOf<"check">;
}

function judged(input: GateInput, checks: readonly CheckRule[]): Verdict[] {
  if (checks.length === 0) return [];
  const results = latestResults(input.events, input.release.id);
  return checks.map((check) => judge(input, check, results.get(key(check.in ?? input.stack, check.name))));
}

const key = (stack: string, name: string): string => `${stack}\0${name}`;

function latestResults(events: readonly LedgerEvent[], releaseId: string): Map<string, Result> {
  const latest = new Map<string, Result>();
  for (const { id, at, what } of events) {
    if (what.kind === "check" && what.releaseId === releaseId) latest.set(key(what.stack, what.name), { id, at, what });
  }
  return latest;
}

function judge(input: GateInput, check: CheckRule, result: Result | undefined): Verdict {
  const stack = check.in ?? input.stack;
  const what = `${check.name}${check.description === undefined ? "" : ` (${check.description})`}`;
  const next = `${commandOf(input)} check ${stack} ${check.name} passed${check.evidence ? " --evidence WHERE" : ""}`;
  const about = { subject: check.name, evidence: result === undefined ? [] : [result.id] };
  const closed = (code: string, text: string) => verdict("check", { ...about, open: false, code, text, next });
  const { version } = input.release;
  if (result === undefined) return closed("check-missing", `${what}: no result for ${version} in ${stack}`);
  const measured = result.what.measuredAt ?? result.at;
  const proof = result.what.evidence === undefined ? "" : `, see ${result.what.evidence}`;
  if (result.what.result === "failed")
    return closed("check-failed", `${what}: failed for ${version} in ${stack} at ${moment(measured)}${proof}`);
  if (check.evidence && !result.what.evidence) return closed("evidence-missing", `${what}: passed, but the result names no evidence`);
  const age = (input.now.getTime() - Date.parse(measured)) / 1000;
  if (check.maxAge !== undefined && !(age <= seconds(check.maxAge)))
    return closed("check-stale", `${what}: the result of ${moment(measured)} is older than ${span(seconds(check.maxAge))}`);
  return verdict("check", { ...about, open: true, code: "passed", text: `${what}: passed at ${moment(measured)}${proof}` });
}
