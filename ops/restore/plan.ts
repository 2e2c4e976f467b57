import { releaseId } from "../../components/release.ts";
import { moment } from "../gates/words.ts";
import type { Release } from "../promotion/configuration.ts";
import { duration } from "../report/text.ts";
import type { Backup } from "./report.ts";
import { schemaStanding } from "./schema-standing.ts";

export interface RestorePlan {
  /** What is going to happen, for people. */
  readonly lines: readonly string[];
  /** Why it must not. */
  readonly refused?: string;
}

export interface Asked {
  readonly stack: string;
  /** What is known of the backup; undefined: nothing, the volume may have it all the same. */
  readonly backup: Backup | undefined;
  readonly wanted: string;
  readonly release: Release;
  /** Schema versions that ran, oldest first. */
  readonly applied: readonly string[];
  readonly now: Date;
  /** A restore that did not get to its end. */
  readonly interrupted: string | undefined;
}

/** What a restore does to an environment, said before it does it. Data of a schema that the release does not know is refused. */
export function planRestore({ stack, backup, wanted, release, applied, now, interrupted }: Asked): RestorePlan {
  const id = releaseId(release);
  const lines = [`${stack} runs ${id}.`];
  if (interrupted !== undefined)
    lines.push(`A restore of ${interrupted} was interrupted: this one finishes it${interrupted === wanted ? "" : " with another backup"}.`);
  if (backup === undefined)
    lines.push(`Nothing is known of ${wanted}; if the volume with the backups does not have it either, nothing is changed.`);
  else {
    const age = duration(Math.max(0, (now.getTime() - Date.parse(backup.takenAt)) / 1000));
    lines.push(
      `${backup.id} was taken ${moment(backup.takenAt)}, ${age} ago. LOST is everything that was written since: rows, and files beside them.`,
    );
  }
  const { refused, line } = schemaStanding({ stack, schema: backup?.schemaVersion, release, applied });
  if (refused !== undefined) return { lines, refused };
  if (line !== undefined) lines.push(line);
  lines.push(
    "In this order: everything that writes is stopped (users see an outage until the end); what is there now is backed up; the backup is checked, restored and checked again; then everything is started and tested.",
    "A backup that cannot be restored changes nothing; a restore that fails puts back what was there.",
  );
  return { lines };
}
