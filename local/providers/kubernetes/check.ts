import type { CheckFailure, CheckRequest } from "../../engine/provider.ts";
import { isMap, type PropertyMap, Unknown } from "../../engine/values.ts";
import { metadataOf, nameOf, namespaceOf } from "./annotations.ts";
import { apiVersionOf, type Gvk, gvkOfType } from "./gvk.ts";
import { automaticName, isAutonamed, isNamed, withAutomaticName } from "./naming.ts";
import { normalize } from "./normalize.ts";
import { markSecrets } from "./secrets.ts";
import { checkShape } from "./shape.ts";

export interface CheckOptions {
  /** For namespaced objects whose inputs name none. */
  defaultNamespace: string;
  isNamespaced(gvk: Gvk): boolean | Promise<boolean>;
}

/** Completes and judges inputs: kind, name, namespace, a Secret's encoding, and what cannot be right whatever the cluster. */
export async function check(request: CheckRequest, options: CheckOptions): Promise<{ inputs: PropertyMap; failures: CheckFailure[] }> {
  const gvk = gvkOfType(request.type);
  const refusal = gvk === undefined ? `"${request.type}" names no Kubernetes API object` : unsupported(gvk);
  if (gvk === undefined || refusal !== undefined) {
    return { inputs: request.news, failures: [{ property: "", reason: refusal ?? "" }] };
  }
  const failures = checkKind(request.news, gvk);
  let inputs = normalize(request.news);
  const metadata = metadataOf(inputs);
  if (!isNamed(inputs) && metadata.generateName !== undefined) {
    failures.push({
      property: "metadata.generateName",
      reason: "generateName is not supported with server-side apply: leave the name out for an automatic one, or set metadata.name",
    });
  } else if (!isNamed(inputs) && !(inputs.metadata instanceof Unknown)) {
    inputs = withAutomaticName(inputs, adoptedName(request.oldInputs) ?? automaticName(request.name, request.randomSeed));
  }
  if (await options.isNamespaced(gvk)) inputs = withNamespace(inputs, options.defaultNamespace);
  failures.push(...checkShape(inputs, gvk));
  return { inputs: markSecrets(inputs, request.news), failures };
}

/** The automatic name that the object already bears: an update keeps it. */
function adoptedName(oldInputs: PropertyMap | undefined): string | undefined {
  return oldInputs !== undefined && isAutonamed(oldInputs) ? nameOf(oldInputs) : undefined;
}

function withNamespace(inputs: PropertyMap, namespace: string): PropertyMap {
  if (inputs.metadata instanceof Unknown) return inputs;
  const metadata = metadataOf(inputs);
  const given = metadata.namespace;
  if (namespaceOf(inputs) !== undefined || (given !== undefined && given !== "")) return inputs;
  return { ...inputs, metadata: { ...metadata, namespace } };
}

function checkKind(news: PropertyMap, gvk: Gvk): CheckFailure[] {
  const failures: CheckFailure[] = [];
  const expected = apiVersionOf(gvk);
  if (news.apiVersion !== undefined && !(news.apiVersion instanceof Unknown) && news.apiVersion !== expected) {
    failures.push({ property: "apiVersion", reason: `is "${String(news.apiVersion)}", but this resource's type is of "${expected}"` });
  }
  if (news.kind !== undefined && !(news.kind instanceof Unknown) && news.kind !== gvk.kind) {
    failures.push({ property: "kind", reason: `is "${String(news.kind)}", but this resource's type is of kind "${gvk.kind}"` });
  }
  if (news.metadata !== undefined && news.metadata !== null && !isMap(news.metadata) && typeof news.metadata !== "object") {
    failures.push({ property: "metadata", reason: "must be a map" });
  }
  return failures;
}

/** Why objects of this kind are not ours to make; undefined when they are. */
function unsupported({ group, kind }: Gvk): string | undefined {
  if (group === "helm.sh" || group === "yaml" || group === "kustomize") {
    return `${kind} of ${group} needs the real provider: run this stack with the Pulumi CLI, or write its objects as resources`;
  }
  if (/^[A-Z].*List$/.test(kind)) return `${kind} is a list, not an object: declare its objects one by one`;
  if (/^[A-Z].*Patch$/.test(kind))
    return `${kind} changes an object that another owns, which the embedded engine does not do: run this stack with the Pulumi CLI`;
  return undefined;
}
