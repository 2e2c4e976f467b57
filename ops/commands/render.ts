import { type Context, EXIT } from "../context.ts";
import { requireStack } from "../project-dir.ts";
import { manifestCounts, manifestsYaml, sortManifests } from "../report/manifests.ts";
import { count } from "../report/text.ts";
import { UserError } from "../user-error.ts";

export async function render(context: Context, [name]: string[], options: { yaml?: boolean }): Promise<number> {
  const { io } = context;
  if (options.yaml && context.options.json) throw new UserError("--yaml and --json exclude each other.", 2);
  const project = await context.selector.project();
  const stack = requireStack(project, name);
  io.err(io.colors.dim("embedded engine · offline, secrets redacted"));
  const manifests = await context.selector.render(project.dir, stack);
  if (options.yaml) io.out((await manifestsYaml(manifests)).trimEnd());
  else if (context.options.json) io.out(JSON.stringify(sortManifests(manifests), null, 2));
  else {
    io.out(`${io.colors.bold(stack)} of ${project.name}: ${count(manifests.length, "object")} (--yaml prints them)`);
    for (const [kind, names] of manifestCounts(manifests)) io.out(`  ${kind}: ${names.join(", ")}`);
  }
  return EXIT.done;
}
