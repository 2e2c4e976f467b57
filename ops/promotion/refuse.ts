import { releaseId } from "../../components/release.ts";
import type { Context } from "../context.ts";
import { repeatedFlags } from "../repeated-flags.ts";
import { UserError } from "../user-error.ts";
import type { Book } from "./book.ts";
import { type Configuration, digestOf, type Release } from "./configuration.ts";
import { activeHolds, type Hold, holdOn } from "./holds.ts";
import { contractTooEarly } from "./migrations.ts";

/** The hold that stands against a release with a configuration on a stack. */
export const holdAgainst = (book: Book, project: string, stack: string, release: Release, configuration: Configuration): Hold | undefined =>
  holdOn(activeHolds(book.events, stack), releaseId(release), digestOf(configuration, project));

/** A held release is refused by every run, until a person releases it; going back is always allowed. */
export function refuseHeld(context: Context, stack: string, hold: Hold | undefined): void {
  if (hold === undefined) return;
  const flags = repeatedFlags(context.options);
  const what = hold.configuration === undefined ? hold.releaseId : `this configuration of ${hold.releaseId}`;
  throw new UserError(
    `${what} is held back from ${stack} since ${hold.at.slice(0, 16).replace("T", " ")}Z (${hold.automatic ? "by an automatic rollback" : `by ${hold.by}`}): ${hold.reason}\n` +
      "Nothing was changed. To go on:\n" +
      `  ${context.command} rollback ${stack}${flags}   puts Pulumi.${stack}.yaml back to the release before\n` +
      `  ${context.command} release-hold ${stack} ${hold.releaseId} --reason TEXT${flags}   lets it be tried again`,
  );
}

/** A release that would take away at once what the release before still needs leaves no way back. */
export function refuseEarlyContract(stack: string, release: Release, applied: readonly string[]): void {
  const why = contractTooEarly(release, applied);
  if (why !== undefined) throw new UserError(`${release.version} is not deployed to ${stack}: ${why}.`);
}
