import { releaseId } from "../../components/release.ts";
import type { HappeningOf } from "../ledger/event.ts";
import { digestOf, referenceOf } from "../promotion/configuration.ts";
import type { Survey } from "../promotion/survey.ts";
import type { Deployed, RollbackClass } from "./class.ts";
import type { Deployment } from "./deployments.ts";

/**
 * What a rollback to `target` leaves: what the file names. Where a rollback that did not get through wrote the target there already, or the
 * file cannot be read, it is what got through last.
 */
export function leftBy({ declared, declaredId, configuration, deployments }: Survey, target: Deployment): Deployed | undefined {
  const [last] = deployments;
  const isThere = declared === undefined || declaredId === target.id;
  if (isThere && last !== undefined && last.id !== target.id) return last;
  return declared && { release: declared, configuration };
}

interface GoingBack {
  readonly project: string;
  readonly stack: string;
  readonly left: Deployed;
  readonly target: Deployment;
  readonly reason: string;
}

/** What was left stays out until somebody lets it in again. */
export function holdOnLeft({ project, stack, left, target, reason }: GoingBack): HappeningOf<"hold"> {
  const id = releaseId(left.release);
  const configuration = id === target.id ? { configuration: digestOf(left.configuration, project) } : {};
  return { kind: "hold", stack, releaseId: id, reason: `rolled back: ${reason}`, automatic: false, ...configuration };
}

export const goneBack = (
  { stack, left, target, reason }: GoingBack,
  coupled: RollbackClass,
  secondsToRestore: number,
): HappeningOf<"rollback"> => ({
  kind: "rollback",
  stack,
  from: referenceOf(left.release),
  to: referenceOf(target.release),
  automatic: false,
  cause: reason,
  class: coupled.class,
  secondsToRestore,
});
