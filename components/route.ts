import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  adminGuardOf,
  envoyGateway,
  type Guard,
  guardedMatches,
  guardOf,
  rateLimitSpec,
  routeTarget,
  securityPolicySpec,
} from "./access.ts";
import { labelsOf } from "./labels.ts";
import { adoptedOf, hostOf } from "./model.ts";
import type { LoadedSettings } from "./settings.ts";
import { colourServiceName, coloursOf } from "./strategy/colours.ts";
import type { ServiceSettings } from "./workload.schema.ts";

export interface RoutesArgs {
  readonly settings: LoadedSettings;
  readonly namespace: pulumi.Input<string>;
}

type Rule = Record<string, unknown>;
const gatewayApi = "gateway.networking.k8s.io/v1";

/**
 * How the outside reaches the services that declare a route: one HTTPRoute each, under the environment's host, at the shared Gateway.
 * Limits are policies of Envoy Gateway; one applies to a whole HTTPRoute, so an admin path that fewer may use is an HTTPRoute of its own.
 */
export class Routes extends pulumi.ComponentResource {
  readonly #args: RoutesArgs;
  readonly #users = new Map<string, pulumi.Output<string>>();

  constructor(name: string, args: RoutesArgs, opts?: pulumi.ComponentResourceOptions) {
    // No args: Pulumi writes a component's arguments into its state, secrets in clear among them.
    super("liftlock:route:Routes", name, {}, opts);
    this.#args = args;
    const { application, environment } = args.settings;
    const { access, gateway } = environment;
    const admin = adminGuardOf(access);
    const hosts = new Set<string>();
    for (const service of application.services) {
      if (service.kind === "worker" || service.route === undefined) continue;
      const host = hostOf(service, environment);
      hosts.add(host);
      const backendRefs = backendsOf(service, args.settings);
      const rule = { matches: [{ path: { type: "PathPrefix", value: service.route.path } }], backendRefs };
      this.#route(service.name, gateway.listener, [host], rule, guardOf(access), adoptedOf(service, environment).route);
      if (service.route.admin === undefined || admin === undefined) continue;
      this.#route(`${service.name}-admin`, gateway.listener, [host], { matches: guardedMatches(service.route.admin), backendRefs }, admin);
    }
    if (access.redirect && hosts.size > 0) {
      const redirect = { type: "RequestRedirect", requestRedirect: { scheme: "https", statusCode: 301 } };
      this.#httpRoute("redirect-to-https", gateway.redirectFrom, [...hosts], { filters: [redirect] });
    }
    this.registerOutputs({});
  }

  /** A route and its limits. These stand first: in between, the route would be open to everybody. */
  #route(name: string, listener: string, hostnames: string[], rule: Rule, guard: Guard, called = name): void {
    const { rateLimit } = this.#args.settings.environment.access;
    const policy = (kind: string, spec: object) =>
      new k8s.apiextensions.CustomResource(
        name,
        { apiVersion: envoyGateway, kind, metadata: this.#metadata(name), spec },
        { parent: this },
      );
    const security = securityPolicySpec(routeTarget(called), guard, (key) => this.#usersOf(key));
    const policies = [
      ...(security === undefined ? [] : [policy("SecurityPolicy", security)]),
      ...(rateLimit === undefined ? [] : [policy("BackendTrafficPolicy", rateLimitSpec(routeTarget(called), rateLimit))]),
    ];
    this.#httpRoute(name, listener, hostnames, rule, policies, called);
  }

  #httpRoute(name: string, sectionName: string, hostnames: string[], rule: Rule, dependsOn: pulumi.Resource[] = [], called = name): void {
    const { gateway } = this.#args.settings.environment;
    const parentRefs = [{ name: gateway.name, namespace: gateway.namespace, sectionName }];
    new k8s.apiextensions.CustomResource(
      name,
      {
        apiVersion: gatewayApi,
        kind: "HTTPRoute",
        metadata: { ...this.#metadata(name), name: called },
        spec: { parentRefs, hostnames, rules: [rule] },
      },
      { parent: this, dependsOn },
    );
  }

  /** Name of the Secret with the users of a secret key, under the key that Envoy Gateway looks for. Made once, kept under its name. */
  #usersOf(key: string): pulumi.Output<string> {
    const known = this.#users.get(key);
    if (known !== undefined) return known;
    const name = `users-${key.toLowerCase().replaceAll("_", "-")}`;
    const stringData = { ".htpasswd": this.#args.settings.secrets[key]! };
    const secret = new k8s.core.v1.Secret(name, { metadata: this.#metadata(name), stringData }, { parent: this });
    this.#users.set(key, secret.metadata.name);
    return secret.metadata.name;
  }

  #metadata(name: string) {
    return { name, namespace: this.#args.namespace, labels: labelsOf(name, this.#args.settings.application.name) };
  }
}

/** Where a route leads: the service, or, while a release is on trial, the service and the new colour, each with its share. */
function backendsOf(service: ServiceSettings, settings: LoadedSettings): Record<string, unknown>[] {
  const { candidate } = coloursOf(service, settings);
  if (candidate === undefined || candidate.weight === 0) return [{ name: service.name, port: 80 }];
  const { of, weight } = candidate;
  return [
    { name: service.name, port: 80, weight: 100 - weight },
    { name: colourServiceName(service.name, of.colour), port: 80, weight },
  ];
}
