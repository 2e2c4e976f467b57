import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { labelsOf } from "../labels.ts";
import { dashboard } from "./dashboard.ts";
import type { MonitoringArgs } from "./prometheus.ts";

/** The dashboard where Grafana's sidecar finds it, and people who import it by hand. */
export function createDashboard({ settings, namespace, model }: MonitoringArgs, parent: pulumi.Resource): void {
  const name = "dashboard";
  const metadata = { name, namespace, labels: { grafana_dashboard: "1", ...labelsOf(name, settings.application.name) } };
  const data = { [`${model.labels.environment}.json`]: JSON.stringify(dashboard(model), undefined, 2) };
  new k8s.core.v1.ConfigMap(name, { metadata, data }, { parent });
}
