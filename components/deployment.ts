import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { seconds } from "./primitives.ts";
import { autoscalerSpec, rollingUpdate, rolloutTimeouts } from "./rollout.ts";
import type { ColourOf } from "./strategy/colours.ts";
import type { ReplicasArgs } from "./workload.ts";

/**
 * The replicas of one colour of a service, and what keeps their number right. A colour that is frozen keeps the specification that it
 * has, images and configuration and all, whatever the settings say by now.
 */
export function createDeployment(
  { service, scale, metadata, pods, selector, adopted }: ReplicasArgs,
  { name, frozen, floor }: ColourOf,
  dependsOn: pulumi.Resource[],
  parent: pulumi.Resource,
): pulumi.Resource {
  const spec = {
    // The autoscaler owns the number: stating one here would reset it with every update.
    ...(scale.autoscaled ? {} : { replicas: scale.replicas.min }),
    selector: { matchLabels: selector },
    strategy: rollingUpdate,
    minReadySeconds: seconds(service.settle),
    progressDeadlineSeconds: seconds(service.progress),
    revisionHistoryLimit: 5,
    template: pods,
  };
  const deployment = new k8s.apps.v1.Deployment(
    name,
    { metadata, spec },
    { parent, dependsOn, customTimeouts: rolloutTimeouts(service), ignoreChanges: frozen ? ["spec"] : [] },
  );
  if (scale.autoscaled) {
    const named = { ...metadata, name: adopted.autoscaler ?? name };
    new k8s.autoscaling.v2.HorizontalPodAutoscaler(name, { metadata: named, spec: autoscalerSpec(name, scale, floor) }, { parent });
  }
  return deployment;
}

type Budgeted = Pick<ReplicasArgs, "metadata" | "selector" | "adopted">;

/** One at a time: a minimum would block every drain of a node while the service runs at that minimum. */
export function createDisruptionBudget({ metadata, selector, adopted }: Budgeted, parent: pulumi.Resource): void {
  const spec = {
    selector: { matchLabels: selector },
    maxUnavailable: 1,
    unhealthyPodEvictionPolicy: "AlwaysAllow",
  };
  const named = { ...metadata, name: adopted.disruptionBudget ?? metadata.name };
  new k8s.policy.v1.PodDisruptionBudget(metadata.name, { metadata: named, spec }, { parent });
}
