import { type Change, objectName } from "./changes.ts";
import { isRecord } from "./diff.ts";

/** A workload's use of a ConfigMap or Secret: read once at start, or mounted, so that a running pod sees it change. */
export interface Reference {
  readonly kind: "ConfigMap" | "Secret";
  readonly name: string;
  readonly live: boolean;
}

const KEYS: Record<string, { kind: Reference["kind"]; name: string; live: boolean }> = {
  configMapRef: { kind: "ConfigMap", name: "name", live: false },
  configMapKeyRef: { kind: "ConfigMap", name: "name", live: false },
  configMap: { kind: "ConfigMap", name: "name", live: true },
  secretRef: { kind: "Secret", name: "name", live: false },
  secretKeyRef: { kind: "Secret", name: "name", live: false },
  // A volume of its own names the Secret `secretName`, a projected one `name`.
  secret: { kind: "Secret", name: "secretName", live: true },
};

export function referencesOf(inputs: unknown): Reference[] {
  if (Array.isArray(inputs)) return inputs.flatMap(referencesOf);
  if (!isRecord(inputs)) return [];
  return Object.entries(inputs).flatMap(([key, value]) => {
    const use = KEYS[key];
    const name = use && isRecord(value) ? (value[use.name] ?? value.name) : undefined;
    return [...(use && typeof name === "string" ? [{ kind: use.kind, name, live: use.live }] : []), ...referencesOf(value)];
  });
}

/** A workload of the stack with what its pods refer to, changed or not. */
export interface Workload {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly inputs: unknown;
}

export interface Reach {
  /** Their pods are replaced: the object's name changes, and with it their template. */
  readonly rolled: string[];
  /** They keep running and read the new values from the mounted files. */
  readonly seen: string[];
  /** They keep running with the old values until something restarts them. */
  readonly stale: string[];
}

/** The workloads that a change of a ConfigMap or Secret reaches. `workloads` are those of the old state. */
export function reach(change: Change, workloads: readonly Workload[]): Reach {
  const [name, namespace] = (objectName(change.old) ?? "").split("/").reverse();
  const configuration = change.kind === "ConfigMap" || change.kind === "Secret";
  if (!name || !configuration || (change.verb !== "replace" && change.verb !== "update")) return { rolled: [], seen: [], stale: [] };
  const users = workloads
    .filter((workload) => namespace === undefined || workload.namespace === undefined || workload.namespace === namespace)
    .map((workload) => ({
      name: workload.name,
      uses: referencesOf(workload.inputs).filter((use) => use.kind === change.kind && use.name === name),
    }))
    .filter((user) => user.uses.length > 0);
  const names = (which: typeof users) => [...new Set(which.map((user) => user.name))].sort();
  if (objectName(change.new)?.split("/").at(-1) !== name) return { rolled: names(users), seen: [], stale: [] };
  return {
    rolled: [],
    seen: names(users.filter((user) => user.uses.some((use) => use.live))),
    stale: names(users.filter((user) => user.uses.every((use) => !use.live))),
  };
}
