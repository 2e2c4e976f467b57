import type { Actor, Happening, HappeningOf, LedgerEvent } from "./event.ts";

type Words = { [K in Happening["kind"]]: (what: HappeningOf<K>) => string };

const plural = (n: number, one: string): string => `${n} ${one}${n === 1 ? "" : "s"}`;
const why = (text: string | undefined): string => (text ? `: ${text}` : "");
const everywhere = (stack: string | undefined): string => stack ?? "all environments";
const minute = (time: string): string => `${time.slice(0, 16).replace("T", " ")}Z`;

/** One line a kind, for people: what happened to which stack and release. */
const words: Words = {
  release: ({ release, commits, reason }) =>
    `release ${release.version} made of ${release.commit.slice(0, 8)}, with ${plural(Object.keys(release.images).length, "image")} and ${plural(commits.length, "commit")}${why(reason)}`,
  promotion: ({ from, to, release, lane }) => `${release.version} promoted from ${from} to ${to}${lane === "normal" ? "" : ` (${lane})`}`,
  deployment: ({ stack, release, result, cause }) => `${release.version} deployed to ${stack}: ${result}${why(cause)}`,
  rollback: ({ stack, from, to, automatic, cause, secondsToRestore }) =>
    `${stack} rolled back from ${from.version} to ${to.version}${automatic ? " by itself" : ""}${secondsToRestore === undefined ? "" : ` in ${secondsToRestore} s`}: ${cause}`,
  approval: ({ stack, releaseId, role, verdict, note }) => `${releaseId} ${verdict} for ${stack} as ${role}${why(note)}`,
  "migrations-confirmed": ({ stack, releaseId, migrations }) =>
    `${plural(migrations.length, "migration")} of ${releaseId} confirmed for ${stack}: ${migrations.join(", ")}`,
  check: ({ stack, releaseId, name, result }) => `check ${name} of ${releaseId} ${result} in ${stack}`,
  hold: ({ stack, releaseId, reason, automatic }) => `${releaseId} held back from ${stack}${automatic ? " by itself" : ""}: ${reason}`,
  "hold-released": ({ stack, releaseId, reason }) => `${releaseId} no longer held back from ${stack}: ${reason}`,
  freeze: ({ stack, reason, until }) => `${everywhere(stack)} frozen${until === undefined ? "" : ` until ${minute(until)}`}: ${reason}`,
  unfreeze: ({ stack, reason }) => `${everywhere(stack)} unfrozen: ${reason}`,
  "incident-opened": ({ incident, stack, summary }) => `incident ${incident} opened in ${stack}: ${summary}`,
  "incident-closed": ({ incident, stack, summary }) => `incident ${incident} closed in ${stack}${why(summary)}`,
  hotfix: ({ stack, release, reason, alone }) => `hotfix ${release.version} for ${stack}${alone ? ", by a team of one" : ""}: ${reason}`,
  "break-glass": ({ stack, releaseId, incident, reason, confirmBy, alone }) =>
    `glass broken for ${releaseId} in ${stack} (incident ${incident}, ${alone ? "by a team of one" : `to be confirmed by ${minute(confirmBy)}`}): ${reason}`,
  "break-glass-confirmed": ({ stack, releaseId }) => `breaking the glass for ${releaseId} in ${stack} confirmed`,
  "back-ported": ({ stack, releaseId, to, reason }) =>
    `${releaseId} of ${stack} back-ported${to.length === 0 ? "" : ` to ${to.join(", ")}`}${why(reason)}`,
  watch: ({ stack, releaseId, result, minutes, cause }) => `${releaseId} watched in ${stack} for ${minutes} min: ${result}${why(cause)}`,
  rehearsal: ({ stack, from, to, result, seconds }) => `rollback from ${from} to ${to} rehearsed in ${stack}: ${result} in ${seconds} s`,
  backup: ({ stack, backup, verified }) => `backup ${backup} of ${stack} taken${verified ? " and verified" : ", not verified"}`,
  restore: ({ stack, backup, result, seconds, drill, server, to, cause }) => {
    const what =
      server === undefined ? `backup ${backup}` : to === undefined ? "the data from before the restore" : `data of ${minute(to)}`;
    const where = drill ? `of ${stack} restored on trial` : `restored to ${stack}`;
    return `${what} ${where}${server === undefined ? "" : ` by the server ${server}`}: ${result} in ${seconds} s${why(cause)}`;
  },
  "server-retired": ({ stack, server, serving }) => `the server ${server} of ${stack} taken away; ${serving} serves`,
  drift: ({ stack, findings, fixed }) =>
    `drift in ${stack}: ${plural(findings, "finding")}${fixed === undefined ? "" : `, ${fixed} put back`}`,
};

/** What happened, in one line. */
export function inWords(what: Happening): string {
  return (words[what.kind] as (what: Happening) => string)(what).replaceAll("\n", " ");
}

export const actorInWords = ({ name, requestedBy }: Actor): string => (requestedBy === undefined ? name : `${name} for ${requestedBy}`);

/** A commit's message: what `git log liftlock-ledger` shows. */
export function commitMessage(events: readonly LedgerEvent[]): string {
  const lines = events.map(({ number, what }) => `#${number} ${inWords(what)}`);
  if (lines.length === 1) return `${lines[0]}\n`;
  return `${events.length} entries, #${events[0]?.number} to #${events.at(-1)?.number}\n\n${lines.join("\n")}\n`;
}
