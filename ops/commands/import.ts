import { type Context, EXIT } from "../context.ts";
import { follow, selected } from "../follow.ts";
import { codeFor } from "../importing/code.ts";
import { placed } from "../importing/placed.ts";
import { type ImportFlags, importSpecs } from "../importing/specs.ts";
import { notThrough } from "../not-through.ts";
import { requireStack } from "../project-dir.ts";
import { repeatedFlags } from "../repeated-flags.ts";
import { count } from "../report/text.ts";
import { UserError } from "../user-error.ts";

interface ImportOptions extends ImportFlags {
  readonly message?: string;
  readonly declared?: boolean;
}

/** Takes objects that exist into a stack's state, unchanged, and says what to add to the program so that the next `up` keeps them. */
export async function importObjects(context: Context, [name]: string[], options: ImportOptions): Promise<number> {
  const { io, say } = context;
  const project = await context.selector.project();
  const stack = requireStack(project, name);
  if (options.declared) {
    if ([options.type, options.name, options.id, options.parent, options.file].some((flag) => flag !== undefined))
      throw new UserError("--declared takes over what the settings declare: leave --type, --name, --id, --parent and --file out.", 2);
    return (await import("../importing/take-over.ts")).takeOverDeclared(context, project, stack, options.message);
  }
  const asked = importSpecs(options, io.cwd);
  const offline = await context.selector.select({ projectDir: project.dir, stack, cluster: "none" });
  const { specs: resources, declared } = placed(asked, await offline.engine.preview({}));
  const chosen = await selected(context, { projectDir: project.dir, stack, cluster: "start" });
  const { message } = options;
  const { result, inventory } = await follow(context, `import into ${stack}`, (o) => chosen.engine.import({ ...o, resources, message }));
  if (context.options.json) return result.result === "succeeded" ? EXIT.done : EXIT.failed;
  if (result.result !== "succeeded") return notThrough(context, "import", stack, { result, inventory }, chosen);
  const imported = result.steps.filter(({ op }) => op === "import");
  const total = result.changeSummary.import ?? imported.length;
  say(`\n${io.colors.bold(stack)}: ${total === 0 ? "nothing to import" : `${count(total, "object")} imported`}`);
  for (const { message: text, severity } of result.diagnostics) if (severity === "info") say(`  ${text}`);
  if (total === 0) return EXIT.done;
  say("Nothing that was imported was changed.");
  if (declared.size > 0) {
    const preview = `${context.command} preview ${stack}${repeatedFlags(context.options)}`;
    say(`The program declares ${declared.size === total ? "it" : `${declared.size} of it`}. What the next up would change: ${preview}`);
  }
  const others = imported.filter(({ urn }) => !declared.has(urn));
  if (others.length > 0) say("Add this to the program (extend.ts), or the next up deletes what was imported:\n");
  for (const step of others) say(codeFor(step));
  return EXIT.done;
}
