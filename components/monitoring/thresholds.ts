import { seconds } from "../primitives.ts";
import type { Health, MetricNames } from "./declaration.schema.ts";
import type { AlertRule, Severity, Watched } from "./model.ts";
import type { AlertSettings } from "./monitoring.schema.ts";
import { decimal, errorRatio, probe, quantile95, select } from "./promql.ts";

export interface Watching {
  readonly watched: Watched;
  readonly metrics: MetricNames;
  /** Asked by a prober whose answers are series; a web test of Azure alerts by itself. */
  readonly health: Health | undefined;
}

/** Twice in a row: one lost packet wakes nobody. */
const minute = 60;
const container = 'container!="",container!="POD"';

/** Use of a resource against its limit, by pod and container. */
export const ofLimit = (used: string, resource: string, watched: Watched): string =>
  `sum by (pod, container) (${used}) / sum by (pod, container) (${select("kube_pod_container_resource_limits", watched, `resource="${resource}"`)})`;
export const cpuUsed = (watched: Watched): string => `rate(${select("container_cpu_usage_seconds_total", watched, container)}[5m])`;
export const memoryUsed = (watched: Watched): string => select("container_memory_working_set_bytes", watched, container);

/** An alert for each limit that the environment sets: something is too much, for some time. */
export function thresholdRules(alerts: AlertSettings, { watched, metrics, health }: Watching): AlertRule[] {
  const hold = seconds(alerts.hold);
  const found: AlertRule[] = [];
  const alert = (name: string, severity: Severity, expression: string, summary: string, needs: string[], held = hold) =>
    found.push({ kind: "alert", name, severity, expression, summary, needs, hold: held });

  if (alerts.errors !== undefined) {
    const needs = [select(metrics.requests, watched)];
    const expression = `${errorRatio(metrics, watched, "5m")} > ${decimal(alerts.errors / 100)}`;
    alert("HighErrorRatio", "critical", expression, `more than ${alerts.errors} % of the requests fail`, needs);
  }
  if (alerts.errorsPerMinute !== undefined) {
    const recorded = select(metrics.errors, watched);
    const expression = `sum(rate(${recorded}[5m])) * 60 > ${alerts.errorsPerMinute}`;
    alert("ManyErrors", "critical", expression, `more than ${alerts.errorsPerMinute} errors a minute`, [recorded]);
  }
  if (alerts.latency !== undefined) {
    const expression = `${quantile95(metrics.duration, watched)} > ${alerts.latency}`;
    const needs = [select(`${metrics.duration}_bucket`, watched)];
    alert("SlowRequests", "critical", expression, `5 of 100 requests take longer than ${alerts.latency} s`, needs);
  }
  if (alerts.queries !== undefined) {
    const expression = `${quantile95(metrics.queries, watched)} > ${alerts.queries}`;
    const needs = [select(`${metrics.queries}_bucket`, watched)];
    alert("SlowQueries", "warning", expression, `5 of 100 database queries take longer than ${alerts.queries} s`, needs);
  }
  if (alerts.restarts !== undefined) {
    const restarts = select("kube_pod_container_status_restarts_total", watched);
    const expression = `round(sum by (pod) (increase(${restarts}[1h]))) > ${alerts.restarts}`;
    // Rounded, because increase() extrapolates. An hour is long enough: no need to wait on top of it.
    alert(
      "PodRestarts",
      "critical",
      expression,
      `{{ $labels.pod }} restarted more than ${alerts.restarts} times in an hour`,
      [restarts],
      0,
    );
  }
  if (alerts.cpu !== undefined) {
    const expression = `${ofLimit(cpuUsed(watched), "cpu", watched)} > ${decimal(alerts.cpu / 100)}`;
    const needs = [select("container_cpu_usage_seconds_total", watched), select("kube_pod_container_resource_limits", watched)];
    alert("HighCpu", "warning", expression, `{{ $labels.pod }} uses more than ${alerts.cpu} % of its CPU limit`, needs);
  }
  if (alerts.memory !== undefined) {
    const expression = `${ofLimit(memoryUsed(watched), "memory", watched)} > ${decimal(alerts.memory / 100)}`;
    const needs = [select("container_memory_working_set_bytes", watched), select("kube_pod_container_resource_limits", watched)];
    alert("HighMemory", "warning", expression, `{{ $labels.pod }} uses more than ${alerts.memory} % of its memory limit`, needs);
  }
  if (alerts.memoryMegabytes !== undefined) {
    const expression = `sum by (pod) (${memoryUsed(watched)}) > ${alerts.memoryMegabytes}e6`;
    const needs = [select("container_memory_working_set_bytes", watched)];
    alert("MuchMemory", "warning", expression, `{{ $labels.pod }} uses more than ${alerts.memoryMegabytes} MB`, needs);
  }
  if (alerts.down !== undefined && health !== undefined) {
    const success = probe("probe_success", watched);
    const held = seconds(alerts.down);
    alert("Down", "critical", `${success} == 0`, `the health check fails for ${alerts.down}`, [success], held);
    const regex = `${probe("probe_failed_due_to_regex", watched)} == 1`;
    alert("HealthReportsError", "critical", regex, `the health check's answer says "${health.refuse}"`, [], minute);
    // No answer at all counts as 0: that is Down's affair, after its own time.
    const status = `${probe("probe_http_status_code", watched)} > 0`;
    alert("HealthNotOk", "critical", `${status} != 200`, "the health check is answered with {{ $value }}, not 200", [], minute);
    const slow = `${probe("probe_duration_seconds", watched)} > ${health.slow}`;
    alert("HealthSlow", "warning", slow, `the health check takes longer than ${health.slow} s`, [], minute);
  }
  return found;
}
