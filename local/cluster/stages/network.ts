import { patchStatus, type Stage } from "./stage.ts";

/** An address that nobody has (RFC 5737, TEST-NET-1): what a load balancer would give. */
const address = "192.0.2.10";

/** Some condition of this type is True for the object's present generation. */
const upToDate = (type: string) =>
  `. as $o | any((.status.conditions // [])[]; .type == "${type}" and .status == "True" and .observedGeneration == $o.metadata.generation)`;

const condition = (type: string, reason = type) =>
  `{type: ${type}, status: "True", reason: ${reason}, message: "simulated", observedGeneration: {{ $.metadata.generation }}, lastTransitionTime: {{ Now | Quote }}}`;

/** Stands in for load balancers, ingress and Gateway controllers: everything is accepted at once. It checks nothing, so it can also refuse nothing. */
export const networkStages: Stage[] = [
  {
    name: "load-balancer-address",
    apiGroup: "v1",
    kind: "Service",
    when: [`.spec.type == "LoadBalancer"`, "(.status.loadBalancer.ingress // []) | length == 0"],
    steps: [patchStatus(`loadBalancer: {ingress: [{ip: ${address}}]}`)],
  },
  {
    name: "ingress-address",
    apiGroup: "networking.k8s.io/v1",
    kind: "Ingress",
    when: ["(.status.loadBalancer.ingress // []) | length == 0"],
    steps: [patchStatus(`loadBalancer: {ingress: [{ip: ${address}}]}`, "merge")],
  },
  {
    name: "gateway-class-accepted",
    apiGroup: "gateway.networking.k8s.io/v1",
    kind: "GatewayClass",
    when: [`(${upToDate("Accepted")}) | not`],
    steps: [patchStatus(`conditions: [${condition("Accepted")}]`, "merge")],
  },
  {
    name: "gateway-programmed",
    apiGroup: "gateway.networking.k8s.io/v1",
    kind: "Gateway",
    when: [`(${upToDate("Programmed")}) | not`],
    steps: [
      patchStatus(
        `
addresses: [{type: IPAddress, value: ${address}}]
conditions: [${condition("Accepted")}, ${condition("Programmed")}]
listeners:
{{ range .spec.listeners }}
- name: {{ .name | Quote }}
  attachedRoutes: 0
  supportedKinds: [{group: gateway.networking.k8s.io, kind: HTTPRoute}]
  conditions: [${condition("Accepted")}, ${condition("Programmed")}, ${condition("ResolvedRefs")}]
{{ end }}
`,
        "merge",
      ),
    ],
  },
  ...["HTTPRoute", "GRPCRoute"].map(
    (kind): Stage => ({
      name: `${kind.toLowerCase()}-accepted`,
      apiGroup: "gateway.networking.k8s.io/v1",
      kind,
      when: [
        `. as $o | [(.status.parents // [])[].conditions[] | select(.type == "Accepted" and .observedGeneration == $o.metadata.generation)] | length < ($o.spec.parentRefs // [] | length)`,
      ],
      steps: [
        patchStatus(
          `
parents:
{{ range .spec.parentRefs }}
- parentRef: {{ toJson . }}
  controllerName: liftlock.local/simulated
  conditions: [${condition("Accepted")}, ${condition("ResolvedRefs")}]
{{ end }}
`,
          "merge",
        ),
      ],
    }),
  ),
];
