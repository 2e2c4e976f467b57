import { type PromotionSettings, PromotionSettings as Schema } from "../../components/gates.schema.ts";
import { evaluateGates } from "../../ops/gates/evaluate.ts";
import type { Verdict } from "../../ops/gates/gate.ts";
import type { GateInput, Ran } from "../../ops/gates/input.ts";
import type { Actor, Happening, LedgerEvent } from "../../ops/ledger/event.ts";

const START = Date.parse("2026-05-04T00:00:00Z"); // a Monday
/** ISO time so many hours after the story's beginning. */
export const at = (hours: number): string => new Date(START + hours * 3_600_000).toISOString();
export const time = (hours: number): Date => new Date(at(hours));

export const ann: Actor = { name: "Ann", email: "ann@example.com" };
export const ben: Actor = { name: "Ben", email: "ben@example.com" };
export const cleo: Actor = { name: "Cleo", email: "cleo@example.com" };
export const robot: Actor = { name: "promoter[bot]", login: "promoter[bot]", bot: true };

export const release = (id: string) => ({ id, version: `${id}.0.0`, commit: "0".repeat(40), images: {} });
export const live = (id: string, hours: number): Ran => ({ id, liveSince: at(hours) });

type Entry = readonly [hours: number, what: Happening, actor?: Actor];

/** A ledger of a story's entries, in the order given. */
export const ledger = (...entries: Entry[]): LedgerEvent[] =>
  entries.map(([hours, what, actor = ann], index) => ({
    id: `e${index + 1}`,
    number: index + 1,
    previous: index === 0 ? null : `e${index}`,
    at: at(hours),
    actor,
    what,
  }));

export const deployed = (
  stack: string,
  id: string,
  endedAt: number,
  result: "succeeded" | "failed" | "restored" = "succeeded",
): Happening => ({
  kind: "deployment",
  stack,
  release: release(id),
  result,
  startedAt: at(endedAt),
  endedAt: at(endedAt),
  engine: "test",
});
export const rolledBack = (stack: string, from: string, to: string): Happening => ({
  kind: "rollback",
  stack,
  from: release(from),
  to: release(to),
  automatic: true,
  cause: "pods crash",
  class: "safe",
});
export const approved = (
  stack: string,
  releaseId: string,
  role: string,
  verdict: "approved" | "rejected" = "approved",
  codeOwner = false,
): Happening => ({
  kind: "approval",
  stack,
  releaseId,
  role,
  verdict,
  source: "ledger",
  codeOwner,
});
export const checked = (
  stack: string,
  releaseId: string,
  name: string,
  result: "passed" | "failed" = "passed",
  more: object = {},
): Happening => ({
  kind: "check",
  stack,
  releaseId,
  name,
  result,
  ...more,
});

type Written = Parameters<typeof Schema.parse>[0];
export interface Story extends Partial<Omit<GateInput, "promotion" | "ran" | "release">> {
  readonly gates?: Written;
  readonly promotion?: Record<string, unknown>;
  readonly ran?: Record<string, readonly Ran[]>;
  readonly release?: Partial<GateInput["release"]>;
}

export const promotionOf = ({ gates, promotion }: Pick<Story, "gates" | "promotion">): PromotionSettings =>
  Schema.parse({
    path: ["development", "staging", "production"],
    roles: { qa: { people: ["ann@example.com", "ben@example.com"] }, lead: { people: ["cleo@example.com", "ann@example.com"] } },
    ...(gates === undefined ? {} : { gates: { production: gates } }),
    ...promotion,
  });

/** Production, the release `b`, and a staging that ran it since hour 0; whatever a story says otherwise. */
export function inputOf({ gates, promotion, ran, release: about, ...more }: Story): GateInput {
  const here: Record<string, readonly Ran[]> = { staging: [live("b", 0)], production: [live("a", -100)], ...ran };
  return {
    promotion: promotionOf({ gates, promotion }),
    stack: "production",
    lane: "normal",
    release: { id: "b", version: "2.0.0", pendingMigrations: [], ...about },
    events: [],
    ran: (stack) => here[stack],
    now: time(48),
    ...more,
  };
}

export const judge = (story: Story): Verdict[] => evaluateGates(inputOf(story));
/** The verdicts of one kind of gate. */
export const only = (gate: string, story: Story): Verdict[] => judge(story).filter((v) => v.gate === gate);
/** The verdict of the only gate of its kind. */
export function the(gate: string, story: Story): Verdict {
  const found = only(gate, story);
  if (found.length !== 1) throw new Error(`${found.length} verdicts of ${gate}`);
  return found[0]!;
}
