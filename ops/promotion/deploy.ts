import { releaseId } from "../../components/release.ts";
import type { Context } from "../context.ts";
import type { Followed } from "../follow.ts";
import type { HappeningOf } from "../ledger/event.ts";
import { notThrough } from "../not-through.ts";
import { failuresOf } from "../report/failure.ts";
import { hasChanges } from "../report/headline.ts";
import { warningLines } from "../report/print.ts";
import { printable } from "../report/text.ts";
import { backupEntries } from "../restore/record.ts";
import { unfinished, unfinishedText } from "../restore/unfinished.ts";
import { putBack } from "../rollback/automatic.ts";
import { type Decision, decide, type FailedRun } from "../rollback/decide.ts";
import { thawed } from "../rollback/thaw.ts";
import type { Selected } from "../selector.ts";
import { drive } from "../strategy/drive.ts";
import { homeAgain, takeTrafficBack } from "../strategy/end.ts";
import { UserError } from "../user-error.ts";
import type { Book } from "./book.ts";
import { type Configuration, type Release, referenceOf, releaseOf } from "./configuration.ts";
import { pendingMigrations } from "./migrations.ts";
import { migrated, type Survey } from "./survey.ts";

export interface Deploying {
  readonly project: string;
  readonly stack: string;
  readonly chosen: Selected;
  readonly book: Book;
  readonly before: Survey;
  readonly refresh?: boolean | undefined;
  readonly message?: string | undefined;
  /** What is deployed instead of what the stack's files say. */
  readonly configuration?: Configuration | undefined;
  /** Going back: fails for good if it fails. */
  readonly isRollback?: boolean;
  readonly noRollback?: boolean | undefined;
  /** Called when something begins to change; more than once. */
  readonly onChange?: () => void;
}

export interface Outcome {
  readonly outcome: "succeeded" | "failed" | "restored" | "cancelled";
  readonly run: Followed;
  /** Why it did not get through, in one line. */
  readonly cause?: string | undefined;
}

/**
 * Brings a stack to a release and sees it through: what fails is put back by itself where that is safe, and the ledger says how it ended.
 * Tells people everything but the closing report of a success.
 */
export async function deploy(context: Context, deploying: Deploying): Promise<Outcome> {
  const { project, stack, chosen, book, before } = deploying;
  const configuration = deploying.configuration ?? before.configuration;
  const release = releaseOf(configuration, project);
  // What is restored may be half of each: what starts on both would make it worse.
  const interrupted = unfinished(before.outputs);
  if (interrupted !== undefined) throw new UserError(unfinishedText(context, stack, interrupted));
  const frozen = await thawed(context, stack, chosen.cluster, before.outputs.namespace);
  const startedAt = new Date();
  const candidate = release && { release, configuration };
  const applied = migrated(before.applied, book.events, stack);
  const decided = (touched: boolean, migrated: boolean, of = deploying) => decisionOn(of, { candidate, applied, touched, migrated });
  const early = decided(true, false).action !== "leave";
  let begun = false;
  const onChange = () => {
    if (!begun && release !== undefined) context.begins?.({ stack, release, startedAt: startedAt.toISOString() });
    begun = true;
  };
  const {
    run,
    watch,
    deploying: driven,
    rollout,
  } = await drive(context, { ...deploying, onChange }, early).catch(async (error: unknown) => {
    // It never began: another run holds the stack, or its settings are refused.
    if (release !== undefined) await frozen?.again(releaseId(release));
    throw error;
  });
  if (!context.options.json) for (const line of warningLines(run.result, context.io.colors)) context.say(line);
  const entry = (result: HappeningOf<"deployment">["result"], cause?: string) =>
    release === undefined ? [] : [deploymentEntry(deploying, release, { result, cause, startedAt, migrated: watch.migrated, rollout })];
  const touched = hasChanges(run.result.changeSummary) || watch.touched;
  const namespace = run.result.outputs.namespace ?? before.outputs.namespace;
  if (touched) await book.append(...(await backupEntries(context, chosen.cluster, { stack, namespace, events: book.events })));

  if (run.result.result === "succeeded") {
    const known = book.events.findLast(({ what }) => what.kind === "deployment" && what.stack === stack)?.what as
      | HappeningOf<"deployment">
      | undefined;
    // A run that changes nothing is no deployment.
    if (touched || (release !== undefined && known?.release.id !== releaseId(release))) await book.append(...(await entry("succeeded")));
    return { outcome: "succeeded", run };
  }

  if (context.options.json) sayFailures(context, run, stack);
  else notThrough(context, "up", stack, run, chosen);
  const cause = causeOf(run, stack);
  if (run.result.result === "cancelled") {
    if (touched) await book.append(...entry("cancelled"));
    if (release !== undefined) await frozen?.again(releaseId(release));
    return { outcome: "cancelled", run, cause };
  }
  const decision = decided(touched, watch.migrated, driven);
  if (decision.action === "restore") await homeAgain(context, driven, decision.to);
  else if (rollout !== undefined && !deploying.noRollback) await takeTrafficBack(context, driven);
  const restored = await putBack(context, {
    ...deploying,
    release,
    configuration,
    decision,
    cause,
    firstReport: watch.firstReport,
    run,
    touched,
    namespace: before.outputs.namespace,
  });
  const result = restored.restored ? "restored" : "failed";
  if (decision.action === "leave" && release !== undefined) await frozen?.again(releaseId(release));
  if (touched) await book.append(...entry(result, cause), ...restored.entries);
  return { outcome: result, run, cause };
}

function decisionOn(
  { noRollback, project, before, isRollback = false }: Deploying,
  run: Pick<FailedRun, "candidate" | "applied" | "touched" | "migrated">,
): Decision {
  if (noRollback) return { action: "leave", why: "--no-rollback was given" };
  return decide({ project, previous: before.deployments[0], settled: before.settled, isRollback, ...run });
}

function deploymentEntry(
  { stack, chosen, before }: Deploying,
  release: Release,
  run: {
    result: HappeningOf<"deployment">["result"];
    cause?: string | undefined;
    startedAt: Date;
    migrated: boolean;
    rollout: HappeningOf<"deployment">["rollout"];
  },
): HappeningOf<"deployment"> {
  const migrations = run.migrated ? pendingMigrations(release, before.applied).map(({ name }) => name) : [];
  return {
    kind: "deployment",
    stack,
    release: referenceOf(release),
    result: run.result,
    startedAt: run.startedAt.toISOString(),
    endedAt: new Date().toISOString(),
    update: before.history.length + 1,
    engine: chosen.engine.name,
    ...(migrations.length > 0 ? { migrations } : {}),
    ...(run.cause === undefined ? {} : { cause: run.cause }),
    ...(run.rollout === undefined ? {} : { rollout: run.rollout }),
  };
}

/** The first failure in one line: what failed, and the cluster's own reason. */
export function causeOf({ result, inventory }: Followed, stack: string): string {
  const [failure] = failuresOf(result, inventory.all(result.steps), stack);
  if (failure === undefined) return "it did not get through";
  const where = failure.object?.namespace === undefined ? "" : ` in namespace ${failure.object.namespace}`;
  return printable(`${failure.what}${where}: ${failure.why[0] ?? "failed"}`).replaceAll("\n", " ");
}

/** With --json standard output holds events only; why it failed is for the person who reads the log. */
function sayFailures({ io }: Context, run: Followed, stack: string): void {
  io.err(`${stack}: ${causeOf(run, stack)}`);
}
