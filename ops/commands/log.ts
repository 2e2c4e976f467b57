import { type Context, EXIT } from "../context.ts";
import { crossCheck } from "../ledger/cross-check.ts";
import type { Ledger, LedgerEvent } from "../ledger/event.ts";
import { kindsOf, moment, select } from "../ledger/select.ts";
import { actorInWords, inWords } from "../ledger/words.ts";
import { environmentsOf, requireStack } from "../project-dir.ts";
import { count, listed, printable } from "../report/text.ts";
import type { ProjectSummary } from "../selector.ts";
import { printTable } from "../terminal/table.ts";
import { UserError } from "../user-error.ts";

interface Options {
  readonly since?: string;
  readonly kind?: string;
  readonly limit?: string;
  readonly verify?: boolean;
  readonly sync?: boolean;
}

export async function log(context: Context, [name]: string[], options: Options): Promise<number> {
  const { io, say } = context;
  const project = await context.selector.project();
  const stack = name === undefined ? undefined : requireStack(project, name);
  const kinds = options.kind === undefined ? undefined : kindsOf(options.kind);
  const since = options.since === undefined ? undefined : moment(options.since, Date.now());
  const limit = limitOf(options.limit);
  const ledger = await context.selector.ledger(project.dir);
  if (options.sync) await synchronize(context, ledger);
  const { events, findings } = await ledger.read();
  const compared = await compare(context, project, stack === undefined ? environmentsOf(project) : [stack], events);
  const audit = options.verify ? await ledger.audit?.() : undefined;
  const all = [...new Set([...findings, ...(audit?.findings ?? []), ...compared.findings])];

  const selected = select(events, { stack, kinds, since });
  const shown = selected.slice(-limit).reverse();
  const exitCode = options.verify && all.length > 0 ? EXIT.failed : EXIT.done;
  if (context.options.json) {
    io.out(JSON.stringify({ findings: all, events: shown }, null, 2));
    return exitCode;
  }
  for (const finding of all) say(`${io.colors.red("!")} ${printable(finding)}`);
  if (all.length > 0) say("");
  if (compared.skipped !== undefined) io.err(io.colors.dim(`Not compared with the stacks' own history: ${compared.skipped}`));
  if (options.verify) {
    const signed = audit === undefined ? "" : ` in ${count(audit.commits, "commit")} (${audit.signed} with a good signature)`;
    const against = compared.stacks.length === 0 ? "" : `, compared with the history of ${listed(compared.stacks)}`;
    say(`${count(events.length, "entry", "entries")}${signed}${against}: ${all.length === 0 ? "whole" : count(all.length, "finding")}.`);
    return exitCode;
  }
  print(context, shown, selected.length);
  return exitCode;
}

/** Newest first, as many as were asked for. */
function print({ say, io }: Context, shown: readonly LedgerEvent[], of: number): void {
  if (shown.length === 0) say("The ledger has no such entries.");
  const rows = shown.map(({ number, at, actor, what }) => [
    `${number}`,
    `${at.slice(0, 16).replace("T", " ")}Z`,
    printable(actorInWords(actor)),
    printable(inWords(what)),
  ]);
  if (rows.length > 0) printTable(say, ["#", "when", "who", "what"], rows, "");
  if (of > shown.length) say(io.colors.dim(`and ${of - shown.length} older (--limit)`));
}

interface Compared {
  readonly stacks: readonly string[];
  readonly findings: readonly string[];
  readonly skipped?: string;
}

async function compare(
  { selector }: Context,
  project: ProjectSummary,
  stacks: readonly string[],
  events: readonly LedgerEvent[],
): Promise<Compared> {
  try {
    const findings: string[] = [];
    for (const stack of stacks) {
      const { engine } = await selector.select({ projectDir: project.dir, stack, cluster: "none" });
      const known = (await engine.stacks()).some(({ name, hasState }) => name === stack && hasState);
      findings.push(...crossCheck(stack, events, known ? await engine.history() : []));
    }
    return { stacks, findings };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { stacks: [], findings: [], skipped: error.message.split("\n")[0]! };
  }
}

async function synchronize({ io, options, say }: Context, ledger: Ledger): Promise<void> {
  const { sent, received, offline, reason } = await ledger.sync();
  const tell = options.json ? io.err : say;
  const done = `${count(sent, "entry", "entries")} sent, ${count(received, "entry", "entries")} received.`;
  const why = reason === undefined ? "" : printable(reason);
  if (offline) throw new UserError(`The ledger could not be exchanged: ${why} Entries stay in this clone until it can.`);
  tell([done, why].filter(Boolean).join(" "));
}

function limitOf(text: string | undefined): number {
  if (text === undefined) return 30;
  const limit = Number(text);
  if (Number.isInteger(limit) && limit > 0) return limit;
  throw new UserError(`--limit takes a whole number above 0; not "${text}".`, 2);
}
