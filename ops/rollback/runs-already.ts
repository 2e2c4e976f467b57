import { type Configuration, digestOf } from "../promotion/configuration.ts";
import type { Deployment } from "./deployments.ts";

/** Is what its file says what was deployed last, got through, and is gone back to? Then a rollback would only hold back what is good. */
export function runsAlready(
  now: { settled: boolean; configuration: Configuration; deployments: readonly Deployment[]; declaredId: string | undefined },
  target: Deployment,
  project: string,
): boolean {
  const [last] = now.deployments;
  const same = (configuration: Configuration) => digestOf(configuration, project) === digestOf(target.configuration, project);
  return now.settled && last?.id === target.id && now.declaredId === target.id && same(last.configuration) && same(now.configuration);
}
