import { seconds } from "../../components/primitives.ts";
import { releaseId } from "../../components/release.ts";
import { gatesOf } from "../../components/upstream.ts";
import { type Context, EXIT } from "../context.ts";
import { selected } from "../follow.ts";
import { requireStack } from "../project-dir.ts";
import { openBook } from "../promotion/book.ts";
import { promotionOf } from "../promotion/gates.ts";
import { survey } from "../promotion/survey.ts";
import { afterFault } from "../rollback/after-watch.ts";
import type { Health } from "../rollback/health.ts";
import { healthReader } from "../rollback/live-health.ts";
import { movedOn, watching } from "../rollback/watching.ts";
import { statusLine } from "../terminal/status-line.ts";
import { UserError } from "../user-error.ts";

/** As long as strategies watch a release when nobody says otherwise. */
const MINUTES = 30;

interface Options {
  readonly minutes?: string;
  readonly rollback?: boolean;
}

/** Looks after a release that went live: what breaks now is put back as if its rollout had failed. */
export async function watch(context: Context, [name]: string[], options: Options): Promise<number> {
  const { say, io, signal } = context;
  const project = await context.selector.project();
  const stack = requireStack(project, name);
  const given = options.minutes === undefined ? undefined : minutesOf(options.minutes);
  const chosen = await selected(context, { projectDir: project.dir, stack, cluster: "start" });
  const before = await survey(chosen.engine, project.name);
  const [current] = before.deployments;
  const { live, outputs } = before;
  if (live === undefined || current === undefined || typeof outputs.namespace !== "string" || chosen.cluster === undefined) {
    throw new UserError(`${stack} runs no release that could be watched: bring it up first.`);
  }
  const minutes = given ?? declaredMinutes(gatesOf(promotionOf(project, before), stack).watch);
  const book = await openBook(context, project.dir);
  const id = releaseId(live);
  say(`\n${io.colors.bold(stack)}: watching ${id} for ${minutes} min`);

  const read = await healthReader(chosen.cluster, outputs.namespace);
  const began = performance.now();
  const status = await statusLine(io, `watching ${stack}`);
  const seen = (sample: readonly Health[]) =>
    status.now(`watching ${stack}: ${sample.map((s) => `${s.name.split("/")[1]} ${s.ready}/${s.wanted}`).join(", ")}`);
  const fault = await watching({ read, minutes, signal, seen }).finally(() => status.stop());
  const watched = Math.round((performance.now() - began) / 600) / 100;
  if (fault === undefined && signal.aborted) {
    say("Stopped watching; nothing is recorded.");
    return EXIT.failed;
  }
  const moved = movedOn(before, await survey(chosen.engine, project.name), project.name);
  if (moved !== undefined) {
    io.err(
      `${io.colors.red(io.colors.bold(stack))}: ${fault === undefined ? "" : `${fault}; `}${moved}, so nothing is said of ${id}. Nothing was recorded or put back.`,
    );
    return EXIT.failed;
  }
  const entry = { kind: "watch", stack, releaseId: id, minutes: watched } as const;
  if (fault === undefined) {
    await book.append({ ...entry, result: "passed" });
    say(`${io.colors.green(io.colors.bold(stack))}: ${id} held for ${watched} min.`);
    return EXIT.done;
  }
  io.err(`${io.colors.red(io.colors.bold(stack))}: ${fault}`);
  const found = { release: live, configuration: current.configuration, fault, automatic: options.rollback !== false };
  const entries = await afterFault(context, project, stack, chosen, book, before, found);
  await book.append({ ...entry, result: "failed", cause: fault }, ...entries);
  return EXIT.failed;
}

const declaredMinutes = (declared: string | undefined): number => (declared === undefined ? MINUTES : seconds(declared) / 60);

function minutesOf(given: string): number {
  const minutes = Number(given);
  if (!(minutes > 0 && minutes <= 24 * 60)) throw new UserError(`--minutes ${given}: a number of minutes above 0, at most 1440.`, 2);
  return minutes;
}
