import { type Context, EXIT } from "../context.ts";
import { requireStack } from "../project-dir.ts";
import { printTable } from "../terminal/table.ts";

export async function stacks(context: Context): Promise<number> {
  const project = await context.selector.project();
  const first = project.stacks[0] ?? requireStack(project, undefined);
  const { engine } = await context.selector.select({ projectDir: project.dir, stack: first, cluster: "none" });
  const order = new Map(project.stacks.map((name, i) => [name, i]));
  const place = (name: string) => order.get(name) ?? order.size;
  const found = (await engine.stacks()).sort((a, b) => place(a.name) - place(b.name) || (a.name < b.name ? -1 : 1));
  if (context.options.json) {
    context.io.out(JSON.stringify(found, null, 2));
    return EXIT.done;
  }
  const rows = found.map((s) => [
    s.name,
    s.hasState ? `${s.resourceCount ?? "?"} resources` : "not up yet",
    s.lastUpdate ?? "-",
    s.hasSettings ? (project.platforms?.includes(s.name) ? "what environments share" : "") : `no Pulumi.${s.name}.yaml any more`,
  ]);
  printTable(context.say, ["stack", "state", "last update", ""], rows, "");
  return EXIT.done;
}
