import { entryNumber } from "./chain.ts";
import type { Git } from "./git.ts";

/** What of `seen`, the last tip that was whole, `tip` no longer holds: entries are added and never changed, so all of it must be there. */
export async function rewritten(git: Git, seen: string | undefined, tip: string, where: string): Promise<string[]> {
  if (seen === undefined || seen === tip) return [];
  const changes = (await git.text(["diff-tree", "-r", "--no-renames", "--name-status", seen, tip])).split("\n").filter(Boolean);
  const findings = changes.flatMap((line) => {
    const [status, file] = line.split("\t") as [string, string];
    if (status === "A") return [];
    const number = entryNumber(file);
    const what = number === undefined ? file : `Entry ${number}`;
    return [`${what}: was ${status === "D" ? "removed from" : "changed in"} ${where} after this clone had seen it (${seen.slice(0, 12)}).`];
  });
  if (findings.length === 0 && !(await git.isAncestor(seen, tip))) {
    findings.push(`The history of ${where} was rewritten: ${seen.slice(0, 12)}, which this clone had seen, is no longer part of it.`);
  }
  return findings;
}
