import { ServerName } from "../../../components/azure/primitives.ts";
import { typed } from "../../confirm.ts";
import { type Context, EXIT } from "../../context.ts";
import { releaseOf } from "../../promotion/configuration.ts";
import { UserError } from "../../user-error.ts";
import type { Opened } from "../open.ts";
import { liveConfiguration } from "../steps.ts";
import { unfinished, unfinishedText } from "../unfinished.ts";
import { cutOver } from "./cut-over.ts";
import { drillServer } from "./drill.ts";
import { begun, databaseOf, type Lineage, nameFor, servingOf, staged, suffixOf } from "./lineage.ts";
import { makeServer } from "./make.ts";
import { planServer } from "./plan.ts";
import { ServerRestore } from "./run.ts";
import { schemaAt } from "./schema-at.ts";
import { requireServer } from "./standing.ts";
import { keptByPeople } from "./vault.ts";
import { readMoment, requireWithin, windowOf } from "./window.ts";

export interface ToOptions {
  readonly to: string;
  readonly name?: string;
  readonly drill?: boolean;
  readonly yes?: boolean;
}

/** A new server with the data of a moment, checked, and then the one that the environment uses. Interrupted at any point, the same command goes on. */
export async function restoreTo(context: Context, opened: Opened, options: ToOptions): Promise<number> {
  const { project, stack, before } = opened;
  const at = await readMoment(options.to);
  const { databases, ...lineage } = requireServer(opened);
  const interrupted = unfinished(before.outputs);
  if (interrupted !== undefined && (options.drill || interrupted.by !== `--to ${at}`))
    throw new UserError(unfinishedText(context, stack, interrupted));
  const restore = new ServerRestore(context, opened);
  const pending = lineage.restored;
  const name = nameOf(options, lineage, at);
  if (pending !== undefined && (options.drill || pending.at !== at || pending.name !== name))
    throw new UserError(
      `A restore of ${stack} to ${pending.at} by the server ${pending.name} is not over: go on with it (${restore.again(`--to ${pending.at}`)}), or end it (${restore.again("--finish")}). Nothing was changed.`,
      2,
    );
  const live = liveConfiguration(opened);
  const running = databaseOf(live, project.name);
  if (pending?.stage === "serving" && interrupted === undefined && running.kind === "own" && running.server.restored?.stage === "serving") {
    context.say(
      `${stack} is on ${pending.name} already. To end the restore: ${restore.again("--finish")}; to go back to ${lineage.name}: ${restore.again("--back")}`,
    );
    return EXIT.done;
  }
  if (pending === undefined) {
    const window = windowOf(before.exported, lineage.name, new Date());
    if (window === undefined)
      throw new UserError(`The server ${lineage.name} is not up yet: there is nothing to restore. Run \`up ${stack}\` first.`);
    requireWithin(window, at);
  }
  const release = releaseOf(live, project.name);
  if (release === undefined) throw new UserError(`The release that runs in ${stack} cannot be read from its history.`);

  const schema = schemaAt(at, before.applied, before.history, project.name);
  const asked = { stack, serving: servingOf(pending === undefined ? lineage : staged(lineage, "ready")), restored: { name, at } };
  const plan = planServer({
    ...asked,
    release,
    applied: before.applied,
    schemaAt: schema,
    now: new Date(),
    begun: pending !== undefined,
    drill: options.drill ?? false,
    files: keepsFiles(live, project.name),
    kept: keptByPeople(live, project.name),
  });
  for (const line of plan.lines) context.say(line);
  if (plan.refused !== undefined) throw new UserError(`${stack} is not restored to ${at}: ${plan.refused}.\nNothing was changed.`);
  const wanted = begun(lineage, { name, at, databases: [...databases] });
  const expected = "schema" in schema ? schema.schema : undefined;
  if (options.drill) return drillServer(restore, lineage, wanted, expected);

  if (!options.yes) {
    const warning = `\nThis makes the server ${name} and points ${stack} to it.`;
    await typed(context.io, { warning, expected: stack, question: "Type the environment's name to go on: ", flag: "--yes" });
  }
  if (interrupted === undefined) {
    const made = await makeServer(
      restore,
      pending === undefined || pending.stage === "made" ? wanted : (staged(lineage, "ready") as typeof wanted),
      expected,
    );
    if (!made) return EXIT.failed;
  }
  return cutOver(restore, staged(pending === undefined ? wanted : lineage, "ready") as typeof wanted, expected);
}

function nameOf({ name, drill }: ToOptions, lineage: Lineage, at: string): string {
  if (name === undefined)
    return lineage.restored !== undefined && !drill ? lineage.restored.name : nameFor(lineage, drill ? "drill" : suffixOf(at));
  const parsed = ServerName.safeParse(name);
  if (!parsed.success) throw new UserError(`--name ${name}: ${parsed.error.issues[0]?.message}.`, 2);
  if (name === lineage.name)
    throw new UserError(`--name ${name}: that is the server that is restored, and it stays as it is. Name another.`, 2);
  return name;
}

function keepsFiles(configuration: Parameters<typeof databaseOf>[0], project: string): boolean {
  const application = configuration[`${project}:application`]?.objectValue as { database?: { files?: unknown } } | undefined;
  return application?.database?.files !== undefined;
}
