import { Duration, seconds } from "../../components/primitives.ts";
import { readTime } from "../read-time.ts";
import { UserError } from "../user-error.ts";
import { Happening, type LedgerEvent } from "./event.ts";

export interface Selection {
  readonly stack?: string | undefined;
  readonly kinds?: readonly string[] | undefined;
  /** Milliseconds since 1970. */
  readonly since?: number | undefined;
}

export const KINDS: readonly string[] = Happening.options.map((option) => option.shape.kind.value);

/** The entries that were asked for. What concerns every environment concerns each one. */
export const select = (events: readonly LedgerEvent[], { stack, kinds, since }: Selection): LedgerEvent[] =>
  events.filter(
    ({ what, at }) =>
      (stack === undefined || concerns(what, stack)) &&
      (kinds === undefined || kinds.includes(what.kind)) &&
      (since === undefined || Date.parse(at) >= since),
  );

function concerns(what: Happening, stack: string): boolean {
  if (what.kind === "promotion") return what.from === stack || what.to === stack;
  return !("stack" in what) || what.stack === undefined || what.stack === stack;
}

/** A moment: `7d` ago, or a date such as 2026-11-21 (UTC) with or without a time. */
export function moment(text: string, now: number): number {
  if (Duration.safeParse(text).success) return now - seconds(text) * 1000;
  const time = readTime(text);
  if (time !== undefined) return time;
  throw new UserError(`--since takes a duration such as 12h or 7d, or a date such as 2026-11-21; not "${text}".`, 2);
}

/** `promotion,rollback`, checked. */
export function kindsOf(text: string): string[] {
  const kinds = text.split(",").map((kind) => kind.trim());
  const unknown = kinds.find((kind) => !KINDS.includes(kind));
  if (unknown === undefined) return kinds;
  throw new UserError(`There are no entries of kind "${unknown}". There are: ${KINDS.join(", ")}.`, 2);
}
