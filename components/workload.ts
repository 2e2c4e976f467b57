import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { createIdentity } from "./identity.ts";
import { labelsOf, selectorOf } from "./labels.ts";
import { hostOf, type Scale, type Settings, scaleOf } from "./model.ts";
import { servicePolicy } from "./network.ts";
import { waitsFor } from "./order.ts";
import { joinMounts, type Mounts, podSpec } from "./pod.ts";
import { seconds } from "./primitives.ts";
import { autoscalerSpec, placement, probesOf, rollingUpdate, rolloutTimeouts } from "./rollout.ts";
import { createStatefulSet, volumeMountsOf } from "./stateful.ts";
import type { ServiceSettings } from "./workload.schema.ts";

export interface WorkloadArgs {
  readonly settings: Settings;
  readonly service: ServiceSettings;
  readonly namespace: pulumi.Input<string>;
  /** What it reads: configuration, secrets, flags. */
  readonly mounts: Mounts;
}

/**
 * One service of the application: replicas that take turns when they are updated, are spread, watched and scaled, and that only those
 * who are meant to can reach. Objects carry the service's own name, never a generated one: selectors, policies and people rely on it.
 */
export class Workload extends pulumi.ComponentResource {
  /** Where it is reached: from outside if it has a route, otherwise inside the cluster. Workers have none. */
  readonly url: string | undefined;

  constructor(name: string, args: WorkloadArgs, opts?: pulumi.ComponentResourceOptions) {
    super("liftlock:workload:Workload", name, {}, opts);
    const { settings, service, namespace } = args;
    const scale = scaleOf(service, settings.environment);
    const metadata = { name, namespace, labels: labelsOf(name, settings.application.name) };
    const policy = servicePolicy(service, settings);
    const identity = createIdentity({ name, application: settings.application.name, namespace, policy }, this);
    const after = [...waitsFor(opts), ...identity];

    const pods = { metadata: { labels: metadata.labels }, spec: podsOf(args, scale) };
    if (service.kind === "stateful")
      createStatefulSet({ service, scale, metadata, pods, protect: settings.environment.protect }, after, this);
    else createDeployment({ service, scale, metadata, pods }, after, this);

    if (service.kind !== "worker") createService(metadata, this);
    // One at a time: a minimum would block every drain of a node while the service runs at that minimum.
    const disruption = { selector: { matchLabels: selectorOf(name) }, maxUnavailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow" };
    new k8s.policy.v1.PodDisruptionBudget(name, { metadata, spec: disruption }, { parent: this });

    this.url = urlOf(service, settings);
    this.registerOutputs({ url: this.url });
  }
}

export interface ReplicasArgs {
  readonly service: ServiceSettings;
  readonly scale: Scale;
  readonly metadata: { name: string; namespace: pulumi.Input<string>; labels: Record<string, string> };
  readonly pods: { metadata: { labels: Record<string, string> }; spec: k8s.types.input.core.v1.PodSpec };
}

function createDeployment({ service, scale, metadata, pods }: ReplicasArgs, dependsOn: pulumi.Resource[], parent: pulumi.Resource): void {
  const { name } = metadata;
  const spec = {
    // The autoscaler owns the number: stating one here would reset it with every update.
    ...(scale.autoscaled ? {} : { replicas: scale.replicas.min }),
    selector: { matchLabels: selectorOf(name) },
    strategy: rollingUpdate,
    minReadySeconds: seconds(service.settle),
    progressDeadlineSeconds: seconds(service.progress),
    revisionHistoryLimit: 5,
    template: pods,
  };
  new k8s.apps.v1.Deployment(name, { metadata, spec }, { parent, dependsOn, customTimeouts: rolloutTimeouts(service) });
  if (scale.autoscaled) new k8s.autoscaling.v2.HorizontalPodAutoscaler(name, { metadata, spec: autoscalerSpec(name, scale) }, { parent });
}

function createService(metadata: ReplicasArgs["metadata"], parent: pulumi.Resource): void {
  // The workload is waited for; waiting for its endpoints as well would cost ten seconds and prove nothing more.
  const annotations = { "pulumi.com/skipAwait": "true" };
  const spec = {
    type: "ClusterIP",
    selector: selectorOf(metadata.name),
    ports: [{ name: "http", port: 80, targetPort: "http", appProtocol: "http" }],
  };
  new k8s.core.v1.Service(metadata.name, { metadata: { ...metadata, annotations }, spec }, { parent });
}

function podsOf({ settings, service, mounts }: WorkloadArgs, { resources }: Scale): k8s.types.input.core.v1.PodSpec {
  const container = {
    name: service.name,
    image: settings.release.images[service.name]!,
    ...(service.command === undefined ? {} : { command: service.command }),
    ...(service.args === undefined ? {} : { args: service.args }),
    ...(service.kind === "worker" ? {} : { ports: [{ name: "http", containerPort: service.port, protocol: "TCP" }] }),
    ...probesOf(service),
    lifecycle: { preStop: { sleep: { seconds: seconds(service.drain) } } },
  };
  const all = service.kind === "stateful" ? joinMounts(mounts, volumeMountsOf(service)) : mounts;
  return {
    ...podSpec({ serviceAccount: service.name, uid: service.uid, container, resources, mounts: all }),
    ...placement(service.name, service.kind === "stateful" ? "controller-revision-hash" : "pod-template-hash"),
    terminationGracePeriodSeconds: seconds(service.grace),
  };
}

export function urlOf(service: ServiceSettings, { environment }: Pick<Settings, "environment">): string | undefined {
  if (service.kind === "worker") return undefined;
  if (service.route === undefined) return internalUrlOf(service.name, environment.namespace);
  return `https://${hostOf(service, environment)}${service.route.path}`;
}

export const internalUrlOf = (service: string, namespace: string): string => `http://${service}.${namespace}.svc`;
