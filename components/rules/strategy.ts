import type { ApplicationSettings } from "../application.schema.ts";
import type { EnvironmentSettings } from "../environment.schema.ts";
import type { Finding } from "../faults.ts";
import { colourName, colourServiceName, strategyOf, suiteRole } from "../strategy/colours.ts";
import type { RolloutSettings, StrategySettings } from "../strategy/strategy.schema.ts";
import type { ServiceSettings } from "../workload.schema.ts";

/** Rules of how releases take over, and of where services with two colours stand. */
export function checkStrategies(application: ApplicationSettings, environment: EnvironmentSettings, rollout: RolloutSettings): Finding[] {
  const found: Finding[] = [];
  const add = (part: Finding["part"], path: PropertyKey[], message: string) => found.push({ part, path, message });
  for (const [name, { strategy }] of Object.entries(environment.services)) {
    const service = application.services.find((candidate) => candidate.name === name);
    if (service === undefined || strategy === undefined) continue;
    for (const [path, message] of strategyFaults(service, strategy, application))
      add("environment", ["services", name, "strategy", ...path], message);
    if (strategy.kind !== "rolling")
      for (const message of nameFaults(service, application)) add("environment", ["services", name, "strategy"], message);
  }
  for (const [name, { other }] of Object.entries(rollout)) {
    const service = application.services.find((candidate) => candidate.name === name);
    if (service === undefined) add("rollout", [name], `the application declares no service "${name}": take its position away`);
    else if (service.kind !== "web") add("rollout", [name], impossible(service) ?? "has no colours: take its position away");
    else if (other?.role === "candidate" && strategyOf(service, environment).kind === "rolling")
      add("rollout", [name, "other"], "a release is on trial here: end that first (up, or rollback), then change the strategy");
    else if (other?.role === "candidate" && other.weight > 0 && service.route === undefined)
      add("rollout", [name, "other", "weight"], `must be 0: "${name}" has no route whose traffic could be shared out`);
  }
  return found;
}

/** What a service cannot do, and why. */
function impossible(service: ServiceSettings): string | undefined {
  if (service.kind === "stateful") {
    return service.singleWriter
      ? `"${service.name}" allows one writer to its volume: two colours beside each other would corrupt its data. Use kind: rolling`
      : `"${service.name}" keeps its data in volumes of its own pods: a second colour would start with empty ones. Use kind: rolling`;
  }
  if (service.kind === "worker")
    return `"${service.name}" is a worker: it takes work by itself, so there is no traffic to switch, and both colours would work. Use kind: rolling`;
  return undefined;
}

type Local = [PropertyKey[], string];

export function strategyFaults(service: ServiceSettings, strategy: StrategySettings, application: ApplicationSettings): Local[] {
  if (strategy.kind === "rolling") return [];
  const reason = impossible(service);
  if (reason !== undefined || service.kind !== "web") return [[["kind"], reason ?? "is not possible here"]];
  const found: Local[] = [];
  strategy.suites.forEach((name, index) => {
    if (!Object.hasOwn(application.suites, name))
      found.push([["suites", index], `"${name}" is not declared: add it to application.suites`]);
  });
  if (strategy.kind === "blueGreen") return found;
  if (service.route === undefined)
    found.push([
      ["kind"],
      `"${service.name}" has no route: traffic is shared out by its HTTPRoute, and calls inside the namespace pass none. Use kind: blueGreen`,
    ]);
  strategy.steps.forEach((step, index) => {
    if (index > 0 && step <= strategy.steps[index - 1]!)
      found.push([["steps", index], `must be more than the step before (${strategy.steps[index - 1]})`]);
  });
  strategy.checks.forEach((check, index) => {
    if (check.kind !== "metric") return;
    if (check.max === undefined && check.min === undefined) found.push([["checks", index], "needs a threshold: max, min, or both"]);
    else if (check.max !== undefined && check.min !== undefined && check.min > check.max)
      found.push([["checks", index, "min"], `must not exceed max (${check.max})`]);
  });
  return found;
}

/** Names that the second colour, both colours' Services and their tests need. */
function nameFaults({ name }: ServiceSettings, { services }: ApplicationSettings): string[] {
  const needed = [colourName(name, "green"), colourServiceName(name, "blue"), colourServiceName(name, "green"), suiteRole(name)];
  const taken = services.find((other) => needed.includes(other.name));
  return taken === undefined ? [] : [`needs the name "${taken.name}", which a service has: give that one another name`];
}
