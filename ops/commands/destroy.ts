import { requireUnlocked } from "../azure/locks.ts";
import { typed } from "../confirm.ts";
import { type Context, EXIT } from "../context.ts";
import { follow, selected } from "../follow.ts";
import { fateLines, keptLines, namespacesIn, readVolumes, type Volume } from "../kept-volumes.ts";
import type { ClusterTarget } from "../live.ts";
import { notThrough } from "../not-through.ts";
import { requireStack } from "../project-dir.ts";
import { repeatedFlags } from "../repeated-flags.ts";
import { failuresOf } from "../report/failure.ts";
import { headline } from "../report/headline.ts";
import { failureLines } from "../report/print.ts";
import { protectedIn } from "../report/protected.ts";
import { count, duration } from "../report/text.ts";
import { UserError } from "../user-error.ts";

export async function destroy(context: Context, [name]: string[], options: { yes?: boolean; message?: string }): Promise<number> {
  const { io, say } = context;
  const project = await context.selector.project();
  const stack = requireStack(project, name);
  // Before anything is started or asked: what is protected refuses the whole run, not only its own deletion.
  const { engine } = await context.selector.select({ projectDir: project.dir, stack, cluster: "none" });
  const exported = await engine.export();
  const kept = protectedIn(exported);
  if (kept.length > 0) {
    throw new UserError(
      `${stack} is not destroyed: it holds what is protected, and nothing else is touched either.\n${kept.map((k) => `  ${k}`).join("\n")}\n` +
        `If it really is to go: set environment.protect to false in Pulumi.${stack}.yaml, run up, then destroy.`,
    );
  }
  const again = `${context.command} destroy ${stack}${repeatedFlags(context.options)}`;
  await requireUnlocked(context.selector, project, stack, { todo: `${stack} is not destroyed`, again, state: exported });
  const chosen = await selected(context, { projectDir: project.dir, stack, cluster: "start" });
  const plan = await chosen.engine.destroy({ previewOnly: true, signal: context.signal });
  if (plan.result !== "succeeded") {
    for (const line of failureLines(failuresOf(plan, [], stack), io.colors, { cluster: chosen.cluster })) io.err(line);
    return EXIT.failed;
  }
  const deleted = plan.changeSummary.delete ?? 0;
  if (deleted === 0) {
    say(`${stack} holds nothing: nothing to destroy.`);
    return EXIT.done;
  }
  const namespaces = namespacesIn(exported);
  const volumes = await volumesIn(context, chosen.cluster, namespaces);
  for (const line of fateLines(volumes)) say(line);
  if (!options.yes) {
    const warning = `This deletes ${stack} of ${project.name}: ${count(deleted, "resource")}, and the data in them.`;
    await typed(io, { warning, expected: stack, question: "Type the stack's name to go on: ", flag: "--yes" });
  }
  const { result, inventory } = await follow(context, `destroy ${stack}`, (o) => chosen.engine.destroy({ ...o, message: options.message }));
  if (context.options.json) return result.result === "succeeded" ? EXIT.done : EXIT.failed;
  if (result.result !== "succeeded") return notThrough(context, "destroy", stack, { result, inventory }, chosen);
  say(`\n${io.colors.bold(stack)}: ${headline(result.changeSummary)}, in ${duration(result.durationSeconds)}. Its history is kept.`);
  const left = volumes.some(({ retained }) => retained) ? await volumesIn(context, chosen.cluster, namespaces) : [];
  for (const line of keptLines(left.filter(({ retained }) => retained))) say(line);
  return EXIT.done;
}

/** Volumes belong to the cluster, and not everybody who may delete an environment may list them: the run does not hang on that. */
async function volumesIn({ io }: Context, cluster: ClusterTarget | undefined, namespaces: readonly string[]): Promise<Volume[]> {
  if (cluster === undefined || namespaces.length === 0) return [];
  return readVolumes(cluster, namespaces).catch((error: Error) => {
    io.err(io.colors.yellow(`Which volumes outlive their claims could not be read: ${error.message.split("\n")[0]}`));
    return [];
  });
}
