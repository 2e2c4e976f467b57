import { type Context, EXIT } from "../context.ts";
import { type Followed, follow, selected } from "../follow.ts";
import { type ClusterTarget, readReady } from "../live.ts";
import { notThrough } from "../not-through.ts";
import { requireStack } from "../project-dir.ts";
import { repeatedFlags } from "../repeated-flags.ts";
import { hasChanges, headline } from "../report/headline.ts";
import { nextSteps } from "../report/next-steps.ts";
import { warningLines } from "../report/print.ts";
import { type Service, serviceRow, servicesOf } from "../report/services.ts";
import { duration } from "../report/text.ts";
import { timingLines } from "../report/timings.ts";
import type { ProjectSummary, Selected } from "../selector.ts";
import { printTable } from "../terminal/table.ts";

interface Options {
  readonly expectNoChanges?: boolean;
  readonly refresh?: boolean;
  readonly message?: string;
}

export async function up(context: Context, [name]: string[], options: Options): Promise<number> {
  const project = await context.selector.project();
  const stack = requireStack(project, name);
  const chosen = await selected(context, { projectDir: project.dir, stack, cluster: "start", program: true });
  const run = await follow(context, `up ${stack}`, (o) => chosen.engine.up({ ...o, refresh: options.refresh, message: options.message }));
  const through = run.result.result === "succeeded";
  if (!context.options.json) for (const line of warningLines(run.result, context.io.colors)) context.say(line);
  if (!through) return context.options.json ? EXIT.failed : notThrough(context, "up", stack, run, chosen);
  if (!context.options.json) await report(context, project, stack, chosen, run);
  return options.expectNoChanges && hasChanges(run.result.changeSummary) ? EXIT.differences : EXIT.done;
}

async function report(
  context: Context,
  project: ProjectSummary,
  stack: string,
  chosen: Selected,
  { result, inventory }: Followed,
): Promise<void> {
  const { io, say } = context;
  const { bold, dim, green } = io.colors;
  const seen = inventory.all();
  say(`\n${green(bold(stack))}: ${headline(result.changeSummary)}, in ${duration(result.durationSeconds)}`);
  const services = await whatRuns(chosen.cluster, seen, result.outputs);
  if (services.length > 0) printTable(say, ["service", "kind", "ready", "image", "address"], services.map(serviceRow));
  if (hasChanges(result.changeSummary)) {
    const slowest = timingLines(result.timings, seen);
    if (slowest.length > 0) say(`\n${bold("How long it took")}`);
    for (const line of slowest) say(`  ${dim(line)}`);
  }
  say(`\n${bold("To try next")}`);
  const flags = repeatedFlags(context.options);
  const namespace = services[0]?.namespace;
  for (const [command, why] of nextSteps({
    command: context.command,
    flags,
    stack,
    stacks: project.stacks,
    cluster: chosen.cluster,
    namespace,
  })) {
    say(`  ${command}\n      ${dim(why)}`);
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
