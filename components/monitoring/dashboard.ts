import type { MonitoringModel, Panel } from "./model.ts";

const size = { w: 12, h: 8 };
const datasource = { type: "prometheus", uid: "$datasource" };

/** The model as a dashboard of Grafana: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/ */
export const dashboard = ({ labels, panels }: MonitoringModel) => ({
  uid: `${labels.application}-${labels.environment}`.slice(0, 40),
  title: `${labels.application}: ${labels.environment}`,
  tags: ["liftlock"],
  timezone: "browser",
  schemaVersion: 41,
  refresh: "1m",
  time: { from: "now-6h", to: "now" },
  templating: { list: [{ name: "datasource", label: "Data source", type: "datasource", query: "prometheus" }] },
  panels: panels.map(panelOf),
});

const panelOf = ({ title, unit, queries, limit }: Panel, index: number) => ({
  id: index + 1,
  title,
  type: "timeseries",
  datasource,
  gridPos: { ...size, x: (index % 2) * size.w, y: Math.floor(index / 2) * size.h },
  fieldConfig: { defaults: { unit, min: 0, ...(limit === undefined ? {} : thresholdAt(limit)) }, overrides: [] },
  targets: queries.map(({ expression, legend }, at) => ({
    refId: String.fromCharCode(65 + at),
    expr: expression,
    legendFormat: legend,
  })),
});

const thresholdAt = (value: number) => ({
  custom: { thresholdsStyle: { mode: "line" } },
  thresholds: {
    mode: "absolute",
    steps: [
      { color: "green", value: null },
      { color: "red", value: Number(value.toPrecision(12)) },
    ],
  },
});
