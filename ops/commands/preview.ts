import type { Verdict } from "../../policy/evaluate.ts";
import { type Context, EXIT } from "../context.ts";
import type { EngineEvent, RunResult } from "../engine.ts";
import { holdToPolicy } from "../policy/hold.ts";
import { policyLines } from "../policy/words.ts";
import { requireStack } from "../project-dir.ts";
import { configurationOf } from "../promotion/configuration.ts";
import { preparePin } from "../promotion/pinned.ts";
import { describe } from "../report/describe.ts";
import { digestOf } from "../report/digest.ts";
import { failuresOf } from "../report/failure.ts";
import { hasChanges } from "../report/headline.ts";
import { Inventory } from "../report/inventory.ts";
import { descriptionLines, failureLines, warningLines } from "../report/print.ts";
import type { ProjectSummary, Selected } from "../selector.ts";
import { statusLine } from "../terminal/status-line.ts";
import { UserError } from "../user-error.ts";

interface Options {
  readonly expectNoChanges?: boolean;
  readonly refresh?: boolean;
  readonly diff?: boolean;
  readonly pin?: string;
}
interface Previewed {
  readonly stack: string;
  readonly result: RunResult;
  readonly inventory: Inventory;
  readonly config: Record<string, string>;
  readonly policy: Verdict;
}

export async function preview(context: Context, named: string[], options: Options): Promise<number> {
  const { io, selector } = context;
  const project = await selector.project();
  const stacks = named.length > 0 ? [...new Set(named)].map((name) => requireStack(project, name)) : project.stacks;
  if (stacks.length === 0) requireStack(project, undefined);
  if (options.pin !== undefined && stacks.length > 1) throw new UserError("--pin FILE records one preview: name one stack.", 2);
  const engines = await Promise.all(
    stacks.map((stack) => selector.select({ projectDir: project.dir, stack, cluster: options.refresh ? "start" : "if-running" })),
  );
  context.say(io.colors.dim(`${engines[0]!.engine.name} · ${engines[0]!.target}`));
  const status = await statusLine(io, `previewing ${stacks.join(", ")}`);
  const settled = await Promise.allSettled(stacks.map((stack, i) => one(context, project, stack, engines[i]!, options))).finally(() =>
    status.stop(),
  );
  return report(context, stacks, settled, options);
}

async function one(context: Context, project: ProjectSummary, stack: string, { engine }: Selected, options: Options): Promise<Previewed> {
  const pin = await preparePin(context, project, stack, engine);
  const inventory = new Inventory();
  const onEvent = (event: EngineEvent) => inventory.add(event);
  const result = await engine.preview({ onEvent, signal: context.signal, refresh: options.refresh });
  if (result.result === "succeeded") await pin.record(options.pin);
  const config = await engine.config();
  const policy = holdToPolicy(inventory.all(result.steps), configurationOf(config), project.name, new Date());
  return { stack, result, inventory, config, policy };
}

function report(context: Context, stacks: readonly string[], settled: PromiseSettledResult<Previewed>[], options: Options): number {
  const { io } = context;
  const faults = settled.flatMap((s, i) => (s.status === "rejected" ? [{ stack: stacks[i]!, reason: s.reason as unknown }] : []));
  const unexpected = faults.find(({ reason }) => !(reason instanceof UserError));
  if (unexpected) throw unexpected.reason;
  const previews = settled.flatMap((s) => (s.status === "fulfilled" ? [s.value] : []));
  if (context.options.json) {
    const digests = previews.map((p) => [p.stack, { ...digestOf(p.result, p.config), policy: p.policy }] as const);
    if (digests.length > 0) io.out(JSON.stringify(stacks.length === 1 ? digests[0]![1] : Object.fromEntries(digests), null, 2));
  } else people(context, previews, options);
  for (const { stack, reason } of faults) io.err(`${io.colors.red(`${stack}:`)} ${(reason as UserError).message}`);
  if (faults.length > 0 || previews.some((p) => p.result.result !== "succeeded")) {
    for (const { stack, result, inventory } of previews) {
      if (result.result !== "succeeded")
        for (const line of failureLines(failuresOf(result, inventory.all(), stack), io.colors)) io.err(line);
    }
    return faults.length > 0 && previews.length === 0 ? (faults[0]!.reason as UserError).exitCode : EXIT.failed;
  }
  if (previews.some(({ policy }) => policy.findings.length > 0)) return EXIT.failed;
  return options.expectNoChanges && previews.some((p) => hasChanges(p.result.changeSummary)) ? EXIT.differences : EXIT.done;
}

/** The summary of all first, then each in detail. */
function people({ io, say }: Context, previews: readonly Previewed[], options: Options): void {
  const { bold } = io.colors;
  const described = previews.map((p) => ({
    ...p,
    description: describe(p.result.steps, p.result.changeSummary, p.inventory.all(p.result.steps)),
  }));
  if (described.length > 1) {
    const width = Math.max(...described.map((d) => d.stack.length));
    for (const { stack, description } of described) say(`${bold(stack.padEnd(width))}  ${description.headline}`);
  }
  for (const { stack, result, description, policy } of described) {
    if (result.result !== "succeeded") continue;
    say(`\n${bold(stack)}: ${description.headline}`);
    for (const line of descriptionLines(description, io.colors, options.diff ? result.steps : undefined)) say(line);
    for (const line of warningLines(result, io.colors)) say(line);
    for (const line of policyLines(policy, io.colors)) say(line);
  }
}
