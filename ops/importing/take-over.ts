import { type Context, EXIT } from "../context.ts";
import { ClusterApi } from "../drift/cluster-api.ts";
import { follow, selected } from "../follow.ts";
import { notThrough } from "../not-through.ts";
import { count } from "../report/text.ts";
import type { ProjectSummary } from "../selector.ts";
import { UserError } from "../user-error.ts";
import { handOver, planOf } from "./declared.ts";

/**
 * Takes everything that the settings declare and the cluster has already into the stack's state, and its fields into the stack's hands.
 * Nothing that runs is changed; what differs from the settings the next `up` changes, and a preview says it. A second run finds nothing to do.
 */
export async function takeOverDeclared(context: Context, project: ProjectSummary, stack: string, message?: string): Promise<number> {
  const { io, say, options, selector } = context;
  if (!options.local)
    throw new UserError(
      `--declared is for the embedded engine: say --local, or --local --context NAME. With the Pulumi CLI, objects are taken over one by one: ${context.command} import ${stack} --type kubernetes:apps/v1:Deployment --name SERVICE --id NAMESPACE/NAME, or --file.`,
      2,
    );
  const offline = await selector.select({ projectDir: project.dir, stack, cluster: "none" });
  const declared = await offline.engine.preview({});
  const chosen = await selected(context, { projectDir: project.dir, stack, cluster: "start" });
  if (chosen.cluster === undefined) throw new UserError("There is no cluster whose objects could be taken over.");
  const api = new ClusterApi(chosen.cluster);
  try {
    const plan = await planOf(declared, api);
    for (const line of plan.refused) io.err(`${io.colors.yellow("warning:")} ${line}`);
    if (plan.found.length === 0) {
      // What an earlier run took over and did not get to hand over.
      if (declared.steps.some(({ op }) => op !== "create")) await handOver(chosen.engine, api);
      say(`${io.colors.bold(stack)}: nothing to take over: all that is declared and exists is in its state`);
      return EXIT.done;
    }
    const resources = [...plan.specs];
    const { result, inventory } = await follow(context, `import into ${stack}`, (o) => chosen.engine.import({ ...o, resources, message }));
    if (result.result !== "succeeded") return notThrough(context, "import", stack, { result, inventory }, chosen);
    await handOver(chosen.engine, api);
    say(`\n${io.colors.bold(stack)}: ${count(plan.found.length, "object")} taken over, none changed: ${plan.found.join(", ")}`);
    return EXIT.done;
  } finally {
    await api.close();
  }
}
