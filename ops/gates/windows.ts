import { Temporal } from "temporal-polyfill";
import type { Window } from "../../components/gates.schema.ts";
import { gatesOf } from "../../components/upstream.ts";
import type { Verdict } from "./gate.ts";
import { type GateInput, verdict } from "./input.ts";
import { moment } from "./words.ts";

export interface Opening {
  readonly from: Date;
  readonly to: Date;
}

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** A week and the day before: the window of yesterday may reach into today, and the same weekday comes again after seven days. */
const LOOK = { back: 2, ahead: 8 } as const;

/** Windows for every release, and those for releases with migrations. */
export function windowGates(input: GateInput): Verdict[] {
  const { windows } = gatesOf(input.promotion, input.stack);
  return (["releases", "migrations"] as const).flatMap((kind) => {
    const declared = windows.filter((window) => window.for === kind);
    if (declared.length === 0) return [];
    if (kind === "migrations" && (input.ran(input.stack) ?? []).length === 0)
      return [verdict("window", { subject: kind, open: true, code: "first-deployment", text: `nothing ran in ${input.stack} yet` })];
    if (kind === "migrations" && input.release.pendingMigrations.length === 0)
      return [verdict("window", { subject: kind, open: true, code: "no-migrations", text: `${input.release.version} migrates nothing` })];
    return [windowGate(input, kind, declared)];
  });
}

function windowGate({ now, stack }: GateInput, subject: string, windows: readonly Window[]): Verdict {
  const openings = windows.flatMap((window) => openingsAround(window, now));
  const current = openings.find(({ from, to }) => from <= now && now < to);
  const words = windows.map(inWords).join(" or ");
  if (current !== undefined)
    return verdict("window", {
      subject,
      open: true,
      code: "inside-window",
      text: `the window for ${subject} into ${stack} is open until ${moment(current.to)}`,
    });
  const [opensAt] = openings
    .filter(({ from }) => from > now)
    .map(({ from }) => from)
    .sort((a, b) => a.getTime() - b.getTime());
  const text = `${subject} go into ${stack} only ${words}`;
  return verdict("window", { subject, open: false, code: "outside-window", text, ...(opensAt === undefined ? {} : { opensAt }) });
}

const inWords = ({ days, from, to, timeZone }: Window): string =>
  `${days.length === 7 ? "daily" : days.join(", ")} ${from} to ${to} (${timeZone})`;

/**
 * The openings of a window around a time. The clock of the zone decides: an opening keeps its hour across daylight saving. A time that a
 * day lacks is the one after the gap; of one that it has twice the window begins at the first and ends at the second.
 */
export function openingsAround(window: Window, now: Date): Opening[] {
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(window.timeZone).toPlainDate();
  const [start, end] = [Temporal.PlainTime.from(window.from), Temporal.PlainTime.from(window.to)];
  const overnight = Temporal.PlainTime.compare(end, start) <= 0;
  const openings: Opening[] = [];
  for (let day = -LOOK.back; day <= LOOK.ahead; day++) {
    const date = today.add({ days: day });
    if (!window.days.includes(DAYS[date.dayOfWeek - 1]!)) continue;
    const at = (on: Temporal.PlainDate, time: Temporal.PlainTime, twice: "earlier" | "later") => {
      const local = on.toPlainDateTime(time);
      const zoned = local.toZonedDateTime(window.timeZone, { disambiguation: "compatible" });
      // In a gap `compatible` is the later time, which has another hour than asked for.
      return zoned.toPlainDateTime().equals(local) ? local.toZonedDateTime(window.timeZone, { disambiguation: twice }) : zoned;
    };
    const from = at(date, start, "earlier").epochMilliseconds;
    const to = at(overnight ? date.add({ days: 1 }) : date, end, "later").epochMilliseconds;
    // Both ends in one gap, or its edges: the window is as long as on any other day.
    const length = start.until(end).total("milliseconds") + (overnight ? 86_400_000 : 0);
    openings.push({ from: new Date(from), to: new Date(to > from ? to : from + length) });
  }
  return openings;
}
