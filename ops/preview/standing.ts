import type { Context } from "../context.ts";
import type { EngineEvent } from "../engine.ts";
import { preparePin } from "../promotion/pinned.ts";
import { Inventory } from "../report/inventory.ts";
import type { ProjectSummary, Selected } from "../selector.ts";
import { statusLine } from "../terminal/status-line.ts";
import { type Previewed, previewed } from "./previewed.ts";

interface Options {
  readonly refresh?: boolean;
  readonly pin?: string;
}

/** Previews environments side by side against what is recorded of them, and with `refresh` against what is there. */
export async function previewStanding(
  context: Context,
  project: ProjectSummary,
  stacks: readonly string[],
  options: Options,
): Promise<PromiseSettledResult<Previewed>[]> {
  const { io, selector } = context;
  const engines = await Promise.all(
    stacks.map((stack) => selector.select({ projectDir: project.dir, stack, cluster: options.refresh ? "start" : "if-running" })),
  );
  context.say(io.colors.dim(`${engines[0]!.engine.name} · ${engines[0]!.target}`));
  const status = await statusLine(io, `previewing ${stacks.join(", ")}`);
  return Promise.allSettled(stacks.map((stack, i) => one(context, project, stack, engines[i]!, options))).finally(() => status.stop());
}

async function one(context: Context, project: ProjectSummary, stack: string, { engine }: Selected, options: Options): Promise<Previewed> {
  const pin = await preparePin(context, project, stack, engine);
  const inventory = new Inventory();
  const onEvent = (event: EngineEvent) => inventory.add(event);
  const result = await engine.preview({ onEvent, signal: context.signal, refresh: options.refresh });
  if (result.result === "succeeded") await pin.record(options.pin);
  return previewed({ stack, project: project.name, result, seen: inventory.all(result.steps), config: await engine.config() });
}
