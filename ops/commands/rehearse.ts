import { releaseId } from "../../components/release.ts";
import { type Context, EXIT } from "../context.ts";
import { selected } from "../follow.ts";
import { requireEnvironment } from "../project-dir.ts";
import { openBook } from "../promotion/book.ts";
import { deploy } from "../promotion/deploy.ts";
import { promotionOf } from "../promotion/gates.ts";
import { holdAgainst, refuseHeld } from "../promotion/refuse.ts";
import { survey } from "../promotion/survey.ts";
import { repeatedFlags } from "../repeated-flags.ts";
import { duration } from "../report/text.ts";
import { withServersOf } from "../restore/server/lineage.ts";
import { findTarget } from "../rollback/deployments.ts";
import { UserError } from "../user-error.ts";

/** Goes from the live release to the one before and forward again, with the smoke tests of both: evidence that the way back works. */
export async function rehearse(context: Context, [name]: string[], options: { to?: string }): Promise<number> {
  const { say, io } = context;
  const project = await context.selector.project();
  const stack = requireEnvironment(project, name);
  const chosen = await selected(context, { projectDir: project.dir, stack, cluster: "start", program: true });
  const book = await openBook(context, project.dir);
  const before = await survey(chosen.engine, project.name);
  const { path } = promotionOf(project, before);
  if (path.length > 1 && path.at(-1) === stack) {
    throw new UserError(
      `${stack} is the last environment of the path, which users rely on: rehearse in one before it (${path.slice(0, -1).join(", ")}).`,
      2,
    );
  }
  const { live, declared, settled } = before;
  if (live === undefined || declared === undefined || !settled || releaseId(live) !== before.declaredId) {
    throw new UserError(`${stack} is not at rest at the release that Pulumi.${stack}.yaml names: run \`up ${stack}\` first.`);
  }
  refuseHeld(context, stack, holdAgainst(book, project.name, stack, declared, before.configuration));
  const found = findTarget(before.deployments, { id: before.declaredId, isHeld: false }, () => false, options.to);
  if ("none" in found) throw new UserError(`There is nothing to rehearse: ${found.none}`);
  const { target } = found;

  const began = performance.now();
  const common = { project: project.name, stack, chosen, book, isRollback: true } as const;
  say(`\n${io.colors.bold(stack)}: rehearsing the way from ${before.declaredId} back to ${target.id}`);
  const back = await deploy(context, {
    ...common,
    before,
    configuration: withServersOf(before.configuration, target.configuration, project.name),
    message: `rehearsal: back to ${target.id}`,
  });
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  say(`\n${io.colors.bold(stack)}: and forward again to ${before.declaredId}`);
  const again = await survey(chosen.engine, project.name);
  const forward = await deploy(context, { ...common, before: again, message: `rehearsal: forward to ${before.declaredId}` });
  const passed = back.outcome === "succeeded" && forward.outcome === "succeeded";
  const result = passed ? "passed" : "failed";
  await book.append({ kind: "rehearsal", stack, from: releaseId(live), to: target.id, result, seconds });
  if (passed) {
    say(
      `\n${io.colors.green(io.colors.bold(stack))}: rehearsed: back at ${target.id} in ${duration(seconds)}, and at ${before.declaredId} again.`,
    );
    return EXIT.done;
  }
  const forwardAgain = `${context.command} up ${stack}${repeatedFlags(context.options)}`;
  const left =
    forward.outcome === "succeeded" ? "" : `\n${stack} may not be at ${before.declaredId} again, which its file names: ${forwardAgain}`;
  io.err(`The rehearsal failed: ${back.cause ?? forward.cause ?? "interrupted"}${left}`);
  return EXIT.failed;
}
