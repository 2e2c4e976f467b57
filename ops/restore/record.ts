import type { Context } from "../context.ts";
import type { HappeningOf, LedgerEvent } from "../ledger/event.ts";
import type { ClusterTarget } from "../live.ts";
import { backupsIn, newEntries } from "./backups.ts";
import { BackupCluster } from "./cluster.ts";

/**
 * Entries for the backups that a run took, and those that ran on schedule since the last one. That they cannot be asked for is said, and
 * no reason for a run to fail: the next one finds them.
 */
export async function backupEntries(
  { io }: Pick<Context, "io">,
  cluster: ClusterTarget | undefined,
  { stack, namespace, events }: { stack: string; namespace: unknown; events: readonly LedgerEvent[] },
): Promise<HappeningOf<"backup">[]> {
  if (cluster === undefined || typeof namespace !== "string") return [];
  try {
    return newEntries(stack, await backupsIn(await BackupCluster.of(cluster, namespace)), events);
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n")[0] : String(error);
    io.err(io.colors.yellow(`The backups of ${stack} cannot be asked for, and are not recorded this time: ${why}`));
    return [];
  }
}
