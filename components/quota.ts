import { isDeepStrictEqual } from "node:util";
import { isRestoring } from "./azure/database.schema.ts";
import { toolResources } from "./job.ts";
import { findService, type Settings, scaleOf } from "./model.ts";
import { bytes, formatBytes, formatCpu, millicores } from "./quantities.ts";
import { isColoured, strategyOf } from "./strategy/colours.ts";
import type { ResourceSettings } from "./workload.schema.ts";

/** Rolling updates add this share of the replicas, rounded up, before they take old ones away. */
export const maxSurge = 0.25;

/** CPU in thousandths of a core, memory and storage in bytes. */
export interface Amounts {
  cpu: number;
  memory: number;
  ephemeralStorage: number;
}
export interface Demand {
  pods: number;
  requests: Amounts;
  limits: Amounts;
}

/**
 * The most that an environment can ask for at one time: every service at its maximum (twice where it has two colours), its surge, as many pods again that are still
 * stopping (they count until they are gone), and the environment's own Jobs. A quota below this stops a rollout half-way.
 */
export function peakDemand(settings: Settings): Demand {
  const services = settings.application.services.map((service) => {
    const { replicas, resources } = scaleOf(service, settings.environment);
    const surge = service.kind === "stateful" ? 0 : Math.ceil(replicas.max * maxSurge);
    const colours = isColoured(service, settings) ? 2 : 1;
    return demandOf(colours * replicas.max + 2 * surge, resources);
  });
  return sum([...services, ...jobsOf(settings).map((resources) => demandOf(1, resources))]);
}

/** What the environment asks for at rest: every service at its minimum. */
export const restDemand = (settings: Settings): Demand =>
  sum(
    settings.application.services.map((service) => {
      const { replicas, resources } = scaleOf(service, settings.environment);
      return demandOf(replicas.min, resources);
    }),
  );

/** Resources of the Jobs that may run at one time: two of the release (they follow each other, a stopping one counts), and each scheduled one. */
function jobsOf({ application, environment }: Settings): ResourceSettings[] {
  const { database, smoke } = application;
  const taskOf = (name: string | undefined) => {
    const service = name === undefined ? undefined : findService(application, name);
    return service === undefined ? [] : [scaleOf(service, environment).resources];
  };
  const suites = application.services.flatMap((service) => {
    const strategy = strategyOf(service, environment);
    return strategy.kind === "rolling" ? [] : ["smoke", ...strategy.suites];
  });
  return [
    ...taskOf(database?.migration?.service),
    ...(smoke !== undefined || database?.migration !== undefined ? [toolResources] : []),
    ...suites.map(() => toolResources),
    // A backup, and a restore on trial.
    ...(environment.database?.backup !== undefined ? [toolResources, toolResources] : []),
    ...(isRestoring(environment) ? [toolResources] : []),
    ...(environment.database?.copy !== undefined ? [toolResources] : []),
    ...(environment.database?.reset !== undefined ? taskOf(database?.reset?.service) : []),
  ];
}

function demandOf(pods: number, { requests, limits }: ResourceSettings): Demand {
  const times = (amount: ResourceSettings["limits"]): Amounts => ({
    cpu: pods * millicores(amount.cpu),
    memory: pods * bytes(amount.memory),
    ephemeralStorage: pods * bytes(amount.ephemeralStorage),
  });
  return { pods, requests: times(requests), limits: times(limits) };
}

function sum(demands: Demand[]): Demand {
  const add = (pick: (demand: Demand) => Amounts): Amounts => ({
    cpu: demands.reduce((total, demand) => total + pick(demand).cpu, 0),
    memory: demands.reduce((total, demand) => total + pick(demand).memory, 0),
    ephemeralStorage: demands.reduce((total, demand) => total + pick(demand).ephemeralStorage, 0),
  });
  return {
    pods: demands.reduce((total, demand) => total + demand.pods, 0),
    requests: add((demand) => demand.requests),
    limits: add((demand) => demand.limits),
  };
}

/** `hard` of the ResourceQuota. No load balancers or node ports: traffic comes through the Gateway. */
export function quotaOf(settings: Settings): Record<string, string> {
  const { pods, requests, limits } = peakDemand(settings);
  return {
    pods: String(pods),
    "requests.cpu": formatCpu(requests.cpu),
    "requests.memory": formatBytes(requests.memory),
    "requests.ephemeral-storage": formatBytes(requests.ephemeralStorage),
    "limits.cpu": formatCpu(limits.cpu),
    "limits.memory": formatBytes(limits.memory),
    "limits.ephemeral-storage": formatBytes(limits.ephemeralStorage),
    "services.loadbalancers": "0",
    "services.nodeports": "0",
  };
}

/** `hard` of the quotas of an environment's last two differing settings, newest first. An output of the stack. */
export type Quotas = readonly Readonly<Record<string, string>>[];

/**
 * The quota that these settings need and the one before it. What is enforced is the larger of each amount: pods of the settings before run until a
 * rollout is through, and a rollback brings them back.
 */
export function followQuota(settings: Settings, [last, before]: Quotas): { quotas: Quotas; hard: Record<string, string> } {
  const own = quotaOf(settings);
  const older = last !== undefined && isDeepStrictEqual(own, last) ? before : last;
  const larger = ([name, amount]: [string, string]): [string, string] => {
    const other = older?.[name];
    return [name, other !== undefined && measure(name, other) > measure(name, amount) ? other : amount];
  };
  return { quotas: [own, ...(older === undefined ? [] : [older])], hard: Object.fromEntries(Object.entries(own).map(larger)) };
}

const measure = (name: string, amount: string): number => {
  if (name.endsWith("cpu")) return millicores(amount);
  return /memory|storage/.test(name) ? bytes(amount) : Number(amount);
};

/** The largest container of the environment: what a LimitRange admits at most. */
export function largestContainer(settings: Settings): ResourceSettings["limits"] {
  const all = [toolResources, ...settings.application.services.map((service) => scaleOf(service, settings.environment).resources)];
  const largest = (key: keyof ResourceSettings["limits"], measure: (quantity: string) => number): string =>
    all.map(({ limits }) => limits[key]).reduce((a, b) => (measure(b) > measure(a) ? b : a));
  return { cpu: largest("cpu", millicores), memory: largest("memory", bytes), ephemeralStorage: largest("ephemeralStorage", bytes) };
}
