import { span } from "../gates/words.ts";
import type { Metric, MetricName } from "./measure.ts";

/** What each figure is, for people. */
export const TITLES: Readonly<Record<MetricName, string>> = {
  deploymentsPerWeek: "releases a week",
  leadTime: "lead time, commit to live",
  changeFailureRate: "releases that failed",
  timeToRestore: "time to restore",
  deploymentSuccess: "runs that succeeded",
  uptime: "time without a failure",
};

const OF: Readonly<Record<MetricName, readonly [string, string]>> = {
  deploymentsPerWeek: ["release", "releases"],
  leadTime: ["commit", "commits"],
  changeFailureRate: ["release", "releases"],
  timeToRestore: ["failure", "failures"],
  deploymentSuccess: ["run", "runs"],
  uptime: ["failure", "failures"],
};

const HIGHER: ReadonlySet<MetricName> = new Set(["deploymentsPerWeek", "deploymentSuccess", "uptime"]);

const figure = (unit: Metric["unit"], value: number): string => {
  if (unit === "seconds") return span(value);
  const digits = unit === "per cent" && value > 99 && value < 100 ? 3 : 1;
  return `${Number(value.toFixed(digits))}${unit === "per cent" ? " %" : ""}`;
};

/** `12 min`, `98.5 %`, or a dash when nothing tells. */
export const valueInWords = ({ unit, value }: Metric): string => (value === null ? "-" : figure(unit, value));
/** `at most 2 h`; empty without a target. */
export const targetInWords = ({ name, unit, target }: Metric): string =>
  target === undefined ? "" : `at ${HIGHER.has(name) ? "least" : "most"} ${figure(unit, target)}`;
export const basisInWords = ({ name, of }: Metric): string => `${of} ${OF[name][of === 1 ? 0 : 1]}`;
