import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { AdoptedSettings } from "./adopted.schema.ts";
import { createDeployment, createDisruptionBudget } from "./deployment.ts";
import { createAccount, createPolicy } from "./identity.ts";
import { labelsOf, selectorOf } from "./labels.ts";
import { adoptedOf, hostOf, type Scale, type Settings, scaleOf } from "./model.ts";
import { tagsOf } from "./monitoring/tags.ts";
import { servicePolicy } from "./network.ts";
import { waitsFor } from "./order.ts";
import { joinMounts, type Mounts, podSpec } from "./pod.ts";
import { seconds } from "./primitives.ts";
import { placement, probesOf } from "./rollout.ts";
import { createService } from "./service.ts";
import { createStatefulSet, volumeMountsOf } from "./stateful.ts";
import { colourName, colourServiceName, coloursOf, isColoured, strategyOf } from "./strategy/colours.ts";
import type { Colour } from "./strategy/strategy.schema.ts";
import { createSuites } from "./strategy/suites.ts";
import type { ServiceSettings } from "./workload.schema.ts";

export interface WorkloadArgs {
  readonly settings: Settings;
  readonly service: ServiceSettings;
  readonly namespace: pulumi.Input<string>;
  /** What it reads: configuration, secrets, flags; a service with colours has one of its own for each. */
  readonly mounts: (colour: Colour | undefined) => Mounts;
  /** Names of the configuration that a colour reads. */
  readonly versions: (colour: Colour) => pulumi.Output<string>;
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
    const accounts = [createAccount({ name, application: settings.application.name, namespace, mounts: args.mounts(undefined) }, this)];
    if (service.kind === "stateful") {
      const metadata = metadataOf(args, name);
      const { adopted, selector } = chosenBy(args, name);
      const policy = this.#policy(args, name);
      const pods = podsOf(args, name, args.mounts(undefined), scale);
      const { protect, storageClass } = settings.environment;
      createStatefulSet(
        { service, scale, metadata, pods, selector, adopted, protect, storageClass },
        [...waitsFor(opts), ...accounts, policy],
        this,
      );
      createDisruptionBudget({ metadata, selector, adopted }, this);
      createService(metadata, selector, this, { ports: adopted.ports });
    } else this.#createColours(args, scale, [...waitsFor(opts), ...accounts]);

    this.url = urlOf(service, settings);
    this.registerOutputs({ url: this.url });
  }

  /** Its Deployments: one, or one of each colour while a release takes over. The Service leads to the active one, once that is ready. */
  #createColours(args: WorkloadArgs, scale: Scale, after: pulumi.Resource[]): void {
    const { settings, service, namespace } = args;
    const coloured = isColoured(service, settings);
    const { all, active, candidate } = coloursOf(service, settings);
    const deployments = all.map((of) => {
      const metadata = metadataOf(args, of.name);
      const pods = podsOf(args, of.name, args.mounts(coloured ? of.colour : undefined), scale);
      const { adopted, selector } = chosenBy(args, of.name);
      const replicas = { service, scale, metadata, pods, selector, adopted };
      const deployment = createDeployment(replicas, of, [...after, this.#policy(args, of.name)], this);
      createDisruptionBudget(replicas, this);
      return deployment;
    });
    if (service.kind === "worker") return;
    const [serving, beside] = deployments;
    const { adopted, selector } = chosenBy(args, active.name);
    createService(metadataOf(args, service.name), selector, this, { ports: adopted.ports, dependsOn: coloured ? [serving!] : [] });
    if (strategyOf(service, settings.environment).kind === "rolling") return;
    const addresses = (["blue", "green"] as const).map((colour) =>
      createService(metadataOf(args, colourServiceName(service.name, colour)), selectorOf(colourName(service.name, colour)), this),
    );
    if (candidate === undefined) return;
    const versions = args.versions(candidate.of.colour);
    createSuites({ settings, service, namespace, candidate: candidate.of, versions }, [beside!, ...addresses], this);
  }

  #policy({ settings, service, namespace }: WorkloadArgs, name: string): pulumi.Resource {
    return createPolicy({ name, application: settings.application.name, namespace, policy: servicePolicy(service, settings, name) }, this);
  }
}

export interface ReplicasArgs {
  readonly service: ServiceSettings;
  readonly scale: Scale;
  readonly metadata: { name: string; namespace: pulumi.Input<string>; labels: Record<string, string> };
  /** Labels that choose its pods. */
  readonly selector: Record<string, string>;
  readonly adopted: AdoptedSettings;
  readonly pods: { metadata: Pick<k8s.types.input.meta.v1.ObjectMeta, "labels" | "annotations">; spec: k8s.types.input.core.v1.PodSpec };
}

/** How the pods of `name`, one of the service's colours, are chosen, and what else its objects keep. */
function chosenBy({ settings, service }: WorkloadArgs, name: string): Pick<ReplicasArgs, "adopted" | "selector"> {
  const adopted = adoptedOf(service, settings.environment);
  return { adopted, selector: adopted.selector ?? selectorOf(name) };
}

const metadataOf = ({ settings, namespace }: WorkloadArgs, name: string): ReplicasArgs["metadata"] => ({
  name,
  namespace,
  labels: labelsOf(name, settings.application.name),
});

function podsOf({ settings, service }: WorkloadArgs, name: string, mounts: Mounts, { resources }: Scale): ReplicasArgs["pods"] {
  const env = tagsOf(service, settings);
  const adopted = adoptedOf(service, settings.environment);
  const container = {
    name: service.name,
    image: settings.release.images[service.name]!,
    ...(service.command === undefined ? {} : { command: service.command }),
    ...(service.args === undefined ? {} : { args: service.args }),
    ...(service.kind === "worker" ? {} : { ports: [{ name: "http", containerPort: service.port, protocol: "TCP" }] }),
    ...(env.length === 0 ? {} : { env }),
    ...probesOf(service),
    lifecycle: { preStop: { sleep: { seconds: seconds(service.drain) } } },
  };
  const all = service.kind === "stateful" ? joinMounts(mounts, volumeMountsOf(service, adopted)) : mounts;
  const spec = {
    ...podSpec({ serviceAccount: service.name, uid: service.uid, container, resources, mounts: all }),
    ...placement(name, service.kind === "stateful" ? "controller-revision-hash" : "pod-template-hash"),
    terminationGracePeriodSeconds: seconds(service.grace),
  };
  const { labels, annotations } = mounts.marks ?? {};
  const metadata = {
    labels: { ...labelsOf(name, settings.application.name), ...adopted.selector, ...labels },
    ...(annotations && { annotations }),
  };
  return { metadata, spec };
}

export function urlOf(service: ServiceSettings, { environment }: Pick<Settings, "environment">): string | undefined {
  if (service.kind === "worker") return undefined;
  if (service.route === undefined) return internalUrlOf(service.name, environment.namespace);
  return `https://${hostOf(service, environment)}${service.route.path}`;
}

export const internalUrlOf = (service: string, namespace: string): string => `http://${service}.${namespace}.svc`;
