import { at, isKubernetes, kindOf, list, type PolicyResource, type Rule, type Violation } from "../rule.ts";

const namespaceOf = ({ props }: PolicyResource): unknown => at(props, "metadata", "namespace");
const ofKind = (resources: readonly PolicyResource[], ...kinds: string[]): PolicyResource[] =>
  resources.filter((resource) => isKubernetes(resource) && kinds.includes(kindOf(resource)));
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** Does a selector's `matchLabels` hold for these labels? An empty selector is everything's. */
function selects(selector: unknown, labels: unknown): boolean {
  const wanted = at(selector, "matchLabels");
  if (!isRecord(wanted)) return isRecord(selector) && Object.keys(selector).length === 0;
  return Object.entries(wanted).every(([key, value]) => at(labels, key) === value);
}

/** The autoscaler of a workload. */
const scalerOf = (resources: readonly PolicyResource[], workload: PolicyResource): PolicyResource | undefined =>
  ofKind(resources, "HorizontalPodAutoscaler").find(
    (scaler) =>
      namespaceOf(scaler) === namespaceOf(workload) &&
      at(scaler.props, "spec", "scaleTargetRef", "kind") === kindOf(workload) &&
      at(scaler.props, "spec", "scaleTargetRef", "name") === at(workload.props, "metadata", "name"),
  );

/** A node that is drained must not take a whole service with it. */
export const disruptionBudget: Rule = {
  name: "disruption-budget",
  description: "Whatever runs twice has a PodDisruptionBudget that lets a node be drained and the service live",
  each: false,
  check: (resources) =>
    ofKind(resources, "Deployment", "StatefulSet").flatMap((workload): Violation[] => {
      const least = Number(at(scalerOf(resources, workload)?.props, "spec", "minReplicas") ?? at(workload.props, "spec", "replicas") ?? 1);
      if (least < 2) return [];
      const labels = at(workload.props, "spec", "template", "metadata", "labels");
      const budget = ofKind(resources, "PodDisruptionBudget").find(
        (one) => namespaceOf(one) === namespaceOf(workload) && selects(at(one.props, "spec", "selector"), labels),
      );
      if (budget === undefined)
        return [{ urn: workload.urn, message: `runs ${least} pods and has no PodDisruptionBudget`, fix: "add one that selects its pods" }];
      const blocks = at(budget.props, "spec", "maxUnavailable") === 0 || at(budget.props, "spec", "minAvailable") === "100%";
      return blocks ? [{ urn: budget.urn, message: "lets no pod be evicted: no node can be drained", fix: "set maxUnavailable: 1" }] : [];
    }),
};

/** Two owners of one number undo each other: the declared count at every update, the autoscaler in between. */
export const autoscalerOwnsReplicas: Rule = {
  name: "autoscaler-owns-replicas",
  description: "What an autoscaler scales declares no number of replicas, and has room to be scaled",
  each: false,
  check: (resources) =>
    ofKind(resources, "Deployment", "StatefulSet").flatMap((workload): Violation[] => {
      const scaler = scalerOf(resources, workload);
      if (scaler === undefined) return [];
      const found: Violation[] = [];
      if (at(workload.props, "spec", "replicas") !== undefined)
        found.push({ urn: workload.urn, message: "declares replicas beside an autoscaler", fix: "leave spec.replicas out" });
      const [least, most] = [Number(at(scaler.props, "spec", "minReplicas") ?? 1), Number(at(scaler.props, "spec", "maxReplicas"))];
      if (most < least)
        found.push({ urn: scaler.urn, message: `has fewer replicas at most (${most}) than at least (${least})`, fix: "raise maxReplicas" });
      return found;
    }),
};

/** Without a policy that selects everything, a pod that nobody thought of may talk to anybody. */
export const networkPolicy: Rule = {
  name: "network-policy",
  description: "Every namespace with pods denies all traffic that no policy allows",
  each: false,
  check: (resources) => {
    const closed = ofKind(resources, "NetworkPolicy").filter(({ props }) => {
      const types = list(at(props, "spec", "policyTypes"));
      const selector = at(props, "spec", "podSelector");
      return isRecord(selector) && Object.keys(selector).length === 0 && types.includes("Ingress") && types.includes("Egress");
    });
    const first = new Map<unknown, PolicyResource>();
    for (const resource of ofKind(resources, "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Pod"))
      if (!first.has(namespaceOf(resource))) first.set(namespaceOf(resource), resource);
    return [...first].flatMap(([namespace, resource]) =>
      closed.some((policy) => namespaceOf(policy) === namespace)
        ? []
        : [
            {
              urn: resource.urn,
              message: `runs in the namespace ${String(namespace)}, in which nothing denies what is not allowed`,
              fix: "add a NetworkPolicy with podSelector: {} and policyTypes: [Ingress, Egress]",
            },
          ],
    );
  },
};
