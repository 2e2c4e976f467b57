import type { DiffKind, DiffRequest, DiffResult } from "../../engine/provider.ts";
import { isMap, type PropertyMap, reveal, Unknown, type Value } from "../../engine/values.ts";
import { nameOf, namespaceOf } from "./annotations.ts";
import { parseCheckpoint } from "./checkpoint.ts";
import { isAutonamed, isNamed } from "./naming.ts";
import { normalize } from "./normalize.ts";
import { own } from "./own.ts";
import { isWithin, type Path, parsePath, renderPath } from "./paths.ts";
import { prune } from "./prune.ts";
import { forceNewPaths, type MutabilityOptions, type RulePath } from "./replacement-rules.ts";

/**
 * Compares state with new inputs: the live object as it was last seen, pruned to what the old inputs spoke of. A value that equals
 * what the old inputs said is no change, whatever the server made of it ("1000m" comes back as "1").
 */
export function diff(request: DiffRequest, options: MutabilityOptions & { isNamespaced: boolean }): DiffResult {
  const { oldInputs: recorded, live } = parseCheckpoint(request.oldOutputs);
  const oldInputs = comparable(Object.keys(recorded).length > 0 ? recorded : request.oldInputs);
  const news = comparable(request.newInputs);
  const olds = prune(reveal(live) as PropertyMap, oldInputs);
  settleNamespace([olds, oldInputs, news], options.isNamespaced);
  // A program may begin to spell out the name that its object already has.
  const liveName = nameOf(live);
  if (nameOf(news) !== undefined && liveName !== undefined) ((olds.metadata as PropertyMap | undefined) ?? {}).name = liveName;

  const found = new Differ(forceNewPaths(news, options));
  found.compareMaps([], olds, news, oldInputs);
  const ignored = request.ignoreChanges.map(parsePath);
  const detailedDiff: DiffResult["detailedDiff"] = {};
  const replaces: string[] = [];
  const diffs = new Set<string>();
  for (const { path, kind } of found.changes) {
    if (ignored.some((prefix) => isWithin(path, prefix))) continue;
    const text = renderPath(path);
    detailedDiff[text] = { kind, inputDiff: kind.startsWith("delete") };
    diffs.add(String(path[0]));
    if (kind.endsWith("-replace") || (kind === "delete" && text === "metadata")) replaces.push(text);
  }
  return {
    changes: Object.keys(detailedDiff).length > 0,
    diffs: [...diffs],
    detailedDiff,
    replaces,
    deleteBeforeReplace: replaces.length > 0 && mustFreeItsName(news, live, options.isNamespaced),
  };
}

/** The old object must go first when the new one needs its very name in its very namespace. */
export function mustFreeItsName(newInputs: PropertyMap, live: PropertyMap, isNamespaced: boolean): boolean {
  const place = (object: PropertyMap): string => (isNamespaced ? (namespaceOf(object) ?? "default") : "");
  return isNamed(newInputs) && !isAutonamed(newInputs) && nameOf(newInputs) === nameOf(live) && place(newInputs) === place(live);
}

const comparable = (inputs: PropertyMap): PropertyMap => normalize(reveal(inputs) as PropertyMap);

function settleNamespace(objects: PropertyMap[], isNamespaced: boolean): void {
  for (const object of objects) {
    const { metadata } = object;
    if (!isMap(metadata)) continue;
    const { namespace, ...rest } = metadata;
    const settled = namespace === undefined || namespace === "" ? "default" : namespace;
    object.metadata = isNamespaced ? { ...rest, namespace: settled } : rest;
  }
}

const isEmpty = (value: Value): boolean =>
  value === null ||
  value === "" ||
  value === 0 ||
  value === false ||
  (Array.isArray(value) ? value.length === 0 : isMap(value) && Object.keys(value).length === 0);

function same(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return a !== undefined;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((x, i) => same(x, b[i]));
  if (isMap(a) && isMap(b)) {
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((key) => same(own(a, key), own(b, key)));
  }
  return false;
}

class Differ {
  readonly changes: { path: Path; kind: DiffKind }[] = [];
  private readonly forceNew: readonly RulePath[];
  constructor(forceNew: readonly RulePath[]) {
    this.forceNew = forceNew;
  }

  compareMaps(path: Path, olds: PropertyMap, news: PropertyMap, oldInputs: PropertyMap): void {
    const keys = new Set([...Object.keys(olds), ...Object.keys(news)]);
    for (const key of [...keys].sort()) this.compare([...path, key], own(olds, key), own(news, key), own(oldInputs, key));
  }

  private compareLists(path: Path, olds: Value[], news: Value[], oldInputs: Value[]): void {
    for (let i = 0; i < Math.max(olds.length, news.length); i++) this.compare([...path, i], olds[i], news[i], oldInputs[i]);
  }

  private compare(path: Path, old: Value | undefined, now: Value | undefined, oldInput: Value | undefined): void {
    if (now !== undefined && !(now instanceof Unknown) && same(now, oldInput) && (old !== undefined || isEmpty(now))) return;
    if (now === undefined) {
      if (old !== undefined) this.add(path, "delete", undefined);
    } else if (old === undefined) {
      this.add(path, "add", now);
    } else if (now instanceof Unknown) {
      // What a preview cannot know may lack anything that the old value has: so each of its fields counts as gone.
      if (isMap(old)) for (const key of Object.keys(old).sort()) this.add([...path, key], "delete", undefined);
      else this.add(path, "update", now);
    } else if (isMap(old) && isMap(now)) {
      this.compareMaps(path, old, now, isMap(oldInput) ? oldInput : {});
    } else if (Array.isArray(old) && Array.isArray(now)) {
      this.compareLists(path, old, now, Array.isArray(oldInput) ? oldInput : []);
    } else if (!same(old, now)) {
      this.add(path, "update", now);
    }
  }

  private add(path: Path, kind: "add" | "delete" | "update", now: Value | undefined): void {
    this.changes.push({ path, kind: this.forceNew.some((rule) => touches(rule, path, now)) ? `${kind}-replace` : kind });
  }
}

/** Does a change of `path` to `now` change what `rule` names: a part of it, or a whole that holds it? */
function touches(rule: RulePath, path: Path, now: Value | undefined): boolean {
  const matches = (segment: string, key: string | number | undefined): boolean =>
    segment === "*" ? typeof key === "number" : segment === key;
  const common = Math.min(rule.length, path.length);
  for (let i = 0; i < common; i++) if (!matches(rule[i]!, path[i])) return false;
  return holds(now, rule.slice(common));
}
function holds(value: Value | undefined, rest: RulePath): boolean {
  const [segment, ...more] = rest;
  if (segment === undefined) return true;
  if (segment === "*") return Array.isArray(value) && value.some((x) => holds(x, more));
  return isMap(value) && value[segment] !== undefined && holds(value[segment], more);
}
