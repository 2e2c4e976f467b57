import { Temporal } from "temporal-polyfill";

const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?$/i;

/**
 * Milliseconds since 1970 of a date, or a date with a time, in ISO 8601. Without a zone it is UTC, as everything that is printed: a colleague
 * elsewhere, and a workflow, read the same of it. Undefined for what is none, and for a day that no month has.
 */
export function readTime(text: string): number | undefined {
  const [, date, time = "00:00", zone = "Z"] = TIME.exec(text.trim()) ?? [];
  if (date === undefined) return undefined;
  try {
    return Temporal.Instant.from(`${date}T${time}${zone.toUpperCase()}`).epochMilliseconds;
  } catch {
    return undefined;
  }
}
