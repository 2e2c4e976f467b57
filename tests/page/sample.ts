import type { Happening, LedgerEvent } from "../../ops/ledger/event.ts";
import { measure } from "../../ops/metrics/measure.ts";
import { runsOf } from "../../ops/metrics/runs.ts";
import type { Page } from "../../ops/page/model.ts";
import { weeksOf } from "../../ops/page/weeks.ts";

const now = Date.parse("2026-11-21T12:00:00Z");
const DAY = 86_400_000;
const reference = (version: string) => ({ id: `${version}-0a1b2c3d`, version, commit: "0".repeat(40), images: {} });

/** A ledger of `many` entries: releases that go up, some of which fail. */
export function entries(many: number): LedgerEvent[] {
  const step = (170 * DAY) / many;
  return Array.from({ length: many }, (_, n) => {
    const at = new Date(now - (many - n) * step).toISOString();
    const version = `1.${Math.floor(n / 6)}.0`;
    const stack = ["development", "staging", "production"][n % 3]!;
    const kinds: Happening[] = [
      { kind: "release", release: reference(version), commits: [{ id: "c", subject: "Choose a seat", at }] },
      {
        kind: "deployment",
        stack,
        release: reference(version),
        result: n % 42 === 1 ? "restored" : "succeeded",
        startedAt: at,
        endedAt: at,
        engine: "test",
      },
      { kind: "promotion", from: "staging", to: "production", release: reference(version), lane: "normal" },
      {
        kind: "deployment",
        stack: "production",
        release: reference(version),
        result: "succeeded",
        startedAt: at,
        endedAt: at,
        engine: "test",
      },
      { kind: "check", stack: "staging", releaseId: reference(version).id, name: "load-test", result: "passed" },
      { kind: "approval", stack: "production", releaseId: reference(version).id, role: "owner", verdict: "approved", source: "ledger" },
    ];
    return {
      id: `e${n}`,
      number: n + 1,
      previous: n === 0 ? null : `e${n - 1}`,
      at,
      actor: { name: n % 2 === 0 ? "Ada" : "Ben <script>alert(1)</script>" },
      what: kinds[n % 6]!,
    };
  });
}

/** A page in which everything that can be wrong is. */
export function samplePage(many: number): Page {
  const events = entries(many);
  const none = { holds: [], freezes: [], incidents: [], checklist: [], red: [] };
  const verdict = { open: true, code: "x", evidence: [] };
  const measured = (stack: string) => ({
    ...measure(events, stack, { from: now - 30 * DAY, to: now }, { deploymentsPerWeek: 2, changeFailureRate: 15, uptime: 99.9 }),
    weeks: weeksOf(runsOf(events, stack), now, 26),
  });
  return {
    project: "ferry",
    madeAt: new Date(now),
    version: "0.1.0",
    pipeline: [
      {
        stack: "development",
        release: { ...reference("1.7.0"), liveSince: "2026-11-20T09:00:00Z" },
        requested: { cpu: "400m", memory: "512Mi", pods: 4 },
        ...none,
        drift: { at: "2026-11-21T02:00:00.000Z", findings: 0 },
        address: "https://dev.ferry.example.com",
      },
      {
        stack: "staging",
        release: { ...reference("1.6.0"), liveSince: "2026-11-18T09:00:00Z" },
        ...none,
        holds: [{ releaseId: "1.5.1-0a1b2c3d", reason: "pods crash" }],
        checklist: [{ gate: "check", subject: "documentation", text: "nobody recorded it yet", ...verdict, open: false }],
        drift: undefined,
        next: {
          ...reference("1.7.0"),
          from: ["development"],
          lane: "normal",
          verdicts: [{ gate: "upstream", subject: "development", text: "development runs it", ...verdict }],
        },
      },
      {
        stack: "production",
        release: { ...reference("1.5.0"), liveSince: "2026-11-11T09:00:00Z" },
        ...none,
        red: ["I-7: login (Ada, 1.5.0-0a1b2c3d): port it back"],
        incidents: [{ incident: "I-8", summary: "seats <img src=x onerror=alert(1)>", at: "2026-11-21T08:00:00Z" }],
        freezes: [{ reason: "exams", by: "Ada", until: new Date("2026-11-30T08:00:00Z") }],
        drift: { at: "2026-11-21T02:00:00.000Z", findings: 3, fixed: 1 },
        next: {
          ...reference("1.6.0"),
          from: ["staging"],
          lane: "normal",
          verdicts: [
            {
              gate: "soak",
              subject: "staging",
              text: "1.6.0 must be live in staging for 7 d without a break: it has been for 3 d",
              ...verdict,
              open: false,
              opensAt: new Date("2026-11-25T09:00:00Z"),
            },
            {
              gate: "approval",
              subject: "owner",
              text: "nobody approved yet",
              next: "liftlock approve production --role owner",
              ...verdict,
              open: false,
            },
            { gate: "upstream", subject: "staging", text: "staging runs it", ...verdict },
            { gate: "check", subject: "load-test", text: "passed", ...verdict },
          ],
        },
      },
    ],
    metrics: ["staging", "production"].map(measured),
    compared: [
      { a: "development", b: "staging", expected: 6, unexpected: 0, missing: 0, findings: [] },
      { a: "development", b: "production", expected: 9, unexpected: 0, missing: 0, findings: [] },
      {
        a: "staging",
        b: "production",
        expected: 8,
        unexpected: 1,
        missing: 1,
        findings: ["api-config LOG_LEVEL: unexpected", "api-secrets MAIL_KEY: missing in production"],
      },
    ],
    events,
    findings: [],
  };
}
