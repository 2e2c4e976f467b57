import type { RestoredServer } from "../../../components/azure/database.schema.ts";
import { isRecord } from "../../report/diff.ts";
import { reportOf } from "../report.ts";
import type { Ran } from "../run-job.ts";
import { type Lineage, staged } from "./lineage.ts";
import { checkFault } from "./plan.ts";
import type { ServerRestore } from "./run.ts";

export type Restoring = Lineage & { readonly restored: RestoredServer };

/** The new server is made, brought to what the settings say, and asked what it holds. The old one serves on. False: it is said why not. */
export async function makeServer(restore: ServerRestore, lineage: Restoring, expected: string | undefined): Promise<boolean> {
  const { name, stage } = lineage.restored;
  const { bold } = restore.context.io.colors;
  const { stack } = restore.opened;
  // As Azure makes it first; what it does not take then, a second run gives it.
  for (const step of stage === "made" ? (["made", "ready"] as const) : (["ready"] as const)) {
    const now = staged(lineage, step);
    restore.context.say(
      `\n${bold(stack)}: ${step === "made" ? `making ${name}` : `giving ${name} what the settings say`}; ${lineage.name} serves on`,
    );
    await restore.write(now);
    if (!(await restore.run(`${step === "made" ? "make" : "complete"} ${name} beside ${lineage.name} of ${stack}`, now)))
      return givenUp(restore, lineage, `${name} could not be made`);
  }
  const fault = faultOf(await restore.check(name), expected, restore.opened.before.applied);
  if (fault !== undefined) return givenUp(restore, lineage, `${name} was not taken: ${fault}`);
  restore.context.say(`  ${name} answers, and holds what it must`);
  return true;
}

/** What is wrong with a server that was asked. In a world without its programs nothing is reported, and nothing is known to be wrong. */
export function faultOf(ran: Ran, expected: string | undefined, applied: readonly string[]): string | undefined {
  if (ran.outcome !== "succeeded") return ran.why ?? "interrupted";
  const report = reportOf(ran.pods);
  return isRecord(report) ? checkFault(report, expected, applied) : undefined;
}

async function givenUp(restore: ServerRestore, { name, restored }: Restoring, why: string): Promise<false> {
  const { io, signal } = restore.context;
  const { stack } = restore.opened;
  const cause = signal.aborted ? "interrupted" : why;
  io.err(
    `${cause === "interrupted" ? "The restore was interrupted" : cause}. ${stack} runs on ${name} as before. To go on: ${restore.again(`--to ${restored.at}`)}; to give it up and take ${restored.name} away: ${restore.again("--finish")}`,
  );
  await restore.record({ backup: restored.name, server: restored.name, to: utc(restored.at), result: "failed", cause });
  return false;
}

/** As the ledger has times. */
export const utc = (at: string): string => new Date(at).toISOString();
