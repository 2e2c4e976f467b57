import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { labelsOf } from "./labels.ts";
import type { Mounts } from "./pod.ts";

export interface IdentityArgs {
  /** Name that the pods carry as `app.kubernetes.io/name`. */
  readonly name: string;
  readonly application: string;
  readonly namespace: pulumi.Input<string>;
  readonly policy: k8s.types.input.networking.v1.NetworkPolicySpec;
  /** What they mount: the account may have to bear who it is elsewhere. */
  readonly mounts?: Mounts;
}

/** Who a group of pods is to the cluster: an account of their own, without rights, and the network that is open to them. */
export const createIdentity = (args: IdentityArgs, parent: pulumi.Resource): pulumi.Resource[] => [
  createAccount(args, parent),
  createPolicy(args, parent),
];

export function createAccount(
  { name, application, namespace, mounts }: Omit<IdentityArgs, "policy">,
  parent: pulumi.Resource,
): pulumi.Resource {
  const annotations = mounts?.marks?.account;
  const metadata = { name, namespace, labels: labelsOf(name, application), ...(annotations === undefined ? {} : { annotations }) };
  return new k8s.core.v1.ServiceAccount(name, { metadata, automountServiceAccountToken: false }, { parent });
}

export function createPolicy({ name, application, namespace, policy }: IdentityArgs, parent: pulumi.Resource): pulumi.Resource {
  const metadata = { name, namespace, labels: labelsOf(name, application) };
  return new k8s.networking.v1.NetworkPolicy(name, { metadata, spec: policy }, { parent });
}
