import { type Context, EXIT } from "../context.ts";
import type { Followed } from "../follow.ts";
import { type ClusterTarget, readReady } from "../live.ts";
import { environmentsOf } from "../project-dir.ts";
import { repeatedFlags } from "../repeated-flags.ts";
import { hasChanges, headline } from "../report/headline.ts";
import { nextSteps } from "../report/next-steps.ts";
import { type Service, serviceRow, servicesOf } from "../report/services.ts";
import { duration } from "../report/text.ts";
import { timingLines } from "../report/timings.ts";
import type { ProjectSummary, Selected } from "../selector.ts";
import { printTable } from "../terminal/table.ts";
import type { Outcome } from "./deploy.ts";

/** The end of a deployment for people, and its exit code. */
export async function finish(
  context: Context,
  project: ProjectSummary,
  stack: string,
  chosen: Selected,
  { outcome, run }: Outcome,
  options: { expectNoChanges?: boolean } = {},
): Promise<number> {
  if (outcome !== "succeeded") return EXIT.failed;
  if (!context.options.json) await report(context, project, stack, chosen, run);
  return options.expectNoChanges && hasChanges(run.result.changeSummary) ? EXIT.differences : EXIT.done;
}

async function report(context: Context, project: ProjectSummary, stack: string, chosen: Selected, run: Followed): Promise<void> {
  const { io, say } = context;
  const { bold, dim, green } = io.colors;
  const { result } = run;
  const seen = run.inventory.all();
  say(`\n${green(bold(stack))}: ${headline(result.changeSummary)}, in ${duration(result.durationSeconds)}`);
  const services = await whatRuns(chosen.cluster, seen, result.outputs);
  if (services.length > 0) printTable(say, ["service", "kind", "ready", "image", "address"], services.map(serviceRow));
  if (hasChanges(result.changeSummary)) {
    const slowest = timingLines(result.timings, seen);
    if (slowest.length > 0) say(`\n${bold("How long it took")}`);
    for (const line of slowest) say(`  ${dim(line)}`);
  }
  if (!hasChanges(result.changeSummary)) return; // somebody who looks again has read it
  say(`\n${bold("To try next")}`);
  const flags = repeatedFlags(context.options);
  const { command } = context;
  const namespace = services[0]?.namespace;
  for (const [next, why] of nextSteps({ command, flags, stack, stacks: environmentsOf(project), cluster: chosen.cluster, namespace })) {
    say(`  ${next}\n      ${dim(why)}`);
  }
}

/** The table of services; when the cluster cannot be asked, it says so with a question mark rather than fail a run that went well. */
async function whatRuns(
  cluster: ClusterTarget | undefined,
  seen: Parameters<typeof servicesOf>[0],
  outputs: Record<string, unknown>,
): Promise<Service[]> {
  const services = servicesOf(seen, new Map(), outputs);
  if (!cluster || services.length === 0) return services;
  const ready = await readReady(cluster, [...new Set(services.map((s) => s.namespace))]).catch(() => new Map<string, number>());
  return servicesOf(seen, ready, outputs);
}
