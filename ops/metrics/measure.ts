import type { MetricTargets } from "../../components/metrics.schema.ts";
import { seconds } from "../../components/primitives.ts";
import type { LedgerEvent } from "../ledger/event.ts";
import { failedReleases } from "./failures.ts";
import { leadTimes } from "./lead-time.ts";
import { outagesOf } from "./outages.ts";
import { during, type Period, runsOf } from "./runs.ts";

const WEEK = 7 * 86_400_000;

export type MetricName = keyof MetricTargets;
export interface Metric {
  readonly name: MetricName;
  readonly unit: "per week" | "seconds" | "per cent";
  /** null: nothing happened that it could be told by. */
  readonly value: number | null;
  /** Of how many releases, runs, commits or outages. */
  readonly of: number;
  readonly target?: number;
  /** Absent without a target or a value. */
  readonly met?: boolean;
}
export interface Metrics {
  readonly stack: string;
  readonly from: string;
  readonly to: string;
  readonly metrics: readonly Metric[];
}

/** The four keys of DORA, runs that succeed, and uptime, of one environment, by the ledger alone. */
export function measure(events: readonly LedgerEvent[], stack: string, asked: Period, targets: MetricTargets): Metrics {
  const runs = runsOf(events, stack);
  const first = runs[0]?.endedAt ?? asked.to;
  // A ledger that is younger than the window is measured since it began; a week at least, or one release of today were seven a week.
  const period = { from: Math.max(asked.from, Math.min(first, asked.to - WEEK)), to: asked.to };
  const inside = runs.filter(({ endedAt }) => during(period, endedAt));
  const live = inside.filter(({ result }) => result === "succeeded");
  const tried = [...new Set(inside.map(({ releaseId }) => releaseId))];
  const failed = failedReleases(events, stack);
  const times = leadTimes(events, runs, period);
  const outages = outagesOf(events, stack).filter(({ since, until = period.to }) => until > period.from && since < period.to);
  const ended = outages.flatMap(({ since, until }) => (until === undefined || until >= period.to ? [] : [(until - since) / 1000]));
  const observed = Math.max(0, period.to - Math.max(period.from, first));
  const down = sum(outages.map(({ since, until = period.to }) => Math.min(until, period.to) - Math.max(since, period.from, first)));
  const share = (part: number, whole: number) => (whole === 0 ? null : (100 * part) / whole);

  const values: Omit<Metric, "target" | "met">[] = [
    { name: "deploymentsPerWeek", unit: "per week", value: live.length / ((period.to - period.from) / WEEK), of: live.length },
    { name: "leadTime", unit: "seconds", value: median(times), of: times.length },
    {
      name: "changeFailureRate",
      unit: "per cent",
      value: share(tried.filter((id) => failed.has(id)).length, tried.length),
      of: tried.length,
    },
    { name: "timeToRestore", unit: "seconds", value: ended.length === 0 ? null : sum(ended) / ended.length, of: ended.length },
    { name: "deploymentSuccess", unit: "per cent", value: share(live.length, inside.length), of: inside.length },
    { name: "uptime", unit: "per cent", value: share(observed - Math.max(0, down), observed), of: outages.length },
  ];
  return {
    stack,
    from: new Date(period.from).toISOString(),
    to: new Date(period.to).toISOString(),
    metrics: values.map((metric) => ({ ...metric, ...judged(metric, targets[metric.name]) })),
  };
}

const AT_LEAST: ReadonlySet<MetricName> = new Set(["deploymentsPerWeek", "deploymentSuccess", "uptime"]);

function judged({ name, value }: Omit<Metric, "target" | "met">, written: string | number | undefined): Partial<Metric> {
  if (written === undefined) return {};
  const target = typeof written === "string" ? seconds(written) : written;
  if (value === null) return { target };
  return { target, met: AT_LEAST.has(name) ? value >= target : value <= target };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

function median(numbers: readonly number[]): number | null {
  if (numbers.length === 0) return null;
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
