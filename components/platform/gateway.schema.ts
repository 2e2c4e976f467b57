import { z } from "zod";
import { Host, KubernetesName, Port } from "../primitives.ts";

const Hostname = z.union([Host, z.templateLiteral(["*.", z.string()]).refine((name) => Host.safeParse(name.slice(2)).success)], {
  error: "must be a host name such as app.example.com, or *.example.com for all below one",
});

const Class = z.strictObject({
  controller: z
    .string()
    .regex(/^[a-z0-9.-]+\/[A-Za-z0-9/._~%-]+$/, {
      error: "must be a controller's name, such as gateway.envoyproxy.io/gatewayclass-controller",
    })
    .default("gateway.envoyproxy.io/gatewayclass-controller")
    .describe("Who makes Gateways of this class work; replicas, internal and annotations are for Envoy Gateway alone"),
  replicas: z.int().min(1).max(100).default(2).describe("Proxies of each Gateway"),
  internal: z.boolean().default(false).describe("Its address is one of the network in Azure, not of the internet"),
  annotations: z.record(z.string().min(1), z.string()).default({}).describe("Of the load balancer's Service, for other clouds"),
});

const Listener = z.strictObject({
  port: Port,
  hostname: Hostname.optional().describe("Left out: any"),
  certificate: KubernetesName.optional().describe("Secret (kubernetes.io/tls) in the Gateway's namespace: the listener ends TLS with it"),
});

const Routes = z.union([z.literal("own"), z.literal("all"), z.strictObject({ namespaces: z.array(KubernetesName).min(1) })], {
  error: "must be own, all or { namespaces: [NAME, …] }",
});

const Gateway = z.strictObject({
  class: KubernetesName,
  listeners: z
    .record(KubernetesName, Listener)
    .refine((listeners) => Object.keys(listeners).length > 0, { error: "must name one" })
    .describe("Environments look for `https`, and for `http`, which sends on to it (environment.gateway)"),
  routes: Routes.default("own").describe(
    "Whose routes it takes: those of this application's environments, everybody's, or of these namespaces",
  ),
});

/** `platform.gateway`: by which classes the cluster has Gateways, and the Gateways that environments share. */
export const PlatformGateway = z.strictObject({
  cluster: z
    .strictObject({
      identifier: z.string().min(1).describe("Stays the same when the kubeconfig's server or proxy changes, so that nothing is replaced"),
      context: z.string().min(1).optional().describe("kubeconfig context; left out, the current one"),
    })
    .optional()
    .describe("Left out: the cluster of platform.azure"),
  namespace: KubernetesName.default("gateway").describe("Of the Gateways and of what is theirs; made here"),
  classes: z.record(KubernetesName, Class).default({}),
  gateways: z.record(KubernetesName, Gateway).default({}),
});
export type PlatformGateway = z.infer<typeof PlatformGateway>;
