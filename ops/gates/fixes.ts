import type { LedgerEvent } from "../ledger/event.ts";
import { activeHolds } from "../promotion/holds.ts";
import type { Verdict } from "./gate.ts";
import { commandOf, type GateInput, verdict } from "./input.ts";

/** A release that went live in an environment by a short way, and that nothing new followed there. */
export interface Fix {
  readonly stack: string;
  readonly releaseId: string;
  /** Ids of the entries that let it in. */
  readonly evidence: readonly string[];
  /** Those before it had it once: a run saw that by itself. */
  readonly noted: boolean;
}

/**
 * What must not be lost with the next release of an environment: hotfixes, and what came through broken glass, that went live there and are not held
 * back. A release that never ran there before followed by the gates and so has them; somebody's word (`back-port --reason`) ends it too.
 */
export function fixesIn(events: readonly LedgerEvent[], stack: string): Fix[] {
  const declared = new Map<string, string[]>();
  const fixes = new Map<string, Fix>();
  const ran = new Set<string>();
  for (const { id: event, what } of events) {
    if (!("stack" in what) || what.stack !== stack) continue;
    if (what.kind === "hotfix" || what.kind === "break-glass") {
      const id = what.kind === "hotfix" ? what.release.id : what.releaseId;
      declared.set(id, [...(declared.get(id) ?? []), event]);
    } else if (what.kind === "deployment" && what.result === "succeeded") {
      const { id } = what.release;
      const evidence = declared.get(id);
      if (evidence !== undefined) fixes.set(id, { stack, releaseId: id, evidence, noted: fixes.get(id)?.noted ?? false });
      else if (!ran.has(id)) fixes.clear();
      ran.add(id);
    } else if (what.kind === "back-ported") {
      const fix = fixes.get(what.releaseId);
      if (what.reason !== undefined) fixes.delete(what.releaseId);
      else if (fix !== undefined) fixes.set(fix.releaseId, { ...fix, noted: true });
    }
  }
  const held = new Set(activeHolds(events, stack).map(({ releaseId }) => releaseId));
  return [...fixes.values()].filter(({ releaseId }) => !held.has(releaseId));
}

/** A release that lacks a hotfix which ran here would bring the fault back. */
export function fixGate(input: GateInput): Verdict[] {
  const { stack, release, lacks = [] } = input;
  if (lacks.length === 0) return [];
  return [
    verdict("hotfix", {
      open: false,
      code: "lacks-hotfix",
      text: `${release.version} does not contain ${lacks.map(({ releaseId }) => releaseId).join(", ")}, which went into ${stack} by a short way: it would be lost`,
      next: `merge that commit and make a release of it, or, where it was ported as another commit: ${commandOf(input)} back-port ${stack} --reason TEXT`,
      evidence: lacks.flatMap(({ evidence }) => evidence),
    }),
  ];
}
