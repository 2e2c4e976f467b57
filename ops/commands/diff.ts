import { type Context, EXIT } from "../context.ts";
import { counts } from "../difference/acknowledged.ts";
import { compareEnvironments, compareReleases } from "../difference/environments.ts";
import { diffLines, diffMarkdown } from "../difference/report.ts";
import { requireStack } from "../project-dir.ts";
import { readApplication } from "../release/application.ts";
import { UserError } from "../user-error.ts";

interface Options {
  readonly live?: boolean;
  readonly release?: string[];
  readonly all?: boolean;
  readonly markdown?: boolean;
}

/** How two environments differ, or one at two of its releases; exit code 3 when something differs that nobody wrote down. */
export async function diff(context: Context, named: string[], options: Options): Promise<number> {
  const { io, selector } = context;
  if (options.markdown && context.options.json) throw new UserError("--markdown and --json exclude each other.", 2);
  const project = await selector.project();
  const stacks = named.map((name) => requireStack(project, name));
  const application = readApplication(project);
  const about = {
    context,
    declarations: await selector.declarations(),
    project,
    application,
    today: new Date().toISOString().slice(0, 10),
  };
  const { release = [] } = options;
  if (release.length > 0 && (release.length !== 2 || stacks.length !== 1 || options.live))
    throw new UserError("Releases are compared in one environment: diff STACK --release 1.5.0 --release 1.6.0", 2);
  if (release.length === 0 && stacks.length !== 2) throw new UserError("Which two environments? Such as: diff staging production", 2);
  const report =
    release.length === 0
      ? await compareEnvironments(about, [stacks[0]!, stacks[1]!], options.live ?? false)
      : await compareReleases(about, stacks[0]!, [release[0]!, release[1]!]);
  if (context.options.json) io.out(JSON.stringify(report, null, 2));
  else for (const line of options.markdown ? diffMarkdown(report) : diffLines(report, io.colors, options.all)) io.out(line);
  return report.differences.some(counts) ? EXIT.differences : EXIT.done;
}
