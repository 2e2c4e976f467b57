import { readStackFile, readValue } from "./promotion/stack-file.ts";
import { UserError } from "./user-error.ts";

/** Does a stack hold what environments share? Its settings say so; a file that cannot be read says nothing, until its own run reports it. */
export const holdsPlatform = (dir: string, project: string, stack: string): boolean => platformIn(dir, project, stack) !== undefined;

/** Has a stack of what environments share objects in a cluster? */
export const standsInCluster = (dir: string, project: string, stack: string): boolean =>
  (platformIn(dir, project, stack) as { gateway?: unknown } | null | undefined)?.gateway !== undefined;

function platformIn(dir: string, project: string, stack: string): unknown {
  try {
    return readValue(readStackFile(dir, stack), project, "platform");
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
