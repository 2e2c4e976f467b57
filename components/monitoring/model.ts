/** How urgent: critical wakes somebody, warning waits for the morning. */
export type Severity = "critical" | "warning";

export interface AlertRule {
  readonly kind: "alert";
  /** What people call it: HighErrorRatio. */
  readonly name: string;
  readonly expression: string;
  /** Seconds that the expression must hold. */
  readonly hold: number;
  readonly severity: Severity;
  readonly summary: string;
  /** Selectors of the series that it reads and that exist whenever the application runs: without them it could never fire. */
  readonly needs: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
}

/** A series that is computed, under a name of its own. */
export interface RecordingRule {
  readonly kind: "record";
  readonly name: string;
  readonly expression: string;
  readonly labels: Readonly<Record<string, string>>;
}
export type Rule = AlertRule | RecordingRule;

export interface RuleGroup {
  readonly name: string;
  /** Seconds between evaluations. */
  readonly interval: number;
  readonly rules: readonly Rule[];
}

/** One drawing of a dashboard: queries with what each line is called. */
export interface Panel {
  readonly title: string;
  /** Grafana's names of units. */
  readonly unit: "percentunit" | "s" | "bytes" | "short" | "reqps";
  readonly queries: readonly { readonly expression: string; readonly legend: string }[];
  /** Where it is too much. */
  readonly limit?: number;
}

/** What is watched in one environment. Everything that is deployed is rendered from it, whatever watches. */
export interface MonitoringModel {
  /** Labels that every alert and record carries. */
  readonly labels: Readonly<Record<string, string>>;
  readonly runbook: string | undefined;
  readonly groups: readonly RuleGroup[];
  readonly panels: readonly Panel[];
}

/** What the parts of the model are made from. */
export interface Watched {
  readonly application: string;
  readonly stack: string;
  readonly namespace: string;
}
