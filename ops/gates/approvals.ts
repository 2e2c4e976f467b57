import picomatch from "picomatch";
import type { ApprovalRule } from "../../components/gates.schema.ts";
import { seconds } from "../../components/primitives.ts";
import { gatesOf } from "../../components/upstream.ts";
import type { LedgerEvent } from "../ledger/event.ts";
import { count, listed } from "../report/text.ts";
import type { Verdict } from "./gate.ts";
import { type Approval, type ApproverSource, commandOf, type GateInput, verdict } from "./input.ts";
import { People } from "./people.ts";
import { span } from "./words.ts";

/** Approvals and rejections in the ledger. */
export const approvalsIn = (events: readonly LedgerEvent[]): Approval[] =>
  events.flatMap(({ id, at, actor, what }): Approval[] => {
    if (what.kind !== "approval") return [];
    const { stack, releaseId, role, verdict: said, codeOwner = false } = what;
    return [{ source: "ledger", id, at, actor, stack, releaseId, role, verdict: said, codeOwner, teams: [] }];
  });

/** The ledger as a source of approvals. */
export const ledgerSource = (events: readonly LedgerEvent[]): ApproverSource => ({
  name: "ledger",
  approvals: async ({ stack, releaseId }) => approvalsIn(events).filter((a) => a.stack === stack && a.releaseId === releaseId),
});

/** Which rules hold in this lane. A hotfix always needs somebody else's approval, unless the team has one person: that is what lets it pass a freeze. */
export function rulesOf({ promotion, stack, lane }: GateInput): readonly ApprovalRule[] {
  const gates = gatesOf(promotion, stack);
  if (lane === "break-glass") return [];
  if (lane === "rollback") return gates.rollbackApprovals;
  return lane === "hotfix" ? (gates.hotfix.approvals ?? gates.approvals) : gates.approvals;
}

export function approvalGates(input: GateInput): Verdict[] {
  const people = new People(input.promotion);
  const all = inOrder([...approvalsIn(input.events), ...(input.approvals ?? [])], people).filter(({ stack }) => stack === input.stack);
  const rules = rulesOf(input);
  const verdicts = rules.map((rule) => approvalGate(input, rule, people, all));
  return rules.length === 0 && input.lane === "hotfix" ? [secondPerson(input, people, all)] : verdicts;
}

/**
 * Oldest first. The ledger's order of one person's words stands, whatever the clocks of their machines said: no approval from one that is ahead
 * survives the rejection that followed it.
 */
function inOrder(approvals: readonly Approval[], people: People): Approval[] {
  const latest = new Map<string, number>();
  const timed = approvals.map((approval) => {
    const time = Date.parse(approval.at);
    if (approval.source !== "ledger") return { approval, time };
    const person = people.who(approval.actor);
    const after = Math.max(time, latest.get(person) ?? time);
    latest.set(person, after);
    return { approval, time: after };
  });
  return timed.sort((a, b) => a.time - b.time).map(({ approval }) => approval);
}

/** What counts of the approvals, by person: the last word of each. */
function lastWords(approvals: readonly Approval[], people: People): Map<string, Approval> {
  const last = new Map<string, Approval>();
  for (const approval of approvals) {
    const person = people.who(approval.actor);
    const before = last.get(person);
    // Who owns what changed stays its owner when they approve again.
    const codeOwner = approval.codeOwner || (before?.verdict === "approved" && before.codeOwner);
    last.set(person, { ...approval, codeOwner });
  }
  return last;
}

/** An automation can pass on a wish, but has no judgement of its own to give. */
const byPerson = ({ actor }: Approval): boolean => actor.bot !== true && !actor.login?.endsWith("[bot]");

function approvalGate(input: GateInput, rule: ApprovalRule, people: People, all: readonly Approval[]): Verdict {
  const subject = rule.roles.join(" or ");
  const { changedPaths, id, version } = input.release;
  const { whenChanged } = rule;
  if (whenChanged !== undefined && changedPaths !== undefined) {
    const match = picomatch(whenChanged, { dot: true });
    if (!changedPaths.some((path) => match(path)))
      return verdict("approval", {
        subject,
        open: true,
        code: "not-needed",
        text: `${version} changes nothing under ${whenChanged.join(", ")}`,
      });
  }
  const entitled = all.filter((a) => byPerson(a) && rule.roles.some((role) => people.inRole(people.who(a.actor), role, a.teams)));
  const words = lastWords(
    entitled.filter(({ releaseId }) => releaseId === id),
    people,
  );
  const evidence = [...words.values()].map((approval) => approval.id);
  const next = `${subject}: ${commandOf(input)} approve ${input.stack}`;
  const closed = (code: string, text: string) => verdict("approval", { subject, open: false, code, text, next, evidence });
  if (input.unseenApprovals !== undefined)
    return closed("approvals-unseen", `nobody knows who rejected ${version}: ${input.unseenApprovals}`);

  const rejected = [...words].find(([, a]) => a.verdict === "rejected");
  if (rejected !== undefined) return closed("rejected", `${rejected[0]} rejected ${version} for ${input.stack}`);
  const requesters = input.requester === undefined ? [] : people.behind(input.requester);
  const others = [...words].filter(([person]) => !requesters.includes(person));
  const fresh = others.filter(([, { at }]) => !expired(input, at));
  const owner = !rule.codeOwner || fresh.some(([, { codeOwner }]) => codeOwner);
  const who = listed(fresh.map(([person]) => person));
  if (fresh.length >= rule.count && owner)
    return verdict("approval", { subject, open: true, code: "approved", text: `approved by ${who}`, evidence });

  const needs = `${version} needs ${count(rule.count, "approval")} by ${subject}${rule.codeOwner ? ", one of them by a code owner" : ""}`;
  const has = fresh.length === 0 ? "nobody's counts yet" : `${who} approved`;
  const text = `${needs}; ${has}`;
  if (fresh.length >= rule.count) return closed("code-owner-missing", `${text}, none of them as a code owner`);
  const own = [...words.keys()].filter((person) => requesters.includes(person));
  if (own.length > 0) return closed("self-approval", `${text}. Not counted: ${listed(own)}, who asks for the promotion`);
  if (fresh.length < others.length) {
    const age = span(seconds(gatesOf(input.promotion, input.stack).approvalsExpire));
    return closed("approval-expired", `${text}. Older than ${age}: ${listed(others.filter((o) => !fresh.includes(o)).map(([p]) => p))}`);
  }
  const other = entitled.findLast((a) => a.releaseId !== id && a.verdict === "approved");
  if (other !== undefined && words.size === 0)
    return closed("approved-another-release", `${text}. ${people.who(other.actor)} approved ${other.releaseId}, which is another release`);
  return closed("approval-missing", text);
}

function secondPerson(input: GateInput, people: People, all: readonly Approval[]): Verdict {
  const requesters = input.requester === undefined ? [] : people.behind(input.requester);
  const words = lastWords(
    all.filter((a) => byPerson(a) && a.releaseId === input.release.id),
    people,
  );
  const others =
    input.unseenApprovals === undefined ? [...words].filter(([person, { at }]) => !requesters.includes(person) && !expired(input, at)) : [];
  const evidence = others.map(([, { id }]) => id);
  const about = { subject: "a second person", evidence };
  const next = `somebody else: ${commandOf(input)} approve ${input.stack}`;
  const rejected = [...words].find(([, a]) => a.verdict === "rejected");
  if (rejected !== undefined)
    return verdict("approval", { ...about, open: false, code: "rejected", text: `${rejected[0]} rejected the hotfix`, next });
  if (!input.promotion.secondPerson)
    return verdict("approval", {
      ...about,
      open: true,
      code: "one-person",
      text: "the team has one person (promotion.secondPerson): nobody else is asked, and the ledger says so",
    });
  if (others.length > 0)
    return verdict("approval", { ...about, open: true, code: "approved", text: `approved by ${listed(others.map(([p]) => p))}` });
  return verdict("approval", {
    ...about,
    open: false,
    code: "approval-missing",
    text: "a hotfix needs the approval of a second person",
    next,
  });
}

function expired({ promotion, stack, now }: GateInput, at: string): boolean {
  return now.getTime() - Date.parse(at) > seconds(gatesOf(promotion, stack).approvalsExpire) * 1000;
}
