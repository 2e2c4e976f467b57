import { isObject, type KubeObject, metadataOf } from "../../readiness/object.ts";

/** Does an object carry the labels that a workload's `spec.selector` asks for? */
export function matches(selector: unknown, object: KubeObject): boolean {
  if (!isObject(selector)) return false;
  const labels = isObject(metadataOf(object).labels) ? (metadataOf(object).labels as KubeObject) : {};
  const wanted = Object.entries(isObject(selector.matchLabels) ? selector.matchLabels : {});
  const expressions = Array.isArray(selector.matchExpressions) ? selector.matchExpressions.filter(isObject) : [];
  return wanted.every(([key, value]) => labels[key] === value) && expressions.every((expression) => holds(expression, labels));
}

function holds({ key, operator, values }: KubeObject, labels: KubeObject): boolean {
  const [there, value] = [Object.hasOwn(labels, String(key)), labels[String(key)]];
  const list = Array.isArray(values) ? values : [];
  if (operator === "In") return there && list.includes(value);
  if (operator === "NotIn") return !list.includes(value);
  return operator === "DoesNotExist" ? !there : there;
}
