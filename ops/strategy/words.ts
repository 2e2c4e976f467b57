import { otherColour } from "../../components/strategy/colours.ts";
import { moment } from "../gates/words.ts";
import type { Rollout } from "./position.ts";

/** Where the services with two colours stand, for people; nothing of those that are at rest. */
export function rolloutLines(rollout: Rollout, command: string, stack: string): string[] {
  return Object.entries(rollout).flatMap(([service, { active, other }]) => {
    if (other === undefined) return [];
    const beside = otherColour(active);
    return other.role === "candidate"
      ? [
          `${service}: ${other.release} is on trial (${beside}), with ${other.weight} % of the traffic: \`${command} up ${stack}\` goes on, \`${command} rollback ${stack}\` ends it`,
        ]
      : [
          `${service}: ${other.release} is kept (${beside}) until ${moment(other.until)}: \`${command} rollback ${stack}\` goes back to it, the first \`up\` afterwards takes it away`,
        ];
  });
}
