import type { Happening } from "../../ops/ledger/event.ts";
import { openLedger } from "../../ops/ledger/ledger.ts";

// A writer in a process of its own: FOLDER NAME COUNT. Appends as many freezes, one by one, and ends with what it still has unsynced.
const [dir, name, count] = process.argv.slice(2) as [string, string, string];
const ledger = await openLedger({ projectDir: dir });
let unsynced = 0;
for (let i = 1; i <= Number(count); i++) {
  const what: Happening = { kind: "freeze", reason: `${name} ${i}` };
  const written = await ledger.append(what);
  if (JSON.stringify(written.events[0]?.what) !== JSON.stringify(what))
    throw new Error(`another entry came back: ${JSON.stringify(written)}`);
  unsynced = written.unsynced;
}
console.log(unsynced);
