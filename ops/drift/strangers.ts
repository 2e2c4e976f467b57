import { isRecord, type Json } from "../report/diff.ts";
import type { Author } from "./finding.ts";
import { type FieldsEntry, isController, isForeign, isOwn, managedFields, ownedPaths } from "./managers.ts";
import { authorOf } from "./object-drift.ts";
import { type Path, valueAt } from "./path.ts";

/** An object in a namespace of the stack that its state does not know. */
export type Stranger =
  | { readonly kind: "made by hand"; readonly by?: Author }
  /** A controller made it, and somebody changed it since. */
  | { readonly kind: "changed by hand"; readonly by: Author; readonly paths: readonly Path[] };

/** In every namespace, and with nothing in them that would tell who made them. */
const FURNISHINGS = ["ServiceAccount/default", "ConfigMap/kube-root-ca.crt"];

/**
 * Whose an object is that the state does not know. Replica sets, pods, endpoint slices, volumes claimed by stateful sets: what controllers
 * wrote the most of is theirs. `undefined`: nobody but controllers had a hand in it, or a command of liftlock.
 */
export function strangerOf(object: Json): Stranger | undefined {
  const entries = managedFields(object).filter(({ subresource }) => subresource !== "status");
  const foreign = latestFirst(entries.filter(isForeign));
  const engines = entries.filter(isOwn);
  const controllers = entries.filter(isController);
  const [theirs, ours, others] = [controllers, engines, foreign].map((some) => some.flatMap((entry) => bodyPaths(entry, object)).length);
  const furnishing = FURNISHINGS.includes(`${object.kind}/${valueAt(object, ["metadata", "name"])}`);
  const made = furnishing || (controllers.length > 0 && foreign.length === 0) || (theirs! > 0 && theirs! >= others! + ours!);
  if (!made) {
    const by = others! >= ours! ? (foreign[0] ?? engines[0]) : engines[0];
    if (by?.manager.startsWith("liftlock")) return undefined;
    return { kind: "made by hand", ...(by === undefined ? {} : { by: authorOf(by) }) };
  }
  const paths = foreign.flatMap(({ fields }) => ownedPaths(fields, object)).filter(([first]) => first !== "status");
  return foreign[0] === undefined || paths.length === 0 ? undefined : { kind: "changed by hand", by: authorOf(foreign[0]), paths };
}

const latestFirst = (entries: FieldsEntry[]): FieldsEntry[] => entries.sort((a, b) => ((a.time ?? "") < (b.time ?? "") ? 1 : -1));
const bodyPaths = ({ fields }: FieldsEntry, object: Json): Path[] =>
  ownedPaths(fields, object).filter(
    ([first]) => first !== undefined && !["metadata", "status", "apiVersion", "kind"].includes(String(first)),
  );

/** Does a binding of rights name an account of one of these namespaces, or all accounts there are? */
export function grantsTo(binding: Json, namespaces: readonly string[]): boolean {
  const subjects = Array.isArray(binding.subjects) ? binding.subjects.filter(isRecord) : [];
  return subjects.some(({ kind, name, namespace }) => {
    if (kind === "ServiceAccount") return namespaces.includes(String(namespace));
    if (kind === "User") return namespaces.some((n) => String(name).startsWith(`system:serviceaccount:${n}:`));
    return namespaces.some((n) => name === `system:serviceaccounts:${n}`) || (name === "system:serviceaccounts" && !isBuiltIn(binding));
  });
}
const isBuiltIn = (object: Json): boolean => valueAt(object, ["metadata", "labels", "kubernetes.io/bootstrapping"]) !== undefined;
