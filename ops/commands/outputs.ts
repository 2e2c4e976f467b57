import { type Context, EXIT } from "../context.ts";
import { requireStack } from "../project-dir.ts";
import { isRecord } from "../report/diff.ts";

export async function outputs(context: Context, [name]: string[], options: { showSecrets?: boolean }): Promise<number> {
  const project = await context.selector.project();
  const stack = requireStack(project, name);
  const { engine } = await context.selector.select({ projectDir: project.dir, stack, cluster: "none" });
  const values = await engine.outputs({ showSecrets: options.showSecrets });
  if (context.options.json) context.io.out(JSON.stringify(values, null, 2));
  else for (const line of outputLines(values)) context.say(line);
  return EXIT.done;
}

/** Nested values are indented under their key. */
function outputLines(values: Record<string, unknown>, indent = ""): string[] {
  const width = Math.max(0, ...Object.keys(values).map((key) => key.length));
  return Object.entries(values).flatMap(([key, value]) => {
    if (isRecord(value) && Object.keys(value).length > 0) return [`${indent}${key}`, ...outputLines(value, `${indent}  `)];
    return [`${indent}${key.padEnd(width)}  ${typeof value === "string" ? value : JSON.stringify(value)}`];
  });
}
