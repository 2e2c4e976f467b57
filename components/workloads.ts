import type * as pulumi from "@pulumi/pulumi";
import type { Configuration } from "./configuration.ts";
import type { Settings } from "./model.ts";
import { Workload } from "./workload.ts";

export interface WorkloadsArgs {
  readonly settings: Settings;
  readonly namespace: pulumi.Input<string>;
  readonly configuration: Configuration;
}

/** Every service of the application, by name. */
export const createWorkloads = (
  { settings, namespace, configuration }: WorkloadsArgs,
  opts: pulumi.ComponentResourceOptions,
): Record<string, Workload> =>
  Object.fromEntries(
    settings.application.services.map((service) => [
      service.name,
      new Workload(
        service.name,
        {
          settings,
          service,
          namespace,
          mounts: (colour) => configuration.mountsOf(service, colour),
          versions: (colour) => configuration.versionsOf(service, colour),
        },
        opts,
      ),
    ]),
  );
