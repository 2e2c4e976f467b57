import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ApplicationSettings } from "../../components/application.schema.ts";
import { EnvironmentSettings } from "../../components/environment.schema.ts";
import { describeFaults, findingsOf, inWords, toFault } from "../../components/faults.ts";
import { present } from "../../components/model.ts";
import { releaseId } from "../../components/release.ts";
import { declaredSecrets } from "../../components/secrets.ts";
import { gatesOf, sourcesOf, stacksOf } from "../../components/upstream.ts";
import type { Context } from "../context.ts";
import type { Actor, Ledger, LedgerEvent } from "../ledger/event.ts";
import { environmentsOf } from "../project-dir.ts";
import { type Configuration, configurationOf, type Release, releaseOf, settingOf } from "../promotion/configuration.ts";
import { activeHolds } from "../promotion/holds.ts";
import { appliedMigrations, pendingMigrations } from "../promotion/migrations.ts";
import { liveIn } from "../promotion/survey.ts";
import { repeatedFlags } from "../repeated-flags.ts";
import { isRecord } from "../report/diff.ts";
import type { ProjectSummary } from "../selector.ts";
import { NoStateError, UserError } from "../user-error.ts";
import { ancestry, commitOf } from "./commits.ts";
import { type Fix, fixesIn } from "./fixes.ts";
import type { Approval, ApproverSource, GateInput, Lane, Ran } from "./input.ts";
import { laneOf } from "./lane.ts";
import { decidingOn, requireRead } from "./unread.ts";

/** What is known of one environment. */
export interface Facts {
  readonly configuration: Configuration;
  /** undefined: it was never deployed. */
  readonly outputs: Readonly<Record<string, unknown>> | undefined;
  /** The release that its file names. */
  readonly declared: Release | undefined;
  /** Why what it runs cannot be known: then nothing is decided by it. */
  readonly unread?: string;
  /** The release that its last successful update left. */
  readonly live: Release | undefined;
  /** Newest first. */
  readonly ran: readonly Ran[] | undefined;
}

/** Everything that gates of any environment of a project decide by. */
export interface Evidence {
  readonly project: ProjectSummary;
  readonly application: ApplicationSettings;
  readonly ledger: Ledger;
  readonly events: readonly LedgerEvent[];
  readonly facts: ReadonlyMap<string, Facts>;
  readonly command: string;
  /** Where approvals come from besides the ledger. */
  readonly sources?: readonly ApproverSource[];
  readonly now: Date;
}

/** Reads the ledger, and what every environment declares and last exported. Asks no cluster. */
export async function gather(context: Context): Promise<Evidence> {
  const project = await context.selector.project();
  const environments = environmentsOf(project);
  const [first] = environments;
  if (first === undefined)
    throw new UserError(`${project.name} has no stacks: a stack is a file Pulumi.<stack>.yaml in ${project.dir}.`, 2);
  const ledger = await context.selector.ledger(project.dir);
  const { offline, reason } = await ledger.sync();
  if (offline)
    context.io.err(
      context.io.colors.yellow(
        `The ledger of the others cannot be asked${reason === undefined ? "" : ` (${reason})`}: this is what is known here.`,
      ),
    );
  const [{ events, findings }, entries] = await Promise.all([
    ledger.read(),
    Promise.all(environments.map(async (stack) => [stack, await factsOf(context, project, stack)] as const)),
  ]);
  for (const finding of findings) context.io.err(context.io.colors.yellow(`ledger: ${finding}`));
  const facts = new Map(entries);
  const written = settingOf(facts.get(first)!.configuration, project.name, "application");
  const application = ApplicationSettings.safeParse(written, { error: inWords });
  if (!application.success)
    throw new UserError(describeFaults(findingsOf(application.error, "application").map((fault) => toFault(fault, first))));
  return {
    project,
    application: application.data,
    ledger,
    events,
    facts,
    sources: await (await import("../github/project.ts")).approverSources(context, project, application.data),
    command: `${context.command}${repeatedFlags(context.options)}`,
    now: context.io.now?.() ?? new Date(),
  };
}

async function factsOf({ selector }: Context, { dir, name }: ProjectSummary, stack: string): Promise<Facts> {
  const { engine } = await selector.select({ projectDir: dir, stack, cluster: "none" });
  const configuration = configurationOf(await engine.config());
  const facts = { configuration, declared: releaseOf(configuration, name), outputs: undefined, live: undefined, ran: undefined };
  try {
    const outputs = await engine.outputs();
    return { ...facts, outputs, live: liveIn(outputs), ran: ranIn(outputs) };
  } catch (error) {
    if (error instanceof NoStateError) return facts;
    if (error instanceof UserError) return { ...facts, unread: error.message };
    throw error;
  }
}

function ranIn(outputs: Readonly<Record<string, unknown>> | undefined): Ran[] | undefined {
  if (!Array.isArray(outputs?.qualified)) return undefined;
  return outputs.qualified.filter(isRecord).map(({ id, liveSince }) => ({ id: String(id), liveSince: String(liveSince) }));
}

/**
 * The release that is to go to an environment next: what its file names, when that is not what runs there; otherwise what runs in the
 * environment before it. A file may still name what was taken back and is held: then it is what came after that one, if anything did.
 */
export function candidate({ application, events, facts }: Evidence, stack: string): Release | undefined {
  const { declared, live } = facts.get(stack) ?? {};
  const upstream = stacksOf(sourcesOf(application.promotion, stack))
    .map((name) => facts.get(name)?.live)
    .find((release) => release !== undefined);
  const differs = (release: Release | undefined) => release !== undefined && (live === undefined || releaseId(live) !== releaseId(release));
  if (!differs(declared)) return upstream ?? declared;
  const held = activeHolds(events, stack).some(
    (hold) => hold.configuration === undefined && declared !== undefined && hold.releaseId === releaseId(declared),
  );
  return held && differs(upstream) ? upstream : declared;
}

export interface About {
  readonly stack: string;
  readonly release: Release;
  /** Left out: the lane that the ledger speaks of. */
  readonly lane?: Lane;
  readonly requester?: Actor;
}

/** What the gates of one environment decide by, for one release. */
export async function gateInput(evidence: Evidence, { stack, release, lane, requester }: About): Promise<GateInput> {
  const { application, events, facts, project, command, now } = evidence;
  const { promotion } = application;
  requireRead(evidence, ...decidingOn(evidence, stack));
  const own = facts.get(stack);
  const id = releaseId(release);
  const ran = own?.ran ?? [];
  const changedPaths = own?.live === undefined ? undefined : await changedBetween(project.dir, own.live.commit, release.commit);
  const pending = pendingMigrations(release, appliedMigrations(own?.outputs ?? {})).map(({ name }) => name);
  return {
    promotion,
    stack,
    lane: lane ?? laneOf({ promotion, stack, releaseId: id, events, ran, now }),
    release: { id, version: release.version, pendingMigrations: pending, ...(changedPaths === undefined ? {} : { changedPaths }) },
    ...(requester === undefined ? {} : { requester }),
    events,
    ...(await approvalsElsewhere(evidence, stack, id)),
    ran: (name) => facts.get(name)?.ran,
    lacks: await lackingIn(evidence, stack, release),
    ...(own === undefined ? {} : { configuration: keysOf(application, own.configuration, project.name, stack) }),
    now,
    command,
  };
}

/** Hotfixes of a stack that a release does not contain; one whose commit nobody knows is taken for missing. */
async function lackingIn({ events, facts, project }: Evidence, stack: string, release: Release): Promise<Fix[]> {
  const contains = ancestry(project.dir);
  const lacking = fixesIn(events, stack).map(async (fix) => {
    if (fix.releaseId === releaseId(release)) return [];
    const commit = commitOf(fix.releaseId, events, facts);
    const isIn = commit !== undefined && (commit === release.commit || (await contains(commit, release.commit)));
    return isIn ? [] : [fix];
  });
  return (await Promise.all(lacking)).flat();
}

/** What other sources know of approvals; that one cannot be asked is an answer too. */
async function approvalsElsewhere({ sources = [], application }: Evidence, stack: string, id: string) {
  const { approvals, hotfix, rollbackApprovals } = gatesOf(application.promotion, stack);
  if (sources.length === 0 || approvals.length + (hotfix.approvals?.length ?? 0) + rollbackApprovals.length === 0) return {};
  try {
    const found: Approval[][] = await Promise.all(sources.map(async (source) => [...(await source.approvals({ stack, releaseId: id }))]));
    return { approvals: found.flat() };
  } catch (error) {
    if (error instanceof UserError) return { unseenApprovals: error.message };
    throw error;
  }
}

/** Paths that differ between two commits; undefined when this clone does not have both. */
async function changedBetween(dir: string, from: string, to: string): Promise<string[] | undefined> {
  if (from === to) return [];
  const run = promisify(execFile)("git", ["-C", dir, "diff", "--name-only", "-z", from, to, "--"], { maxBuffer: 64 * 1024 * 1024 });
  return run.then(({ stdout }) => stdout.split("\0").filter(Boolean)).catch(() => undefined);
}

/** Keys that the application declares for an environment, and those that its file sets. Values are not looked at. */
export function keysOf(
  application: ApplicationSettings,
  configuration: Configuration,
  project: string,
  stack: string,
): { declared: string[]; set: string[] } {
  const environment = EnvironmentSettings.shape.config.safeParse(
    (settingOf(configuration, project, "environment") as { config?: unknown } | undefined)?.config,
  );
  const values = environment.success ? environment.data : {};
  const plain = Object.entries(application.config).flatMap(([set, { keys }]) =>
    Object.entries(keys).flatMap(([key, declared]) => (present(declared, stack) ? [`${set}.${key}`] : [])),
  );
  const secrets = [...new Set(declaredSecrets(application, stack, settingOf(configuration, project, "environment")).map(({ key }) => key))];
  const set = [
    ...Object.entries(values).flatMap(([name, keys]) => Object.keys(keys).map((key) => `${name}.${key}`)),
    ...secrets.filter((key) => configuration[`${project}:${key}`]?.secret === true),
  ];
  return { declared: [...plain, ...secrets], set };
}
