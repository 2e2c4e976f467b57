import type { Context } from "../context.ts";
import type { Deploying } from "../promotion/deploy.ts";
import type { Deployment } from "../rollback/deployments.ts";
import { followed } from "../rollback/fail-fast.ts";
import { readRollout, writeRollout } from "./file.ts";
import { onTrial, rolloutOf, withoutTraffic } from "./position.ts";

/** Before the previous deployment is put back: the stack file says the position that it is put back to. */
export async function homeAgain(context: Context, { project, stack }: Deploying, to: Deployment): Promise<void> {
  const rollout = rolloutOf(to.configuration, project);
  if (Object.keys(rollout).length === 0) return;
  await writeRollout((await context.selector.project()).dir, project, stack, rollout);
}

/** After a run that is not put back: what is on trial must not go on serving. It stays for a person to look at. */
export async function takeTrafficBack(context: Context, { project, stack, chosen }: Deploying): Promise<void> {
  const { dir } = await context.selector.project();
  const rollout = readRollout(dir, project, stack);
  const without = withoutTraffic(rollout);
  if (!onTrial(rollout) || JSON.stringify(without) === JSON.stringify(rollout)) return;
  const { bold, red } = context.io.colors;
  await writeRollout(dir, project, stack, without);
  const message = "traffic back from the release on trial";
  const { run } = await followed(context, `up ${stack} (traffic back)`, false, (o) => chosen.engine.up({ ...o, message }));
  if (run.result.result !== "succeeded")
    context.io.err(`${red(bold(stack))}: the traffic could not be taken back from the release on trial: run \`up ${stack}\` again.`);
}
