import type { Op, Step, StepState } from "../engine.ts";
import { at, isRecord, type Leaf, leaves, segments } from "./diff.ts";
import { isStack, kindOf, parseUrn } from "./urn.ts";

export type Verb = "create" | "update" | "replace" | "delete" | "import" | "forget";

/** All that a run does to one resource, whatever number of steps it takes. */
export interface Change {
  readonly urn: string;
  readonly verb: Verb;
  readonly type: string;
  readonly kind: string;
  readonly old?: StepState;
  readonly new?: StepState;
  readonly leaves: readonly Leaf[];
  /** The old object has to go before the new one can come, because both bear one name. */
  readonly deletedFirst: boolean;
  /** Name of the innermost component that the resource is part of. */
  readonly component?: string;
}

const VERB: Partial<Record<Op, Verb>> = {
  create: "create",
  update: "update",
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
  "read-replacement": "replace",
  "import-replacement": "replace",
  delete: "delete",
  import: "import",
  discard: "forget",
  "discard-replaced": "forget",
  "remove-pending-replace": "forget",
};
/** Of several steps on one resource, the one that tells most. */
const WEIGHT: Verb[] = ["forget", "update", "import", "create", "delete", "replace"];

/** Is this operation a difference between the program and what is there? */
export const isChange = (op: string): boolean => Object.hasOwn(VERB, op);

export function changesOf(steps: readonly Step[]): Change[] {
  const byUrn = new Map<string, { verb: Verb; steps: Step[] }>();
  for (const step of steps) {
    const verb = VERB[step.op];
    if (verb === undefined) continue;
    const seen = byUrn.get(step.urn);
    if (!seen) byUrn.set(step.urn, { verb, steps: [step] });
    else {
      seen.steps.push(step);
      if (WEIGHT.indexOf(verb) > WEIGHT.indexOf(seen.verb)) seen.verb = verb;
    }
  }
  return [...byUrn].map(([urn, { verb, steps: own }]) => change(urn, verb, own));
}

function change(urn: string, verb: Verb, steps: Step[]): Change {
  const old = steps.find((s) => s.oldState)?.oldState;
  const next = steps.findLast((s) => s.newState)?.newState;
  const type = next?.type ?? old?.type ?? parseUrn(urn).type;
  const paths = steps.flatMap((s) => [...Object.keys(s.detailedDiff ?? {}), ...(s.replaceReasons ?? []), ...(s.diffReasons ?? [])]);
  return {
    urn,
    verb,
    type,
    kind: kindOf(type),
    old,
    new: next,
    leaves: verb === "update" || verb === "replace" ? differences(old, next, paths) : [],
    deletedFirst: verb === "replace" && objectName(old) !== undefined && objectName(old) === objectName(next),
    component: componentOf(next?.parent ?? old?.parent),
  };
}

/**
 * What differs between two states. Their inputs tell most; the paths that the engine names add what the inputs cannot show: values that
 * are redacted on both sides, and what a refresh found in the live object only.
 */
function differences(old: StepState | undefined, next: StepState | undefined, paths: string[]): Leaf[] {
  const found = leaves(old?.inputs, next?.inputs).filter((leaf) => !/^__/.test(leaf.path[0] ?? ""));
  for (const path of new Set(paths)) {
    const named = segments(path, next?.inputs, old?.inputs, next?.outputs, old?.outputs);
    if (named.length === 0 || found.some((leaf) => related(leaf.path, named))) continue;
    const inside = leaves(at(old?.outputs, named), at(next?.outputs, named) ?? at(next?.inputs, named), named);
    found.push(...(inside.length > 0 ? inside : [{ path: named, before: undefined, after: undefined }]));
  }
  return found;
}

/** Does one path lead through the other? */
const related = (a: readonly string[], b: readonly string[]): boolean => a.slice(0, b.length).every((key, i) => key === b[i]);

/** `namespace/name` of a Kubernetes object, as far as it is known. */
export function objectName(state: StepState | undefined): string | undefined {
  const metadata = state?.inputs?.metadata ?? state?.outputs?.metadata;
  if (!isRecord(metadata) || typeof metadata.name !== "string") return undefined;
  return typeof metadata.namespace === "string" ? `${metadata.namespace}/${metadata.name}` : metadata.name;
}

/** What a person calls the resource. A generated suffix is folded: it says nothing and changes with every content. */
export function label(change: Pick<Change, "urn" | "kind" | "old" | "new">): string {
  const { name } = parseUrn(change.urn);
  const full = objectName(change.new) ?? objectName(change.old);
  const metadata = change.new?.inputs?.metadata ?? change.old?.inputs?.metadata;
  const annotations = isRecord(metadata) && isRecord(metadata.annotations) ? metadata.annotations : {};
  if (annotations["pulumi.com/autonamed"] === "true") return `${change.kind} ${name}-…`;
  return `${change.kind} ${full?.split("/").at(-1) ?? name}`;
}

function componentOf(parent: string | undefined): string | undefined {
  if (parent === undefined || parent === "") return undefined;
  const { type, name } = parseUrn(parent);
  return isStack(type) ? undefined : name;
}
