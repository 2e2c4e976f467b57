import { isRecord, type Json } from "../report/diff.ts";
import { type Applied, appliedObjects, ownedNamespaces } from "./baseline.ts";
import { ClusterApi } from "./cluster-api.ts";
import type { DriftSource, Finding, Subject, Unread } from "./finding.ts";
import { type Inventory, key, keyOf, readInventory } from "./inventory.ts";
import { type NotReady, notReady } from "./not-ready.ts";
import { type Bounds, type FieldDrift, objectDrift } from "./object-drift.ts";
import { pathText, valueAt } from "./path.ts";
import { Redaction } from "./redact.ts";
import { grantsTo, strangerOf } from "./strangers.ts";

/** One object that drifted, with all that putting it back needs. Holds values in clear. */
export interface Drifted {
  readonly applied?: Applied;
  readonly live?: Json;
  /** A finding about a field comes with the field. */
  readonly items: readonly { readonly finding: Finding; readonly field?: FieldDrift }[];
}

/** What a Kubernetes cluster has that its stack did not apply: fields, objects and rights, changed, added and gone. */
export class KubernetesDrift implements DriftSource {
  readonly name = "kubernetes";
  unread: readonly Unread[] = [];
  /** Objects that are as they were applied, but not ready: no drift. */
  notReady: readonly NotReady[] = [];
  drifted: readonly Drifted[] = [];
  /** Kubernetes objects of the state, and those that were looked through. */
  counted = { applied: 0, read: 0 };
  redaction = new Redaction([], []);
  readonly #exported: Json;
  readonly #api: ClusterApi;

  constructor(exported: Json, api: ClusterApi) {
    this.#exported = exported;
    this.#api = api;
  }

  async findings(): Promise<Finding[]> {
    const applied = appliedObjects(this.#exported);
    const inventory = await readInventory(this.#api, applied);
    this.redaction = new Redaction(applied, inventory.objects.values());
    this.counted = { applied: applied.length, read: inventory.objects.size };
    const sealed = applied.filter((object) => object.sealed.length > 0);
    this.unread = [
      ...inventory.unread,
      ...sealed.map(({ kind, name }) => ({
        what: `the values of ${kind} ${name}`,
        why: "the state's secrets could not be opened",
        declared: true,
      })),
    ];
    this.drifted = [...this.#known(applied, inventory), ...this.#unknown(applied, inventory)];
    this.notReady = applied.flatMap((object) => {
      const live = inventory.objects.get(keyOfApplied(object));
      return live === undefined ? [] : notReady(live);
    });
    return this.drifted.flatMap(({ items }) => items.map(({ finding }) => finding));
  }

  /** Objects of the state: gone, or with fields that are not as they were applied. */
  #known(applied: readonly Applied[], inventory: Inventory): Drifted[] {
    const bounds = boundsOf(applied);
    return applied.flatMap((object): Drifted[] => {
      if (!inventory.wasRead(object)) return [];
      const subject = subjectOf(object);
      const live = inventory.objects.get(keyOfApplied(object));
      if (live === undefined) {
        const expires = object.kind === "Job" && valueAt(object.declared, ["spec", "ttlSecondsAfterFinished"]) !== undefined;
        return expires ? [] : [{ applied: object, items: [{ finding: { source: this.name, change: "deleted", subject } }] }];
      }
      const fields = objectDrift(object, live, bounds.get(`${object.kind}/${object.namespace}/${object.name}`));
      const items: Drifted["items"][number][] = fields.map((field) => ({ field, finding: this.#field(field, subject, object) }));
      const going = valueAt(live, ["metadata", "deletionTimestamp"]);
      if (typeof going === "string") items.push({ finding: { source: this.name, change: "deleted", subject, note: goingSince(going) } });
      return items.length === 0 ? [] : [{ applied: object, live, items }];
    });
  }

  #field(
    { path, before, after, change, by, reordered }: FieldDrift,
    subject: Subject,
    object: { kind: string; secret?: readonly string[] },
  ): Finding {
    const was = reordered ? undefined : this.redaction.shown(before, path, object);
    const is = reordered ? undefined : this.redaction.shown(after, path, object);
    return {
      source: this.name,
      change,
      subject,
      path: this.redaction.text(pathText(path)),
      ...(was === undefined ? {} : { before: was }),
      ...(is === undefined ? {} : { after: is }),
      ...(by === undefined ? {} : { by }),
      ...(reordered ? { note: "the entries stand in another order" } : {}),
    };
  }

  /** Objects in the stack's namespaces, and rights given to its accounts, that the state does not know. */
  #unknown(applied: readonly Applied[], inventory: Inventory): Drifted[] {
    const known = new Set(applied.map(keyOfApplied));
    const owned = ownedNamespaces(applied);
    const strangers = [...inventory.objects].flatMap(([id, live]): Drifted[] => {
      const namespace = valueAt(live, ["metadata", "namespace"]);
      if (known.has(id) || !owned.includes(String(namespace))) return [];
      const stranger = strangerOf(live);
      if (stranger === undefined) return [];
      const subject = subjectOfLive(live);
      if (stranger.kind === "made by hand") return [this.#created(live, stranger.by)];
      const items = stranger.paths.map((path) => {
        const field: FieldDrift = { path, before: undefined, after: valueAt(live, path), change: "added", by: stranger.by };
        return { finding: { ...this.#field(field, subject, { kind: subject.kind }), note: "a controller's object, changed by hand" } };
      });
      return [{ live, items }];
    });
    const rights = inventory.bindings.flatMap((binding): Drifted[] => {
      if (known.has(keyOf(binding)) || !grantsTo(binding, owned)) return [];
      const { by } = (strangerOf(binding) ?? {}) as { by?: Finding["by"] };
      const role = valueAt(binding, ["roleRef", "name"]);
      return [this.#created(binding, by, `gives ${valueAt(binding, ["roleRef", "kind"])} ${role} to accounts of ${owned.join(", ")}`)];
    });
    return [...strangers, ...rights];
  }

  #created(live: Json, by: Finding["by"], gives?: string): Drifted {
    const going = valueAt(live, ["metadata", "deletionTimestamp"]);
    const note = [gives, typeof going === "string" ? goingSince(going) : undefined].filter(Boolean).join("; ");
    const finding: Finding = {
      source: this.name,
      change: "created",
      subject: subjectOfLive(live),
      ...(by === undefined ? {} : { by }),
      ...(note === "" ? {} : { note }),
    };
    return { live, items: [{ finding }] };
  }
}

const goingSince = (when: string): string => `is being deleted since ${when}; finalizers keep it`;

const keyOfApplied = ({ apiVersion, kind, namespace, name }: Applied): string => key(apiVersion, kind, namespace, name);

const subjectOf = ({ kind, apiVersion, namespace, name, urn }: Applied): Subject => ({
  kind,
  apiVersion,
  ...(namespace === undefined ? {} : { namespace }),
  name,
  urn,
});
function subjectOfLive(live: Json): Subject {
  const { name, namespace } = live.metadata as Json;
  return {
    kind: String(live.kind),
    apiVersion: String(live.apiVersion),
    ...(typeof namespace === "string" ? { namespace } : {}),
    name: String(name),
  };
}

/** Workloads whose number of replicas an autoscaler of the stack decides. */
function boundsOf(applied: readonly Applied[]): Map<string, Bounds> {
  const found = new Map<string, Bounds>();
  for (const { kind, namespace, live } of applied) {
    const spec = isRecord(live.spec) ? live.spec : {};
    const target = isRecord(spec.scaleTargetRef) ? spec.scaleTargetRef : undefined;
    if (kind !== "HorizontalPodAutoscaler" || target === undefined) continue;
    found.set(`${target.kind}/${namespace}/${target.name}`, { min: Number(spec.minReplicas ?? 1), max: Number(spec.maxReplicas) });
  }
  return found;
}

export { ClusterApi };
