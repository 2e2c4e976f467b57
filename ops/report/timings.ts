import { label } from "./changes.ts";
import type { Seen } from "./inventory.ts";
import { count, duration } from "./text.ts";
import { isProvider, kindOf } from "./urn.ts";

const SHOWN = 5;

/** How long each step took, slowest first; what is quick is folded. A component's time is that of its parts: it does not count. */
export function timingLines(timings: Record<string, number>, seen: readonly Seen[]): string[] {
  const steps = new Map(seen.filter((s) => (s.new ?? s.old)?.custom === true && !isProvider(s.type)).map((s) => [s.urn, titleOf(s)]));
  const sorted = Object.entries(timings)
    .filter(([urn]) => steps.has(urn))
    .sort(([, a], [, b]) => b - a);
  const slow = sorted.filter(([, seconds], i) => i < SHOWN && (seconds >= 0.1 || i === 0));
  const rest = sorted.slice(slow.length);
  const width = Math.max(0, ...slow.map(([urn]) => steps.get(urn)!.length));
  const lines = slow.map(([urn, seconds]) => `${steps.get(urn)!.padEnd(width)}  ${duration(seconds)}`);
  if (rest.length > 0) lines.push(`and ${count(rest.length, "more step")}, none longer than ${duration(Math.max(0.1, rest[0]![1]))}`);
  return lines;
}

const titleOf = (s: Seen): string => label({ urn: s.urn, kind: kindOf(s.type), old: s.old, new: s.new });
