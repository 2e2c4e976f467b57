import { UserError } from "../../../ops/user-error.ts";
import { type PropertyMap, reveal, Secret } from "../../engine/values.ts";
import { guidOf } from "./arm-id.ts";
import type { Tenant } from "./outputs.ts";

export interface InvokeTarget extends Tenant {
  /** Kubeconfig text of the cluster that stands in for every managed cluster; without one there are no credentials to give. */
  readonly kubeconfig?: string | undefined;
}

const INVOKES: Readonly<Record<string, (args: PropertyMap, target: InvokeTarget) => PropertyMap>> = {
  "azure-native:authorization:getClientConfig": (_, { subscriptionId, tenantId }) => ({
    clientId: guidOf(`${tenantId}\0client`),
    objectId: guidOf(`${tenantId}\0object`),
    subscriptionId,
    tenantId,
  }),
  "azure-native:containerservice:listManagedClusterUserCredentials": (_, { kubeconfig }) => ({
    kubeconfigs: kubeconfig === undefined ? [] : [{ name: "clusterUser", value: new Secret(Buffer.from(kubeconfig).toString("base64")) }],
  }),
};

/** Answers the functions of the SDK that the program calls. */
export function invoke(token: string, args: PropertyMap, target: InvokeTarget): PropertyMap {
  const answer = INVOKES[token];
  if (answer === undefined) throw new UserError(`the embedded engine cannot call ${token} (it can: ${Object.keys(INVOKES).join(", ")})`);
  return answer(reveal(args) as PropertyMap, target);
}
