import type { DiffRequest, DiffResult } from "../../engine/provider.ts";
import { hasUnknown, isMap, type PropertyMap, reveal, type Value } from "../../engine/values.ts";
import { schemaOf } from "./schema/resource.ts";
import type { Field, Fields, Shape } from "./schema/shape.ts";

export interface DiffOptions {
  /** Is the repository that the inputs name now the one that state speaks of, renamed? */
  isSameRepository(request: DiffRequest): Promise<boolean>;
}

/**
 * Compares the object as it was last seen with the inputs, as the real provider does: what is left out counts as its default, a
 * value that GitHub chooses is no difference when nobody asks for another, and the order of a set means nothing.
 */
export async function diff(request: DiffRequest, options: DiffOptions): Promise<DiffResult> {
  const schema = schemaOf(request.type);
  const olds = reveal(request.oldOutputs) as PropertyMap;
  const news = reveal(request.newInputs) as PropertyMap;
  const detailedDiff: DiffResult["detailedDiff"] = {};
  const replaces: string[] = [];
  for (const [key, field] of Object.entries(schema?.inputs ?? {})) {
    if (field.uncompared || request.ignoreChanges.some((path) => path === key || path.startsWith(`${key}.`) || path.startsWith(`${key}[`)))
      continue;
    const kind = differs(olds[key], news[key], field);
    if (kind === undefined) continue;
    const anew = field.forceNew === "from value" ? kind !== "add" : field.forceNew === true;
    const replace = anew || (key === "repository" && !(await options.isSameRepository(request)));
    detailedDiff[key] = { kind: replace ? `${kind}-replace` : kind, inputDiff: false };
    if (replace) replaces.push(key);
  }
  // Somebody else wrote the secret after us: GitHub tells when, never what.
  const { updatedAt, remoteUpdatedAt } = olds;
  if (typeof updatedAt === "string" && typeof remoteUpdatedAt === "string" && updatedAt !== remoteUpdatedAt) {
    if (!request.ignoreChanges.includes("updatedAt")) detailedDiff.updatedAt = { kind: "update", inputDiff: false };
  }
  const diffs = Object.keys(detailedDiff);
  return {
    changes: diffs.length > 0,
    diffs,
    detailedDiff,
    replaces,
    deleteBeforeReplace: replaces.length > 0 && (schema?.deleteBeforeReplace ?? false),
  };
}

function differs(old: Value | undefined, now: Value | undefined, field: Field): "add" | "update" | "delete" | undefined {
  const wanted = now ?? field.default;
  if (wanted === undefined && field.computed) return undefined;
  if (wanted !== undefined && hasUnknown(wanted)) return old === undefined ? "add" : "update";
  const before = settled(old, field.shape);
  const after = settled(wanted, field.shape, before);
  if (JSON.stringify(before) === JSON.stringify(after)) return undefined;
  return isNothing(old) ? "add" : isNothing(wanted) ? "delete" : "update";
}

const isNothing = (value: Value | undefined): boolean =>
  value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);

/** A value in the one form in which equal values are equal texts: defaults and zero values spelled out, sets in order. */
function settled(value: Value | undefined, shape: Shape, live?: unknown): unknown {
  switch (shape.kind) {
    case "text":
      return value ?? "";
    case "flag":
      return value ?? false;
    case "whole":
      return value ?? 0;
    case "list": {
      const items = (Array.isArray(value) ? value : []).map((item, i) =>
        settled(item, shape.of, Array.isArray(live) ? live[i] : undefined),
      );
      return shape.unordered ? items.map((item) => JSON.stringify(item)).sort() : items;
    }
    case "object":
      return isMap(value) ? settledFields(value, shape.fields, live) : null;
  }
}

function settledFields(value: PropertyMap, fields: Fields, live: unknown): Record<string, unknown> {
  const seen = (typeof live === "object" && live !== null ? live : {}) as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(fields).map(([key, field]) => {
      const given = value[key] ?? field.default;
      const unasked = given === undefined && field.computed && seen[key] !== undefined;
      return [key, unasked ? seen[key] : settled(given, field.shape, seen[key])];
    }),
  );
}
