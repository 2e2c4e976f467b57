/**
 * extend.ts of a project whose namespace had an open network: Liftlock closes it but for what settings open, and nobody can tell from
 * objects alone who talks to whom.
 */
export const openExtension = (namespace: string): string => `import * as k8s from "@pulumi/kubernetes";
import type { Extension } from "liftlock/components/extension";

/**
 * Namespaces whose network was open before Liftlock and stays so for now, so that nothing is cut off. Take one away from here once the
 * settings say who talks to whom: calls and egress of each service, cidrs of the database, proxies of the Gateway.
 */
const stillOpen = [${JSON.stringify(namespace)}];

export const extend: Extension = ({ settings, options }) => {
  const { namespace } = settings.environment;
  if (stillOpen.includes(namespace)) {
    const spec = { podSelector: {}, policyTypes: ["Ingress", "Egress"], ingress: [{}], egress: [{}] };
    // Waits for nothing: it must be there before the network closes.
    new k8s.networking.v1.NetworkPolicy("still-open", { metadata: { name: "still-open", namespace }, spec }, { provider: options.provider });
  }
  return {};
};
`;
