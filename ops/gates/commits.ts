import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { releaseId } from "../../components/release.ts";
import type { LedgerEvent } from "../ledger/event.ts";
import type { Facts } from "./evidence.ts";

/** Does the second commit contain the first? */
export type Contains = (commit: string, later: string) => Promise<boolean>;

/** The commit that a release was made of, as the ledger or an environment knows it. */
export function commitOf(id: string, events: readonly LedgerEvent[], facts: ReadonlyMap<string, Facts>): string | undefined {
  for (const { declared, live } of facts.values())
    for (const release of [live, declared]) if (release !== undefined && releaseId(release) === id) return release.commit;
  for (const { what } of events) if ("release" in what && what.release.id === id) return what.release.commit;
  return undefined;
}

/** By git's history of this clone; a commit that it does not have contains nothing. */
export const ancestry =
  (dir: string): Contains =>
  async (commit, later) =>
    promisify(execFile)("git", ["-C", dir, "merge-base", "--is-ancestor", commit, later]).then(
      () => true,
      () => false,
    );
