import type { PromotionSettings } from "../../components/gates.schema.ts";
import type { NOTICES, NotificationSettings, Receiver } from "../../components/notifications.schema.ts";
import type { Happening, LedgerEvent, ReleaseReference } from "../ledger/event.ts";
import { actorInWords, inWords } from "../ledger/words.ts";

type Notice = (typeof NOTICES)[number];

/** What people are told of; other entries are for the ledger's readers. */
const OF: Partial<Record<Happening["kind"], Notice>> = {
  deployment: "deployment",
  watch: "deployment",
  promotion: "promotion",
  hotfix: "promotion",
  rollback: "rollback",
  hold: "rollback",
  "hold-released": "rollback",
  restore: "rollback",
  drift: "drift",
  freeze: "freeze",
  unfreeze: "freeze",
  "incident-opened": "incident",
  "incident-closed": "incident",
  approval: "approval",
  "break-glass": "break-glass",
  "break-glass-confirmed": "break-glass",
};

export interface Message {
  readonly title: string;
  readonly lines: readonly string[];
}

/** What the message is about, as far as it is known. */
export interface About {
  readonly project: string;
  readonly settings: NotificationSettings;
  readonly promotion: PromotionSettings;
  /** Subjects of the commits that a release brought, by its id. */
  readonly commits: ReadonlyMap<string, readonly string[]>;
  /** Where an environment is reached, by its name: `https://…`. */
  readonly addresses: ReadonlyMap<string, string>;
}

/** How many commits a message names. */
const COMMITS = 8;

/** What one receiver is told of what was just recorded together; undefined when nothing of it concerns them. */
export function messageFor(receiver: Receiver, events: readonly LedgerEvent[], about: About): Message | undefined {
  const concerned = events.filter(({ what }) => concerns(receiver, what));
  const [first] = concerned;
  if (first === undefined) return undefined;
  const release = concerned.map(({ what }) => releaseOf(what)).find((one) => one !== undefined);
  const commits = release === undefined ? [] : (about.commits.get(release.id) ?? []);
  const address = about.addresses.get(stackOf(first.what) ?? "");
  const { report } = about.settings;
  return {
    title: `${about.project}: ${inWords(first.what)}`,
    lines: [
      ...concerned.slice(1).map(({ what }) => inWords(what)),
      `By: ${actorInWords(first.actor)}, ${first.at.slice(0, 16).replace("T", " ")}Z`,
      ...(commits.length === 0 ? [] : [`What is in ${release!.version}:`, ...shortened(commits)]),
      ...(address === undefined ? [] : [`Where: ${address}`]),
      ...(report === undefined ? [] : [`Trouble? ${report}`]),
      ...(receiver.roles.length === 0 ? [] : [`For: ${receiver.roles.join(", ")}`]),
    ],
  };
}

function concerns({ on, stacks }: Receiver, what: Happening): boolean {
  const notice = OF[what.kind];
  if (notice === undefined || !on.includes(notice)) return false;
  if (what.kind === "deployment" && what.result === "cancelled") return false;
  if (what.kind === "watch" && what.result === "passed") return false;
  if (what.kind === "drift" && what.findings === 0) return false;
  const stack = stackOf(what);
  return stacks === undefined || stack === undefined || stacks.includes(stack);
}

const stackOf = (what: Happening): string | undefined => (what.kind === "promotion" ? what.to : "stack" in what ? what.stack : undefined);

/** The release whose contents people want to hear of: what comes, not what went. */
const releaseOf = (what: Happening): ReleaseReference | undefined =>
  what.kind === "promotion" || what.kind === "hotfix" || (what.kind === "deployment" && what.result === "succeeded")
    ? what.release
    : undefined;

function shortened(commits: readonly string[]): string[] {
  const shown = commits.slice(0, COMMITS).map((subject) => `- ${subject}`);
  return commits.length > COMMITS ? [...shown, `- and ${commits.length - COMMITS} more`] : shown;
}

/** Who gets a mail: the receiver's addresses, and those of the people in its roles. */
export function recipients(receiver: Receiver & { kind: "email" }, { roles, people }: PromotionSettings): string[] {
  const members = receiver.roles.flatMap((role) => roles[role]?.people ?? []);
  const addresses = members.flatMap((name) => (Object.hasOwn(people, name) ? people[name]! : [name])).filter((one) => /^[^@]+@/.test(one));
  return [...new Set([...receiver.to, ...addresses])];
}
