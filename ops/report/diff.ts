export type Json = Record<string, unknown>;

export const isRecord = (v: unknown): v is Json => typeof v === "object" && v !== null && !Array.isArray(v);

/** One value that differs. In `path`, an entry of a list whose entries have names is addressed by its name. */
export interface Leaf {
  readonly path: readonly string[];
  readonly before: unknown;
  readonly after: unknown;
}

/** Where two JSON values differ, as deep as both sides have something to compare. */
export function leaves(before: unknown, after: unknown, path: readonly string[] = []): Leaf[] {
  const left = keyed(before);
  const right = keyed(after);
  if (left && right) {
    const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
    return keys.flatMap((key) => leaves(left[key], right[key], [...path, key]));
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
}

/** The entries of a container by key; `undefined` for what is compared as a whole (scalars, lists without names). */
function keyed(value: unknown): Json | undefined {
  if (isRecord(value)) return value;
  if (!Array.isArray(value) || value.length === 0 || !value.every(isRecord)) return undefined;
  const names = value.map((entry, index) => (typeof entry.name === "string" ? entry.name : String(index)));
  if (new Set(names).size !== names.length) return Object.fromEntries(value.map((entry, index) => [String(index), entry]));
  return Object.fromEntries(value.map((entry, index) => [names[index]!, entry]));
}

/**
 * A path of Pulumi's detailedDiff (`spec.containers[0].image`, `metadata.labels["a.b/c"]`, also unquoted `metadata.labels.a.b/c`) as `leaves`
 * writes it. The values tell where a dotted key ends and which name an index has.
 */
export function segments(path: string, ...roots: unknown[]): string[] {
  const tokens = path.match(/\["(?:[^"\\]|\\.)*"\]|\[\d+\]|[^.[\]]+/g) ?? [];
  const result: string[] = [];
  let at = roots;
  for (let i = 0; i < tokens.length; i++) {
    let key = tokens[i]!;
    if (key.startsWith('["')) key = JSON.parse(key.slice(1, -1)) as string;
    else if (key.startsWith("[")) key = nameAt(at, Number(key.slice(1, -1)));
    else {
      for (let end = tokens.length; end > i + 1; end--) {
        const joined = tokens.slice(i, end).join(".");
        if (at.some((v) => isRecord(v) && Object.hasOwn(v, joined))) {
          key = joined;
          i = end - 1;
          break;
        }
      }
    }
    result.push(key);
    at = at.map((v) => keyed(v)?.[key]);
  }
  return result;
}

function nameAt(candidates: unknown[], index: number): string {
  for (const list of candidates) {
    const keys = Array.isArray(list) ? Object.keys(keyed(list) ?? {}) : [];
    const entry = Array.isArray(list) ? list[index] : undefined;
    const name = isRecord(entry) && typeof entry.name === "string" ? entry.name : undefined;
    if (name !== undefined && keys.includes(name)) return name;
  }
  return String(index);
}

/** The value at a path as `leaves` writes it. */
export const at = (value: unknown, path: readonly string[]): unknown => path.reduce<unknown>((v, key) => keyed(v)?.[key], value);
