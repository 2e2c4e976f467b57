import type { ApprovalRule, Window } from "../../components/gates.schema.ts";

/** `a, b and c`. */
export const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? (parts[0] ?? "") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;

export const approvalsInWords = (rules: readonly ApprovalRule[]): string[] =>
  rules.map(({ roles, count, codeOwner, whenChanged }) => {
    const who = `${count} ${count === 1 ? "approval" : "approvals"} by ${roles.join(" or ")}`;
    return `${who}${codeOwner ? ", a code owner's among them" : ""}${whenChanged ? ` (where it changes ${whenChanged.join(", ")})` : ""}`;
  });

export const windowInWords = ({ days, from, to, timeZone, for: what }: Window): string =>
  `${what === "migrations" ? "a release with migrations: " : ""}it is ${days.length === 7 ? "any day" : days.join(", ")} ${from} to ${to} (${timeZone})`;
