const UNITS = [
  ["d", 86_400],
  ["h", 3600],
  ["min", 60],
  ["s", 1],
] as const;

/**
 * Seconds as a person says them, in at most two units: `1 d 12 h`, `25 min`, `40 s`. Rounded down: what is said to
 * have lasted 1 s has, and does not look long enough while it is not.
 */
export function span(seconds: number): string {
  let rest = Math.max(0, Math.floor(seconds));
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const many = Math.floor(rest / size);
    rest -= many * size;
    if (many > 0) parts.push(`${many} ${unit}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(" ") || "0 s";
}

/** `2026-05-04 16:00Z`. */
export const moment = (time: Date | number | string): string => {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? "an unknown time" : `${date.toISOString().slice(0, 16).replace("T", " ")}Z`;
};
