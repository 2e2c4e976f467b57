import { releaseId } from "../../components/release.ts";
import type { Context } from "../context.ts";
import { type Followed, follow } from "../follow.ts";
import type { Happening } from "../ledger/event.ts";
import { notThrough } from "../not-through.ts";
import { type Configuration, digestOf, type Release, referenceOf } from "../promotion/configuration.ts";
import { repeatedFlags } from "../repeated-flags.ts";
import { duration } from "../report/text.ts";
import { withServersOf } from "../restore/server/lineage.ts";
import type { Selected } from "../selector.ts";
import type { Decision } from "./decide.ts";
import { freeze } from "./frozen.ts";
import { restoreLines } from "./words.ts";

export interface PuttingBack {
  readonly project: string;
  readonly stack: string;
  readonly chosen: Selected;
  readonly release: Release | undefined;
  readonly configuration: Configuration;
  readonly decision: Decision;
  readonly cause: string;
  /** Seconds of `performance.now()`. */
  readonly firstReport: number | undefined;
  /** The run that failed: its backup is what a restore would take. Absent when a watch failed. */
  readonly run?: Followed;
  readonly touched: boolean;
  /** Where it runs, as its outputs say. */
  readonly namespace?: unknown;
}

/** Puts the previous release back with its configuration, or freezes, as decided. Returns what the ledger has to know of it. */
export async function putBack(context: Context, args: PuttingBack): Promise<{ restored: boolean; entries: Happening[] }> {
  const { stack, chosen, decision, release } = args;
  const { io, say } = context;
  const { bold, yellow, green, red } = io.colors;
  if (decision.action === "leave" || release === undefined) {
    if (args.touched && decision.action === "leave") say(`\n${yellow(bold(stack))}: not rolled back by itself: ${decision.why}.`);
    return { restored: false, entries: [] };
  }
  const hold = holdOf(args, release);
  const previous = decision.to;
  if (decision.action === "freeze") {
    say(`\n${yellow(bold(stack))}: frozen. ${previous.release.version} is not put back by itself: ${decision.class.reasons.join("; ")}.`);
    const paused = await pause(context, args, hold.releaseId);
    const lost = { project: args.project, backup: backupIn(args.run), migratedAt: args.run && beganAt(args.run) };
    for (const line of restoreLines(context, { ...lost, stack, previous, paused })) say(line);
    return { restored: false, entries: [hold] };
  }

  say(
    `\n${bold(stack)}: putting back ${previous.id} with its configuration (${decision.class.class}: ${decision.class.reasons.join("; ")})`,
  );
  const began = performance.now() / 1000;
  const message = `automatic rollback to ${previous.id}: ${args.cause}`.slice(0, 500);
  const configuration = withServersOf(args.configuration, previous.configuration, args.project);
  const run = await follow(context, `restore ${stack}`, (o) => chosen.engine.up({ ...o, message, configuration }));
  const now = performance.now() / 1000;
  const again = `${context.command} rollback ${stack}${repeatedFlags(context.options)}`;
  if (run.result.result !== "succeeded") {
    notThrough(context, "rollback", stack, run, chosen);
    io.err(`${red(bold(stack))}: ${previous.id} could not be put back by itself, and nothing more is tried. To try it again: ${again}`);
    return { restored: false, entries: [hold] };
  }
  const seconds = Math.round((now - (args.firstReport ?? began)) * 10) / 10;
  say(
    `\n${green(bold(stack))}: restored ${previous.id} ${duration(seconds)} after the cluster's first report (of which the way back took ${duration(now - began)}).`,
  );
  const held = hold.configuration === undefined ? hold.releaseId : `this configuration of ${hold.releaseId}`;
  say(
    `${held} is held back from ${stack}: every later \`up\` refuses it. Pulumi.${stack}.yaml still names it; to put the file back: ${again}`,
  );
  const rollback: Happening = {
    kind: "rollback",
    stack,
    from: referenceOf(release),
    to: referenceOf(previous.release),
    automatic: true,
    cause: args.cause,
    class: decision.class.class,
    secondsToRestore: seconds,
  };
  return { restored: true, entries: [rollback, hold] };
}

const beganAt = ({ result }: Followed): string => new Date(Date.now() - (result.durationSeconds + 1) * 1000).toISOString();

/** A rollout that cannot be paused is said, and no more: Kubernetes still keeps the old pods until new ones are ready. */
async function pause({ io }: Context, { chosen, namespace }: PuttingBack, id: string): Promise<string[]> {
  if (chosen.cluster === undefined || typeof namespace !== "string") return [];
  return freeze(chosen.cluster, namespace, id).catch((error: unknown) => {
    const why = error instanceof Error ? error.message.split("\n")[0] : String(error);
    io.err(io.colors.yellow(`The failing rollout could not be paused: ${why}`));
    return [];
  });
}

/** When only the configuration was new, the release itself ran before and stays free. */
function holdOf({ stack, cause, decision, configuration, project }: PuttingBack, release: Release): Extract<Happening, { kind: "hold" }> {
  const id = releaseId(release);
  const sameRelease = decision.action !== "leave" && decision.to.id === id;
  return {
    kind: "hold",
    stack,
    releaseId: id,
    reason: cause,
    automatic: true,
    ...(sameRelease ? { configuration: digestOf(configuration, project) } : {}),
  };
}

/** The backup that the failed run took before its migration. */
const backupIn = (run: Followed | undefined): string | undefined =>
  run?.inventory
    .all()
    .map(({ urn }) => urn)
    .find((urn) => /liftlock:database:Migration\$kubernetes:batch\/v1:Job::backup-/.test(urn))
    ?.split("::")
    .at(-1);
