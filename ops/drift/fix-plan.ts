import { createPatch, type Operation, Pointer } from "rfc6902";
import { isRecord, type Json } from "../report/diff.ts";
import type { Applied } from "./baseline.ts";
import { same } from "./compare.ts";
import { type Finding, type Subject, subjectName } from "./finding.ts";
import type { Drifted } from "./kubernetes.ts";
import { comparable, type FieldDrift } from "./object-drift.ts";
import { valueAt } from "./path.ts";
import { reverted } from "./revert.ts";

/** What putting one object back takes. Holds values in clear: `shownOperations` says it for people. */
export type Remedy =
  | {
      readonly kind: "patch";
      readonly subject: Subject;
      readonly live: Json;
      readonly operations: readonly Operation[];
      readonly findings: number;
    }
  | { readonly kind: "create"; readonly subject: Subject; readonly object: Json; readonly findings: number }
  /** Immutable content: the object is deleted and made anew under its name. */
  | { readonly kind: "replace"; readonly subject: Subject; readonly live: Json; readonly object: Json; readonly findings: number }
  | { readonly kind: "delete"; readonly subject: Subject; readonly live: Json; readonly findings: number }
  | { readonly kind: "none"; readonly subject: Subject; readonly why: string; readonly findings: number };

/** Made again they do their work again, or come back empty: only when named. */
const CONSEQUENTIAL: Readonly<Record<string, string>> = {
  Job: "it would run again",
  PersistentVolumeClaim: "it would come back empty",
  PersistentVolume: "it would come back empty",
  Namespace: "what was in it is gone: bring it back with `up --refresh`",
};

/** One remedy for each object that drifted. `named` (`Kind/name`): additions that may go, and Jobs and volumes that may be made again. */
export function remedies(drifted: readonly Drifted[], counted: ReadonlySet<Finding>, named: readonly string[]): Remedy[] {
  return drifted.flatMap((one): Remedy[] => {
    const items = one.items.filter(({ finding }) => counted.has(finding));
    if (items.length === 0) return [];
    const { subject } = items[0]!.finding;
    const base = { subject, findings: items.length };
    const isNamed = named.some((name) => name === `${subject.kind}/${subject.name}`);
    const fields = items.flatMap(({ field }) => field ?? []);
    if (one.applied === undefined) return [stranger(one, items[0]!.finding, base, isNamed)];
    if (one.live === undefined) {
      const why = CONSEQUENTIAL[subject.kind];
      const object = creatable(one.applied);
      return [
        why === undefined || isNamed ? { kind: "create", object, ...base } : { kind: "none", why: `${why}${hint(subject)}`, ...base },
      ];
    }
    if (fields.length < items.length)
      return [{ kind: "none", why: "its finalizers keep it from going; nobody can take a deletion back", ...base }];
    return [patched(one.applied, one.live, fields, base)];
  });
}

const hint = ({ kind, name }: Subject): string => (kind === "Namespace" ? "" : ` (--include ${kind}/${name} does it)`);

function stranger({ live }: Drifted, { change, subject }: Finding, base: { subject: Subject; findings: number }, isNamed: boolean): Remedy {
  if (change !== "created")
    return {
      kind: "none",
      why: "a controller made it and will not make it anew by itself: delete it, and it comes back as it should be",
      ...base,
    };
  if (isNamed) return { kind: "delete", live: live!, ...base };
  return { kind: "none", why: `the stack did not make it: --include ${subject.kind}/${subject.name} deletes it`, ...base };
}

function patched(applied: Applied, live: Json, fields: readonly FieldDrift[], base: { subject: Subject; findings: number }): Remedy {
  const target = reverted(applied, live, fields);
  const content = (object: Json) => [object.data, object.binaryData, object.type, object.immutable];
  const frozen = (applied.kind === "ConfigMap" || applied.kind === "Secret") && live.immutable === true;
  if (frozen && !same(content(live), content(target))) return { kind: "replace", live, object: creatable(applied), ...base };
  const operations = createPatch(live, target);
  const { uid } = live.metadata as Json;
  return {
    kind: "patch",
    live,
    operations: [{ op: "test", path: "/metadata/uid", value: uid }, ...tests(live, operations), ...operations],
    ...base,
  };
}

/**
 * The patch holds only as long as what it changes is what was read and shown: each value, and each list that something is put into. (The
 * object's resourceVersion would tell more than that: controllers write its status all the time.)
 */
function tests(live: Json, operations: readonly Operation[]): Operation[] {
  const paths = operations.map(({ op, path }) => (op === "add" ? path.slice(0, path.lastIndexOf("/")) : path));
  return [...new Set(paths)].flatMap((path): Operation[] => {
    const { value } = Pointer.fromJSON(path).evaluate(live);
    // A map that is added to may have got other keys: only lists have places.
    return value === undefined || (isRecord(value) && operations.every((o) => o.path !== path)) ? [] : [{ op: "test", path, value }];
  });
}

/** The object as it was applied, without what only the API server and its controllers set. */
function creatable({ live, declared }: Applied): Json {
  const object = comparable(live);
  const metadata = { ...(object.metadata as Json) };
  delete metadata.ownerReferences;
  const annotations = isRecord(metadata.annotations) ? Object.keys(metadata.annotations) : [];
  const own = annotations.filter((name) => valueAt(declared, ["metadata", "annotations", name]) !== undefined);
  metadata.annotations = Object.fromEntries(own.map((name) => [name, valueAt(live, ["metadata", "annotations", name])]));
  // A Job's selector and its pods' labels come from the uid of the Job that was.
  const spec = live.kind === "Job" ? declared.spec : object.spec;
  return { ...object, metadata, ...(spec === undefined ? {} : { spec }) };
}

/** What a remedy is about to do, each value in words. */
export function shownRemedy(remedy: Remedy, shown: (value: unknown, path: readonly string[], kind: string) => string): string[] {
  const name = subjectName(remedy.subject);
  if (remedy.kind === "none") return [`leave   ${name}: ${remedy.why}`];
  if (remedy.kind === "create") return [`create  ${name}, as it was applied`];
  if (remedy.kind === "replace") return [`replace ${name}: its content is immutable, so it is deleted and made anew under its name`];
  if (remedy.kind === "delete") return [`delete  ${name}`];
  const operations = remedy.operations.filter(({ op }) => op !== "test");
  return [
    `patch   ${name}`,
    ...operations.map((operation) => {
      const steps = operation.path
        .split("/")
        .slice(1)
        .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
      const value = "value" in operation ? `  ${shown(operation.value, steps, remedy.subject.kind)}` : "";
      return `          ${operation.op} ${operation.path}${value}`;
    }),
  ];
}
