import { azureDrift } from "../azure/drift-source.ts";
import { type Context, EXIT } from "../context.ts";
import { ClusterApi } from "../drift/cluster-api.ts";
import { fix } from "../drift/fixing.ts";
import { KubernetesDrift } from "../drift/kubernetes.ts";
import { recordDrift } from "../drift/record.ts";
import { type DriftReport, driftLines, driftMarkdown, isIncomplete } from "../drift/report.ts";
import { survey } from "../drift/survey.ts";
import { githubDrift } from "../github/drift-source.ts";
import { speaksOfGithub } from "../github/settings.ts";
import { noCluster } from "../no-cluster.ts";
import { standsInCluster } from "../platforms.ts";
import { environmentsOf, requireStack } from "../project-dir.ts";
import { readApplication } from "../release/application.ts";
import { repeatedFlags } from "../repeated-flags.ts";
import type { ProjectSummary } from "../selector.ts";
import { UserError } from "../user-error.ts";

interface Options {
  readonly fix?: boolean;
  readonly yes?: boolean;
  readonly include?: string[];
  readonly markdown?: boolean;
}

/** What somebody changed by hand: in the cluster of each environment and of what they share, beside what its last update applied. Puts it back with --fix. */
export async function drift(context: Context, named: string[], options: Options): Promise<number> {
  const { io, options: global } = context;
  const project = await context.selector.project();
  const stacks =
    named.length === 0
      ? [...environmentsOf(project), ...(await elsewhere(context, project))]
      : [...new Set(named)].map((name) => requireStack(project, name));
  if (stacks.length === 0) requireStack(project, undefined);
  if (options.fix && stacks.length > 1) throw new UserError("--fix puts one environment back: name one stack.", 2);
  if (options.include !== undefined && !options.fix)
    throw new UserError("--include says what --fix may delete or make again: add --fix.", 2);
  if (options.markdown && global.json) throw new UserError("--markdown and --json exclude each other.", 2);
  const github = await githubDrift(context, project);
  const looked = await Promise.all(stacks.map((stack) => look(context, project, stack, options, github)));
  const reports = looked.map(({ report }) => report);
  if (global.json) io.out(JSON.stringify(reports, null, 2));
  else if (options.markdown) io.out(reports.flatMap(driftMarkdown).join("\n").trimEnd());
  else for (const report of reports) for (const line of driftLines(report, io.colors)) io.out(line);
  const drifted = reports.filter(({ findings }) => findings.length > 0);
  if (looked.some(({ failed }) => failed)) return EXIT.failed;
  if (drifted.length > 0) {
    const [first] = drifted;
    if (!options.fix && !options.markdown && first!.counted !== undefined)
      context.say(io.colors.dim(`To put it back: ${context.command} drift ${first!.stack} --fix${repeatedFlags(global)}`));
    const inAzure = options.markdown ? undefined : drifted.find(({ findings }) => findings.some(({ source }) => source === "azure"));
    if (inAzure !== undefined)
      context.say(io.colors.dim(`To put back what is in Azure: ${context.command} up ${inAzure.stack} --refresh${repeatedFlags(global)}`));
    return EXIT.differences;
  }
  return reports.some(isIncomplete) ? EXIT.failed : EXIT.done;
}

/** Stacks of what environments share that have objects in a cluster, rules on GitHub or resources in Azure. */
async function elsewhere(context: Context, project: ProjectSummary): Promise<string[]> {
  const known = (project.platforms ?? []).map(async (stack) => {
    const has =
      standsInCluster(project.dir, project.name, stack) ||
      speaksOfGithub(project, stack) ||
      (await azureDrift(context, project, stack)) !== undefined;
    return has ? [stack] : [];
  });
  return (await Promise.all(known)).flat();
}

/** One stack: read, and with --fix put back and read again. */
async function look(
  context: Context,
  project: ProjectSummary,
  stack: string,
  options: Options,
  github: Awaited<ReturnType<typeof githubDrift>>,
): Promise<{ report: DriftReport; failed: boolean }> {
  const { drift: settings } = readApplication(project);
  const today = new Date().toISOString().slice(0, 10);
  const others = [await github(stack), await azureDrift(context, project, stack)].filter((other) => other !== undefined);
  const isShared = project.platforms?.includes(stack) ?? false;
  const inCluster = !isShared || standsInCluster(project.dir, project.name, stack);
  if (options.fix && !inCluster)
    throw new UserError(
      `--fix puts objects in a cluster back, and ${stack} has none; \`${context.command} up ${stack} --refresh\` puts it right.`,
      2,
    );
  const request = { projectDir: project.dir, stack, cluster: options.fix ? "start" : "if-running" } as const;
  const { engine, cluster, unasked } = inCluster ? await context.selector.select(request) : {};
  if (isShared && cluster === undefined) {
    const report = await survey(undefined, { stack, settings, others, today });
    const unread = inCluster ? [{ what: "objects in the cluster", why: unasked ?? "no cluster can be asked", declared: true }] : [];
    await recordDrift(context, await context.selector.ledger(project.dir), stack, report.findings.length);
    return { report: { ...report, unread: [...report.unread, ...unread] }, failed: false };
  }
  if (engine === undefined || cluster === undefined) throw noCluster(stack, unasked, context.command);
  const exported = await engine.export({ showSecrets: true });
  const api = new ClusterApi(cluster);
  const read = async () => {
    const source = new KubernetesDrift(exported, api);
    return { source, report: await survey(source, { stack, settings, others, today }) };
  };
  try {
    const before = await read();
    const ledger = await context.selector.ledger(project.dir);
    if (!options.fix || before.report.findings.length === 0) {
      await recordDrift(context, ledger, stack, before.report.findings.length);
      return { report: before.report, failed: false };
    }
    const { fixed, failed } = await fix(context, api, before.source, before.report, options);
    if (fixed === 0) return { report: before.report, failed };
    const { report } = await read();
    await recordDrift(context, ledger, stack, before.report.findings.length, fixed);
    return { report, failed };
  } finally {
    await api.close();
  }
}
