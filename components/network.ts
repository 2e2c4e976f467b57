import type { types } from "@pulumi/kubernetes";
import { selectorOf } from "./labels.ts";
import { adoptedOf, findService, type Settings, usesDatabase } from "./model.ts";
import { podNamesOf, strategyOf, suiteRole } from "./strategy/colours.ts";
import type { ServiceSettings } from "./workload.schema.ts";

type PolicySpec = types.input.networking.v1.NetworkPolicySpec;
type Ingress = types.input.networking.v1.NetworkPolicyIngressRule;
type Egress = types.input.networking.v1.NetworkPolicyEgressRule;
type Peer = types.input.networking.v1.NetworkPolicyPeer;

/** Nothing in, nothing out: every pod of the environment that has no policy of its own. */
export const denyAll: PolicySpec = { podSelector: {}, policyTypes: ["Ingress", "Egress"] };

const policy = (name: string, ingress: Ingress[], egress: Egress[], selector = selectorOf(name)): PolicySpec => ({
  podSelector: { matchLabels: selector },
  policyTypes: ["Ingress", "Egress"],
  // The API server drops an empty list: stated, it would be put back after every refresh.
  ...(ingress.length === 0 ? {} : { ingress }),
  egress: [dns, ...egress],
});

const pods = (name: string): Peer => ({ podSelector: { matchLabels: selectorOf(name) } });
const namespace = (name: string): Peer => ({ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } });
/** The pods of a service, of whichever colour. */
const podsOf = (service: ServiceSettings, settings: Settings): Peer[] => {
  const { selector } = adoptedOf(service, settings.environment);
  return selector === undefined ? podNamesOf(service, settings).map(pods) : [{ podSelector: { matchLabels: selector } }];
};
const tcp = (port: number) => [{ protocol: "TCP", port }];

/** The cluster's resolver, and the cache that some clusters run on each node under a link-local address. */
const dns: Egress = {
  to: [namespace("kube-system"), { ipBlock: { cidr: "169.254.0.0/16" } }],
  ports: [
    { protocol: "UDP", port: 53 },
    { protocol: "TCP", port: 53 },
  ],
};

/** Addresses that "the internet" leaves out: private networks (RFC 1918, 6598), and link-local ones, where clouds serve credentials. */
const privateRanges = ["10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"];
const internet: Peer = { ipBlock: { cidr: "0.0.0.0/0", except: privateRanges } };

/** A service hears those that call it, the Gateway if it has a route, and the smoke test; it reaches what it declares. */
export function servicePolicy(service: ServiceSettings, settings: Settings, name = service.name): PolicySpec {
  const { application, environment } = settings;
  const callers = application.services.filter((other) => other.calls.includes(service.name)).flatMap((other) => podsOf(other, settings));
  const gateway =
    service.kind !== "worker" && service.route !== undefined
      ? [namespace(environment.gateway.proxies ?? environment.gateway.namespace)]
      : [];
  const smoke = application.smoke?.checks.some((check) => check.service === service.name) ? [pods("smoke")] : [];
  const suites = strategyOf(service, environment).kind === "rolling" ? [] : [pods(suiteRole(service.name))];
  const from = [...gateway, ...callers, ...smoke, ...suites];
  return policy(
    name,
    service.kind === "worker" || from.length === 0 ? [] : [{ from, ports: tcp(service.port) }],
    reachedBy(service, settings),
    adoptedOf(service, environment).selector,
  );
}

/** What the service's own image reaches, in its pods and in the tasks that run with it. */
function reachedBy(service: ServiceSettings, settings: Settings): Egress[] {
  const called = service.calls.flatMap((name) => calledService(name, settings));
  const outside = service.egress.map(
    ({ port, cidr }): Egress => ({ to: [cidr === undefined ? internet : { ipBlock: { cidr } }], ports: tcp(port) }),
  );
  return [...called, ...(usesDatabase(service, settings.application) ? databaseEgress(settings) : []), ...outside];
}

function calledService(name: string, settings: Settings): Egress[] {
  const service = findService(settings.application, name);
  return service === undefined || service.kind === "worker" ? [] : [{ to: podsOf(service, settings), ports: tcp(service.port) }];
}

function databaseEgress({ application, environment }: Settings): Egress[] {
  if (application.database?.kind !== "postgresql" || environment.database?.cidrs === undefined) return [];
  const to = environment.database.cidrs.map((cidr): Peer => ({ ipBlock: { cidr } }));
  return [{ to, ports: tcp(application.database.port) }];
}

/** A Job with the database's own tools reaches the database, and nothing else. */
export const databaseJobPolicy = (name: string, settings: Settings): PolicySpec => policy(name, [], databaseEgress(settings));

/** The copy reads another environment's database and writes this one's. */
export function copyPolicy(name: string, settings: Settings, cidrs: readonly string[]): PolicySpec {
  const source = { to: cidrs.map((cidr): Peer => ({ ipBlock: { cidr } })), ports: tcp(portOf(settings)) };
  return policy(name, [], [...databaseEgress(settings), source]);
}

const portOf = ({ application: { database } }: Settings): number => (database?.kind === "postgresql" ? database.port : 5432);

/** A task runs with a service's image and reaches what that service reaches. */
export const taskPolicy = (name: string, service: ServiceSettings, settings: Settings): PolicySpec =>
  policy(name, [], reachedBy(service, settings));

/** The smoke test reaches the services that it asks. */
export function smokePolicy(settings: Settings): PolicySpec {
  const asked = [...new Set(settings.application.smoke?.checks.map((check) => check.service))];
  return policy(
    "smoke",
    [],
    asked.flatMap((name) => calledService(name, settings)),
  );
}

/** What tests one service's new colour reaches that service. */
export const suitePolicy = (name: string, service: ServiceSettings, settings: Settings): PolicySpec =>
  policy(name, [], calledService(service.name, settings));
