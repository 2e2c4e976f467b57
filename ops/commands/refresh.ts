import { type Context, EXIT } from "../context.ts";
import { follow, selected } from "../follow.ts";
import { notThrough } from "../not-through.ts";
import { requireStack } from "../project-dir.ts";
import { repeatedFlags } from "../repeated-flags.ts";
import { describe } from "../report/describe.ts";
import { hasChanges } from "../report/headline.ts";
import { descriptionLines } from "../report/print.ts";

interface Options {
  readonly previewOnly?: boolean;
  readonly expectNoChanges?: boolean;
  readonly message?: string;
}

export async function refresh(context: Context, [name]: string[], options: Options): Promise<number> {
  const { io, say } = context;
  const project = await context.selector.project();
  const stack = requireStack(project, name);
  const chosen = await selected(context, { projectDir: project.dir, stack, cluster: "start" });
  const { previewOnly = false, message } = options;
  const { result, inventory } = await follow(context, `refresh ${stack}`, (o) => chosen.engine.refresh({ ...o, previewOnly, message }));
  const drifted = hasChanges(result.changeSummary);
  const run = { result, inventory };
  if (result.result !== "succeeded") return context.options.json ? EXIT.failed : notThrough(context, "refresh", stack, run, chosen);
  if (!context.options.json) {
    const description = describe(result.steps, result.changeSummary, inventory.all(result.steps), "refresh");
    say(`\n${io.colors.bold(stack)}: ${description.headline}`);
    for (const line of descriptionLines({ ...description, requests: undefined }, io.colors)) say(line);
    if (drifted) {
      const next = previewOnly ? "Nothing was taken over." : "State now says what the cluster says.";
      say(
        `${next} To put it back to what the program says: ${context.command} up ${stack}${repeatedFlags(context.options)}${previewOnly ? " --refresh" : ""}`,
      );
    }
  }
  return options.expectNoChanges && drifted ? EXIT.differences : EXIT.done;
}
