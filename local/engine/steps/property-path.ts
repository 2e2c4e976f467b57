import { isMap, type PropertyMap, Secret, type Value } from "../values.ts";

type Path = (string | number)[];

/** Reads Pulumi's property paths: `spec.template`, `containers[0].image`, `data["a.b"]`, `items[*].name`. */
export function parsePath(text: string): Path {
  const path: Path = [];
  for (const match of text.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+|\*)\]|([^.[\]]+)/g)) {
    const [, quoted, index, name] = match;
    if (quoted !== undefined) path.push(quoted.replace(/\\(.)/g, "$1"));
    else if (index !== undefined) path.push(index === "*" ? "*" : Number(index));
    else path.push(name ?? "");
  }
  return path;
}

/** Does a path name this one or something around it? `spec` covers `spec.replicas`; `*` stands for any one step. */
export function covers(outer: string, inner: string): boolean {
  const a = parsePath(outer);
  const b = parsePath(inner);
  return a.length <= b.length && a.every((part, i) => part === "*" || part === b[i]);
}

/** New inputs with the old values (or absence) at the given paths: `ignoreChanges`. */
export function keepOldValues(news: PropertyMap, olds: PropertyMap, paths: readonly string[]): PropertyMap {
  return paths.reduce<PropertyMap>((result, path) => (keepOld(result, olds, parsePath(path)) ?? {}) as PropertyMap, news);
}

/** `undefined` in and out means: no such value. */
function keepOld(next: Value | undefined, old: Value | undefined, path: Path): Value | undefined {
  const [head, ...rest] = path;
  if (head === undefined) return old;
  if (next instanceof Secret || old instanceof Secret) {
    const inner = keepOld(next instanceof Secret ? next.value : next, old instanceof Secret ? old.value : old, path);
    return inner === undefined ? undefined : new Secret(inner);
  }
  if (Array.isArray(next) || Array.isArray(old)) return keepOldItem(next, old, head, rest);
  if (next !== undefined && !isMap(next)) return next;
  if (old !== undefined && !isMap(old)) return next;
  const keys = head === "*" ? Object.keys({ ...old, ...next }) : [String(head)];
  const result: PropertyMap = { ...next };
  for (const key of keys) {
    const value = keepOld(next?.[key], old?.[key], rest);
    if (value === undefined) delete result[key];
    else result[key] = value;
  }
  // A path that neither side has makes nothing.
  return next === undefined && Object.keys(result).length === 0 ? undefined : result;
}

function keepOldItem(next: Value | undefined, old: Value | undefined, head: string | number, rest: Path): Value | undefined {
  if (!Array.isArray(next) || (old !== undefined && !Array.isArray(old))) return next;
  const result = [...next];
  const indexes = head === "*" ? result.map((_, i) => i) : typeof head === "number" ? [head] : [];
  for (const i of indexes) {
    // Positions beyond either end belong to the new list: lists grow and shrink as the program says.
    if (i >= result.length || old === undefined || i >= old.length) continue;
    const value = keepOld(result[i], old[i], rest);
    if (value !== undefined) result[i] = value;
  }
  return result;
}
