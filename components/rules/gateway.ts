import type { Finding } from "../faults.ts";
import type { PlatformSettings } from "../platform/platform.schema.ts";
import { adding } from "./github.ts";

/** A cluster to put them in, and Gateways of classes that there are, on ports that do not contradict each other. */
export function checkGateway({ gateway, azure }: PlatformSettings): Finding[] {
  if (gateway === undefined) return [];
  const found: Finding[] = [];
  const add = adding(found, "platform");
  const inAzure = azure?.cluster !== undefined;
  if (inAzure && gateway.cluster !== undefined)
    add(["gateway", "cluster"], "is not used: the cluster is that of platform.azure. Leave it out");
  if (!inAzure && gateway.cluster === undefined)
    add(["gateway", "cluster"], "is missing: name the cluster (identifier, and context if it is not the current one)");
  for (const [name, { controller, internal, replicas, annotations }] of Object.entries(gateway.classes)) {
    const at = ["gateway", "classes", name];
    if (internal && !inAzure) add([...at, "internal"], "is Azure's word: say it in annotations, as the cluster's cloud has it");
    const tuned = internal || replicas !== 2 || Object.keys(annotations).length > 0;
    if (tuned && !controller.startsWith("gateway.envoyproxy.io/"))
      add([...at, "controller"], "is not Envoy Gateway, which alone reads replicas, internal and annotations: leave those out");
  }
  for (const [name, { class: of, listeners }] of Object.entries(gateway.gateways)) {
    const at = ["gateway", "gateways", name];
    if (!Object.hasOwn(gateway.classes, of)) add([...at, "class"], `"${of}" is not among platform.gateway.classes`);
    const seen = new Map<number, { listener: string; tls: boolean; hosts: Set<string> }>();
    for (const [listener, { port, hostname = "", certificate }] of Object.entries(listeners)) {
      const tls = certificate !== undefined;
      const other = seen.get(port);
      if (other === undefined) seen.set(port, { listener, tls, hosts: new Set([hostname]) });
      else if (other.tls !== tls)
        add([...at, "listeners", listener, "port"], `is that of ${other.listener}, which is ${other.tls ? "" : "not "}for TLS`);
      else if (other.hosts.has(hostname)) add([...at, "listeners", listener, "port"], `is that of ${other.listener}, for the same hosts`);
      else other.hosts.add(hostname);
    }
  }
  return found;
}
