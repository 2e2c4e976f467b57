import { seconds } from "../../components/primitives.ts";
import { gatesOf } from "../../components/upstream.ts";
import type { LedgerEvent } from "../ledger/event.ts";
import { listed } from "../report/text.ts";
import type { Verdict } from "./gate.ts";
import { commandOf, type GateInput, verdict } from "./input.ts";
import { moment, span } from "./words.ts";

/** Pending migrations are confirmed by name, and a backup is there to go back to, which is known to be restorable. A database that is new has nothing to lose. */
export function databaseGates(input: GateInput): Verdict[] {
  const gates = gatesOf(input.promotion, input.stack);
  const found: Verdict[] = [];
  const fresh = (input.ran(input.stack) ?? []).length === 0;
  if (gates.confirmMigrations) found.push(fresh ? first("migrations", input) : migrationsGate(input));
  if (gates.restoreTested !== undefined)
    found.push(fresh ? first("restore-tested", input) : restoreGate(input, seconds(gates.restoreTested)));
  if (gates.backupMaxAge !== undefined) found.push(fresh ? first("backup", input) : backupGate(input, seconds(gates.backupMaxAge)));
  return found;
}

const first = (gate: string, { stack }: GateInput): Verdict =>
  verdict(gate, { open: true, code: "first-deployment", text: `nothing ran in ${stack} yet` });

function migrationsGate(input: GateInput): Verdict {
  const { id, version, pendingMigrations: pending } = input.release;
  if (pending.length === 0) return verdict("migrations", { open: true, code: "no-migrations", text: `${version} migrates nothing` });
  const confirmed = input.events.filter(
    ({ what }) => what.kind === "migrations-confirmed" && what.stack === input.stack && what.releaseId === id,
  );
  const names = new Set(confirmed.flatMap(({ what }) => (what.kind === "migrations-confirmed" ? what.migrations : [])));
  const missing = pending.filter((name) => !names.has(name));
  const evidence = confirmed.map((event) => event.id);
  if (missing.length === 0)
    return verdict("migrations", { open: true, code: "confirmed", text: `confirmed: ${listed(pending)}`, evidence });
  const text = `nobody has confirmed what ${version} does to the database of ${input.stack}: ${listed(missing)}`;
  return verdict("migrations", {
    open: false,
    code: "migrations-unconfirmed",
    text,
    next: `${commandOf(input)} confirm-migrations ${input.stack}`,
    evidence,
  });
}

function backupGate(input: GateInput, maxAge: number): Verdict {
  if (input.release.pendingMigrations.length === 0)
    return verdict("backup", { open: true, code: "no-migrations", text: `${input.release.version} migrates nothing` });
  const newest = newestBackup(input.events, input.stack);
  const next = `${commandOf(input)} backups ${input.stack} --take`;
  if (newest === undefined)
    return verdict("backup", { open: false, code: "no-backup", text: `no verified backup of ${input.stack} is known`, next });
  const evidence = [newest.event];
  const age = (input.now.getTime() - newest.takenAt) / 1000;
  const text = `the newest verified backup of ${input.stack} is of ${moment(newest.takenAt)}`;
  if (age <= maxAge) return verdict("backup", { open: true, code: "backed-up", text, evidence });
  return verdict("backup", {
    open: false,
    code: "backup-too-old",
    text: `${text}, and must not be older than ${span(maxAge)}`,
    next,
    evidence,
  });
}

/** A backup that nobody ever restored is a hope: the last one that was, on trial or in earnest, went well and is not too long ago. */
function restoreGate(input: GateInput, maxAge: number): Verdict {
  const { stack } = input;
  const last = input.events.findLast(({ what }) => what.kind === "restore" && what.stack === stack);
  const next = `${commandOf(input)} restore ${stack} --drill`;
  if (last?.what.kind !== "restore")
    return verdict("restore-tested", { open: false, code: "restore-untested", text: `no backup of ${stack} was ever restored`, next });
  const evidence = [last.id];
  const text = `backup ${last.what.backup} of ${stack} was restored${last.what.drill ? " on trial" : ""} at ${moment(last.at)}`;
  if (last.what.result === "failed")
    return verdict("restore-tested", { open: false, code: "restore-failed", text: `${text}, and that failed`, next, evidence });
  if ((input.now.getTime() - Date.parse(last.at)) / 1000 > maxAge)
    return verdict("restore-tested", {
      open: false,
      code: "restore-stale",
      text: `${text}: longer ago than ${span(maxAge)}`,
      next,
      evidence,
    });
  return verdict("restore-tested", { open: true, code: "restored", text, evidence });
}

function newestBackup(events: readonly LedgerEvent[], stack: string): { takenAt: number; event: string } | undefined {
  let newest: { takenAt: number; event: string } | undefined;
  for (const { what, id } of events) {
    if (what.kind !== "backup" || what.stack !== stack || !what.verified) continue;
    const takenAt = Date.parse(what.takenAt);
    if (newest === undefined || takenAt > newest.takenAt) newest = { takenAt, event: id };
  }
  return newest;
}
