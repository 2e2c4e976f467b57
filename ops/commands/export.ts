import { type Context, EXIT } from "../context.ts";
import { requireStack } from "../project-dir.ts";

/** Always JSON: it is the state itself, with its secrets encrypted. */
export async function exportStack(context: Context, [name]: string[]): Promise<number> {
  const project = await context.selector.project();
  const stack = requireStack(project, name);
  const { engine } = await context.selector.select({ projectDir: project.dir, stack, cluster: "none" });
  context.io.out(JSON.stringify(await engine.export(), null, 4));
  return EXIT.done;
}
