import type { EnvironmentSettings } from "../environment.schema.ts";
import type { Settings } from "../model.ts";
import type { ServiceSettings } from "../workload.schema.ts";
import type { Colour, Position, RolloutSettings, StrategySettings } from "./strategy.schema.ts";

type Placed = Pick<Settings, "environment" | "rollout">;

/** One of a service's two colours, as the cluster is to have it. */
export interface ColourOf {
  readonly colour: Colour;
  /** Name of its Deployment and of everything beside it. Blue has the service's own: a service that never had colours is blue. */
  readonly name: string;
  /** Stays exactly as it is: it runs another release than the settings name. */
  readonly frozen: boolean;
  /** Replicas below which its autoscaler does not go, whatever the settings say. */
  readonly floor: number | undefined;
}

export interface Colours {
  /** The active one first. */
  readonly all: readonly ColourOf[];
  readonly active: ColourOf;
  /** The colour that is on trial, and its share of the traffic in per cent. */
  readonly candidate: { readonly of: ColourOf; readonly weight: number } | undefined;
}

export const strategyOf = (service: Pick<ServiceSettings, "name">, environment: EnvironmentSettings): StrategySettings =>
  environment.services[service.name]?.strategy ?? { kind: "rolling" };

export const otherColour = (colour: Colour): Colour => (colour === "blue" ? "green" : "blue");
export const colourName = (service: string, colour: Colour): string => (colour === "blue" ? service : `${service}-green`);
/** Name of the Service that always leads to one colour. */
export const colourServiceName = (service: string, colour: Colour): string => `${service}-${colour}`;

/** Name that the tests of a service's new colour go by. */
export const suiteRole = (service: string): string => `${service}-suite`;

/**
 * Does the service have two colours, at least now and then? A strategy is how a change of release is made; which colour serves does not
 * depend on it. So a service whose strategy is taken away goes on as it stands, and rolls in place.
 */
export const isColoured = (service: Pick<ServiceSettings, "name">, { environment, rollout }: Placed): boolean =>
  strategyOf(service, environment).kind !== "rolling" || rollout[service.name] !== undefined;

export function coloursOf(service: Pick<ServiceSettings, "name">, { rollout }: Pick<Settings, "rollout">): Colours {
  const { active: serves, other }: Position = rollout[service.name] ?? { active: "blue" };
  const of = (colour: Colour, frozen: boolean, floor?: number): ColourOf => ({
    colour,
    name: colourName(service.name, colour),
    frozen,
    floor,
  });
  const active = of(serves, other?.role === "candidate");
  if (other === undefined) return { all: [active], active, candidate: undefined };
  const beside = of(otherColour(serves), other.role === "kept", other.replicas);
  return { all: [active, beside], active, candidate: other.role === "candidate" ? { of: beside, weight: other.weight } : undefined };
}

/** Names that a service's pods may go by: what calls it, or is called by it, must be open to each of them. */
export const podNamesOf = (service: ServiceSettings, settings: Placed): string[] =>
  isColoured(service, settings) ? (["blue", "green"] as const).map((colour) => colourName(service.name, colour)) : [service.name];

/** Is a release on trial? Then it is not what this environment runs yet: nothing may record it, and the environment's own tests wait. */
export const isOnTrial = ({ rollout }: { rollout: RolloutSettings }): boolean =>
  Object.values(rollout).some(({ other }) => other?.role === "candidate");
