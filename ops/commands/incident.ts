import { releaseId } from "../../components/release.ts";
import { type Context, EXIT } from "../context.ts";
import { openIncidents } from "../gates/incidents.ts";
import { type Desk, openDesk, record, required } from "../gates/record.ts";
import { requireRead } from "../gates/unread.ts";
import { requireEnvironment } from "../project-dir.ts";
import { listed } from "../report/text.ts";
import { UserError } from "../user-error.ts";

interface Options {
  readonly summary?: string;
  readonly as?: string;
}

/** Opens or closes an incident: it stops promotions, resets the soak of what runs there, and measures the time to recover. */
export async function incident(context: Context, [action, name, id]: string[], options: Options): Promise<number> {
  if (action !== "open" && action !== "close") throw new UserError(`incident takes open or close, not "${action}".`, 2);
  const summary = action === "open" ? required(options.summary, "--summary") : options.summary?.trim();
  const desk = await openDesk(context, options.as);
  const stack = requireEnvironment(desk.project, name);
  if (action === "open") await open(context, desk, stack, id ?? nextId(desk), summary!);
  else await close(context, desk, stack, id, summary);
  return EXIT.done;
}

async function open(context: Context, desk: Desk, stack: string, incident: string, summary: string): Promise<void> {
  if (openIncidents(desk.events).some((known) => known.incident === incident)) throw new UserError(`${incident} is open already.`);
  requireRead(desk, stack);
  const live = desk.facts.get(stack)?.live;
  const said = `${incident} is open in ${stack}${live === undefined ? "" : `, which runs ${live.version}`}: ${summary}.`;
  await record(context, desk, said, {
    kind: "incident-opened",
    incident,
    stack,
    summary,
    ...(live === undefined ? {} : { releaseId: releaseId(live) }),
  });
}

async function close(context: Context, desk: Desk, stack: string, id: string | undefined, summary: string | undefined): Promise<void> {
  const known = openIncidents(desk.events, stack);
  if (known.length === 0) throw new UserError(`No incident is open in ${stack}.`);
  const matching = id === undefined ? known : known.filter(({ incident }) => incident === id);
  if (matching.length !== 1) throw new UserError(`Which one? Open in ${stack}: ${listed(known.map(({ incident }) => incident))}.`, 2);
  const { incident } = matching[0]!;
  await record(context, desk, `${incident} is closed.`, { kind: "incident-closed", incident, stack, ...(summary ? { summary } : {}) });
}

const nextId = ({ events }: Desk): string => `INC-${events.filter(({ what }) => what.kind === "incident-opened").length + 1}`;
