import type { HistoryEntry } from "../engine.ts";
import { hasChanges } from "../report/headline.ts";
import type { HappeningOf, LedgerEvent } from "./event.ts";

/** Stack history keeps whole seconds, and a backend that is a service has a clock of its own. */
const TOLERANCE = 30_000;

interface Window {
  readonly number: number;
  readonly what: HappeningOf<"deployment">;
  readonly from: number;
  readonly to: number;
}

/**
 * Compares what the ledger says of a stack with the stack's own history, which nobody keeps up but the engine. An update that changed
 * nothing is no deployment; one deployment may hold two updates (the second one put the previous release back).
 */
export function crossCheck(stack: string, events: readonly LedgerEvent[], history: readonly HistoryEntry[]): string[] {
  const updates = history.filter(({ kind, result }) => kind === "update" && result !== "in-progress").toReversed();
  const windows = events.flatMap(({ number, what }): Window[] => {
    if (what.kind !== "deployment" || what.stack !== stack) return [];
    return [{ number, what, from: Date.parse(what.startedAt) - TOLERANCE, to: Date.parse(what.endedAt) + TOLERANCE }];
  });
  // A restore stops and starts what runs, by updates of its own.
  const restores = events.flatMap(({ at, what }) =>
    (what.kind === "server-retired" || (what.kind === "restore" && (!what.drill || what.server !== undefined))) && what.stack === stack
      ? [{ from: Date.parse(at) - what.seconds * 1000 - TOLERANCE, to: Date.parse(at) + TOLERANCE }]
      : [],
  );
  const within = (window: Pick<Window, "from" | "to">, { startTime, endTime }: HistoryEntry) =>
    Date.parse(startTime) >= window.from && Date.parse(endTime ?? startTime) <= window.to;

  const deployments = updates.filter((update) => hasChanges(update.resourceChanges ?? {}));
  const [first] = events;
  if (first === undefined) return deployments.length === 0 ? [] : [notBegun(stack, deployments.length)];
  // A ledger that was begun after the stack knows nothing of what was before.
  const begun = Math.min(Date.parse(first.at), ...windows.map(({ from }) => from));
  const unrecorded = deployments.filter(
    (update) =>
      Date.parse(update.endTime ?? update.startTime) >= begun && ![...windows, ...restores].some((window) => within(window, update)),
  );

  const oldest = history.reduce((time, { startTime }) => Math.min(time, Date.parse(startTime)), Number.POSITIVE_INFINITY);
  const claimed = windows.filter(({ what }) => what.result === "succeeded" || what.result === "restored");
  const invented = claimed.filter((window) => window.to >= oldest && !updates.some((update) => within(window, update)));
  const older = claimed.filter((window) => window.to < oldest);
  return [
    ...unrecorded.map((update) => unrecordedText(stack, update)),
    ...invented.map(
      ({ number, what }) =>
        `Entry ${number}: says that ${what.release.version} was deployed to ${stack} (${minute(what.endedAt)}), but the stack's history has no update of that time.`,
    ),
    ...(older.length > 0 ? [forgotten(stack, older, oldest)] : []),
  ];
}

const minute = (time: string): string => `${new Date(time).toISOString().slice(0, 16).replace("T", " ")}Z`;

const notBegun = (stack: string, updates: number): string =>
  `${stack}: was updated (${updates} in its history) before this ledger had any entry; it begins with what is done next.`;

function unrecordedText(stack: string, { startTime, result, message }: HistoryEntry): string {
  const said = message === "" ? "" : ` ("${message.split("\n")[0]}")`;
  const ended = result === "succeeded" ? "" : ", which failed,";
  return `${stack}: the update of ${minute(startTime)}${said}${ended} is not in the ledger. Somebody ran pulumi up by hand, or the ledger could not be written.`;
}

function forgotten(stack: string, older: readonly Window[], oldest: number): string {
  const entries = older.length === 1 ? `entry ${older[0]?.number}` : `${older.length} entries, the last one ${older.at(-1)?.number},`;
  const since = Number.isFinite(oldest) ? `begins at ${minute(new Date(oldest).toISOString())}` : "is empty";
  return `${stack}: its history ${since}, so ${entries} cannot be compared with it. The stack was removed and made anew, or its history was.`;
}
