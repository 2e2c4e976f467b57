import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { labelsOf } from "./labels.ts";
import { hostOf, type Settings } from "./model.ts";

export interface RoutesArgs {
  readonly settings: Settings;
  readonly namespace: pulumi.Input<string>;
}

/** How the outside reaches the services that declare a route: one HTTPRoute each, under the environment's host, at the shared Gateway. */
export class Routes extends pulumi.ComponentResource {
  constructor(name: string, { settings, namespace }: RoutesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("liftlock:route:Routes", name, {}, opts);
    const { application, environment } = settings;
    const { gateway } = environment;
    const parentRef = {
      name: gateway.name,
      namespace: gateway.namespace,
      ...(gateway.listener === undefined ? {} : { sectionName: gateway.listener }),
    };
    for (const service of application.services) {
      if (service.kind === "worker" || service.route === undefined) continue;
      const rule = {
        matches: [{ path: { type: "PathPrefix", value: service.route.path } }],
        backendRefs: [{ name: service.name, port: 80 }],
      };
      new k8s.apiextensions.CustomResource(
        service.name,
        {
          apiVersion: "gateway.networking.k8s.io/v1",
          kind: "HTTPRoute",
          metadata: { name: service.name, namespace, labels: labelsOf(service.name, application.name) },
          spec: { parentRefs: [parentRef], hostnames: [hostOf(service, environment)], rules: [rule] },
        },
        { parent: this },
      );
    }
    this.registerOutputs({});
  }
}
