import type { Context } from "../../context.ts";
import { moment } from "../../gates/words.ts";
import { repeatedFlags } from "../../repeated-flags.ts";
import type { Opened } from "../open.ts";
import { databaseOf, servingOf } from "./lineage.ts";
import { type RestoreWindow, windowOf } from "./window.ts";

/** The moments to which the environment's own server can be restored now; undefined: it has none, or none that is up. */
export function windowNow({ project, before }: Pick<Opened, "project" | "before">): RestoreWindow | undefined {
  const database = databaseOf(before.configuration, project.name);
  return database.kind === "own" ? windowOf(before.exported, servingOf(database.server), new Date()) : undefined;
}

export function windowLines(
  { command, options }: Pick<Context, "command" | "options">,
  stack: string,
  { server, earliest, latest, retentionDays, geoRedundant }: RestoreWindow,
): string[] {
  const copies = geoRedundant ? "a copy of its backups is in the paired region" : "its backups are in its own region alone";
  return [
    `The server ${server} can be restored to any moment from ${moment(earliest)} to now, ${moment(latest)} (${retentionDays} days are kept; ${copies}):`,
    `  ${command} restore ${stack} --to ${latest.slice(0, 19)}Z${repeatedFlags(options)}`,
  ];
}
