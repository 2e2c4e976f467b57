import { type Configuration, settingOf, withValue } from "../promotion/configuration.ts";
import { isRecord, type Leaf, leaves } from "../report/diff.ts";
import { withServersOf } from "../restore/server/lineage.ts";
import { positionBack, type Rollout, rolloutOf, withRollout } from "../strategy/position.ts";
import type { Deployment } from "./deployments.ts";

/** What going back to a deployment makes of a stack's files, and of the run. */
export interface WayBack {
  /** `environment` as the stack file is to have it. */
  readonly environment: unknown;
  /** `rollout` as the stack file is to have it. */
  readonly rollout: Rollout;
  /** Where `environment` changes, for people. */
  readonly changes: readonly Leaf[];
  /** The configuration to run with. */
  readonly configuration: Configuration;
  /**
   * Where `application` (in Pulumi.yaml, shared by all environments) was different then. The run takes it as it was; the file is left to
   * the team.
   */
  readonly application: readonly Leaf[];
}

/**
 * Restores what the application reads: images and configuration values. Replicas, resources and hosts stay as they are now, unless the
 * application itself was declared differently then: its services and settings only fit together.
 */
export function wayBack(project: string, now: Configuration, to: Deployment, keepConfig: boolean): WayBack {
  const current = settingOf(now, project, "environment");
  const then = settingOf(withServersOf(now, to.configuration, project), project, "environment");
  const application = keepConfig ? [] : applicationChanges(project, to.configuration, now);
  const environment = keepConfig ? current : application.length > 0 ? then : withConfig(current, then);
  const restored = withValue(withValue(now, project, "release", to.release), project, "environment", environment);
  const rollout = positionBack(rolloutOf(now, project), to.id);
  const configuration = withRollout(
    application.length > 0 ? withValue(to.configuration, project, "environment", environment) : restored,
    project,
    rollout,
  );
  return { environment, rollout, changes: leaves(current, environment, ["environment"]), configuration, application };
}

const SHAPE = ["services", "config", "secrets", "flags", "database", "smoke"];

function applicationChanges(project: string, then: Configuration, now: Configuration): Leaf[] {
  const part = (configuration: Configuration) => settingOf(configuration, project, "application");
  return leaves(part(then), part(now), ["application"]).filter(({ path }) => SHAPE.includes(path[1] ?? ""));
}

function withConfig(current: unknown, then: unknown): unknown {
  if (!isRecord(current) || !isRecord(then)) return then;
  const { config: _, ...rest } = current;
  return Object.hasOwn(then, "config") ? { ...current, config: then.config } : rest;
}
