import { execFileSync } from "node:child_process";
import { entryPath } from "../ops/ledger/chain.ts";
import { entryText, seal } from "../ops/ledger/entry.ts";
import type { Happening, LedgerEvent } from "../ops/ledger/event.ts";

const digest = (n: number): string => `sha256:${n.toString(16).padStart(64, "0")}`;

/** What a team of some years has behind it: releases that are deployed, approved, promoted, now and then rolled back. */
export function happening(n: number, startedAt: string, endedAt: string): Happening {
  const version = `1.${Math.floor(n / 8)}.0`;
  const stack = ["development", "staging", "production"][n % 3]!;
  const images = Object.fromEntries(
    ["web", "api"].map((name, i) => [name, `registry.example.com/ferry/${name}:${version}@${digest(2 * Math.floor(n / 8) + i)}`]),
  );
  const release = { id: `${version}-0a1b2c3d`, version, commit: digest(n).slice(-40), schemaVersion: "20261102090000_seats", images };
  if (n % 8 === 0) return { kind: "release", release, commits: [{ id: release.commit, subject: "Choose a seat on a map", at: startedAt }] };
  if (n % 8 < 3) return { kind: "promotion", from: "development", to: "staging", release, lane: "normal" };
  if (n % 8 < 5) return { kind: "approval", stack, releaseId: release.id, role: "quality", verdict: "approved", source: "ledger" };
  if (n % 8 === 5) return { kind: "check", stack, releaseId: release.id, name: "performance", result: "passed", measuredAt: startedAt };
  return { kind: "deployment", stack, release, result: "succeeded", startedAt, endedAt, update: n, engine: "Pulumi CLI 3.260.0" };
}

export interface ImportOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly ref?: string;
  /** Entries in one commit; `append` makes one commit for each call. */
  readonly perCommit?: number;
}

/** Fills a repository's ledger with as many entries, through `git fast-import`. */
export function importLedger(
  dir: string,
  count: number,
  { env, ref = "refs/heads/liftlock-ledger", perCommit = 1 }: ImportOptions = {},
): void {
  const began = Date.UTC(2024, 0, 1);
  const stream: string[] = [];
  let last: LedgerEvent | undefined;
  for (let number = 1; number <= count; number++) {
    const at = new Date(began + number * 7_200_000).toISOString();
    const what = happening(number - 1, at, new Date(began + number * 7_200_000 + 90_000).toISOString());
    last = seal({ number, previous: last?.id ?? null, at, actor: { name: "Ada", email: "ada@example.com" }, what });
    if ((number - 1) % perCommit === 0) {
      const subject = `#${number} ${what.kind}`;
      stream.push(`commit ${ref}\ncommitter Ada <ada@example.com> ${began / 1000 + number} +0000\ndata ${subject.length}\n${subject}\n`);
    }
    const text = entryText(last);
    stream.push(`M 100644 inline ${entryPath(number)}\ndata ${Buffer.byteLength(text)}\n${text}\n`);
  }
  execFileSync("git", ["fast-import", "--quiet"], { cwd: dir, env: env ?? process.env, input: stream.join(""), maxBuffer: 1 << 28 });
}
