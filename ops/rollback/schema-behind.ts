import { releaseId } from "../../components/release.ts";
import type { Context } from "../context.ts";
import type { LedgerEvent } from "../ledger/event.ts";
import type { Configuration, Release } from "../promotion/configuration.ts";
import { migrated, type Survey } from "../promotion/survey.ts";
import { repeatedFlags } from "../repeated-flags.ts";
import { UserError } from "../user-error.ts";
import { rollbackClass } from "./class.ts";

interface Coming {
  readonly project: string;
  readonly stack: string;
  readonly release: Release;
  readonly configuration: Configuration;
}

/**
 * Refuses a release that ran here before and does not know the schema that the database has by now: however it comes, by a reverted file or by a
 * promotion, it is a way back, and `rollback` says what that takes.
 */
export function refuseSchemaBehind(context: Context, coming: Coming, before: Survey, events: readonly LedgerEvent[]): void {
  const { project, stack, release, configuration } = coming;
  const id = releaseId(release);
  const [last] = before.deployments;
  if (last === undefined || last.id === id || !before.deployments.some((deployment) => deployment.id === id)) return;
  const way = rollbackClass(project, last, { release, configuration }, migrated(before.applied, events, stack), false);
  if (way.class !== "schema-coupled") return;
  throw new UserError(
    `${id} is not brought to ${stack}: it ran there before ${last.id}, and ${way.reasons[0]}. Nothing was changed. What going back takes, says:\n` +
      `  ${context.command} rollback ${stack} --to ${id}${repeatedFlags(context.options)}`,
  );
}
