import { Provider } from "@pulumi/azure-native/provider.js";
import * as pulumi from "@pulumi/pulumi";

/**
 * Azure as a stack sees it: one provider, as each starts a process of its own. Who logs in, the environment says (ARM_*, or az login);
 * credentials are in neither settings nor state.
 */
export function connectAzure(subscription: pulumi.Input<string> | undefined, { earlierTypes }: { earlierTypes: boolean }): Provider {
  // The SDK gives every resource up to 113 aliases for past API versions, each a promise graph: a third of a run's time (#10010).
  // A stack that Liftlock made holds no type of an older version; one that another program made may.
  if (!earlierTypes)
    pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
      type.startsWith("azure-native:") ? { props, opts: { ...opts, aliases: [] } } : undefined,
    );
  return new Provider("azure", subscription === undefined ? {} : { subscriptionId: subscription });
}

/** Where a component makes its resources. */
export interface Place {
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: pulumi.Input<string>;
  readonly tags: Readonly<Record<string, string>>;
}
