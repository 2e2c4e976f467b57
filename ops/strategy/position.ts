import type { ApplicationSettings } from "../../components/application.schema.ts";
import type { EnvironmentSettings } from "../../components/environment.schema.ts";
import { isColoured, otherColour, strategyOf } from "../../components/strategy/colours.ts";
import { type Position, RolloutSettings } from "../../components/strategy/strategy.schema.ts";
import { type Configuration, settingOf, withValue } from "../promotion/configuration.ts";

export type Rollout = RolloutSettings;

/** Where the services with two colours stand, as a configuration has it; nothing of a position that cannot be read. */
export const rolloutOf = (configuration: Configuration, project: string): Rollout =>
  RolloutSettings.safeParse(settingOf(configuration, project, "rollout")).data ?? {};

/** The same configuration at another position. One that never had a position gets none when there is none to give. */
export const withRollout = (configuration: Configuration, project: string, rollout: Rollout): Configuration =>
  Object.keys(rollout).length === 0 && configuration[`${project}:rollout`] === undefined
    ? configuration
    : withValue(configuration, project, "rollout", rollout);

/** Only the colours that serve. */
export const atRest = (rollout: Rollout): Rollout =>
  Object.fromEntries(Object.entries(rollout).map(([name, { active }]) => [name, { active }]));

/** Is a release on trial at this position? */
export const onTrial = (rollout: Rollout): boolean => Object.values(rollout).some(({ other }) => other?.role === "candidate");

/** The same position, but no traffic for what is on trial. */
export const withoutTraffic = (rollout: Rollout): Rollout =>
  Object.fromEntries(
    Object.entries(rollout).map(([name, position]) => [
      name,
      position.other?.role === "candidate" ? { ...position, other: { ...position.other, weight: 0 } } : position,
    ]),
  );

/**
 * The position for going back to a release: what is on trial goes; a colour that was kept and runs that release serves again, which takes
 * no more than the switch; otherwise the colour that serves takes the release.
 */
export const positionBack = (rollout: Rollout, releaseId: string): Rollout =>
  Object.fromEntries(
    Object.entries(rollout).map(([name, { active, other }]): [string, Position] => [
      name,
      { active: other?.role === "kept" && other.release === releaseId ? otherColour(active) : active },
    ]),
  );

/** A position for every service that has colours, those included that have none written down yet. */
export function completed(rollout: Rollout, application: ApplicationSettings, environment: EnvironmentSettings): Rollout {
  const coloured = application.services.filter((service) => isColoured(service, { environment, rollout }));
  return Object.fromEntries(coloured.map(({ name }): [string, Position] => [name, rollout[name] ?? { active: "blue" }]));
}

/** Services whose releases take over through a second colour. */
export const strategicOf = (application: ApplicationSettings, environment: EnvironmentSettings): string[] =>
  application.services.filter((service) => strategyOf(service, environment).kind !== "rolling").map(({ name }) => name);
