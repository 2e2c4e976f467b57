import { UserError } from "../../../ops/user-error.ts";
import { ProviderError } from "../../engine/provider.ts";
import { type PropertyMap, reveal, Secret } from "../../engine/values.ts";
import { guidOf, idOf } from "./arm-id.ts";
import { missingIn } from "./arm-rules.ts";
import type { Tenant } from "./outputs.ts";
import { classOf } from "./schema/classes.ts";
import type { Store } from "./store.ts";

export interface InvokeTarget extends Tenant {
  /** Kubeconfig text of the cluster that stands in for every managed cluster; without one there are no credentials to give. */
  readonly credentials?: (() => Promise<string | undefined>) | undefined;
  /** What there is; without it nobody is asked. */
  readonly store?: Store;
}

const INVOKES: Readonly<Record<string, (args: PropertyMap, target: InvokeTarget) => PropertyMap | Promise<PropertyMap>>> = {
  "azure-native:authorization:getClientConfig": (_, { subscriptionId, tenantId }) => ({
    clientId: guidOf(`${tenantId}\0client`),
    objectId: guidOf(`${tenantId}\0object`),
    subscriptionId,
    tenantId,
  }),
  "azure-native:containerservice:listManagedClusterUserCredentials": async (args, { credentials, store, subscriptionId }) => {
    const id = idOf(classOf("azure-native:containerservice:ManagedCluster")!, args, subscriptionId)!;
    if (store !== undefined && store.read(id) === undefined) throw new ProviderError(missingIn(id));
    const kubeconfig = await credentials?.();
    return {
      kubeconfigs: kubeconfig === undefined ? [] : [{ name: "clusterUser", value: new Secret(Buffer.from(kubeconfig).toString("base64")) }],
    };
  },
};

/** Answers the functions of the SDK that the program calls. */
export async function invoke(token: string, args: PropertyMap, target: InvokeTarget): Promise<PropertyMap> {
  const answer = INVOKES[token];
  if (answer === undefined) throw new UserError(`the embedded engine cannot call ${token} (it can: ${Object.keys(INVOKES).join(", ")})`);
  return answer(reveal(args) as PropertyMap, target);
}
