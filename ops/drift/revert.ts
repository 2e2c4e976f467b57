import { isRecord, type Json } from "../report/diff.ts";
import type { Applied } from "./baseline.ts";
import type { FieldDrift } from "./object-drift.ts";
import { entryOf, type Path, setAt, valueAt } from "./path.ts";

/** The live object with the given fields as they were applied, and all others as they are. */
export function reverted(applied: Applied, live: Json, fields: readonly FieldDrift[]): Json {
  const target = structuredClone(live);
  for (const field of fields.filter(({ reordered }) => !reordered)) restore(target, applied.live, field);
  for (const { path } of fields.filter(({ reordered }) => reordered)) reorder(target, applied.live, path);
  return target;
}

function restore(target: Json, was: Json, { path, before }: FieldDrift): void {
  const last = path.at(-1);
  const list = valueAt(target, path.slice(0, -1));
  const gone = before !== undefined && typeof last === "object" && Array.isArray(list) && entryOf(list, last.by, last.value) < 0;
  if (!gone) {
    setAt(target, path, structuredClone(before));
    return;
  }
  // An entry that somebody removed goes back behind those that were before it: environment variables refer to earlier ones.
  const former = valueAt(was, path.slice(0, -1)) as unknown[];
  const earlier = former.slice(0, entryOf(former, last.by, last.value)).filter(isRecord);
  const present = earlier.map((entry) => entryOf(list, last.by, String(entry[last.by]))).filter((index) => index >= 0);
  list.splice(Math.max(-1, ...present) + 1, 0, structuredClone(before));
}

function reorder(target: Json, was: Json, path: Path): void {
  const former = valueAt(was, path);
  const list = valueAt(target, path);
  if (!Array.isArray(former) || !Array.isArray(list)) return;
  const names = ["name", "mountPath", "containerPort", "port", "ip", "uid", "topologyKey"];
  const by = names.find((name) => former.every((entry) => isRecord(entry) && entry[name] !== undefined)) ?? "name";
  const rank = (entry: unknown) => {
    const index = isRecord(entry) ? entryOf(former, by, String(entry[by])) : -1;
    return index < 0 ? former.length : index;
  };
  list.sort((a, b) => rank(a) - rank(b));
}
