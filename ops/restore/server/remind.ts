import type { Context } from "../../context.ts";
import { readStackFile, readValue } from "../../promotion/stack-file.ts";
import { isRecord } from "../../report/diff.ts";
import type { ProjectSummary } from "../../selector.ts";

/** Other environments that copy this one's data know its server by a secret of their own, which nobody here can read. */
export function remindCopies({ say }: Pick<Context, "say">, { dir, name, stacks }: ProjectSummary, stack: string): void {
  for (const other of stacks) {
    const environment = readValue(readStackFile(dir, other), name, "environment");
    const database = isRecord(environment) && isRecord(environment.database) ? environment.database : {};
    if (isRecord(database.copy) && database.copy.from === stack)
      say(
        `${other} copies the data of ${stack}: let its ${database.copy.secret} name the same server (secret set ${other} ${database.copy.secret}).`,
      );
  }
}
