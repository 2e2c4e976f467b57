import type { Context } from "../context.ts";
import { writeProgram } from "../demo/program.ts";
import { cleanUp, runDemo } from "../demo/run.ts";
import { selected } from "../follow.ts";
import { selectEngine } from "../select-engine.ts";
import { UserError } from "../user-error.ts";

/** Shows, on the local world, what a release goes through: up, promote, a gate that says no, a bad release that restores itself. */
export async function demo(context: Context, _args: string[], options: { keep?: boolean }): Promise<number> {
  const { say, io } = context;
  if (context.options.json) throw new UserError("A demo is for people: it has no --json.", 2);
  // There is no other world for it, so nobody has to say so.
  const inLocal = { ...context.options, local: true };
  const local: Context = { ...context, options: inLocal, selector: selectEngine(io, inLocal) };
  const project = await local.selector.project();
  const chosen = await selected(local, { projectDir: project.dir, stack: project.stacks[0] ?? "development", cluster: "start" });
  if (chosen.cluster === undefined || !("kubeconfig" in chosen.cluster)) throw new UserError("A demo needs a cluster: add --local.");
  const made = writeProgram();
  say(`\nThis takes about two minutes. Everything happens in ${made.dir} and in namespaces of its own; none of your files is touched.`);
  try {
    const exitCode = await runDemo(local, chosen.cluster, made);
    const again = options.keep ? ["", `It is kept: cd ${made.dir}, KUBECONFIG=${chosen.cluster.kubeconfig}`] : [];
    for (const line of [...(exitCode === 0 ? whatNext(context.command) : []), ...again]) say(line);
    return exitCode;
  } finally {
    if (!options.keep) {
      say(io.colors.dim("Cleaning up."));
      await cleanUp(local, chosen.cluster, made);
    }
  }
}

const whatNext = (command: string): string[] => [
  "To try next, with the program of this checkout:",
  `  ${command} up development --local          its own environments, with a database, backups and migrations`,
  `  ${command} preview --local                 after a change in Pulumi.development.yaml`,
  `  ${command} demo --local --keep             the same again, and its folder and environments stay`,
  "  docs/how-to/promote-and-go-back.md        the commands that you have seen, one by one",
];
