import type { MetricNames } from "./declaration.schema.ts";
import type { Watched } from "./model.ts";

/** The series of one environment: `metric{namespace="…", …}`. */
export const select = (metric: string, { namespace }: Watched, ...matchers: string[]): string =>
  `${metric}{${[`namespace="${namespace}"`, ...matchers].join(",")}}`;

/** Name of the job under which Prometheus records the health check. */
export const probeJob = ({ application, stack }: Watched): string => `${application}-${stack}-health`;
export const probe = (metric: string, watched: Watched): string => `${metric}{job="${probeJob(watched)}"}`;

/** Share of the requests that failed. Where no request ever failed there is no such series: that counts as none; no requests at all is no number. */
export const errorRatio = (metrics: MetricNames, watched: Watched, window: string): string => {
  const failed = select(metrics.requests, watched, `${metrics.status}=~"5.."`);
  return `(sum(rate(${failed}[${window}])) or vector(0)) / sum(rate(${select(metrics.requests, watched)}[${window}]))`;
};

/** The bucket of the histogram that ends at `seconds`. */
export const bucketAt = (metrics: MetricNames, watched: Watched, seconds: number): string =>
  select(`${metrics.duration}_bucket`, watched, `le=~"${bucket(seconds)}"`);

/** Share of the requests that took longer than `seconds`, for which the histogram needs a bucket. */
export const slowRatio = (metrics: MetricNames, watched: Watched, seconds: number, window: string): string => {
  const within = bucketAt(metrics, watched, seconds);
  return `1 - sum(rate(${within}[${window}])) / sum(rate(${select(`${metrics.duration}_count`, watched)}[${window}]))`;
};

/** Prometheus 3 writes a whole number as 1.0, clients as 1. */
const bucket = (seconds: number): string => (Number.isInteger(seconds) ? `${seconds}([.]0)?` : String(seconds).replaceAll(".", "[.]"));

export const quantile95 = (histogram: string, watched: Watched): string =>
  `histogram_quantile(0.95, sum by (le) (rate(${select(`${histogram}_bucket`, watched)}[5m])))`;

/** A number as PromQL and people read it: 0.0144, not 0.014400000000000002. */
export const decimal = (value: number): string => String(Number(value.toPrecision(12)));
