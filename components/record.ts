import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { carryForward, type QualifiedRelease } from "./history.ts";
import { labelsOf } from "./labels.ts";
import type { Settings } from "./model.ts";
import { waitsFor } from "./order.ts";
import { digestsOf, releaseId } from "./release.ts";
import { isOnTrial } from "./strategy/colours.ts";

export interface ReleaseRecordArgs {
  readonly settings: Settings;
  readonly namespace: pulumi.Input<string>;
  readonly qualified: readonly QualifiedRelease[];
}

/**
 * Written when a release has passed everything: an immutable ConfigMap of the cluster's own, whose creation time is when the release
 * became live. The next environment reads it from this stack's outputs.
 */
export class ReleaseRecord extends pulumi.ComponentResource {
  /** The last releases that went live here, newest first. */
  readonly qualified: pulumi.Output<QualifiedRelease[]>;

  constructor(name: string, { settings, namespace, qualified }: ReleaseRecordArgs, opts?: pulumi.ComponentResourceOptions) {
    super("liftlock:release:ReleaseRecord", name, {}, opts);
    const { application, release } = settings;
    // What let a release in is no part of it: its record must not be written again when that is taken away.
    const { breakGlass: _, ...content } = release;
    const id = releaseId(release);
    const record = new k8s.core.v1.ConfigMap(
      name,
      {
        metadata: { namespace, labels: labelsOf(name, application.name) },
        immutable: true,
        data: { "release.json": JSON.stringify({ id, ...content }) },
      },
      { parent: this, dependsOn: waitsFor(opts), ...(isOnTrial(settings) ? { ignoreChanges: ["data"] } : {}) },
    );
    const live = { id, version: release.version, images: digestsOf(release) };
    // A release on trial is not live yet.
    this.qualified = isOnTrial(settings)
      ? pulumi.output([...qualified])
      : record.metadata.creationTimestamp.apply((liveSince) => carryForward(qualified, { ...live, liveSince }));
    this.registerOutputs({ qualified: this.qualified });
  }
}
