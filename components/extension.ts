import type * as pulumi from "@pulumi/pulumi";
import type { LoadedSettings } from "./settings.ts";
import type { Workload } from "./workload.ts";

/** What a team's own resources are handed. */
export interface ExtensionContext {
  readonly settings: LoadedSettings;
  readonly namespace: pulumi.Output<string>;
  /** The services, by name. */
  readonly workloads: Readonly<Record<string, Workload>>;
  /** Pass these to each resource, a component or not: they carry the cluster's provider. */
  readonly options: pulumi.ResourceOptions;
}

/** Creates a team's own resources; what it returns becomes the stack's output `own`. */
export type Extension = (context: ExtensionContext) => Record<string, unknown> | Promise<Record<string, unknown>>;
