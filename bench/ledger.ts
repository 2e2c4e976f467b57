import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import path from "node:path";
import { openLedger } from "../ops/ledger/ledger.ts";
import { importLedger } from "./ledger-fixture.ts";

// node bench/ledger.ts [entries]: how long reading a ledger with its chain checked takes, and an append to it. Goal: 10,000 within 1 s.
const count = Number(process.argv[2] ?? 10_000);
const dir = mkdtempSync(path.join(tmpdir(), "liftlock-bench-"));

async function median(what: string, rounds: number, run: () => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const ms = (n: number | undefined) => `${Math.round(n ?? 0)} ms`;
  console.log(`${what.padEnd(44)} median ${ms(times[times.length >> 1])}, fastest ${ms(times[0])}, slowest ${ms(times.at(-1))}`);
}

try {
  execFileSync("git", ["init", "-q", dir]);
  importLedger(dir, count);
  const open = () => openLedger({ projectDir: dir, actor: { name: "Ada", email: "ada@example.com" } });
  console.log(
    `${count} entries, one commit each · ${cpus().length} CPUs · Node ${process.version} · ${execFileSync("git", ["--version"], { encoding: "utf8" }).trim()}`,
  );
  await median("open, read, chain verified", 7, async () => {
    const { events, findings } = await (await open()).read();
    if (events.length !== count || findings.length > 0) throw new Error(`${events.length} entries, ${findings.length} findings`);
  });
  await median("append one entry", 7, async () => (await open()).append({ kind: "unfreeze", reason: "bench" }));
} finally {
  rmSync(dir, { recursive: true, force: true });
}
