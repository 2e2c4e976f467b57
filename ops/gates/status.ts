import { releaseId } from "../../components/release.ts";
import { sourcesOf, stacksOf } from "../../components/upstream.ts";
import { activeHolds } from "../promotion/holds.ts";
import { isRecord } from "../report/diff.ts";
import { listed } from "../report/text.ts";
import { rolloutOf } from "../strategy/position.ts";
import { rolloutLines } from "../strategy/words.ts";
import { type Unported, unported } from "./back-port.ts";
import { type BrokenGlass, brokenGlass } from "./break-glass.ts";
import { checklistAfter } from "./checks.ts";
import { evaluateGates } from "./evaluate.ts";
import { candidate, type Evidence, gateInput } from "./evidence.ts";
import { activeFreezes } from "./freezes.ts";
import type { Verdict } from "./gate.ts";
import { openIncidents } from "./incidents.ts";
import { People } from "./people.ts";
import { decidingOn, unreadOf } from "./unread.ts";

export interface Status {
  readonly stack: string;
  readonly release?: { readonly id: string; readonly version: string; readonly liveSince?: string };
  /** Why what it runs, or one before it, cannot be known: then nothing is said of what goes there next. */
  readonly unread?: string;
  /** What its file names, when that does not run yet. */
  readonly declared?: { readonly id: string; readonly version: string };
  readonly requested?: { readonly cpu: string; readonly memory: string; readonly pods?: number };
  /** Where its services with two colours stand, when one is on trial or kept. */
  readonly rollout?: readonly string[];
  /** What goes there next, and the gates before it. */
  readonly next?: {
    readonly id: string;
    readonly version: string;
    readonly from: readonly string[];
    readonly lane: string;
    readonly verdicts: readonly Verdict[];
  };
  readonly holds: readonly { readonly releaseId: string; readonly reason: string }[];
  readonly freezes: readonly { readonly reason: string; readonly until?: Date; readonly by: string }[];
  readonly incidents: readonly { readonly incident: string; readonly summary: string; readonly at: string }[];
  /** Of the checklist after deployment, what is not done for the release that runs. */
  readonly checklist: readonly Verdict[];
  /** Broken glass that nobody confirmed, and what those before it do not have yet: a hotfix, or what came through broken glass. */
  readonly red: readonly string[];
}

export async function statusOf(evidence: Evidence, stack: string): Promise<Status> {
  const { application, events, facts } = evidence;
  const { promotion } = application;
  const own = facts.get(stack);
  const { live, declared, ran, outputs } = own ?? {};
  const next = candidate(evidence, stack);
  const unread = unreadOf(evidence, decidingOn(evidence, stack));
  const moves = unread === undefined && next !== undefined && (live === undefined || releaseId(live) !== releaseId(next));
  const input = moves ? await gateInput(evidence, { stack, release: next }) : undefined;
  const after =
    live === undefined || unread !== undefined ? [] : checklistAfter(await gateInput(evidence, { stack, release: live, lane: "normal" }));
  const liveSince = live === undefined ? undefined : ran?.find(({ id }) => id === releaseId(live))?.liveSince;
  const glass = brokenGlass(events, new People(promotion), stack);
  const open = (await unported(evidence)).filter((one) => one.stack === stack && one.missing.length > 0);
  return {
    stack,
    ...(live === undefined
      ? {}
      : { release: { id: releaseId(live), version: live.version, ...(liveSince === undefined ? {} : { liveSince }) } }),
    ...(unread === undefined ? {} : { unread }),
    ...(declared === undefined || unread !== undefined || (live !== undefined && releaseId(declared) === releaseId(live))
      ? {}
      : { declared: { id: releaseId(declared), version: declared.version } }),
    ...(isRecord(outputs?.requested) ? { requested: outputs.requested as unknown as NonNullable<Status["requested"]> } : {}),
    ...(input === undefined
      ? {}
      : {
          next: {
            id: input.release.id,
            version: input.release.version,
            from: stacksOf(sourcesOf(promotion, stack)),
            lane: input.lane,
            verdicts: evaluateGates(input),
          },
        }),
    rollout: own === undefined ? [] : rolloutLines(rolloutOf(own.configuration, evidence.project.name), evidence.command, stack),
    holds: activeHolds(events, stack).map(({ releaseId: id, reason }) => ({ releaseId: id, reason })),
    freezes: activeFreezes(events, stack, evidence.now).map(({ reason, until, by }) => ({
      reason,
      by,
      ...(until === undefined ? {} : { until }),
    })),
    incidents: openIncidents(events, stack).map(({ incident, summary, at }) => ({ incident, summary, at })),
    checklist: after.filter(({ open }) => !open),
    red: [
      ...glass.filter((one) => isUnconfirmed(one, promotion.secondPerson)).map(unconfirmedText),
      ...open.map((one) => unportedText(one, glass)),
    ],
  };
}

const isUnconfirmed = ({ confirmation, backPorted, alone }: BrokenGlass, secondPerson: boolean): boolean =>
  confirmation === undefined && !backPorted && !(alone && !secondPerson);

const unconfirmedText = ({ incident, reason, by, releaseId: id }: BrokenGlass): string =>
  `${incident}: ${reason} (${by.name}, ${id}): not confirmed by a second person`;

function unportedText({ releaseId: id, missing }: Unported, glass: readonly BrokenGlass[]): string {
  const broken = glass.findLast((one) => one.releaseId === id);
  const what = broken === undefined ? `hotfix ${id}` : `${broken.incident}: ${broken.reason} (${broken.by.name}, ${id})`;
  return `${what}: port it back to ${listed(missing)}`;
}
