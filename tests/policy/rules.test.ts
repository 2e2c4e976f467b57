import { describe, expect, test } from "vitest";
import { type Exemption, evaluate } from "../../policy/evaluate.ts";
import { type PolicyResource, UNKNOWN } from "../../policy/rule.ts";

const now = new Date("2026-11-21T12:00:00Z");
const pinned = `registry.example.com/api:1@sha256:${"a".repeat(64)}`;

// biome-ignore lint/suspicious/noExplicitAny: tests write what the rules must refuse
type Any = any;
const resource = (type: string, name: string, props: Any, protect = false): PolicyResource => ({
  urn: `urn:pulumi:prod::shop::${type}::${name}`,
  type,
  name,
  props,
  protect,
});

/** An environment that breaks no rule. Each call makes a new one, to be spoilt at will. */
function good() {
  const container: Any = {
    name: "api",
    image: pinned,
    resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "256Mi" } },
    securityContext: { allowPrivilegeEscalation: false, runAsNonRoot: true, capabilities: { drop: ["ALL"] } },
  };
  const pod: Any = {
    securityContext: { seccompProfile: { type: "RuntimeDefault" } },
    containers: [container],
    volumes: [{ name: "tmp", emptyDir: {} }],
  };
  const metadata = (name: string) => ({ name, namespace: "shop" });
  const labels = { "app.kubernetes.io/name": "api" };
  return {
    container,
    pod,
    namespace: resource(
      "kubernetes:core/v1:Namespace",
      "shop",
      { metadata: { name: "shop", labels: { "pod-security.kubernetes.io/enforce": "restricted" } } },
      true,
    ),
    deployment: resource("kubernetes:apps/v1:Deployment", "api", {
      metadata: metadata("api"),
      spec: { template: { metadata: { labels }, spec: pod } },
    }),
    scaler: resource("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "api", {
      metadata: metadata("api"),
      spec: { minReplicas: 2, maxReplicas: 5, scaleTargetRef: { kind: "Deployment", name: "api" } },
    }),
    budget: resource("kubernetes:policy/v1:PodDisruptionBudget", "api", {
      metadata: metadata("api"),
      spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
    }),
    closed: resource("kubernetes:networking.k8s.io/v1:NetworkPolicy", "deny", {
      metadata: metadata("deny"),
      spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    }),
    service: resource("kubernetes:core/v1:Service", "api", { metadata: metadata("api"), spec: { type: "ClusterIP" } }),
    volume: resource("kubernetes:core/v1:PersistentVolumeClaim", "data", { metadata: metadata("data"), spec: {} }),
    server: resource(
      "azure-native:dbforpostgresql:Server",
      "db",
      {
        tags: { data: "real" },
        highAvailability: { mode: "ZoneRedundant" },
        backup: { backupRetentionDays: 7 },
        network: { publicNetworkAccess: "Disabled" },
      },
      true,
    ),
  };
}
type Good = ReturnType<typeof good>;
const resourcesOf = ({ container: _, pod: __, ...resources }: Good): PolicyResource[] => Object.values(resources);
/** What is found after a change, as `rule: resource message`. */
function found(change: (it: Good) => unknown): string[] {
  const it = good();
  change(it);
  return evaluate(resourcesOf(it), [], now).findings.map(({ rule, resource: name, message }) => `${rule}: ${name} ${message}`);
}
const props = (one: PolicyResource): Any => one.props;

test("an environment that breaks no rule", () => expect(found(() => {})).toEqual([]));

describe("each rule finds what breaks it", () => {
  test.each<[string, (it: Good) => unknown, string[]]>([
    [
      "a namespace without the label",
      ({ namespace }) => delete props(namespace).metadata.labels["pod-security.kubernetes.io/enforce"],
      ["pod-security: Namespace shop does not enforce the restricted standard (no label)"],
    ],
    [
      "a namespace of the baseline",
      ({ namespace }) => (props(namespace).metadata.labels["pod-security.kubernetes.io/enforce"] = "baseline"),
      ["pod-security: Namespace shop does not enforce the restricted standard (baseline)"],
    ],
    [
      "a privileged container",
      ({ container }) => (container.securityContext.privileged = true),
      ["pod-security: Deployment api container api is privileged"],
    ],
    [
      "escalation left open",
      ({ container }) => delete container.securityContext.allowPrivilegeEscalation,
      ["pod-security: Deployment api container api may gain privileges"],
    ],
    [
      "root by omission",
      ({ container }) => delete container.securityContext.runAsNonRoot,
      ["pod-security: Deployment api container api may run as root"],
    ],
    [
      "root by number",
      ({ container }) => (container.securityContext.runAsUser = 0),
      ["pod-security: Deployment api container api may run as root"],
    ],
    [
      "capabilities kept",
      ({ container }) => (container.securityContext.capabilities = {}),
      ["pod-security: Deployment api container api keeps capabilities"],
    ],
    [
      "capabilities added",
      ({ container }) => (container.securityContext.capabilities.add = ["NET_BIND_SERVICE", "SYS_ADMIN"]),
      ["pod-security: Deployment api container api adds capabilities (SYS_ADMIN)"],
    ],
    [
      "no seccomp profile",
      ({ pod }) => delete pod.securityContext.seccompProfile,
      ["pod-security: Deployment api container api runs without a seccomp profile"],
    ],
    [
      "the host's network",
      ({ pod }) => (pod.hostNetwork = true),
      ["pod-security: Deployment api shares its node's namespace (hostNetwork)"],
    ],
    [
      "a host path",
      ({ pod }) => pod.volumes.push({ name: "etc", hostPath: { path: "/etc" } }),
      ["pod-security: Deployment api mounts a volume of kind hostPath"],
    ],
    [
      "an init container like that",
      ({ pod, container }) => (pod.initContainers = [{ ...container, name: "init", image: "busybox" }]),
      ["image-digest: Deployment api container init runs busybox, which can change under its name"],
    ],
    [
      "a tag",
      ({ container }) => (container.image = "registry.example.com/api:1"),
      ["image-digest: Deployment api container api runs registry.example.com/api:1, which can change under its name"],
    ],
    [
      "no memory limit",
      ({ container }) => delete container.resources.limits,
      ["container-resources: Deployment api container api has no resources.limits.memory"],
    ],
    [
      "no requests",
      ({ container }) => delete container.resources.requests,
      [
        "container-resources: Deployment api container api has no resources.requests.cpu",
        "container-resources: Deployment api container api has no resources.requests.memory",
      ],
    ],
    [
      "no budget for its pods",
      ({ budget }) => (props(budget).spec.selector.matchLabels = { "app.kubernetes.io/name": "other" }),
      ["disruption-budget: Deployment api runs 2 pods and has no PodDisruptionBudget"],
    ],
    [
      "a budget of another namespace",
      ({ budget }) => (props(budget).metadata.namespace = "other"),
      ["disruption-budget: Deployment api runs 2 pods and has no PodDisruptionBudget"],
    ],
    [
      "a budget that lets nothing go",
      ({ budget }) => (props(budget).spec.maxUnavailable = 0),
      ["disruption-budget: PodDisruptionBudget api lets no pod be evicted: no node can be drained"],
    ],
    [
      "replicas beside an autoscaler",
      ({ deployment }) => (props(deployment).spec.replicas = 3),
      ["autoscaler-owns-replicas: Deployment api declares replicas beside an autoscaler"],
    ],
    [
      "an autoscaler without room",
      ({ scaler }) => (props(scaler).spec.maxReplicas = 1),
      ["autoscaler-owns-replicas: HorizontalPodAutoscaler api has fewer replicas at most (1) than at least (2)"],
    ],
    [
      "a network that is open one way",
      ({ closed }) => (props(closed).spec.policyTypes = ["Ingress"]),
      ["network-policy: Deployment api runs in the namespace shop, in which nothing denies what is not allowed"],
    ],
    [
      "a load balancer of its own",
      ({ service }) => (props(service).spec.type = "LoadBalancer"),
      ["no-public-access: Service api is a Service of type LoadBalancer"],
    ],
    [
      "a database on the internet",
      ({ server }) => (props(server).network.publicNetworkAccess = "Enabled"),
      ["no-public-access: Server db can be reached from the internet (publicNetworkAccess)"],
    ],
    [
      "a password in a variable",
      ({ container }) => (container.env = [{ name: "DATABASE_URL", value: "postgresql://a:planted-4711@db/x" }]),
      ["credentials-in-clear: Deployment api holds a URL with a password in clear, at spec.template.spec.containers.0.env.0.value"],
    ],
    [
      "real data without protection",
      ({ namespace }) => Object.assign(props(namespace).metadata.labels, { "liftlock.dev/data": "real" }),
      ["protected-data: PersistentVolumeClaim data holds real data and is not protected"],
    ],
    [
      "a database without a standby",
      ({ server }) => delete props(server).highAvailability,
      ["database-availability: Server db has no standby server"],
    ],
    [
      "backups of three days",
      ({ server }) => (props(server).backup.backupRetentionDays = 3),
      ["database-availability: Server db keeps its backups for 3 days"],
    ],
  ])("%s", (_, change, expected) => {
    const said = found(change);
    expect(said).toEqual(expected);
    expect(said.join()).not.toContain("planted-4711");
  });
  test("roles", () => {
    const all = resource("kubernetes:rbac.authorization.k8s.io/v1:Role", "all", { rules: [{ verbs: ["*"], resources: ["*"] }] });
    const admin = resource("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", "admin", { roleRef: { name: "cluster-admin" } });
    const some = resource("kubernetes:rbac.authorization.k8s.io/v1:Role", "some", { rules: [{ verbs: ["*"], resources: ["jobs"] }] });
    expect(evaluate([all, admin, some], [], now).findings.map(({ rule, resource: name }) => `${rule} ${name}`)).toEqual([
      "least-rights Role all",
      "least-rights RoleBinding admin",
    ]);
  });
  test("what a preview cannot know yet is no finding", () => {
    expect(
      found(({ container, namespace }) => {
        container.image = UNKNOWN;
        props(namespace).metadata.labels["pod-security.kubernetes.io/enforce"] = UNKNOWN;
      }),
    ).toEqual([]);
  });
  test("one pod alone needs no budget; invented data need no protection", () => {
    expect(
      found(({ scaler, budget }) => {
        props(scaler).spec.minReplicas = 1;
        props(budget).metadata.namespace = "other";
      }),
    ).toEqual([]);
    expect(
      found(({ server }) => {
        props(server).tags.data = "synthetic";
        delete props(server).highAvailability;
      }),
    ).toEqual([]);
  });
});

describe("exemptions", () => {
  const it = good();
  props(it.service).spec.type = "LoadBalancer";
  const judge = (...exemptions: Partial<Exemption>[]) =>
    evaluate(
      resourcesOf(it),
      exemptions.map((one) => ({
        rule: "no-public-access",
        resource: "Service a*",
        reason: "a legacy client",
        expires: "2026-11-21",
        ...one,
      })),
      now,
    );
  test("hold until the end of their last day, with their reason", () => {
    expect(judge({})).toMatchObject({ findings: [], exempt: [{ resource: "Service api", reason: "a legacy client" }], idle: [] });
  });
  test("that are over say so beside the finding", () => {
    expect(judge({ expires: "2026-11-20" }).findings).toMatchObject([
      { rule: "no-public-access", note: "its exemption ended on 2026-11-20 (a legacy client)" },
    ]);
  });
  test("of another rule or resource do not help, and are named", () => {
    const { findings, idle } = judge({ resource: "Service web" }, { rule: "image-digest" }, { rule: "lunch" });
    expect(findings).toHaveLength(1);
    expect(idle.map(({ because }) => because)).toEqual([
      "nothing here needs it",
      "nothing here needs it",
      expect.stringMatching(/^there is no rule "lunch"; there are pod-security, /),
    ]);
  });
});
