import { releaseId } from "../../components/release.ts";
import { type Context, EXIT } from "../context.ts";
import { openDesk, record, releaseAbout } from "../gates/record.ts";
import { requireRead } from "../gates/unread.ts";
import { requireEnvironment, similar } from "../project-dir.ts";
import { readTime } from "../read-time.ts";
import { listed } from "../report/text.ts";
import { UserError } from "../user-error.ts";

interface Options {
  readonly evidence?: string;
  readonly measuredAt?: string;
  readonly release?: string;
  readonly as?: string;
}

/** Records the result of a named check of what runs in an environment, or of what is to go there. */
export async function check(context: Context, [name, checkName = "", result = ""]: string[], options: Options): Promise<number> {
  if (result !== "passed" && result !== "failed") throw new UserError(`The result must be passed or failed, not "${result}".`, 2);
  const desk = await openDesk(context, options.as);
  const stack = requireEnvironment(desk.project, name);
  const { gates } = desk.application.promotion;
  const declared = Object.entries(gates).flatMap(([target, { checks }]) => checks.map((c) => ({ ...c, target, in: c.in ?? target })));
  const here = declared.filter((c) => c.in === stack);
  const found = here.find((c) => c.name === checkName);
  if (found === undefined)
    throw new UserError(
      unknown(
        stack,
        checkName,
        here.map((c) => c.name),
      ),
      2,
    );
  if (found.evidence && result === "passed" && !options.evidence?.trim())
    throw new UserError(`${checkName} counts only with evidence: add --evidence WHERE, such as the address of the report.`, 2);
  const measuredAt = options.measuredAt === undefined ? undefined : measured(options.measuredAt, desk.now);
  requireRead(desk, stack);
  // A check made in an environment before the target is of what runs there.
  const live = found.target === stack && found.when === "before" ? undefined : desk.facts.get(stack)?.live;
  const release = options.release === undefined && live !== undefined ? live : releaseAbout(desk, stack, options.release);
  await record(context, desk, `${checkName} ${result} for ${release.version} (${releaseId(release)}) in ${stack}.`, {
    kind: "check",
    stack,
    releaseId: releaseId(release),
    name: checkName,
    result,
    ...(options.evidence?.trim() ? { evidence: options.evidence.trim() } : {}),
    ...(measuredAt === undefined ? {} : { measuredAt }),
  });
  return EXIT.done;
}

function unknown(stack: string, name: string, known: readonly string[]): string {
  if (known.length === 0) return `No gate asks for a check in ${stack}: declare it under application.promotion.gates in Pulumi.yaml.`;
  const near = similar(name, known);
  return `No gate asks for the check "${name}" in ${stack}. ${near === undefined ? "" : `Did you mean ${near}? `}It has: ${listed(known)}.`;
}

/** Clocks differ by a little. */
const SKEW_MS = 5 * 60_000;

/** A result of tomorrow would be fresh for ever. */
function measured(text: string, now: Date): string {
  const at = timeOf(text);
  if (Date.parse(at) <= now.getTime() + SKEW_MS) return at;
  throw new UserError(`--measured-at ${text} is in the future: nothing was measured then. Nothing was recorded.`, 2);
}

export function timeOf(text: string): string {
  const time = readTime(text);
  if (time === undefined) throw new UserError(`"${text}" is no time: write it as 2026-05-04T16:00:00Z.`, 2);
  return new Date(time).toISOString();
}
