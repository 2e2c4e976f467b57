import * as pulumi from "@pulumi/pulumi";
import type { ReadOutputs } from "../azure/outputs.ts";
import type { InAzure } from "../azure/read-platform.ts";
import type { EnvironmentSettings } from "../environment.schema.ts";
import type { AzureMonitoring } from "./monitoring.schema.ts";

/** Where Azure Monitor's objects of an environment go, and what they watch. Ids where nothing else is said. */
export interface AzurePlace {
  /** Name. */
  readonly resourceGroup: pulumi.Input<string>;
  readonly location: pulumi.Input<string>;
  readonly workspace: pulumi.Input<string>;
  /** Name; where it is known that several write to the workspace. */
  readonly cluster: pulumi.Input<string> | undefined;
  /** Undefined: no web test. */
  readonly insights: pulumi.Input<string> | undefined;
  /** The cluster's agent reads what the application exposes. */
  readonly scrape: boolean;
}

/** What the settings name, and for the rest what the platform gives out. */
export function azurePlace(own: AzureMonitoring, { azure }: EnvironmentSettings, inAzure: InAzure | undefined): AzurePlace {
  const platform = inAzure?.platform;
  const given = <K extends "resourceGroup" | "location" | "metrics" | "insights" | "cluster">(key: K, declare: string) =>
    platform?.apply((outputs: ReadOutputs) => outputs[key] ?? lacking(azure!.platform, declare));
  const insights = own.insights ?? given("insights", "monitoring.logs");
  return {
    resourceGroup: own.resourceGroup ?? given("resourceGroup", "resourceGroup")!,
    location: own.location ?? given("location", "location")!,
    workspace: own.workspace ?? given("metrics", "monitoring.metrics")!,
    cluster: own.cluster ?? given("cluster", "cluster"),
    insights: own.webTest ? insights : undefined,
    // A platform's cluster has the agent where its workspace is; of any other it is not known, and one without would refuse the object.
    scrape: own.scrape ?? (own.workspace === undefined && inAzure?.kubeconfig !== undefined),
  };
}

function lacking(platform: string, key: string): never {
  throw new pulumi.RunError(
    `"${platform}" gives out nothing that this environment could be watched by: declare platform.azure.${key} there, and bring it up first`,
  );
}
