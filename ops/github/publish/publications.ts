import { clearLine, cursorTo } from "node:readline";
import type { Beginning, Context, GateAnswer } from "../../context.ts";
import type { LedgerEvent } from "../../ledger/event.ts";
import { listening } from "../../ledger/listen.ts";
import { repeatedFlags } from "../../repeated-flags.ts";
import type { Selector } from "../../selector.ts";
import type { Io } from "../../terminal/io.ts";
import type { Ended } from "./tell.ts";
import { waitingInWords } from "./words.ts";

/** What one run has to tell GitHub: gathered while it goes on, told at its end. A run never fails for it. */
export class Publications {
  readonly #recorded: LedgerEvent[] = [];
  readonly #heard: GateAnswer[] = [];
  readonly #begun: Promise<void>[] = [];

  /** A selector whose ledgers are listened to. */
  listen(selector: Selector): Selector {
    return listening(selector, (_ledger, events) => void this.#recorded.push(...events));
  }

  readonly heard = (answer: GateAnswer): void => void this.#heard.push(answer);

  /** A deployment goes on while GitHub is told that it began. */
  begins(context: Context, beginning: Beginning): void {
    this.#begun.push(this.#announce(context, beginning));
  }

  async #announce(context: Context, beginning: Beginning): Promise<void> {
    const { io, selector } = context;
    try {
      const project = await selector.project();
      const { githubSettings } = await import("../settings.ts");
      const settings = readable(() => githubSettings(project));
      if (settings === undefined) return;
      const { announce } = await import("./announce.ts");
      const waits = await announce(context, beginning, settings);
      if (waits !== undefined) aside(io, io.colors.yellow(waits));
    } catch (error) {
      aside(
        io,
        io.colors.yellow(`GitHub was not told what began: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`),
      );
    }
  }

  /** Tells GitHub what happened in this run, and what waits from runs before. */
  async settled(context: Context): Promise<void> {
    // What drift was found changes no deployment and no gate.
    const recorded = this.#recorded.splice(0).filter(({ what }) => what.kind !== "drift");
    const heard = this.#heard.splice(0);
    const begun = await Promise.all(this.#begun.splice(0));
    if (recorded.length === 0 && heard.length === 0 && begun.length === 0) return;
    const { io } = context;
    try {
      const project = await context.selector.project();
      // Loaded when there is something to tell: no other command waits for it.
      const { githubSettings } = await import("../settings.ts");
      const settings = readable(() => githubSettings(project));
      if (settings === undefined) return;
      const { tell } = await import("./tell.ts");
      const told = await tell(context, { settings, recorded, heard });
      for (const line of linesOf(context, told)) io.err(line);
    } catch (error) {
      io.err(io.colors.yellow(`GitHub was not told: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`));
    }
  }
}

/** A line in the midst of a run: in a terminal it takes the place of the moving one, which comes again below. */
function aside(io: Io, line: string): void {
  if (io.screen !== undefined) {
    cursorTo(io.screen, 0);
    clearLine(io.screen, 0);
  }
  io.err(line);
}

/** Settings that cannot be read are the command's own to say. */
function readable<T>(read: () => T | undefined): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** What a run that did something else says of it: pull requests, what waits, and what GitHub will never take. */
function linesOf(context: Context, { said, refused, waits, host, outbox }: Ended): string[] {
  const { io, options, command } = context;
  const { dim, yellow } = io.colors;
  const again = `${command} publish${repeatedFlags(options)}`;
  const waiting = waitingInWords(outbox);
  // A trial's commits are in the local world's own GitHub only when somebody pushes them there.
  const wrong = options.local ? [] : refused;
  const opened = said.filter((line) => line.startsWith("pull request: "));
  if (host === undefined)
    return options.local || waiting === undefined
      ? []
      : [dim(`GitHub was not told of ${waiting}: there is no GITHUB_TOKEN. A run that has one tells it, or: ${again}`)];
  return [
    ...opened,
    ...wrong.map((line) => yellow(`${line}.`)),
    ...(waits.length === 0
      ? []
      : [
          yellow(
            `GitHub was not told of ${waiting ?? "everything"}: ${waits.join("; ")}. It waits: the next run that records something tells it, or: ${again}`,
          ),
        ]),
  ];
}
