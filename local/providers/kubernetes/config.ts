import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { parse } from "yaml";
import type { CheckFailure, DiffResult } from "../../engine/provider.ts";
import { type PropertyMap, reveal, Unknown, type Value } from "../../engine/values.ts";
import { asText, plain } from "../settings.ts";
import type { MutabilityOptions } from "./replacement-rules.ts";

/** The settings of a `kubernetes.Provider` that this provider heeds; state keeps each as text. */
export interface ProviderOptions extends MutabilityOptions {
  /** Namespace of objects that name none. */
  namespace: string;
  /** Every update may take fields over from other managers. */
  patchForce: boolean;
}

/** Settings that would change what a stack means if they were passed over in silence. */
const REFUSED: Record<string, string> = {
  renderYamlToDirectory: "use `liftlock render STACK --yaml`",
  deleteUnreachable: "a cluster that cannot be reached for a moment would empty the state",
  skipUpdateUnreachable: "an update that skips the cluster says nothing about it",
  upsertExistingObjects: "objects that exist already are adopted by `import`, one by one",
  helmReleaseSettings: "run this stack with the Pulumi CLI",
  strictMode: "run this stack with the Pulumi CLI",
};

/** The shape in which state keeps provider inputs: scalars as text, objects as JSON text. */
export function checkConfig(inputs: PropertyMap, version: string): { inputs: PropertyMap; failures: CheckFailure[] } {
  const failures: CheckFailure[] = [];
  const checked: PropertyMap = { __internal: {} };
  for (const [key, value] of Object.entries(inputs)) {
    if (value === null || value === undefined) continue;
    checked[key] = key === "__internal" ? value : asText(value);
    const why = REFUSED[key];
    if (why !== undefined && truthy(checked[key]))
      failures.push({ property: key, reason: `is not supported by the embedded engine: ${why}` });
  }
  if (checked.enableServerSideApply !== undefined && String(reveal(checked.enableServerSideApply)) === "false") {
    failures.push({
      property: "enableServerSideApply",
      reason: "must not be false: the embedded engine updates by server-side apply only",
    });
  }
  checked.version ??= version;
  return { inputs: checked, failures };
}

export function parseOptions(inputs: PropertyMap): ProviderOptions {
  const namespace = inputs.namespace === undefined ? "" : reveal(inputs.namespace);
  return {
    namespace: typeof namespace === "string" && namespace !== "" ? namespace : "default",
    configMapMutable: truthy(inputs.enableConfigMapMutable),
    secretMutable: truthy(inputs.enableSecretMutable),
    patchForce: truthy(inputs.enablePatchForce),
  };
}

/**
 * Another cluster means that every object is made anew there. A cluster has no identity that a kubeconfig shows: `clusterIdentifier`
 * decides where both sides have it; else the active cluster's entry does.
 */
export function diffConfig(oldInputs: PropertyMap, newInputs: PropertyMap): DiffResult {
  const keys = [...new Set([...Object.keys(oldInputs), ...Object.keys(newInputs)])].filter((key) => key !== "__internal").sort();
  const diffs = keys.filter((key) => !isDeepStrictEqual(plain(oldInputs[key]), plain(newInputs[key])));
  const detailedDiff: DiffResult["detailedDiff"] = {};
  const replaces = new Set<string>();
  const [oldId, newId] = [oldInputs.clusterIdentifier, newInputs.clusterIdentifier].map(plain);
  if (oldId !== undefined && newId !== undefined) {
    if (oldId !== newId) replaces.add("clusterIdentifier");
  } else {
    const clusterKeys = ["kubeconfig", "context", "cluster"];
    const unknown = clusterKeys.filter((key) => newInputs[key] instanceof Unknown);
    if (unknown.length > 0) for (const key of unknown) replaces.add(key);
    else {
      const [before, after] = [activeCluster(oldInputs), activeCluster(newInputs)];
      if (before !== undefined && after !== undefined && !isDeepStrictEqual(before, after)) {
        for (const key of clusterKeys) if (diffs.includes(key)) replaces.add(key);
      }
    }
  }
  for (const key of diffs) {
    const kind = oldInputs[key] === undefined ? "add" : newInputs[key] === undefined ? "delete" : "update";
    detailedDiff[key] = { kind: replaces.has(key) ? `${kind}-replace` : kind, inputDiff: true };
  }
  return { changes: diffs.length > 0, diffs, detailedDiff, replaces: [...replaces], deleteBeforeReplace: false };
}

const truthy = (value: Value | undefined): boolean => {
  const text = plain(value);
  return text === true || (typeof text === "string" && text !== "" && text !== "false");
};

/** The entry of the cluster that a kubeconfig (a path or the text itself) points at; undefined when there is none. */
function activeCluster(inputs: PropertyMap): unknown {
  const text = plain(inputs.kubeconfig);
  if (typeof text !== "string" || text === "") return undefined;
  const file = text.startsWith("~/") ? path.join(homedir(), text.slice(2)) : text;
  let config: unknown;
  try {
    config = parse(!text.includes("\n") && existsSync(file) ? readFileSync(file, "utf8") : text);
  } catch {
    return undefined; // neither a file nor YAML: nothing to tell clusters apart by
  }
  const { contexts, clusters, "current-context": current } = (config ?? {}) as KubeconfigText;
  const context = list(contexts).find(({ name }) => name === (plain(inputs.context) ?? current))?.context;
  const cluster = plain(inputs.cluster) ?? context?.cluster;
  return list(clusters).find(({ name }) => name === cluster)?.cluster;
}
interface KubeconfigText {
  "current-context"?: string;
  contexts?: { name: string; context?: { cluster?: string } }[];
  clusters?: { name: string; cluster?: unknown }[];
}
const list = <T>(value: T[] | undefined): T[] => (Array.isArray(value) ? value : []);
