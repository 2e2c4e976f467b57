import { readStackFile, readValue } from "./promotion/stack-file.ts";
import { UserError } from "./user-error.ts";

/** Does a stack hold what environments share? Its settings say so; a file that cannot be read says nothing, until its own run reports it. */
export function holdsPlatform(dir: string, project: string, stack: string): boolean {
  try {
    return readValue(readStackFile(dir, stack), project, "platform") !== undefined;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}
