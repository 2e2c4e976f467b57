import type { ApplicationSettings } from "../application.schema.ts";
import type { EnvironmentSettings } from "../environment.schema.ts";
import type { Finding } from "../faults.ts";
import { isColoured } from "../strategy/colours.ts";
import type { RolloutSettings } from "../strategy/strategy.schema.ts";

/** Rules of what the objects of services keep of the time before Liftlock. */
export function checkAdopted(application: ApplicationSettings, environment: EnvironmentSettings, rollout: RolloutSettings): Finding[] {
  return Object.entries(environment.services).flatMap(([name, { adopted }]) => {
    const service = application.services.find((candidate) => candidate.name === name);
    if (adopted === undefined || service === undefined) return [];
    const found: Finding[] = [];
    const add = (path: PropertyKey[], message: string) =>
      found.push({ part: "environment", path: ["services", name, "adopted", ...path], message });
    if (adopted.selector !== undefined && isColoured(service, { environment, rollout }))
      add(["selector"], "two colours need labels of their own: take the strategy away, or let the Deployment be made anew without this");
    if (service.kind !== "stateful" && adopted.serviceName !== undefined) add(["serviceName"], `"${name}" is no StatefulSet: take it away`);
    const volumes = service.kind === "stateful" ? service.volumes : [];
    for (const volume of Object.keys(adopted.claims))
      if (!volumes.some((known) => known.name === volume)) add(["claims", volume], `"${name}" has no volume "${volume}"`);
    if (adopted.ports.includes(80)) add(["ports"], "must not name 80: the Service answers there anyway");
    if (adopted.route !== undefined && (service.kind === "worker" || service.route === undefined))
      add(["route"], `"${name}" has no route: take it away`);
    return found;
  });
}
