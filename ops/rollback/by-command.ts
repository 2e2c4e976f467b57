import { releaseId } from "../../components/release.ts";
import { gatesOf } from "../../components/upstream.ts";
import { typed } from "../confirm.ts";
import { type Context, EXIT } from "../context.ts";
import { selected } from "../follow.ts";
import { requireEnvironment } from "../project-dir.ts";
import { openBook } from "../promotion/book.ts";
import { settingOf } from "../promotion/configuration.ts";
import { deploy } from "../promotion/deploy.ts";
import { askGates, gateLines, promotionOf } from "../promotion/gates.ts";
import { refuseMissingImages } from "../promotion/images.ts";
import { previewed } from "../promotion/promote.ts";
import { holdAgainst } from "../promotion/refuse.ts";
import { readStackFile, withValueInFile, writeStackFile } from "../promotion/stack-file.ts";
import { migrated, type Survey, survey } from "../promotion/survey.ts";
import { repeatedFlags } from "../repeated-flags.ts";
import { duration, transition } from "../report/text.ts";
import { firstTried } from "../restore/server/schema-at.ts";
import { UserError } from "../user-error.ts";
import { type Deployed, type RollbackClass, rollbackClass } from "./class.ts";
import { type Deployment, findTarget } from "./deployments.ts";
import { type WayBack, wayBack } from "./go-back.ts";
import { goneBack, holdOnLeft, leftBy } from "./left.ts";
import { runsAlready } from "./runs-already.ts";
import { restoreLines } from "./words.ts";

export interface RollbackOptions {
  readonly to?: string;
  readonly reason?: string;
  readonly keepConfig?: boolean;
  readonly withSecrets?: boolean;
  readonly schemaRestored?: boolean;
  readonly yes?: boolean;
}

const SECRETS = `Secrets stay as they are now: the stack's history holds those of then, but restoring them would bring back passwords that were changed since.
Set the ones that must change (pulumi config set --secret KEY), then run the rollback without --with-secrets.`;

/** Takes a stack back to a release that ran here before, with its configuration. Freezes do not stop it; no migration runs. */
export async function rollBack(context: Context, [name]: readonly string[], options: RollbackOptions): Promise<number> {
  const began = performance.now() / 1000;
  if (options.withSecrets) throw new UserError(SECRETS, 2);
  const project = await context.selector.project();
  const stack = requireEnvironment(project, name);
  const chosen = await selected(context, { projectDir: project.dir, stack, cluster: "start" });
  const book = await openBook(context, project.dir);
  const before = await survey(chosen.engine, project.name);
  const held = (deployment: Pick<Deployment, "release" | "configuration">) =>
    holdAgainst(book, project.name, stack, deployment.release, deployment.configuration) !== undefined;
  const declared = before.declared && { release: before.declared, configuration: before.configuration };
  const current = { id: before.declaredId, isHeld: declared !== undefined && held(declared) };
  const found = findTarget(before.deployments, current, held, options.to);
  if ("none" in found) throw new UserError(`${stack} is not rolled back: ${found.none}`);
  const { target } = found;
  if (runsAlready(before, target, project.name)) {
    context.say(
      `${stack} runs ${target.id} already, with the configuration of then: there is nothing to go back to, and nothing was changed.`,
    );
    return EXIT.done;
  }

  const left = leftBy(before, target);
  const coupled = rollbackClass(project.name, left ?? target, target, migrated(before.applied, book.events, stack), false);
  const plan = wayBack(project.name, before.configuration, target, options.keepConfig ?? false);
  sayPlan(context, stack, left, target, coupled, plan);
  if (coupled.class === "schema-coupled" && !options.schemaRestored) {
    const migratedAt = firstTried(left?.release.schemaVersion, before.history, project.name);
    for (const line of restoreLines(context, { stack, project: project.name, previous: target, backup: undefined, migratedAt }))
      context.io.err(line);
    context.io.err(
      `Or say --schema-restored if the database is at ${target.release.schemaVersion}, or ${target.release.version} is known to work with it. Nothing was changed.`,
    );
    return EXIT.failed;
  }
  // Where nobody has to be asked, nothing but the target stands between a team and its way back: not even its ledger.
  const asksSomebody = gatesOf(promotionOf(project, before), stack).rollbackApprovals.length > 0;
  const verdicts = asksSomebody ? (await askGates(context, { stack, lane: "rollback", release: target.release })).verdicts : [];
  if (verdicts.some(({ open }) => !open)) {
    for (const line of gateLines(verdicts)) context.io.err(line);
    context.io.err("Nothing was changed.");
    return EXIT.failed;
  }
  await refuseMissingImages(context, target.release);
  if (!(await previewed(context, stack, chosen, plan.configuration))) return EXIT.failed;

  const file = readStackFile(project.dir, stack);
  if (!options.yes) {
    const warning = `\nThis writes ${target.id} into ${file.file} and brings ${stack} back to it.`;
    await typed(context.io, { warning, expected: stack, question: "Type the environment's name to go on: ", flag: "--yes" });
  }
  if (readStackFile(project.dir, stack).text !== file.text)
    throw new UserError(`${file.file} was changed meanwhile: roll back again. Nothing was changed.`);
  await writeStackFile(file, filed(file, project.name, plan, before, target));
  const reason = options.reason?.trim();
  const goingBack = left && { project: project.name, stack, left, target, reason: reason || "asked for" };
  const isHeld = left !== undefined && held(left);
  // Before the run: however that ends, nothing brings what was left again by itself.
  if (goingBack !== undefined && !isHeld) await book.append(holdOnLeft(goingBack));
  const configuration = plan.application.length > 0 ? plan.configuration : undefined;
  const message = reason || `rollback to ${target.id}`;
  const asked = { project: project.name, stack, chosen, book, before, message, configuration, isRollback: true };
  const { outcome } = await deploy(context, asked);
  if (outcome !== "succeeded") {
    const again = `${context.command} rollback ${stack} --to ${target.id}${options.schemaRestored ? " --schema-restored" : ""}${repeatedFlags(context.options)}`;
    context.io.err(`${file.file} names ${target.id} now; what is live may not yet. Mend what failed, then run it again: ${again}`);
    return EXIT.failed;
  }
  const seconds = Math.round((performance.now() / 1000 - began) * 10) / 10;
  // After an automatic rollback only the file was left to put right.
  const wasBack = before.live !== undefined && releaseId(before.live) === target.id && isHeld;
  if (goingBack !== undefined && !wasBack) await book.append(goneBack(goingBack, coupled, seconds));
  context.say(
    `\n${context.io.colors.green(context.io.colors.bold(stack))}: back at ${target.id}, ${duration(seconds)} after the command. ${file.file} names it now: commit it.`,
  );
  return EXIT.done;
}

function sayPlan(
  { say, io }: Context,
  stack: string,
  left: Deployed | undefined,
  target: Deployment,
  coupled: RollbackClass,
  plan: WayBack,
): void {
  say(
    `\n${io.colors.bold(stack)}: ${left === undefined ? "?" : releaseId(left.release)} -> ${target.id}, which went live ${target.at.slice(0, 16).replace("T", " ")}Z`,
  );
  say(`  way back: ${coupled.class}${coupled.class === "safe" ? "" : `: ${coupled.reasons.join("; ")}`}; secrets stay current`);
  for (const { path, before: was, after } of plan.changes) say(`  ${path.join(".")}: ${transition(was, after)}`);
  if (plan.application.length === 0) return;
  say("  application in Pulumi.yaml was different then; this run takes it as it was, the file is yours to put right:");
  for (const { path, before: was, after } of plan.application) say(`    ${path.join(".")}: ${transition(after, was)}`);
}

function filed(file: ReturnType<typeof readStackFile>, project: string, plan: WayBack, before: Survey, target: Deployment): string {
  const released = withValueInFile(file, project, "release", target.release);
  const placed = Object.keys(plan.rollout).length > 0;
  const text = placed ? withValueInFile({ ...file, text: released }, project, "rollout", plan.rollout) : released;
  const same = JSON.stringify(settingOf(before.configuration, project, "environment")) === JSON.stringify(plan.environment);
  return same ? text : withValueInFile({ ...file, text }, project, "environment", plan.environment);
}
