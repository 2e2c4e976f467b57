import { type Context, EXIT } from "../context.ts";
import { declaredBranches } from "../github/branches.ts";
import { decideSource } from "../github/source-branch.ts";
import { UserError } from "../user-error.ts";

interface Options {
  readonly base?: string;
  readonly head?: string;
  readonly headRepository?: string;
}

/** Says whether a branch may be merged into another, for the required check of that name. */
export async function sourceBranch(context: Context, _: string[], options: Options): Promise<number> {
  const { base, head, headRepository } = options;
  if (!base || !head) throw new UserError("Which branches? --base BRANCH --head BRANCH.", 2);
  const project = await context.selector.project();
  const { repository, branches } = declaredBranches(project);
  const decision = decideSource({ base, head, headRepository, repository, branches });
  if (context.options.json) context.io.out(JSON.stringify(decision, null, 2));
  else context.say(decision.text);
  return decision.allowed ? EXIT.done : EXIT.failed;
}
