import type { EngineEvent, Op, Step, StepState } from "../engine.ts";

/** One resource of a run as its events showed it, changed or not: what the totals and the closing table are made of. */
export interface Seen {
  readonly urn: string;
  readonly type: string;
  op: Op;
  old?: StepState;
  new?: StepState;
}

/** Collects the resources of a run from its events. A digest of steps leaves out what stays the same; the events do not. */
export class Inventory {
  readonly #seen = new Map<string, Seen>();

  add(event: EngineEvent): void {
    const metadata = event.resourcePreEvent?.metadata ?? event.resOutputsEvent?.metadata;
    if (!metadata) return;
    const seen: Seen = this.#seen.get(metadata.urn) ?? { urn: metadata.urn, type: metadata.type, op: metadata.op as Op };
    // The end of a replacement repeats the URN with the old object only: it must not hide the new one.
    if (metadata.op !== "delete-replaced") seen.op = metadata.op as Op;
    seen.old ??= metadata.old as StepState | undefined;
    if (metadata.new) seen.new = metadata.new as StepState;
    this.#seen.set(metadata.urn, seen);
  }

  /** With `steps`: also what only they show. */
  all(steps: readonly Step[] = []): Seen[] {
    return [...this.#seen.values(), ...seenIn(steps).filter((s) => !this.#seen.has(s.urn))];
  }
}

/** The same from a digest. */
export function seenIn(steps: readonly Step[]): Seen[] {
  return steps.map((step) => ({
    urn: step.urn,
    type: step.newState?.type ?? step.oldState?.type ?? "",
    op: step.op,
    old: step.oldState,
    new: step.newState,
  }));
}
