import { EnvironmentSettings } from "../../components/environment.schema.ts";
import { strategyOf } from "../../components/strategy/colours.ts";
import { type Configuration, settingOf } from "../promotion/configuration.ts";
import { isRecord } from "../report/diff.ts";
import { type Rollout, rolloutOf, withRollout } from "./position.ts";

/**
 * Has a service that now wants two colours run without them so far? Then it reads configuration that it shares with others, which would
 * not stay while a colour is kept: it must get its own first, with the release that runs.
 */
export function needAdoption(last: Configuration, project: string, written: Rollout, strategic: readonly string[]): boolean {
  const environment = EnvironmentSettings.safeParse(settingOf(last, project, "environment")).data;
  const was = rolloutOf(last, project);
  const application = settingOf(last, project, "application");
  const services = isRecord(application) && Array.isArray(application.services) ? application.services : [];
  return strategic.some(
    (name) =>
      services.some((service) => isRecord(service) && service.name === name) &&
      was[name] === undefined &&
      written[name] === undefined &&
      (environment === undefined || strategyOf({ name }, environment).kind === "rolling"),
  );
}

/** What runs, but at a position: each service that is there gets its own configuration, a few pods at a time. */
export function adopted(last: Configuration, project: string, position: Rollout): Configuration {
  const application = settingOf(last, project, "application");
  const services = isRecord(application) && Array.isArray(application.services) ? application.services : [];
  const known = (name: string) => services.some((service) => isRecord(service) && service.name === name);
  return withRollout(last, project, Object.fromEntries(Object.entries(position).filter(([name]) => known(name))));
}
