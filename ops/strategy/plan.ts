import { seconds } from "../../components/primitives.ts";
import { otherColour } from "../../components/strategy/colours.ts";
import type { CanarySettings, CheckSettings, Colour, Position, StrategySettings } from "../../components/strategy/strategy.schema.ts";
import type { Rollout } from "./position.ts";

export interface PlanInput {
  /** Where things stand, as the stack file says; complete for every service with colours. */
  readonly rollout: Rollout;
  readonly strategies: Readonly<Record<string, StrategySettings>>;
  /** Services whose pods would not be the same after this run. */
  readonly affected: ReadonlySet<string>;
  /** Ids of the release that is to take over, and of the one that runs. */
  readonly release: string;
  readonly previous: string;
  /** Replicas that a service's active colour runs right now. */
  readonly replicas: (service: string) => number;
  readonly now: Date;
}

export interface StepCheck {
  readonly service: string;
  readonly colour: Colour;
  readonly weight: number;
  readonly check: CheckSettings;
}

/** One update of the stack, and what must hold before the next one. */
export interface PlannedStep {
  readonly kind: "settle" | "trial" | "weight" | "switch";
  /** For people: `api: 25 % to green`. */
  readonly title: string;
  /** `at`: when the step begins; a colour is kept from then on. */
  readonly position: (at: Date) => Rollout;
  /** Seconds to wait afterwards. */
  readonly pause: number;
  /** Asked after the pause. */
  readonly checks: readonly StepCheck[];
  /** Services whose new colour must have as many ready replicas as the active one before traffic comes. */
  readonly sized: readonly { readonly service: string; readonly colour: Colour; readonly replicas: number }[];
}

/**
 * The updates that bring a release in. Nothing that changes pods with two colours: one update, and what is no longer needed goes. Otherwise
 * the new colour is brought up and tested without traffic, canaries get their shares step by step, and then all switch at once. A run that
 * was interrupted goes on where it stood: a share that was reached is paused and checked again, never skipped.
 */
export function planSteps(input: PlanInput): PlannedStep[] {
  const { rollout, strategies, now } = input;
  const affected = Object.keys(rollout).filter((name) => input.affected.has(name) && (strategies[name]?.kind ?? "rolling") !== "rolling");
  const rest = Object.fromEntries(Object.entries(rollout).map(([name, position]) => [name, remaining(position, now)]));
  if (affected.length === 0) return [{ ...still, kind: "settle", title: "", position: () => rest }];

  const reached = new Map(affected.map((name) => [name, standing(input, name)]));
  const at = (weights: ReadonlyMap<string, number>): Rollout => ({
    ...rest,
    ...Object.fromEntries(affected.map((name) => [name, trial(input, name, weights.get(name) ?? reached.get(name)!)])),
  });
  const start = at(reached);
  const canaries = affected.flatMap((name) => {
    const strategy = strategies[name];
    return strategy?.kind === "canary" ? [{ name, strategy, colour: otherColour(rollout[name]!.active) }] : [];
  });
  const shares = sharesOf(canaries, reached);
  const first = shares.find(({ again }) => again);
  const more = shares.filter(({ again }) => !again);
  const trialStep: PlannedStep = {
    ...still,
    kind: "trial",
    title: affected.map((name) => `${name}: ${otherColour(rollout[name]!.active)} beside ${rollout[name]!.active}`).join(", "),
    position: () => start,
    sized: affected.map((service) => ({ service, colour: otherColour(rollout[service]!.active), replicas: sizeOf(input, service) })),
    ...(first === undefined ? {} : waiting(canaries, first.weights)),
  };
  const steps = more.map(
    ({ weights }): PlannedStep => ({
      ...still,
      kind: "weight",
      title: canaries.map(({ name, colour }) => `${name}: ${weights.get(name)} % to ${colour}`).join(", "),
      position: () => at(weights),
      ...waiting(canaries, weights),
    }),
  );
  const last: PlannedStep = {
    ...still,
    kind: "switch",
    title: affected.map((name) => `${name}: to ${otherColour(rollout[name]!.active)}`).join(", "),
    position: (time) => ({ ...rest, ...Object.fromEntries(affected.map((name) => [name, switched(input, name, time)])) }),
  };
  return [trialStep, ...steps, last];
}

const still = { pause: 0, checks: [], sized: [] } as const;

/** What is left of a position that this run does not move: a colour that is still to be kept. */
const remaining = ({ active, other }: Position, now: Date): Position =>
  other?.role === "kept" && Date.parse(other.until) > now.getTime() ? { active, other } : { active };

/** The share that the new colour has already. What is on trial for another release begins anew. */
function standing({ rollout, release }: PlanInput, name: string): number {
  const other = rollout[name]?.other;
  return other?.role === "candidate" && other.release === release ? other.weight : 0;
}

/** As many replicas as the active colour runs, and as many as an interrupted run had counted before traffic moved away from it. */
function sizeOf({ rollout, replicas }: PlanInput, name: string): number {
  const other = rollout[name]?.other;
  return Math.max(replicas(name), other?.role === "candidate" ? other.replicas : 1);
}

const trial = (input: PlanInput, name: string, weight: number): Position => ({
  active: input.rollout[name]!.active,
  other: { role: "candidate", release: input.release, weight, replicas: sizeOf(input, name) },
});

function switched(input: PlanInput, name: string, at: Date): Position {
  const strategy = input.strategies[name]!;
  const keep = strategy.kind === "rolling" ? 0 : seconds(strategy.keep);
  const until = new Date(at.getTime() + keep * 1000).toISOString();
  return {
    active: otherColour(input.rollout[name]!.active),
    other: { role: "kept", release: input.previous, replicas: sizeOf(input, name), until },
  };
}

interface Canary {
  readonly name: string;
  readonly strategy: CanarySettings;
  readonly colour: Colour;
}
interface Share {
  readonly weights: ReadonlyMap<string, number>;
  /** Reached by an earlier run. */
  readonly again: boolean;
}

/** The shares of all canaries, side by side: one with fewer steps stays at its last until the others are there. */
function sharesOf(canaries: readonly Canary[], reached: ReadonlyMap<string, number>): Share[] {
  const again = canaries.some(({ name }) => reached.get(name)! > 0);
  const left = canaries.map(({ name, strategy }) => ({ name, steps: strategy.steps.filter((step) => step > reached.get(name)!) }));
  const rounds = Math.max(0, ...left.map(({ steps }) => steps.length));
  const weightsAt = (round: number) =>
    new Map(left.map(({ name, steps }) => [name, steps[Math.min(round, steps.length - 1)] ?? reached.get(name)!]));
  return [
    ...(again ? [{ weights: reached, again }] : []),
    ...Array.from({ length: rounds }, (_, round) => ({ weights: weightsAt(round), again: false })),
  ];
}

const waiting = (canaries: readonly Canary[], weights: ReadonlyMap<string, number>): Pick<PlannedStep, "pause" | "checks"> => ({
  pause: Math.max(0, ...canaries.map(({ strategy }) => seconds(strategy.pause))),
  checks: canaries.flatMap(({ name, strategy, colour }) =>
    strategy.checks.map((check) => ({ service: name, colour, weight: weights.get(name) ?? 0, check })),
  ),
});
