import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { connectCluster } from "../cluster.ts";
import { labelsOf } from "../labels.ts";
import type { PlatformGateway } from "./gateway.schema.ts";
import type { PlatformSettingsOfStack } from "./model.ts";

const gatewayApi = "gateway.networking.k8s.io/v1";
/** As of Envoy Gateway 1.9 (api/v1alpha1: envoyproxy_types.go, shared_types.go). */
const envoyGateway = "gateway.envoyproxy.io/v1alpha1";
/** https://learn.microsoft.com/azure/aks/internal-lb */
const INTERNAL = { "service.beta.kubernetes.io/azure-load-balancer-internal": "true" };

type Class = PlatformGateway["classes"][string];
type Gateway = PlatformGateway["gateways"][string];
type Listener = Gateway["listeners"][string];

/** Classes of Gateways, and the Gateways that environments' routes attach to. Their controller is installed by hand: docs/how-to/run-on-azure.md */
export class Gateways extends pulumi.ComponentResource {
  readonly #application: string;
  readonly #namespace: pulumi.Output<string>;

  constructor(name: string, settings: PlatformSettingsOfStack & { gateway: PlatformGateway }, opts?: pulumi.ComponentResourceOptions) {
    super("liftlock:platform:Gateways", name, {}, opts);
    const { application, platform, gateway } = settings;
    const { protect } = platform;
    this.#application = application.name;
    const metadata = { name: gateway.namespace, labels: { "app.kubernetes.io/part-of": application.name, ...restricted } };
    const namespace = new k8s.core.v1.Namespace(`${name}-namespace`, { metadata }, { parent: this, protect });
    this.#namespace = namespace.metadata.name;
    const classes = new Map(Object.entries(gateway.classes).map(([of, declared]) => [of, this.#class(of, declared)]));
    for (const [of, declared] of Object.entries(gateway.gateways)) {
      const known = classes.get(declared.class);
      this.#gateway(of, declared, { protect, dependsOn: known === undefined ? [] : [known] });
    }
    this.registerOutputs({});
  }

  #class(name: string, { controller, ...proxies }: Class): pulumi.Resource {
    const parametersRef = controller.startsWith("gateway.envoyproxy.io/") ? { parametersRef: this.#proxies(name, proxies) } : {};
    const metadata = { name, labels: labelsOf(name, this.#application) };
    const spec = { controllerName: controller, ...parametersRef };
    return new k8s.apiextensions.CustomResource(
      `class-${name}`,
      { apiVersion: gatewayApi, kind: "GatewayClass", metadata, spec },
      { parent: this },
    );
  }

  /** How many proxies a Gateway of the class has, and where it listens; what a class refers to. */
  #proxies(name: string, { replicas, internal, annotations }: Omit<Class, "controller">) {
    const service = { type: "LoadBalancer", annotations: { ...(internal ? INTERNAL : {}), ...annotations } };
    const kubernetes = {
      envoyDeployment: { replicas },
      // A node that is drained takes one proxy at a time.
      ...(replicas > 1 ? { envoyPDB: { maxUnavailable: 1 } } : {}),
      envoyService: Object.keys(service.annotations).length === 0 ? { type: service.type } : service,
    };
    const parameters = new k8s.apiextensions.CustomResource(
      `proxies-${name}`,
      {
        apiVersion: envoyGateway,
        kind: "EnvoyProxy",
        metadata: { name, namespace: this.#namespace, labels: labelsOf(name, this.#application) },
        spec: { provider: { type: "Kubernetes", kubernetes } },
      },
      { parent: this },
    );
    return { group: "gateway.envoyproxy.io", kind: "EnvoyProxy", name: parameters.metadata.name, namespace: this.#namespace };
  }

  #gateway(name: string, { class: gatewayClassName, listeners, routes }: Gateway, opts: pulumi.CustomResourceOptions): void {
    const metadata = { name, namespace: this.#namespace, labels: labelsOf(name, this.#application) };
    const allowedRoutes = {
      namespaces: allowed(routes, this.#application),
      kinds: [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute" }],
    };
    const declared = Object.entries(listeners).map(([of, listener]) => ({ name: of, ...listenerOf(listener), allowedRoutes }));
    const spec = { gatewayClassName, listeners: declared };
    new k8s.apiextensions.CustomResource(
      `gateway-${name}`,
      { apiVersion: gatewayApi, kind: "Gateway", metadata, spec },
      { parent: this, ...opts },
    );
  }
}

/** No pod is meant to run beside them; the version follows the cluster's own. */
const restricted = Object.fromEntries(["enforce", "audit", "warn"].map((mode) => [`pod-security.kubernetes.io/${mode}`, "restricted"]));

const listenerOf = ({ port, hostname, certificate }: Listener) => ({
  port,
  protocol: certificate === undefined ? "HTTP" : "HTTPS",
  ...(hostname === undefined ? {} : { hostname }),
  ...(certificate === undefined ? {} : { tls: { mode: "Terminate", certificateRefs: [{ group: "", kind: "Secret", name: certificate }] } }),
});

/** Environments' namespaces say whose they are (components/environment.ts). */
function allowed(routes: Gateway["routes"], application: string) {
  if (routes === "all") return { from: "All" };
  if (routes === "own") return { from: "Selector", selector: { matchLabels: { "app.kubernetes.io/part-of": application } } };
  const values = routes.namespaces;
  return { from: "Selector", selector: { matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "In", values }] } };
}

/** What stands in the platform's cluster. `kubeconfig`: of the cluster in Azure, where that is the one. */
export function createGateways(
  settings: PlatformSettingsOfStack,
  gateway: PlatformGateway,
  kubeconfig: pulumi.Output<string> | undefined,
): Record<string, { namespace: string; class: string; listeners: string[] }> {
  const identifier = gateway.cluster?.identifier ?? settings.platform.azure!.cluster!.name;
  const own = kubeconfig?.apply((text): string | undefined => (text === "" ? undefined : text));
  const cluster = connectCluster({ identifier, context: gateway.cluster?.context }, own);
  new Gateways("gateways", { ...settings, gateway }, { providers: [cluster] });
  const given = Object.entries(gateway.gateways).map(([name, { class: of, listeners }]) => [
    name,
    { namespace: gateway.namespace, class: of, listeners: Object.keys(listeners) },
  ]);
  return Object.fromEntries(given);
}
