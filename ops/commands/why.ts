import { releaseId } from "../../components/release.ts";
import { type Context, EXIT } from "../context.ts";
import { closedOf, evaluateGates } from "../gates/evaluate.ts";
import { type Evidence, gateInput } from "../gates/evidence.ts";
import { openDesk, releaseAbout } from "../gates/record.ts";
import { closedLines, openLines, opensAt } from "../gates/report.ts";
import { moment } from "../gates/words.ts";
import { type PendingPod, pendingLine, readPendingPods } from "../pending-pods.ts";
import { requireEnvironment } from "../project-dir.ts";
import { count } from "../report/text.ts";
import { rolloutOf } from "../strategy/position.ts";
import { rolloutLines } from "../strategy/words.ts";

interface Options {
  readonly release?: string;
}

/** Says what keeps a release from an environment, and what keeps its pods from running. Changes nothing. */
export async function why(context: Context, [name]: string[], options: Options): Promise<number> {
  const { io, say } = context;
  const desk = await openDesk(context, undefined);
  const stack = requireEnvironment(desk.project, name);
  const release = releaseAbout(desk, stack, options.release);
  const pods = await pending(context, desk, stack);
  const own = desk.facts.get(stack);
  const rollout = own === undefined ? [] : rolloutLines(rolloutOf(own.configuration, desk.project.name), desk.command, stack);
  const live = own?.live;
  const runs = live !== undefined && releaseId(live) === releaseId(release);
  // The release that runs has nothing to pass any more.
  const input = await gateInput(desk, { stack, release, requester: desk.actor });
  const verdicts = runs ? [] : evaluateGates(input);
  const closed = closedOf(verdicts);
  if (context.options.json) {
    io.out(
      JSON.stringify(
        { stack, release: input.release, lane: input.lane, running: runs, verdicts, opensAt: opensAt(closed), rollout, pendingPods: pods },
        null,
        2,
      ),
    );
    return EXIT.done;
  }
  const { bold } = io.colors;
  const what = `${release.version} (${input.release.id})`;
  if (runs) say(`${bold(stack)} runs ${what}. There is nothing new for it.`);
  else if (closed.length === 0)
    say(`${bold(stack)}: every gate is open for ${what}${input.lane === "normal" ? "" : `, in the ${input.lane} lane`}.`);
  else
    say(
      `${bold(stack)}: ${what} may not go there yet: ${count(closed.length, "gate is", "gates are")} closed${input.lane === "normal" ? "" : ` in the ${input.lane} lane`}.`,
    );
  for (const line of [
    ...closedLines(closed, input.now, io.colors),
    ...openLines(
      verdicts.filter(({ open }) => open),
      io.colors,
    ),
  ])
    say(line);
  const all = opensAt(closed);
  if (all !== undefined) say(`If nothing else happens, all are open at ${moment(all)}.`);
  for (const line of rollout) say(line);
  for (const pod of pods) say(`${io.colors.red("pending")} ${pendingLine(pod)}`);
  return EXIT.done;
}

/** Pods that find no node, when the environment's cluster is there to be asked. */
async function pending(context: Context, { project, facts }: Evidence, stack: string): Promise<PendingPod[]> {
  const namespace = namespaceOf(facts.get(stack), project.name);
  const { cluster } = await context.selector.select({ projectDir: project.dir, stack, cluster: "if-running" });
  if (cluster === undefined || namespace === undefined) return [];
  return readPendingPods(cluster, namespace).catch((error: unknown) => {
    context.io.err(
      context.io.colors.yellow(
        `The cluster cannot be asked for pods: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`,
      ),
    );
    return [];
  });
}

/** A first update that hangs has exported nothing yet: then the settings say where its pods are. */
function namespaceOf(facts: ReturnType<Evidence["facts"]["get"]>, project: string): string | undefined {
  const { namespace } = facts?.outputs ?? {};
  if (typeof namespace === "string") return namespace;
  const environment = facts?.configuration[`${project}:environment`]?.objectValue as { namespace?: unknown } | undefined;
  return typeof environment?.namespace === "string" ? environment.namespace : undefined;
}
