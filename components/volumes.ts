import * as pulumi from "@pulumi/pulumi";
import { labelsOf } from "./labels.ts";
import type { Settings } from "./model.ts";
import { createClaims } from "./stateful.ts";

export interface VolumesArgs {
  readonly settings: Settings;
  readonly namespace: pulumi.Input<string>;
}

/**
 * The volumes of single writers. They come before the migration, not with the service that writes to them: the backup before the first
 * migration mounts them, and a pod whose claim is missing waits for ever.
 */
export class Volumes extends pulumi.ComponentResource {
  constructor(name: string, { settings, namespace }: VolumesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("liftlock:workload:Volumes", name, {}, opts);
    const { application, environment } = settings;
    for (const service of application.services) {
      if (service.kind !== "stateful" || !service.singleWriter) continue;
      const metadata = { name: service.name, namespace, labels: labelsOf(service.name, application.name) };
      createClaims(service, metadata, environment, this);
    }
    this.registerOutputs();
  }
}

/** Nothing where no service keeps a volume of its own. */
export const createVolumes = (args: VolumesArgs, opts: pulumi.ComponentResourceOptions): Volumes | undefined =>
  args.settings.application.services.some((service) => service.kind === "stateful" && service.singleWriter)
    ? new Volumes("volumes", args, opts)
    : undefined;
