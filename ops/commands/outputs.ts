import { type Context, EXIT } from "../context.ts";
import { requireStack } from "../project-dir.ts";

export async function outputs(context: Context, [name]: string[], options: { showSecrets?: boolean }): Promise<number> {
  const project = await context.selector.project();
  const stack = requireStack(project, name);
  const { engine } = await context.selector.select({ projectDir: project.dir, stack, cluster: "none" });
  const values = await engine.outputs({ showSecrets: options.showSecrets });
  if (context.options.json) context.io.out(JSON.stringify(values, null, 2));
  else if (Object.keys(values).length === 0) context.say(`${stack} exports nothing.`);
  else context.say((await import("yaml")).stringify(values, { lineWidth: 0 }).trimEnd());
  return EXIT.done;
}
