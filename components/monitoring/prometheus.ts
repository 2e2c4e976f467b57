import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { labelsOf } from "../labels.ts";
import { seconds } from "../primitives.ts";
import type { LoadedSettings } from "../settings.ts";
import { createDashboard } from "./dashboard-map.ts";
import { healthUrl } from "./health.ts";
import type { MonitoringModel } from "./model.ts";
import type { MonitoringSettings } from "./monitoring.schema.ts";
import { prometheusRules } from "./prometheus-rules.ts";
import { probeJob } from "./promql.ts";
import { alertmanagerSpec, audiencesOf, isSilent } from "./receivers.ts";
import { createScrape } from "./scrape.ts";

export interface MonitoringArgs {
  readonly settings: LoadedSettings;
  readonly namespace: pulumi.Input<string>;
  readonly model: MonitoringModel;
}
type Prometheus = NonNullable<MonitoringSettings["prometheus"]>;

const operator = "monitoring.coreos.com";

/** What Prometheus' operator makes of an environment: what is read and asked, the rules, who is told, and a dashboard for Grafana's sidecar. */
export class PrometheusMonitoring extends pulumi.ComponentResource {
  readonly #args: MonitoringArgs;
  readonly #prometheus: Prometheus;

  constructor(name: string, args: MonitoringArgs & { prometheus: Prometheus }, opts?: pulumi.ComponentResourceOptions) {
    // No args: Pulumi writes a component's arguments into its state, secrets in clear among them.
    super("liftlock:monitoring:Prometheus", name, {}, opts);
    this.#args = args;
    this.#prometheus = args.prometheus;
    const { model } = args;
    this.#custom("rules", "v1", "PrometheusRule", prometheusRules(model));
    const names = { policy: "read-metrics", monitor: "metrics" };
    const { namespace, labels } = this.#prometheus;
    createScrape({ names, group: operator, from: { namespace }, labels }, args, this);
    this.#probe();
    this.#receivers();
    createDashboard(args, this);
    this.registerOutputs({});
  }

  #probe(): void {
    const { settings } = this.#args;
    const health = settings.application.monitoring?.health;
    const { prober } = this.#prometheus;
    if (health === undefined || prober === undefined) return;
    this.#custom("health", "v1", "Probe", {
      jobName: probeJob({ application: settings.application.name, stack: settings.stack, namespace: settings.environment.namespace }),
      interval: prober.every,
      // Longer than an answer may take: else a slow one could not be told from none.
      scrapeTimeout: `${Math.min(seconds(prober.every), Math.ceil(health.slow) + 5)}s`,
      module: prober.module,
      prober: { url: prober.address },
      targets: { staticConfig: { static: [healthUrl(health, settings)] } },
    });
  }

  #receivers(): void {
    const { settings } = this.#args;
    const audiences = audiencesOf(settings);
    if (!this.#prometheus.receivers || audiences.every(isSilent)) return;
    const keys = [...new Set(audiences.flatMap(({ slack, webhooks }) => [...slack, ...webhooks]))];
    const name = "alert-receivers";
    if (keys.length > 0) {
      const stringData = Object.fromEntries(keys.map((key) => [key, settings.secrets[key]!]));
      new k8s.core.v1.Secret(name, { metadata: this.#metadata(name), stringData }, { parent: this });
    }
    this.#custom("receivers", "v1alpha1", "AlertmanagerConfig", alertmanagerSpec(audiences, name));
  }

  #custom(name: string, version: string, kind: string, spec: object): void {
    const metadata = this.#metadata(name, this.#prometheus.labels);
    new k8s.apiextensions.CustomResource(name, { apiVersion: `${operator}/${version}`, kind, metadata, spec }, { parent: this });
  }

  #metadata(name: string, labels: Record<string, string> = {}) {
    const { settings, namespace } = this.#args;
    return { name, namespace, labels: { ...labels, ...labelsOf(name, settings.application.name) } };
  }
}
