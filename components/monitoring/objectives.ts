import type { AlertRule, RecordingRule, RuleGroup, Severity, Watched } from "./model.ts";
import type { ObjectiveSettings } from "./monitoring.schema.ts";
import { bucketAt, decimal, errorRatio, probe, select, slowRatio } from "./promql.ts";
import type { Watching } from "./thresholds.ts";

/** One promise: which share of what happens may be bad, and how that share is measured. */
export interface Objective {
  readonly name: "requests" | "latency" | "availability";
  /** Share that must be good: 0.999. */
  readonly target: number;
  readonly promise: string;
  readonly badRatio: (window: string) => string;
  readonly needs: readonly string[];
}

interface Burn {
  /** Times as fast as the budget of 30 days allows. */
  readonly factor: number;
  readonly long: string;
  /** A twelfth of it: the alert ends soon after the trouble does. */
  readonly short: string;
  readonly severity: Severity;
}

/**
 * Multi-window, multi-burn-rate: the recommended figures of The Site Reliability Workbook, chapter 5, table 5-8 (2 % of a month's budget in
 * 1 h, 5 % in 6 h, 10 % in 3 d): https://sre.google/workbook/alerting-on-slos/#recommended_parameters_for_an_slo_based_alerting_configuration
 */
export const BURNS: readonly Burn[] = [
  { factor: 14.4, long: "1h", short: "5m", severity: "critical" },
  { factor: 6, long: "6h", short: "30m", severity: "critical" },
  { factor: 1, long: "3d", short: "6h", severity: "warning" },
];
const windows = ["5m", "30m", "1h", "6h", "3d"];

export function objectivesOf(settings: ObjectiveSettings, { watched, metrics, health }: Watching): Objective[] {
  const found: Objective[] = [];
  const { requests, latency, availability } = settings;
  if (requests !== undefined)
    found.push({
      name: "requests",
      target: requests / 100,
      promise: `${requests} % of the requests succeed`,
      badRatio: (window) => errorRatio(metrics, watched, window),
      needs: [select(metrics.requests, watched)],
    });
  if (latency !== undefined)
    found.push({
      name: "latency",
      target: latency.percent / 100,
      promise: `${latency.percent} % of the requests take at most ${latency.seconds} s`,
      badRatio: (window) => slowRatio(metrics, watched, latency.seconds, window),
      needs: [bucketAt(metrics, watched, latency.seconds)],
    });
  if (availability !== undefined && health !== undefined)
    found.push({
      name: "availability",
      target: availability / 100,
      promise: `${availability} % of the health checks succeed`,
      badRatio: (window) => `1 - avg(avg_over_time(${probe("probe_success", watched)}[${window}]))`,
      needs: [probe("probe_success", watched)],
    });
  return found;
}

/** Records of each window's bad share, and an alert for each pace at which the budget burns too fast. */
export const objectiveGroup = (objective: Objective, watched: Watched): RuleGroup => ({
  name: `objective-${objective.name}`,
  interval: 60,
  rules: [...windows.map((window) => record(objective, window)), ...BURNS.map((burn) => burnAlert(objective, burn, watched))],
});

const recordName = (window: string): string => `slo:sli_error:ratio_rate${window}`;
export const recordOf = ({ name }: Objective, window: string, watched: Watched): string =>
  select(recordName(window), watched, `slo="${name}"`);

const record = (objective: Objective, window: string): RecordingRule => ({
  kind: "record",
  name: recordName(window),
  expression: objective.badRatio(window),
  labels: { slo: objective.name },
});

function burnAlert(objective: Objective, { factor, long, short, severity }: Burn, watched: Watched): AlertRule {
  const limit = decimal(factor * (1 - objective.target));
  const over = (window: string) => `max(${recordOf(objective, window, watched)}) > ${limit}`;
  return {
    kind: "alert",
    name: `BudgetBurn${long}`,
    expression: `${over(long)} and ${over(short)}`,
    hold: 0,
    severity,
    summary: `${objective.promise}: the budget burns ${factor} times too fast (${long} and ${short})`,
    needs: objective.needs,
    labels: { slo: objective.name },
  };
}
