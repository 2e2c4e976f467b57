/** One part of a text that may be shortened to its first lines. */
export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

export interface Fitted {
  readonly lines: readonly string[];
  /** How many of its lines are missing. */
  readonly left: number;
}

/** Fewer lines than these say nothing: the section is left out as a whole. */
const LEAST = 3;

/** The sections within so many characters: short ones whole, and what remains shared evenly among the long ones, cut between lines. */
export function shorten(sections: readonly Section[], room: number): Fitted[] {
  const size = ({ lines }: Section) => lines.reduce((sum, line) => sum + line.length + 1, 0);
  const bySize = sections.map((section, index) => ({ index, need: size(section) })).sort((a, b) => a.need - b.need);
  const allowed = new Map<number, number>();
  let remaining = Math.max(0, room);
  bySize.forEach(({ index, need }, i) => {
    const share = Math.min(need, Math.floor(remaining / (bySize.length - i)));
    allowed.set(index, share);
    remaining -= share;
  });
  return sections.map(({ lines }, index) => {
    let used = 0;
    const kept = lines.findIndex((line) => {
      used += line.length + 1;
      return used > allowed.get(index)!;
    });
    if (kept === -1) return { lines, left: 0 };
    return kept < LEAST ? { lines: [], left: lines.length } : { lines: lines.slice(0, kept), left: lines.length - kept };
  });
}
