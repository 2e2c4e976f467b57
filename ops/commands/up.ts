import type { Context } from "../context.ts";
import { selected } from "../follow.ts";
import { requireStack } from "../project-dir.ts";
import { noteBackPorts } from "../promotion/back-ports.ts";
import { openBook } from "../promotion/book.ts";
import { deploy } from "../promotion/deploy.ts";
import { finish } from "../promotion/finish.ts";
import { refuseUnpromoted } from "../promotion/may-enter.ts";
import { checkPin } from "../promotion/pinned.ts";
import { holdAgainst, refuseEarlyContract, refuseHeld } from "../promotion/refuse.ts";
import { survey } from "../promotion/survey.ts";
import { refuseSchemaBehind } from "../rollback/schema-behind.ts";

interface Options {
  readonly expectNoChanges?: boolean;
  readonly refresh?: boolean;
  readonly message?: string;
  /** `true` or a file: there must be a recorded preview. `false` (`--no-pinned`): whatever was previewed. */
  readonly pinned?: boolean | string;
  /** Commander's `--no-rollback`. */
  readonly rollback?: boolean;
}

export async function up(context: Context, [name]: string[], options: Options): Promise<number> {
  const project = await context.selector.project();
  const stack = requireStack(project, name);
  const chosen = await selected(context, { projectDir: project.dir, stack, cluster: "start", program: true });
  const book = await openBook(context, project.dir);
  const before = await survey(chosen.engine, project.name, { maybeNew: true });
  if (before.declared !== undefined) {
    refuseHeld(context, stack, holdAgainst(book, project.name, stack, before.declared, before.configuration));
    refuseEarlyContract(stack, before.declared, before.applied);
    const coming = { project: project.name, stack, release: before.declared, configuration: before.configuration };
    refuseSchemaBehind(context, coming, before, book.events);
  }
  checkPin(context, project.dir, stack, before, options.pinned);
  await refuseUnpromoted(context, project, stack, before);
  const outcome = await deploy(context, {
    project: project.name,
    stack,
    chosen,
    book,
    before,
    refresh: options.refresh,
    message: options.message,
    noRollback: options.rollback === false,
  });
  if (outcome.outcome === "succeeded") await noteBackPorts(context, book);
  return finish(context, project, stack, chosen, outcome, options);
}
