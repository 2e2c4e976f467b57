import path from "node:path";
import { type Context, EXIT } from "../context.ts";
import { changes, type Fault, type Previewed, succeeded } from "../preview/previewed.ts";
import { previewSince } from "../preview/since.ts";
import { previewStanding } from "../preview/standing.ts";
import { detailLines, previewText } from "../preview/text.ts";
import { requireStack } from "../project-dir.ts";
import { digestOf } from "../report/digest.ts";
import { UserError } from "../user-error.ts";

interface Options {
  readonly base?: string;
  readonly expectNoChanges?: boolean;
  readonly refresh?: boolean;
  readonly diff?: boolean;
  readonly pin?: string;
  /** A file, or true for standard output. */
  readonly markdown?: string | true;
}
interface Outcome {
  readonly previews: readonly Previewed[];
  readonly faults: readonly Fault[];
  /** One environment was asked for, and not a list of them. */
  readonly isSingle: boolean;
  readonly base?: string;
}

/** What `up` would change, or with `--base` what the working tree changes since a revision. */
export async function preview(given: Context, named: string[], options: Options): Promise<number> {
  // Standard output belongs to the comment.
  const context = options.markdown === true ? { ...given, say: given.io.err } : given;
  const { selector } = context;
  if (options.base !== undefined && (options.refresh || options.pin !== undefined))
    throw new UserError("--base asks no live system and no state: leave --refresh and --pin out.", 2);
  if (options.markdown === true && context.options.json) throw new UserError("--markdown and --json exclude each other: name a file.", 2);
  const project = await selector.project();
  const outcome =
    options.base === undefined
      ? await standing(context, named, options)
      : await previewSince(context, project, named, options.base).then(({ settled, stacks, commit }) => outcomeOf(stacks, settled, commit));
  await write(context, project.name, outcome, options.markdown);
  return report(context, outcome, options);
}

async function standing(context: Context, named: string[], options: Options): Promise<Outcome> {
  const project = await context.selector.project();
  const stacks = named.length > 0 ? [...new Set(named)].map((name) => requireStack(project, name)) : project.stacks;
  if (stacks.length === 0) requireStack(project, undefined);
  if (options.pin !== undefined && stacks.length > 1) throw new UserError("--pin FILE records one preview: name one stack.", 2);
  return outcomeOf(stacks, await previewStanding(context, project, stacks, options));
}

function outcomeOf(stacks: readonly string[], settled: readonly PromiseSettledResult<Previewed>[], base?: string): Outcome {
  const failed = settled.flatMap((s, i) => (s.status === "rejected" ? [{ stack: stacks[i]!, reason: s.reason as unknown }] : []));
  const unexpected = failed.find(({ reason }) => !(reason instanceof UserError));
  if (unexpected) throw unexpected.reason;
  const previews = settled.flatMap((s) => (s.status === "fulfilled" ? [s.value] : []));
  return { previews, faults: failed as Fault[], isSingle: stacks.length === 1, ...(base === undefined ? {} : { base }) };
}

/** The comment and, beside it, the report in full. */
async function write({ io }: Context, project: string, outcome: Outcome, markdown: Options["markdown"]): Promise<void> {
  if (markdown === undefined) return;
  const { writeMarkdown } = await import("../preview/write.ts");
  await writeMarkdown(io, { project, ...outcome }, markdown === true ? undefined : path.resolve(io.cwd, markdown));
}

function report(context: Context, { previews, faults, isSingle }: Outcome, options: Options): number {
  const { io } = context;
  if (context.options.json) {
    const digests = previews.map((p) => [p.stack, { ...digestOf(p.result, p.config), policy: p.policy, ...notesOf(p) }] as const);
    if (digests.length > 0) io.out(JSON.stringify(isSingle ? digests[0]![1] : Object.fromEntries(digests), null, 2));
  } else if (options.markdown !== true) for (const line of previewText(previews, io.colors, options)) context.say(line);
  for (const { stack, reason } of faults) io.err(`${io.colors.red(`${stack}:`)} ${reason.message}`);
  if (faults.length > 0 || !previews.every(succeeded)) {
    for (const failed of previews.filter((one) => !succeeded(one))) for (const line of detailLines(failed, io.colors)) io.err(line);
    return faults.length > 0 && previews.length === 0 ? faults[0]!.reason.exitCode : EXIT.failed;
  }
  if (previews.some(({ policy }) => policy.findings.length > 0)) return EXIT.failed;
  return options.expectNoChanges && previews.some(changes) ? EXIT.differences : EXIT.done;
}

const notesOf = ({ notes }: Previewed) => (notes.length === 0 ? {} : { notes });
