import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import pLimit from "p-limit";
import type { Context } from "../context.ts";
import type { RunResult } from "../engine.ts";
import type { Declared, Offline } from "../local/revisions.ts";
import { requireStack } from "../project-dir.ts";
import { Inventory } from "../report/inventory.ts";
import type { ProjectSummary } from "../selector.ts";
import { statusLine } from "../terminal/status-line.ts";
import { UserError } from "../user-error.ts";
import { type Revision, withRevision } from "./checkout.ts";
import { type Note, type Previewed, previewed } from "./previewed.ts";
import { changedSecrets } from "./secrets.ts";

export interface Since {
  readonly commit: string;
  readonly stacks: readonly string[];
  readonly settled: PromiseSettledResult<Previewed>[];
}

/** What the programs' processes inherit: nothing that signs in anywhere, and no home folder that could. */
const INHERITED = ["PATH", "TMPDIR", "TEMP", "TMP", "LANG", "LC_ALL", "TZ", "SystemRoot", "NODE_COMPILE_CACHE"];

/**
 * Previews the working tree against what the program of another revision declares, both offline. Whatever is needed to sign in anywhere is
 * neither needed nor read; the two programs run, and nothing else of either revision.
 */
export async function previewSince(context: Context, project: ProjectSummary, named: readonly string[], revision: string): Promise<Since> {
  return withRevision(project.dir, revision, async (base) => {
    const inherited = Object.fromEntries(
      INHERITED.flatMap((key) => (context.io.env[key] === undefined ? [] : [[key, context.io.env[key]]])),
    );
    const { offline } = await import("../local/revisions.ts");
    const engine = await offline({ ...inherited, HOME: base.scratchDir });
    const there = existsSync(path.join(base.projectDir, "Pulumi.yaml")) || existsSync(path.join(base.projectDir, "Pulumi.yml"));
    const before = there ? await engine.stacks(base.projectDir) : [];
    const both = { ...project, stacks: [...project.stacks, ...before.filter((stack) => !project.stacks.includes(stack))] };
    const stacks = named.length > 0 ? [...new Set(named)].map((name) => requireStack(both, name)) : both.stacks;
    if (stacks.length === 0) requireStack(both, undefined);
    const { io } = context;
    context.say(io.colors.dim(`embedded engine · offline: the working tree against ${base.commit.slice(0, 12)}`));
    if (base.otherPackages) context.say(io.colors.yellow("packages differ: both revisions ran with those that are installed now"));
    const status = await statusLine(io, `previewing ${stacks.join(", ")}`);
    const limit = pLimit(Math.max(2, availableParallelism()));
    const settled = await Promise.allSettled(
      stacks.map((stack) => limit(() => one(context, engine, project, base, before.includes(stack), stack))),
    ).finally(() => status.stop());
    return { commit: base.commit, stacks, settled };
  });
}

async function one(
  { signal }: Context,
  engine: Offline,
  project: ProjectSummary,
  base: Revision,
  isInBase: boolean,
  stack: string,
): Promise<Previewed> {
  const short = base.commit.slice(0, 12);
  if (!project.stacks.includes(stack)) return gone(project, stack, short);
  const notes: Note[] = isInBase
    ? changedSecrets(base.projectDir, project.dir, stack)
    : [{ text: `a new stack: ${short} does not have it`, brief: "a new stack" }];
  let from: Declared | undefined;
  if (isInBase) {
    try {
      from = await engine.declared(base.projectDir, stack, { signal });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      if (signal.aborted) throw new UserError("stopped before it was through");
      const text = `the program of ${short} does not run, so all of the working tree's counts as new: ${error.message}`;
      notes.unshift({ text, brief: `compared with nothing: ${short} does not run` });
    }
  }
  const inventory = new Inventory();
  const result = await engine.preview(project.dir, stack, from, { signal, onEvent: (event) => inventory.add(event) });
  const config = await engine.config(project.dir, stack);
  return previewed({ stack, project: project.name, result, seen: inventory.all(result.steps), config, notes });
}

/** A stack whose file went away: no run is made of it any more, so nothing deletes what it has. */
function gone(project: ProjectSummary, stack: string, commit: string): Previewed {
  const text = `no longer declared: ${commit} has its file. Nothing deletes what it has: run destroy before its file goes`;
  const result: RunResult = {
    result: "succeeded",
    steps: [],
    changeSummary: {},
    outputs: {},
    durationSeconds: 0,
    diagnostics: [],
    timings: {},
  };
  return previewed({ stack, project: project.name, result, seen: [], config: {}, notes: [{ text, brief: "no longer declared" }] });
}
