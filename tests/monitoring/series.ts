import type { AlertRule, Watched } from "../../components/monitoring/model.ts";
import type { AlertSettings, ObjectiveSettings } from "../../components/monitoring/monitoring.schema.ts";
import { BURNS } from "../../components/monitoring/objectives.ts";
import { probeJob } from "../../components/monitoring/promql.ts";

/** A series as promtool takes it: a sample a minute. */
export interface Series {
  readonly series: string;
  readonly values: string;
}
export interface Scenario {
  /** Minutes after which to look. */
  readonly at: number;
  readonly fires: Series[];
  readonly quiet: Series[];
  readonly alsoQuiet?: Series[];
  /** What the alert's labels and its value are, beside those of the rule. */
  readonly labels?: Record<string, string>;
  readonly value?: string;
}

export const pod = "api-1";
const length = 600;
const constant = (value: number): string => `${value}+0x${length}`;
const growing = (perMinute: number): string => `0+${perMinute}x${length}`;

export class Samples {
  readonly #watched: Watched;
  constructor(watched: Watched) {
    this.#watched = watched;
  }
  readonly #own = (metric: string, labels: string, values: string): Series => ({
    series: `${metric}{namespace="${this.#watched.namespace}"${labels}}`,
    values,
  });
  readonly #container = (metric: string, values: string, more = ""): Series =>
    this.#own(metric, `,pod="${pod}",container="api"${more}`, values);

  /** 100,000 requests a minute, of which a share fails. */
  requests = (failing: number): Series[] => [
    this.#own("http_requests_total", ',status="200"', growing(Math.round(100_000 * (1 - failing)))),
    this.#own("http_requests_total", ',status="503"', growing(Math.round(100_000 * failing))),
  ];
  /** A histogram of which a share is slower than the limit; none is twice as slow. */
  durations = (metric: string, limit: number, slow: number): Series[] =>
    [
      [`_bucket`, `,le="${limit / 2}"`, 1 - 2 * slow],
      [`_bucket`, `,le="${limit}"`, 1 - slow],
      [`_bucket`, `,le="${limit * 2}"`, 1],
      [`_bucket`, ',le="+Inf"', 1],
      ["_count", "", 1],
    ].map(([suffix, labels, share]) =>
      this.#own(`${metric}${suffix}`, String(labels), growing(Math.max(0, Math.round(100_000 * Number(share))))),
    );
  errors = (perMinute: number): Series[] => [this.#own("errors_total", "", growing(perMinute))];
  restarts = (perHour: number): Series[] => {
    const values = Array.from({ length: 120 }, (_, minute) => Math.floor((minute * perHour) / 60)).join(" ");
    return [this.#container("kube_pod_container_status_restarts_total", values)];
  };
  cpu = (share: number): Series[] => [
    this.#container("container_cpu_usage_seconds_total", growing(0.5 * share * 60)),
    this.#container("kube_pod_container_resource_limits", constant(0.5), ',resource="cpu"'),
  ];
  memory = (bytes: number, limit = 1e9): Series[] => [
    this.#container("container_memory_working_set_bytes", constant(bytes)),
    this.#container("kube_pod_container_resource_limits", constant(limit), ',resource="memory"'),
  ];
  probe = (metric: string, value: number): Series[] => [this.#probe(metric, constant(value))];
  /** The health check succeeds for as many minutes, then fails for as many. */
  outage = (up: number, down: number): Series[] => [
    this.#probe("probe_success", [`1x${up - 1}`, ...(down > 0 ? [`0x${down - 1}`] : [])].join(" ")),
  ];
  readonly #probe = (metric: string, values: string): Series => ({
    series: `${metric}{job="${probeJob(this.#watched)}",instance="https://shop.example.com/health"}`,
    values,
  });
  usage = (): Series[] => [
    this.#own("active_users", ',pod="api-1"', constant(7)),
    this.#own("active_users", ',pod="api-2"', constant(8)),
    this.#own("feature_usage_total", ',feature="search"', growing(2)),
    this.#own("external_api_calls_total", ',api="openai"', growing(3)),
    this.#own("external_api_calls_total", ',api="trello"', growing(1)),
  ];
  /** Everything, and nothing of it too much. */
  all = (): Series[] => [
    ...this.requests(0),
    ...this.durations("http_request_duration_seconds", 0.5, 0.01),
    ...this.durations("database_query_duration_seconds", 0.5, 0.01),
    ...this.errors(0),
    ...this.restarts(0),
    ...this.cpu(0.1),
    ...this.memory(1e8),
    ...this.probe("probe_success", 1),
    ...this.probe("probe_failed_due_to_regex", 0),
    ...this.probe("probe_http_status_code", 200),
    ...this.probe("probe_duration_seconds", 0.1),
    ...this.usage(),
  ];
}

const instance = "https://shop.example.com/health";
const hour = 60;

/** Series that just cross what a threshold alert asks for, and series that just do not. */
export function thresholdScenario(rule: AlertRule, alerts: AlertSettings, samples: Samples, watched: Watched, slow = 5): Scenario {
  const limit = (key: keyof AlertSettings): number => Number(alerts[key]);
  const probed = { job: probeJob(watched), instance };
  const at = 20;
  switch (rule.name) {
    case "HighErrorRatio": {
      const ratio = limit("errors") / 100;
      return { at, fires: samples.requests(ratio * 1.1), quiet: samples.requests(ratio * 0.9) };
    }
    case "ManyErrors":
      return { at, fires: samples.errors(limit("errorsPerMinute") * 1.1), quiet: samples.errors(limit("errorsPerMinute") * 0.9) };
    case "SlowRequests":
    case "SlowQueries": {
      const [key, metric] =
        rule.name === "SlowRequests" ? (["latency", "http_request"] as const) : (["queries", "database_query"] as const);
      const of = (share: number) => samples.durations(`${metric}_duration_seconds`, limit(key), share);
      return { at, fires: of(0.055), quiet: of(0.045) };
    }
    case "PodRestarts":
      return { at: 90, labels: { pod }, fires: samples.restarts(limit("restarts") + 1), quiet: samples.restarts(limit("restarts")) };
    case "HighCpu":
      return {
        at,
        labels: { pod, container: "api" },
        fires: samples.cpu((limit("cpu") + 1) / 100),
        quiet: samples.cpu((limit("cpu") - 1) / 100),
      };
    case "HighMemory":
      return {
        at,
        labels: { pod, container: "api" },
        fires: samples.memory((limit("memory") + 1) * 1e7),
        quiet: samples.memory(limit("memory") * 1e7),
      };
    case "MuchMemory":
      return {
        at,
        labels: { pod },
        fires: samples.memory((limit("memoryMegabytes") + 1) * 1e6),
        quiet: samples.memory(limit("memoryMegabytes") * 1e6),
      };
    case "Down":
      return { at, labels: probed, fires: samples.probe("probe_success", 0), quiet: samples.probe("probe_success", 1) };
    case "HealthReportsError":
      return {
        at,
        labels: probed,
        fires: samples.probe("probe_failed_due_to_regex", 1),
        quiet: samples.probe("probe_failed_due_to_regex", 0),
      };
    case "HealthNotOk":
      return {
        at,
        labels: probed,
        value: "503",
        fires: samples.probe("probe_http_status_code", 503),
        quiet: samples.probe("probe_http_status_code", 200),
        // No answer: the exporter says 0, and Down its word after its own time.
        alsoQuiet: samples.probe("probe_http_status_code", 0),
      };
    case "HealthSlow":
      return {
        at,
        labels: probed,
        fires: samples.probe("probe_duration_seconds", slow + 0.1),
        quiet: samples.probe("probe_duration_seconds", slow),
      };
    default:
      throw new Error(`no series are known for the alert ${rule.name}: add them`);
  }
}

/** A budget that burns a tenth faster than an alert allows, and a tenth slower. */
export function burnScenario(rule: AlertRule, objectives: ObjectiveSettings, samples: Samples): Scenario {
  const burn = BURNS.find(({ long }) => rule.name === `BudgetBurn${long}`)!;
  const minutes = { "1h": hour, "6h": 6 * hour, "3d": 7 * hour }[burn.long]!;
  const over = (target: number) => burn.factor * (1 - target / 100);
  switch (rule.labels?.slo) {
    case "requests": {
      const ratio = over(objectives.requests!);
      return { at: minutes, fires: samples.requests(ratio * 1.1), quiet: samples.requests(ratio * 0.9) };
    }
    case "latency": {
      const { percent, seconds } = objectives.latency!;
      const of = (ratio: number) => samples.durations("http_request_duration_seconds", seconds, ratio);
      return { at: minutes, fires: of(over(percent) * 1.1), quiet: of(over(percent) * 0.9) };
    }
    case "availability": {
      const ratio = over(objectives.availability!);
      const of = (down: number) => samples.outage(minutes - down, down);
      return { at: minutes - 1, fires: of(Math.ceil(ratio * minutes * 1.1)), quiet: of(Math.floor(ratio * minutes * 0.9)) };
    }
    default:
      throw new Error(`no series are known for the objective ${rule.labels?.slo}: add them`);
  }
}
