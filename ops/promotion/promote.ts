import { releaseId } from "../../components/release.ts";
import { typed } from "../confirm.ts";
import { type Context, EXIT } from "../context.ts";
import type { EngineEvent } from "../engine.ts";
import { selected } from "../follow.ts";
import { requireEnvironment } from "../project-dir.ts";
import { describe } from "../report/describe.ts";
import { failuresOf } from "../report/failure.ts";
import { Inventory } from "../report/inventory.ts";
import { descriptionLines, failureLines } from "../report/print.ts";
import { count } from "../report/text.ts";
import { rollbackClass } from "../rollback/class.ts";
import { refuseSchemaBehind } from "../rollback/schema-behind.ts";
import { classLines } from "../rollback/words.ts";
import type { ProjectSummary, Selected } from "../selector.ts";
import { UserError } from "../user-error.ts";
import { noteBackPorts } from "./back-ports.ts";
import { openBook } from "./book.ts";
import { type Configuration, type Release, referenceOf, withValue } from "./configuration.ts";
import { deploy } from "./deploy.ts";
import { finish } from "./finish.ts";
import { askGates, gateLines, promotionOf } from "./gates.ts";
import { refuseMissingImages } from "./images.ts";
import { pendingMigrations } from "./migrations.ts";
import { refuseEarlyContract } from "./refuse.ts";
import { readStackFile, withValueInFile, writeStackFile } from "./stack-file.ts";
import { migrated, type Survey, survey } from "./survey.ts";

export interface PromoteOptions {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  /** Commander's `--no-up`. */
  readonly up?: boolean;
  readonly message?: string;
  /** By a pull request that changes the release alone; reviews of it are approvals. */
  readonly pullRequest?: boolean;
}

/** Moves the release that is live in one environment to another: gates, way back, preview, then the stack file, the ledger and the update. */
export async function promote(
  context: Context,
  [from, to]: readonly (string | undefined)[],
  wanted: "normal" | "hotfix",
  options: PromoteOptions & { reason?: string },
): Promise<number> {
  const { io, say, selector } = context;
  const project = await selector.project();
  const [source, target] = [requireEnvironment(project, from), requireEnvironment(project, to)];
  if (source === target) throw new UserError(`${source} and ${target} are the same environment.`, 2);
  const stateOf = async (stack: string) => (await selector.select({ projectDir: project.dir, stack, cluster: "none" })).engine;
  const upstream = await survey(await stateOf(source), project.name);
  const before = await survey(await stateOf(target), project.name, { maybeNew: true });
  const { path } = promotionOf(project, before);
  if (path.indexOf(source) > path.indexOf(target)) {
    throw new UserError(
      `Releases move up the path ${path.join(", ")}; to take ${target} back, run ${context.command} rollback ${target}.`,
      2,
    );
  }
  const live = liveRelease(source, upstream);
  const id = releaseId(live);
  if (before.settled && before.declaredId === id && before.live !== undefined && releaseId(before.live) === id) {
    if (context.options.json) io.out(JSON.stringify({ from: source, to: target, release: { id, ...live }, running: true }, null, 2));
    say(`${io.colors.bold(target)} runs ${id} already, as ${source} does: there is nothing to promote, and nothing was changed.`);
    return EXIT.done;
  }

  // A dry run tells nobody what the gates said.
  const { heard: _, ...quiet } = context;
  const { verdicts, lane, breakGlass } = await askGates(options.dryRun ? quiet : context, { stack: target, lane: wanted, release: live });
  const release = breakGlass === undefined ? live : { ...live, breakGlass };
  const book = await openBook(context, project.dir);
  const unmet = verdicts.filter(({ open }) => !open);
  const configuration = withValue(before.configuration, project.name, "release", release);
  const back = wayBack(project.name, { release, configuration }, before, migrated(before.applied, book.events, target));
  const pending = pendingMigrations(release, before.applied);
  const plan = {
    from: source,
    to: target,
    lane,
    release: { id, ...release },
    replaces: before.live && releaseId(before.live),
    gates: verdicts,
    rollback: back?.coupled,
    migrations: pending,
  };
  if (context.options.json) io.out(JSON.stringify({ ...plan, open: unmet.length === 0 }, null, 2));
  say(
    `\n${io.colors.bold(`${id}: ${source} -> ${target}`)}${plan.replaces === undefined ? "" : ` (there now: ${plan.replaces})`}${lane === "normal" ? "" : `, ${lane}`}`,
  );
  for (const line of gateLines(verdicts)) say(line);
  for (const line of back === undefined ? ["way back: none, nothing ran here before"] : classLines(back.coupled, back.to, pending))
    say(`  ${line}`);
  if (options.pullRequest) {
    refuseEarlyContract(target, release, before.applied);
    refuseSchemaBehind(context, { project: project.name, stack: target, release, configuration }, before, book.events);
    const { propose } = await import("../github/propose.ts");
    const wayBack = back === undefined ? ["none: nothing ran here before"] : classLines(back.coupled, back.to, pending);
    const opened = await propose(context, project, {
      ...{ way: "promote", from: source, to: target, release: live, replaces: plan.replaces, gates: verdicts },
      ...{ wayBack, migrations: pending.map(({ name }) => name), events: book.events },
    });
    say(`\n${PROPOSED[opened.how]} ${opened.url}. Nothing was changed here: merging it is the promotion.`);
    return EXIT.done;
  }
  if (unmet.length > 0) {
    io.err(
      `${target} does not take ${id}: ${unmet.length} of ${verdicts.length} gates ${unmet.length === 1 ? "is" : "are"} closed. Nothing was changed.`,
    );
    return EXIT.failed;
  }
  refuseEarlyContract(target, release, before.applied);
  refuseSchemaBehind(context, { project: project.name, stack: target, release, configuration }, before, book.events);
  await refuseMissingImages(context, release);

  const chosen = await selected(context, {
    projectDir: project.dir,
    stack: target,
    cluster: options.dryRun || options.up === false ? "if-running" : "start",
  });
  if (!(await previewed(context, target, chosen, configuration))) return EXIT.failed;
  if (options.dryRun) {
    say(`\nNothing was changed: --dry-run.`);
    return EXIT.done;
  }
  const file = readStackFile(project.dir, target);
  if (!options.yes) {
    const warning = `\nThis writes ${id} into ${file.file}${options.up === false ? "" : ` and brings ${target} to it`}.`;
    await typed(io, { warning, expected: target, question: "Type the environment's name to go on: ", flag: "--yes" });
    // A question may stay open for hours: what somebody said meanwhile counts.
    const now = await askGates(context, { stack: target, lane: wanted, release: live });
    const closed = now.verdicts.filter(({ open }) => !open);
    for (const line of gateLines(closed)) io.err(line);
    if (closed.length > 0)
      throw new UserError(`${target} does not take ${id}: ${count(closed.length, "gate")} closed meanwhile. Nothing was changed.`);
  }
  const now = readStackFile(project.dir, target);
  if (now.text !== file.text) throw new UserError(`${file.file} was changed meanwhile: promote again. Nothing was changed.`);
  const alone = verdicts.some(({ code }) => code === "one-person") ? { alone: true as const } : {};
  const through = lane === "rollback" ? "normal" : lane;
  const written = { kind: "promotion", from: source, to: target, release: referenceOf(release), lane: through } as const;
  await writeStackFile(file, withValueInFile(file, project.name, "release", release));
  await book.append(
    ...(lane === "hotfix"
      ? [{ kind: "hotfix", stack: target, release: referenceOf(release), reason: options.reason ?? "", ...alone } as const]
      : []),
    written,
  );
  say(`\nWrote the release into ${file.file}: that is the promotion. Commit it, so that everybody else's next run says the same.`);
  if (options.up === false) return EXIT.done;
  return bring(context, project, target, chosen, options.message ?? `promotion of ${id} from ${source}`);
}

const PROPOSED = {
  opened: "Opened",
  updated: "Brought up to date (earlier reviews are void)",
  kept: "It stands as it was:",
  merged: "It was merged already:",
} as const;

async function bring(context: Context, project: ProjectSummary, stack: string, chosen: Selected, message: string): Promise<number> {
  const book = await openBook(context, project.dir);
  const before = await survey(chosen.engine, project.name, { maybeNew: true });
  const outcome = await deploy(context, { project: project.name, stack, chosen, book, before, message });
  if (outcome.outcome === "succeeded") await noteBackPorts(context, book);
  return finish(context, project, stack, chosen, outcome);
}

/** What an environment runs is what its last successful update left; what let it in there is no part of it. */
function liveRelease(stack: string, { live, settled }: Survey): Release {
  if (live === undefined) throw new UserError(`${stack} runs no release yet: bring it up first.`);
  if (!settled)
    throw new UserError(
      `${stack} is not at rest: its last run did not get through, so nothing is promoted from it. Run \`up ${stack}\` first.`,
    );
  const { breakGlass: _, ...release } = live as Release & { breakGlass?: unknown };
  return release;
}

function wayBack(project: string, later: { release: Release; configuration: Configuration }, before: Survey, applied: readonly string[]) {
  const [previous] = before.deployments;
  return previous === undefined ? undefined : { to: previous.id, coupled: rollbackClass(project, later, previous, applied) };
}

/** Says what the configuration would change. Returns false when it would be refused. */
export async function previewed(context: Context, stack: string, chosen: Selected, configuration: Configuration): Promise<boolean> {
  const { io, say } = context;
  const inventory = new Inventory();
  const onEvent = (event: EngineEvent) => inventory.add(event);
  const result = await chosen.engine.preview({ onEvent, signal: context.signal, configuration });
  if (result.result !== "succeeded") {
    for (const line of failureLines(failuresOf(result, inventory.all(), stack), io.colors)) io.err(line);
    io.err(`${stack} would be refused: nothing was changed.`);
    return false;
  }
  const description = describe(result.steps, result.changeSummary, inventory.all(result.steps));
  say(`\n${io.colors.bold(stack)} would change: ${description.headline}`);
  for (const line of descriptionLines(description, io.colors)) say(line);
  return true;
}
