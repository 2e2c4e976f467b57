import type { ApplicationSettings } from "../application.schema.ts";
import type { EnvironmentSettings } from "../environment.schema.ts";
import type { Finding } from "../faults.ts";
import { findService, secretKeysOf } from "../model.ts";
import { addressesOf } from "../monitoring/receivers.ts";
import { TAGS } from "../monitoring/tags.ts";
import { seconds } from "../primitives.ts";

/** Names that only a cluster's own resolver knows. */
const IN_CLUSTER = /(^[a-z0-9-]+|\.svc|\.cluster\.local):\d+$/;

type Add = (path: PropertyKey[], message: string) => void;
type Monitoring = NonNullable<EnvironmentSettings["monitoring"]>;

/** What the application says can be watched: services that listen, and variables that nobody else sets. */
export function checkMonitoringDeclaration(application: ApplicationSettings): Finding[] {
  const { monitoring, services, config, secrets } = application;
  if (monitoring === undefined) return [];
  const found: Finding[] = [];
  const add: Add = (path, message) => found.push({ part: "application", path, message });
  monitoring.scrape?.services.forEach((name, index) => {
    const path = ["monitoring", "scrape", "services", index];
    const service = findService(application, name);
    if (service === undefined) add(path, `there is no service "${name}"`);
    else if (service.kind === "worker") add(path, `"${name}" is a worker: it listens on no port, so its metrics cannot be read`);
  });
  if (monitoring.health !== undefined) {
    const service = findService(application, monitoring.health.service);
    const path = ["monitoring", "health", "service"];
    if (service === undefined) add(path, `there is no service "${monitoring.health.service}"`);
    else if (service.kind === "worker" || service.route === undefined)
      add(path, `"${service.name}" has no route: nothing outside can ask it`);
  }
  for (const service of services) {
    const sets = [
      ...service.config.map((set) => ["config", set, config[set]] as const),
      ...service.secrets.map((set) => ["secrets", set, secrets[set]] as const),
    ];
    for (const [kind, set, declared] of sets) {
      const clash = declared === undefined || declared.as === "files" ? undefined : TAGS.find((tag) => Object.hasOwn(declared.keys, tag));
      if (clash !== undefined)
        add([kind, set, "keys", clash], "is set from the release, because application.monitoring is declared: remove it");
    }
  }
  return found;
}

/** Alerts that could never fire, or that nobody would hear. */
export function checkMonitoring(application: ApplicationSettings, environment: EnvironmentSettings, stack: string): Finding[] {
  const { monitoring } = environment;
  if (monitoring === undefined) return [];
  const found: Finding[] = [];
  const add: Add = (path, message) => found.push({ part: "environment", path: ["monitoring", ...path], message });
  if (application.monitoring === undefined) add([], "needs application.monitoring: what the application exposes");
  else checkHealth(application, environment, monitoring, add);
  if (monitoring.alerts?.queries !== undefined && application.database === undefined)
    add(["alerts", "queries"], "there is no application.database: remove it");
  const alerts = Object.keys(monitoring.alerts ?? {}).some((key) => key !== "hold") || Object.keys(monitoring.objectives).length > 0;
  if (environment.azure === undefined)
    for (const key of ["resourceGroup", "location", "workspace"] as const)
      if (monitoring.azure !== undefined && monitoring.azure[key] === undefined)
        add(["azure", key], "is missing: name it, or the platform that it belongs to (environment.azure.platform)");
  if (monitoring.azure !== undefined && alerts && monitoring.receivers.length === 0)
    add(["receivers"], "is empty: Azure would raise alerts that nobody hears");
  checkReceivers(application, monitoring, stack, add);
  return found;
}

function checkHealth(application: ApplicationSettings, environment: EnvironmentSettings, monitoring: Monitoring, add: Add): void {
  const health = application.monitoring?.health;
  const prober = monitoring.prometheus?.prober;
  const { azure } = monitoring;
  const tested = azure?.webTest === true && (azure.insights !== undefined || environment.azure !== undefined);
  const asked = health !== undefined && (prober !== undefined || tested);
  if (monitoring.alerts?.down !== undefined && !asked)
    add(["alerts", "down"], "needs application.monitoring.health and somebody who asks: prometheus.prober, or azure with its web test");
  if (monitoring.objectives.availability !== undefined && (health === undefined || prober === undefined))
    add(["objectives", "availability"], "needs application.monitoring.health and prometheus.prober, whose answers are counted");
  if (!asked) return;
  if (prober !== undefined && IN_CLUSTER.test(prober.address) && !tested)
    add(
      ["prometheus", "prober", "address"],
      "is in this cluster: it is down when the cluster is. Name one elsewhere, or let Azure ask too (monitoring.azure)",
    );
  if (environment.access.basicAuth !== undefined)
    add(
      [prober === undefined ? "azure" : "prometheus"],
      "would be asked for the environment's password (access.basicAuth): watch it without the health check (leave the prober out, azure.webTest: false)",
    );
  // The exporter gives up half a second before it is asked again: what takes longer it cannot tell.
  if (prober !== undefined && health.slow > seconds(prober.every) - 1)
    add(["prometheus", "prober", "every"], "must be longer than application.monitoring.health.slow, by a second or more");
}

function checkReceivers(application: ApplicationSettings, { receivers, azure }: Monitoring, stack: string, add: Add): void {
  const keys = new Set(Object.keys(application.secrets).flatMap((set) => secretKeysOf(application, set, stack)));
  receivers.forEach((receiver, index) => {
    const path = ["receivers", index];
    if (receiver.kind === "email") {
      const unknown = receiver.roles.filter((role) => !Object.hasOwn(application.promotion.roles, role));
      for (const role of unknown) add([...path, "roles"], `names "${role}", which is not in promotion.roles`);
      if (unknown.length === 0 && addressesOf(receiver, application.promotion).length === 0)
        add(path, "reaches nobody: name addresses in `to`, or roles whose people have one");
      return;
    }
    if (!keys.has(receiver.secret))
      add([...path, "secret"], `"${receiver.secret}" is no secret of this environment: declare it in application.secrets`);
    if (receiver.kind === "slack" && azure !== undefined)
      add([...path, "kind"], "Azure Monitor cannot write to Slack itself: give it the webhook of a relay (kind: webhook)");
  });
}
