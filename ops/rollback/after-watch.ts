import type { Context } from "../context.ts";
import type { Book } from "../promotion/book.ts";
import { type Configuration, type Release, referenceOf } from "../promotion/configuration.ts";
import { migrated, type Survey } from "../promotion/survey.ts";
import type { ProjectSummary, Selected } from "../selector.ts";
import { putBack } from "./automatic.ts";
import { decide } from "./decide.ts";

/** What broke while it was watched is put back as if its rollout had failed. Returns what the ledger has to know of it. */
export async function afterFault(
  context: Context,
  { name: project }: ProjectSummary,
  stack: string,
  chosen: Selected,
  book: Book,
  before: Survey,
  { release, configuration, fault, automatic }: { release: Release; configuration: Configuration; fault: string; automatic: boolean },
) {
  const firstReport = performance.now() / 1000;
  const id = referenceOf(release).id;
  // What runs came by a rollback: then it is not rolled back again.
  const last = book.events.findLast(({ what }) => (what.kind === "rollback" || what.kind === "deployment") && what.stack === stack)?.what;
  const decision = automatic
    ? decide({
        project,
        candidate: { release, configuration },
        previous: before.deployments.find((deployment) => deployment.id !== id),
        settled: before.settled,
        touched: true,
        isRollback: last?.kind === "rollback",
        applied: migrated(before.applied, book.events, stack),
        migrated: false,
      })
    : ({ action: "leave", why: "--no-rollback was given" } as const);
  const back = {
    project,
    stack,
    chosen,
    release,
    configuration,
    decision,
    cause: `watch: ${fault}`,
    firstReport,
    touched: true,
    namespace: before.outputs.namespace,
  };
  return (await putBack(context, back)).entries;
}
