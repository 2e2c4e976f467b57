import { entryNumber } from "./chain.ts";
import type { Git } from "./git.ts";

export interface Audit {
  readonly commits: number;
  /** Commits with a good signature by a key that git trusts. */
  readonly signed: number;
  readonly findings: readonly string[];
}

/** Every commit may only add. Unlike what one clone remembers, this also tells somebody who sees the ledger for the first time. */
export async function audit(git: Git, tip: string): Promise<Audit> {
  const findings: string[] = [];
  const log = await git.text([
    "log",
    "--no-renames",
    "-m",
    "--diff-filter=a",
    "--name-status",
    "--format=commit %h %an",
    "--abbrev=12",
    tip,
  ]);
  let commit = "";
  for (const line of log.split("\n").filter(Boolean)) {
    const [status, file] = line.split("\t");
    if (file === undefined) {
      const [, id, author] = /^commit (\S+) (.*)$/.exec(line) ?? [];
      commit = `${id} (${author})`;
      continue;
    }
    const number = entryNumber(file);
    findings.push(`${number === undefined ? file : `Entry ${number}`}: was ${status === "D" ? "removed" : "changed"} by commit ${commit}.`);
  }
  for (const merge of (await git.text(["rev-list", "--merges", "--abbrev-commit", "--abbrev=12", tip])).split("\n").filter(Boolean)) {
    findings.push(`Commit ${merge}: joins two histories, which liftlock never does.`);
  }
  const signatures = await signaturesOf(git, tip);
  for (const [id, verdict] of signatures) if (verdict === "B") findings.push(`Commit ${id}: has a bad signature.`);
  const commits = Number(await git.text(["rev-list", "--count", tip]));
  return { commits, signed: signatures.filter(([, verdict]) => verdict === "G").length, findings };
}

/** git's verdict on each commit: G good, B bad, N none, others that it cannot tell. It starts a process for each signed one. */
async function signaturesOf(git: Git, tip: string): Promise<[id: string, verdict: string][]> {
  const lines = (await git.text(["log", "--format=%h %G?", "--abbrev=12", tip])).split("\n");
  return lines.map((line) => line.split(" ") as [string, string]);
}
