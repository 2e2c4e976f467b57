import type * as pulumi from "@pulumi/pulumi";
import type { ZoneOf } from "./dns-zones.ts";

type Text = pulumi.Input<string>;

/** What a platform stack gives out, under `azure`, and environments read. Ids where nothing else is said. */
export interface PlatformOutputs {
  readonly subscriptionId: Text;
  readonly tenantId: Text;
  /** Name. */
  readonly resourceGroup: Text;
  readonly location: Text;
  /** Name. */
  readonly network: Text;
  readonly endpoints: Text;
  readonly zones: Readonly<Record<ZoneOf, Text>>;
  /** Host from which images are pulled. */
  readonly registry?: Text;
  /** Name. */
  readonly cluster?: Text;
  readonly clusterId?: Text;
  /** Issuer of the cluster's own tokens, which workload identities trust. */
  readonly issuer?: Text;
  /** Name of the shared database server. */
  readonly database?: Text;
  readonly logs?: Text;
  /** Application Insights, to which web tests belong. */
  readonly insights?: Text;
  readonly metrics?: Text;
  readonly grafana?: Text;
  /** Client ids, by environment. */
  readonly workflows?: Readonly<Record<string, Text>>;
}

/** The same as another stack reads it. */
export type ReadOutputs = pulumi.Unwrap<PlatformOutputs>;
