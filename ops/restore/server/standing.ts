import { UserError } from "../../user-error.ts";
import type { Opened } from "../open.ts";
import { databaseOf, type Lineage, lineageOf } from "./lineage.ts";

/** The servers as the settings file has them. Refuses an environment whose database is no server of its own. */
export function requireServer(opened: Pick<Opened, "project" | "stack" | "before">): Lineage & { databases: readonly string[] } {
  const { project, stack, before } = opened;
  const database = databaseOf(before.configuration, project.name);
  if (database.kind === "own") return { ...lineageOf(database.server), databases: database.server.databases };
  if (database.kind === "shared")
    throw new UserError(
      `The database ${database.database} of ${stack} is on a server that other environments share: a point-in-time restore makes a server with everybody's data, and nothing of it can be told apart for ${stack} alone. Restore a backup (restore ${stack} --backup ID), or see "A database on a shared server" in docs/how-to/back-up-and-restore.md. Nothing was changed.`,
      2,
    );
  throw new UserError(
    `${stack} has no database server of its own in Azure (environment.azure.database), and only such a server is restored to a moment: restore a backup (--backup ID).`,
    2,
  );
}
