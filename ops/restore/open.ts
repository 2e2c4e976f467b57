import type { Context } from "../context.ts";
import { selected } from "../follow.ts";
import { noCluster } from "../no-cluster.ts";
import { requireStack } from "../project-dir.ts";
import { type Book, openBook } from "../promotion/book.ts";
import { type Survey, survey } from "../promotion/survey.ts";
import type { ProjectSummary, Selected } from "../selector.ts";
import { UserError } from "../user-error.ts";
import { backupsIn, known, newEntries } from "./backups.ts";
import { BackupCluster } from "./cluster.ts";
import type { Backup } from "./report.ts";

export interface Opened {
  readonly project: ProjectSummary;
  readonly stack: string;
  readonly chosen: Selected;
  readonly book: Book;
  readonly before: Survey;
  readonly cluster: BackupCluster;
  /** Oldest first. */
  readonly backups: readonly Backup[];
}

/** An environment and its backups. What the cluster knows of them and the ledger does not yet is recorded, so that gates see it. */
export async function openBackups(context: Context, name: string | undefined): Promise<Opened> {
  const project = await context.selector.project();
  const stack = requireStack(project, name);
  const chosen = await selected(context, { projectDir: project.dir, stack, cluster: "start" });
  if (chosen.unasked !== undefined) throw noCluster(stack, chosen.unasked, context.command);
  const book = await openBook(context, project.dir);
  const before = await survey(chosen.engine, project.name);
  const { namespace } = before.outputs;
  if (chosen.cluster === undefined || typeof namespace !== "string")
    throw new UserError(`${stack} has no backups: nothing of it runs in a cluster yet. Run \`up ${stack}\` first.`);
  const cluster = await BackupCluster.of(chosen.cluster, namespace);
  const found = await backupsIn(cluster);
  await book.append(...newEntries(stack, found, book.events));
  return { project, stack, chosen, book, before, cluster, backups: known(stack, found, book.events) };
}
