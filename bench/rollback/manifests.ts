import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { stringify } from "yaml";

export const BAD = "misbehaves-pull";
const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
export const SERVICES = ["web", "api"] as const;
/** Seconds that a pod must stay ready: Liftlock's default, given to all. */
const SETTLE = 10;

/** The same two services for everybody: 1.0.0 runs, 1.1.0 has an api that cannot be pulled. */
export const imageOf = (service: string, version: string): string =>
  `registry.example.com/bench/${service}:${version}${service === "api" && version === "1.1.0" ? `-${BAD}` : ""}@${digest(service === "web" ? "1" : "2")}`;

const deployment = (name: string, image: string) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, labels: { app: name } },
  spec: {
    replicas: 2,
    minReadySeconds: SETTLE,
    selector: { matchLabels: { app: name } },
    strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: 0 } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name, image, resources: { requests: { cpu: "50m", memory: "64Mi" } } }] },
    },
  },
});

export const manifests = (version: string): string =>
  SERVICES.map((name) => `---\n${stringify(deployment(name, imageOf(name, version)))}`).join("");

/** The same as a chart whose version is a value. */
export function writeChart(dir: string): string {
  const chart = path.join(dir, "chart");
  mkdirSync(path.join(chart, "templates"), { recursive: true });
  writeFileSync(path.join(chart, "Chart.yaml"), stringify({ apiVersion: "v2", name: "bench", version: "0.1.0" }));
  const template = SERVICES.map((name) => `---\n${stringify(deployment(name, "IMAGE")).replace("IMAGE", `{{ .Values.${name} }}`)}`);
  writeFileSync(path.join(chart, "templates/services.yaml"), template.join(""));
  return chart;
}
