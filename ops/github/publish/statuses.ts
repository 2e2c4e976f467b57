import type { GateAnswer } from "../../context.ts";
import type { Verdict } from "../../gates/gate.ts";
import { type Api, statusOf } from "../api.ts";
import { cut } from "./cut.ts";
import type { Statuses } from "./outbox.ts";

type Status = Statuses["list"][number];

/** Reasons that waiting does not take away: something spoke against the release. */
const AGAINST = /^(rejected|held|check-failed|rehearsal-failed|restore-failed|failed-upstream|rolled-back-upstream)$/;

/** Longest name of a status that GitHub takes. */
const CONTEXT = 255;

/** What gates say of a release, as statuses of its commit. Gates of one name are one status: the worst of them. */
export function statusesOf({ stack, release, verdicts }: GateAnswer): Statuses {
  const byName = new Map<string, Verdict>();
  for (const verdict of verdicts) {
    const name = [`liftlock/${stack}/${verdict.gate}`, ...(verdict.subject === undefined ? [] : [verdict.subject])]
      .join("/")
      .slice(0, CONTEXT);
    const before = byName.get(name);
    if (before === undefined || RANK[stateOf(verdict)] > RANK[stateOf(before)]) byName.set(name, verdict);
  }
  return {
    sha: release.commit,
    stack,
    version: release.version,
    list: [...byName].map(([context, verdict]) => statusOfGate(context, verdict)),
  };
}

const RANK = { success: 0, pending: 1, failure: 2 } as const;

const stateOf = ({ open, code }: Verdict): Status["state"] => (open ? "success" : AGAINST.test(code) ? "failure" : "pending");

function statusOfGate(context: string, verdict: Verdict): Status {
  const { text, opensAt } = verdict;
  const when = opensAt === undefined ? "" : `Opens at ${opensAt.toISOString().slice(0, 16).replace("T", " ")}Z. `;
  return { context, state: stateOf(verdict), description: cut(when + text) };
}

/** Tells GitHub what it does not know yet. Returns how many statuses that were. */
export async function publishStatuses({ octokit, owner, repo }: Api, { sha, stack, list, log }: Statuses): Promise<number> {
  const there = await knownStatuses({ octokit, owner, repo }, sha);
  const gone = [...there].filter(
    ([context, { state }]) =>
      context.startsWith(`liftlock/${stack}/`) && state !== "success" && !list.some((one) => one.context === context),
  );
  const changed = [
    ...list.filter((one) => !saysTheSame(one, there.get(one.context))),
    ...gone.map(([context]): Status => ({ context, state: "success", description: "not asked any more" })),
  ];
  for (const { context, state, description } of changed)
    await octokit.rest.repos.createCommitStatus({
      ...{ owner, repo, sha, context, state, description },
      ...(log === undefined ? {} : { target_url: log }),
    });
  return changed.length;
}

/** Is there nothing new in it? How long something has been open, or has soaked, by now is not. */
function saysTheSame(
  { state, description }: Pick<Status, "state" | "description">,
  known: { state: string; description: string } | undefined,
): boolean {
  if (known?.state !== state) return false;
  const opens = /^Opens at \S+ \S+Z\. /.exec(description)?.[0];
  return state === "success" || description === known.description || (opens !== undefined && known.description.startsWith(opens));
}

/** The newest of each name; none of a commit that cannot be read: what follows says why. */
async function knownStatuses({ octokit, owner, repo }: Pick<Api, "octokit" | "owner" | "repo">, ref: string) {
  const known = new Map<string, { state: string; description: string }>();
  try {
    // The library turns no pages of this one: its list is inside of an object with an address of its own.
    for (let page = 1, more = true; more; page++) {
      const { data } = await octokit.rest.repos.getCombinedStatusForRef({ owner, repo, ref, per_page: 100, page });
      for (const { context, state, description } of data.statuses) known.set(context, { state, description: description ?? "" });
      more = data.statuses.length === 100 && known.size < data.total_count;
    }
    return known;
  } catch (error) {
    if ([404, 422].includes(statusOf(error) ?? 0)) return new Map<string, { state: string; description: string }>();
    throw error;
  }
}
