import { seconds } from "../../components/primitives.ts";
import { type Context, EXIT } from "../context.ts";
import { gather } from "../gates/evidence.ts";
import { moment } from "../ledger/select.ts";
import { type Metric, measure } from "../metrics/measure.ts";
import { basisInWords, TITLES, targetInWords, valueInWords } from "../metrics/words.ts";
import { requireEnvironment } from "../project-dir.ts";
import { count } from "../report/text.ts";
import { printTable } from "../terminal/table.ts";

interface Options {
  readonly since?: string;
  readonly expectTargets?: boolean;
}

/** How often, how fast and how safely releases reach an environment, beside the team's targets. */
export async function metrics(context: Context, [name]: string[], options: Options): Promise<number> {
  const { io, say } = context;
  const { project, application, events } = await gather(context);
  const { promotion, metrics: settings } = application;
  const stack = requireEnvironment(project, name ?? settings.stack ?? promotion.path.at(-1)!);
  const now = Date.now();
  const from = options.since === undefined ? now - seconds(settings.window) * 1000 : moment(options.since, now);
  const found = measure(events, stack, { from, to: now }, settings.targets);
  const missed = found.metrics.filter(({ met }) => met === false);
  const exitCode = options.expectTargets && missed.length > 0 ? EXIT.differences : EXIT.done;
  if (context.options.json) {
    io.out(JSON.stringify(found, null, 2));
    return exitCode;
  }
  const { red, green } = io.colors;
  const verdict = ({ met }: Metric) => (met === undefined ? "" : met ? green("met") : red("missed"));
  say(`${stack}, ${found.from.slice(0, 10)} to ${found.to.slice(0, 10)}`);
  const rows = found.metrics.map((m) => [TITLES[m.name], valueInWords(m), targetInWords(m), verdict(m), basisInWords(m)]);
  printTable(say, ["", "measured", "target", "", "by"], rows);
  if (missed.length > 0) say(`${count(missed.length, "target")} missed.`);
  return exitCode;
}
