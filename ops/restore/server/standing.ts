import { isRecord } from "../../report/diff.ts";
import type { ProjectSummary, Selector } from "../../selector.ts";
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

/** Nothing in a locked group can be deleted: what a restore has to take away in the end would stay. `todo`: what cannot be done. */
export async function requireUnlocked(
  selector: Selector,
  project: ProjectSummary,
  { environment, todo, again }: { environment: unknown; todo: string; again: string },
): Promise<void> {
  const platform = isRecord(environment) && isRecord(environment.azure) ? environment.azure.platform : undefined;
  if (typeof platform !== "string") return;
  const { engine } = await selector.select({ projectDir: project.dir, stack: platform, cluster: "none" });
  const { deployment } = await engine.export().catch((error: unknown): Record<string, unknown> => {
    if (error instanceof UserError) return {};
    throw error;
  });
  const resources = isRecord(deployment) && Array.isArray(deployment.resources) ? deployment.resources : [];
  if (!resources.some((one: unknown) => isRecord(one) && one.type === "azure-native:authorization:ManagementLockByScope")) return;
  throw new UserError(
    `${todo}: ${platform} locks the resource group (platform.azure.lock), and nothing in it can be deleted. Set lock: false, \`up ${platform}\`, then: ${again}\nSet it back afterwards. Nothing was changed.`,
  );
}
