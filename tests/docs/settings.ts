import { readFileSync } from "node:fs";
import path from "node:path";
import type { Json } from "../../ops/report/diff.ts";
import { root } from "./pages.ts";

const read = (name: string): Json => JSON.parse(readFileSync(path.join(root, `schemas/${name}.schema.json`), "utf8")) as Json;
const project = loosened(read("project")) as Json;
const stack = loosened(read("stack")) as Json;
const parts = inside(stack, ["properties", "config", "patternProperties"]);
const config = inside(project, ["properties", "config"]);
const application = inside(config, ["properties", "application", "properties", "value"]);

/** The schema of a place in the settings, such as `application.services` or `environment`; undefined where there is none. */
export function schemaAt(place: string): Json | undefined {
  if (place === "Pulumi.yaml") return project;
  if (place === "Pulumi.<stack>.yaml") return stack;
  if (place === "config") return config;
  const [part = "", ...keys] = place.split(".");
  const begin = part === "application" ? application : Object.entries(parts).find(([key]) => key.includes(`:${part}$`))?.[1];
  let at: readonly Json[] = begin === undefined ? [] : [begin as Json];
  for (const key of keys) at = at.flatMap((schema) => stepsInto(schema, key));
  return at.length > 1 ? { anyOf: at } : at[0];
}

function stepsInto(schema: Json, key: string): Json[] {
  const choices = [schema, ...((schema.anyOf as Json[] | undefined) ?? [])];
  return choices.flatMap((choice) => {
    const own = (choice.properties as Record<string, Json> | undefined)?.[key] ?? choice.additionalProperties;
    return typeof own === "object" && own !== null ? [own as Json] : [];
  });
}

/** A page shows what it speaks of and leaves out the rest: nothing is required, so alternatives may overlap. */
function loosened(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(loosened);
  if (typeof schema !== "object" || schema === null) return schema;
  const entries = Object.entries(schema).flatMap(([key, value]): [string, unknown][] => {
    if ((key === "required" && Array.isArray(value)) || key === "$schema") return [];
    // The key of a map's entries is no keyword.
    if (key === "properties" || key === "patternProperties")
      return [[key, Object.fromEntries(Object.entries(value as Json).map(([name, own]) => [name, loosened(own)]))]];
    return [[key === "oneOf" ? "anyOf" : key, ["const", "enum", "default"].includes(key) ? value : loosened(value)]];
  });
  return Object.fromEntries(entries);
}

function inside(schema: Json, keys: readonly string[]): Json {
  return keys.reduce<Json>((at, key) => at[key] as Json, schema);
}
