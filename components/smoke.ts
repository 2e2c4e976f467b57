import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { SmokeSettings } from "./application.schema.ts";
import type { Configuration } from "./configuration.ts";
import type { Restored } from "./history.ts";
import { createIdentity } from "./identity.ts";
import { jobSpec, toolResources, toolUser } from "./job.ts";
import { labelsOf, own } from "./labels.ts";
import { rerunnable } from "./migration.ts";
import type { Settings } from "./model.ts";
import { smokePolicy } from "./network.ts";
import { waitsFor } from "./order.ts";
import { noMounts } from "./pod.ts";
import { seconds } from "./primitives.ts";
import { releaseId } from "./release.ts";
import { smokeScript } from "./scripts.ts";
import { isOnTrial } from "./strategy/colours.ts";
import { internalUrlOf } from "./workload.ts";

export interface SmokeArgs {
  readonly settings: Settings;
  readonly namespace: pulumi.Input<string>;
  readonly configuration: Configuration;
  readonly restored: Restored | undefined;
}

/** Asks the services whether they work, after every change of release or configuration. What they answer decides about the release. */
export class Smoke extends pulumi.ComponentResource {
  constructor(name: string, args: SmokeArgs & { smoke: SmokeSettings }, opts?: pulumi.ComponentResourceOptions) {
    super("liftlock:release:Smoke", name, {}, opts);
    const { settings, namespace, configuration, smoke } = args;
    const application = settings.application.name;
    const identity = createIdentity({ name, application, namespace, policy: smokePolicy(settings) }, this);
    const checks = smoke.checks.flatMap(({ service, path, refuse }) => [
      internalUrlOf(service, settings.environment.namespace) + path,
      refuse,
    ]);
    const container = { name, image: smoke.image, command: ["sh", "-c", smokeScript, name], args: checks };
    const spec = jobSpec({
      role: name,
      application,
      pod: { uid: toolUser, container, resources: toolResources, mounts: noMounts },
      deadline: seconds(smoke.timeout),
      retries: 0,
      // Whatever rolls the services runs the test again.
      annotations: {
        [own("release")]: releaseId(settings.release),
        [own("configuration")]: configuration.versions,
        ...(args.restored && { [own("restored")]: args.restored.at }),
      },
    });
    const metadata = { name, namespace, labels: labelsOf(name, application), annotations: rerunnable };
    // A release on trial is tested at its own address; what serves is still what was tested last.
    const trial = isOnTrial(settings) ? { ignoreChanges: ["spec"] } : {};
    new k8s.batch.v1.Job(name, { metadata, spec }, { parent: this, dependsOn: [...waitsFor(opts), ...identity], ...trial });
    this.registerOutputs({});
  }
}

/** The application's smoke test, where it has one. */
export const createSmoke = (args: SmokeArgs, opts: pulumi.ComponentResourceOptions): Smoke | undefined =>
  args.settings.application.smoke === undefined ? undefined : new Smoke("smoke", { ...args, smoke: args.settings.application.smoke }, opts);
