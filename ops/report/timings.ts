import { count, duration } from "./text.ts";
import { kindOf, parseUrn } from "./urn.ts";

const SHOWN = 5;

/** How long each step took, slowest first; what is quick is folded. */
export function timingLines(timings: Record<string, number>): string[] {
  const sorted = Object.entries(timings).sort(([, a], [, b]) => b - a);
  const slow = sorted.filter(([, seconds], i) => i < SHOWN && (seconds >= 0.1 || i === 0));
  const rest = sorted.slice(slow.length);
  const width = Math.max(0, ...slow.map(([urn]) => titleOf(urn).length));
  const lines = slow.map(([urn, seconds]) => `${titleOf(urn).padEnd(width)}  ${duration(seconds)}`);
  if (rest.length > 0) lines.push(`and ${count(rest.length, "more step")}, none longer than ${duration(rest[0]![1])}`);
  return lines;
}

const titleOf = (urn: string): string => {
  const { type, name } = parseUrn(urn);
  return `${kindOf(type)} ${name}`;
};
