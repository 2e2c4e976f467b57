import { seconds } from "../../components/primitives.ts";
import { gatesOf } from "../../components/upstream.ts";
import type { LedgerEvent } from "../ledger/event.ts";
import { listed } from "../report/text.ts";
import type { Verdict } from "./gate.ts";
import { commandOf, type GateInput, verdict } from "./input.ts";
import { moment, span } from "./words.ts";

/** Pending migrations are confirmed by name, and a backup is there to go back to. A database that is new has nothing to lose. */
export function databaseGates(input: GateInput): Verdict[] {
  const gates = gatesOf(input.promotion, input.stack);
  const found: Verdict[] = [];
  const fresh = (input.ran(input.stack) ?? []).length === 0;
  if (gates.confirmMigrations) found.push(fresh ? first("migrations", input) : migrationsGate(input));
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
  const next = `take a backup of ${input.stack} and verify it`;
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

function newestBackup(events: readonly LedgerEvent[], stack: string): { takenAt: number; event: string } | undefined {
  let newest: { takenAt: number; event: string } | undefined;
  for (const { what, id } of events) {
    if (what.kind !== "backup" || what.stack !== stack || !what.verified) continue;
    const takenAt = Date.parse(what.takenAt);
    if (newest === undefined || takenAt > newest.takenAt) newest = { takenAt, event: id };
  }
  return newest;
}
