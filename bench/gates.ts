import { Gates, PromotionSettings } from "../components/gates.schema.ts";
import { evaluateGates } from "../ops/gates/evaluate.ts";
import type { LedgerEvent } from "../ops/ledger/event.ts";
import { happening } from "./ledger-fixture.ts";

// `node bench/gates.ts`: how long the gates of one environment take, over ledgers of several lengths. Twice the entries, twice the time.
const started = Date.parse("2024-01-01T00:00:00Z");
const at = (n: number): string => new Date(started + n * 3_600_000).toISOString();

const ledger = (length: number): LedgerEvent[] =>
  Array.from({ length }, (_, n) => ({
    id: `e${n}`,
    number: n + 1,
    previous: null,
    at: at(n),
    actor: { name: "Ann", email: "ann@example.com" },
    what: happening(n, at(n), at(n)),
  }));

const production = Gates.parse({
  soak: "24h",
  approvals: [{ roles: ["quality"], count: 2 }],
  checks: [{ name: "performance", in: "staging", evidence: true, maxAge: "7d" }],
  windows: [{ days: ["fri"], from: "16:00", to: "18:00", timeZone: "Europe/Vienna" }],
  backupMaxAge: "26h",
  rehearsal: { in: "staging" },
});
const promotion = PromotionSettings.parse({
  path: ["development", "staging", "production"],
  roles: { quality: { people: ["ann@example.com", "ben@example.com"] } },
  gates: { production },
});

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

console.log("entries  gates  median ms of 9");
for (const length of [1_250, 2_500, 5_000, 10_000, 20_000, 40_000]) {
  const events = ledger(length);
  const id = `1.${Math.floor((length - 20) / 8)}.0-0a1b2c3d`;
  const run = () =>
    evaluateGates({
      promotion,
      stack: "production",
      lane: "normal",
      release: { id, version: id, pendingMigrations: ["20261102090000_seats"] },
      events,
      ran: () => [{ id, liveSince: at(length - 10) }],
      now: new Date(at(length)),
    });
  const times = Array.from({ length: 9 }, () => {
    const begun = performance.now();
    run();
    return performance.now() - begun;
  });
  console.log(`${String(length).padStart(7)}  ${String(run().length).padStart(5)}  ${median(times).toFixed(1)}`);
}
