import { isRecord, type Json } from "../report/diff.ts";

/** One step into an object: a key of a map, an index of a list, or the entry of a list that has this value under a field. */
export type Step = string | number | { readonly by: string; readonly value: string };
export type Path = readonly Step[];

/** `spec.containers[api].image`, `metadata.labels["a.b/c"]`, `spec.rules[0]`. */
export function pathText(path: Path): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (typeof step === "object") text += `[${step.value}]`;
    else if (/^[\w-]+$/.test(step)) text += text === "" ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}

/** What tells the entries of a list apart, when every entry has one and no two the same. As Kubernetes' list maps have it. */
const KEYS = ["name", "mountPath", "containerPort", "port", "ip", "uid", "topologyKey"];

export function listKey(...lists: (readonly unknown[])[]): string | undefined {
  if (lists.every((list) => list.length === 0)) return undefined;
  return KEYS.find((key) =>
    lists.every((list) => {
      const values = list.map((entry) => (isRecord(entry) ? entry[key] : undefined));
      return values.every((value) => typeof value === "string" || typeof value === "number") && new Set(values).size === values.length;
    }),
  );
}

export const entryOf = (list: readonly unknown[], by: string, value: string): number =>
  list.findIndex((entry) => isRecord(entry) && String(entry[by]) === value);

export function valueAt(object: unknown, path: Path): unknown {
  let at = object;
  for (const step of path) {
    if (typeof step === "string") at = isRecord(at) && Object.hasOwn(at, step) ? at[step] : undefined;
    else if (!Array.isArray(at)) return undefined;
    else at = typeof step === "number" ? at[step] : at[entryOf(at, step.by, step.value)];
  }
  return at;
}

/** Sets or, with undefined, removes the value at a path of `object`, which is changed. Maps on the way are made; lists are not. */
export function setAt(object: Json, path: Path, value: unknown): void {
  const [step, ...rest] = path;
  if (step === undefined) return;
  const container: unknown = object;
  if (typeof step === "string") {
    const map = container as Json;
    if (rest.length > 0) {
      if (map[step] === undefined && value === undefined) return;
      map[step] ??= {};
      setAt(map[step] as Json, rest, value);
    } else if (value === undefined) delete map[step];
    else map[step] = value;
    return;
  }
  if (!Array.isArray(container)) return;
  const index = typeof step === "number" ? step : entryOf(container, step.by, step.value);
  if (rest.length > 0) {
    if (index >= 0) setAt(container[index] as Json, rest, value);
  } else if (value === undefined) {
    if (index >= 0) container.splice(index, 1);
  } else if (index >= 0) container[index] = value;
  else container.push(value);
}
