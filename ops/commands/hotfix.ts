import type { Context } from "../context.ts";
import { requireEnvironment } from "../project-dir.ts";
import { promotionOf } from "../promotion/gates.ts";
import { type PromoteOptions, promote } from "../promotion/promote.ts";
import { survey } from "../promotion/survey.ts";
import { UserError } from "../user-error.ts";

interface Options extends PromoteOptions {
  readonly reason?: string;
  readonly from?: string;
}

/** A promotion through the shortened gates that the environment declares for hotfixes. */
export async function hotfix(context: Context, [name]: string[], options: Options): Promise<number> {
  const project = await context.selector.project();
  const stack = requireEnvironment(project, name);
  if (!options.reason?.trim()) throw new UserError("A hotfix says why: add --reason TEXT.", 2);
  const { engine } = await context.selector.select({ projectDir: project.dir, stack, cluster: "none" });
  const { path } = promotionOf(project, await survey(engine, project.name, { maybeNew: true }));
  const from = options.from ?? path[path.indexOf(stack) - 1];
  if (from === undefined)
    throw new UserError(`${stack} is the first environment: write the release into Pulumi.${stack}.yaml and run up.`, 2);
  return promote(context, [from, stack], "hotfix", options);
}
