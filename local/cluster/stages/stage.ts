/** kwok's Stage objects, as far as they are used here (kwok.x-k8s.io/v1alpha1). */
export interface Stage {
  name: string;
  /** "v1", "gateway.networking.k8s.io/v1" */
  apiGroup: string;
  kind: string;
  /** jq expressions, each of which must give true. */
  when: string[];
  /** Milliseconds, or a jq expression that gives a duration such as "20s". */
  delay?: number | string;
  steps: Record<string, unknown>[];
}

/**
 * A patch of the status subresource; the template (Go's, with sprig) must give YAML. `merge` says how it joins what is there: strategic for built-in kinds
 * (conditions join by type), merge for custom resources (lists are replaced).
 */
export function patchStatus(template: string, type: "strategic" | "merge" = "strategic"): Record<string, unknown> {
  return { patch: { subresource: "status", root: "status", type, template } };
}

export function event(type: "Normal" | "Warning", reason: string, message: string): Record<string, unknown> {
  return { event: { type, reason, message } };
}

export function toObject(stage: Stage): Record<string, unknown> {
  const { delay } = stage;
  return {
    apiVersion: "kwok.x-k8s.io/v1alpha1",
    kind: "Stage",
    metadata: { name: stage.name },
    spec: {
      resourceRef: { apiGroup: stage.apiGroup, kind: stage.kind },
      selector: { matchExpressions: stage.when.map((key) => ({ jq: { key: `(${key}) == true`, operator: "In", values: ["true"] } })) },
      ...(typeof delay === "number" && { delay: { durationMilliseconds: delay } }),
      ...(typeof delay === "string" && { delay: { durationMilliseconds: 1000, durationFrom: { jq: { expression: delay } } } }),
      steps: stage.steps,
    },
  };
}
