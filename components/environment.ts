import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { labelsOf, own } from "./labels.ts";
import type { Settings } from "./model.ts";
import { denyAll } from "./network.ts";
import { amounts } from "./pod.ts";
import { followQuota, largestContainer, type Quotas } from "./quota.ts";
import { ResourceSettings } from "./workload.schema.ts";

/**
 * The namespace of one environment and what bounds everything in it: the restricted Pod Security standard, a quota that leaves room
 * for a rolling update, limits for containers that name none, and a network that is closed unless opened.
 */
export class Environment extends pulumi.ComponentResource {
  readonly namespace: pulumi.Output<string>;
  /** With that of these settings: what the next update begins with. */
  readonly quotas: Quotas;

  constructor(name: string, { settings, quotas }: { settings: Settings; quotas: Quotas }, opts?: pulumi.ComponentResourceOptions) {
    super("liftlock:environment:Environment", name, {}, opts);
    const { application, environment, stack } = settings;

    const namespace = new k8s.core.v1.Namespace(
      name,
      {
        metadata: {
          name: environment.namespace,
          labels: {
            "app.kubernetes.io/part-of": application.name,
            [own("environment")]: stack,
            ...podSecurity(environment.cluster.version),
            ...(environment.database === undefined ? {} : { [own("data")]: environment.database.data }),
          },
        },
      },
      { parent: this, protect: environment.protect },
    );
    this.namespace = namespace.metadata.name;

    const metadata = { name, namespace: this.namespace, labels: labelsOf(name, application.name) };
    const quota = followQuota(settings, quotas);
    this.quotas = quota.quotas;
    new k8s.core.v1.ResourceQuota(`${name}-quota`, { metadata, spec: { hard: quota.hard } }, { parent: this });
    new k8s.core.v1.LimitRange(`${name}-limits`, { metadata, spec: { limits: [containerLimits(settings)] } }, { parent: this });
    new k8s.networking.v1.NetworkPolicy(
      `${name}-deny-all`,
      { metadata: { ...metadata, name: "deny-all" }, spec: denyAll },
      { parent: this },
    );
    this.registerOutputs({ namespace: this.namespace });
  }
}

/** https://kubernetes.io/docs/concepts/security/pod-security-standards/, pinned: a new cluster version must not tighten it unasked. */
const podSecurity = (version: string): Record<string, string> =>
  Object.fromEntries(
    ["enforce", "audit", "warn"].flatMap((mode) => [
      [`pod-security.kubernetes.io/${mode}`, "restricted"],
      [`pod-security.kubernetes.io/${mode}-version`, `v${version}`],
    ]),
  );

/** A container that states nothing (a debugging pod, say) gets little; none may be larger than the largest that is declared. */
function containerLimits(settings: Settings): k8s.types.input.core.v1.LimitRangeItem {
  return {
    type: "Container",
    defaultRequest: amounts(modest.requests),
    default: amounts(modest.limits),
    max: amounts(largestContainer(settings)),
  };
}

const modest = ResourceSettings.parse({ requests: { cpu: "50m", memory: "64Mi" }, limits: { cpu: "100m", memory: "128Mi" } });
