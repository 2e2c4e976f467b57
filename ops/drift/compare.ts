import { isRecord } from "../report/diff.ts";
import { entryOf, listKey, type Path } from "./path.ts";

/** Where an object differs from what it was. `before` undefined: added; `after` undefined: removed. */
export interface Difference {
  readonly path: Path;
  readonly before: unknown;
  readonly after: unknown;
  /** The entries of a list stand in another order; nothing else about the list itself differs. */
  readonly reordered?: true;
}

/**
 * Where two states of one object differ, as deep as they are comparable. Entries of lists that have names are compared by name, so that an
 * entry put in front is one addition; lists without names are compared as a whole when they differ in length.
 */
export function differences(before: unknown, after: unknown, path: Path = []): Difference[] {
  const open = isOpenMap(path);
  if ((isRecord(before) || (open && before === undefined)) && (isRecord(after) || (open && after === undefined))) {
    if (before === undefined || after === undefined) return differences(before ?? {}, after ?? {}, path);
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => differences(before[key], after[key], [...path, key]));
  }
  if (Array.isArray(before) && Array.isArray(after)) return lists(before, after, path);
  return same(before, after) ? [] : [{ path, before, after }];
}

/** Maps whose keys stand for themselves: the first one that is added is said by its name, not as a map that was added. */
const OPEN = ["labels", "annotations", "data", "binaryData", "nodeSelector", "matchLabels"];
const isOpenMap = (path: Path): boolean => OPEN.includes(String(path.at(-1)));

function lists(before: readonly unknown[], after: readonly unknown[], path: Path): Difference[] {
  const by = listKey(before, after);
  if (by === undefined) {
    if (before.length === after.length && before.every((entry, i) => isRecord(entry) && isRecord(after[i])))
      return before.flatMap((entry, i) => differences(entry, after[i], [...path, i]));
    return same(before, after) ? [] : [{ path, before, after }];
  }
  const names = (list: readonly unknown[]) => list.map((entry) => String((entry as Record<string, unknown>)[by]));
  const [was, is] = [names(before), names(after)];
  const found = [...new Set([...was, ...is])].flatMap((value) =>
    differences(before[entryOf(before, by, value)], after[entryOf(after, by, value)], [...path, { by, value }]),
  );
  const kept = (list: string[], other: string[]) => list.filter((name) => other.includes(name)).join("\0");
  return kept(was, is) === kept(is, was) ? found : [...found, { path, before, after, reordered: true }];
}

/** The API leaves out what is empty: nothing and an empty map or list are the same. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (empty(a) && empty(b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((value, i) => same(value, b[i]));
  if (isRecord(a) && isRecord(b)) return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => same(a[key], b[key]));
  return false;
}

const empty = (value: unknown): boolean => value === undefined || value === null;
