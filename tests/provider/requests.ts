import { readFileSync } from "node:fs";
import type { CheckRequest, DiffRequest, DiffResult } from "../../local/engine/provider.ts";
import { isMap, type PropertyMap, Secret, type Value } from "../../local/engine/values.ts";

const read = (file: string): unknown => JSON.parse(readFileSync(new URL(`reference/${file}`, import.meta.url), "utf8"));
const SECRET_KEY = "4dabf18193072939515e22adb298388d";

/** Marks of the state file's and the preview's JSON -> Secret. The value behind it is not recorded; both sides get the same stand-in. */
export function decode(value: Value): Value {
  if (value === "[secret]" || (isMap(value) && SECRET_KEY in value)) return new Secret({ TOKEN: "c3RhbmQtaW4=" });
  if (Array.isArray(value)) return value.map(decode);
  return isMap(value) ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, decode(v)])) : value;
}

export interface RecordedState {
  id?: string;
  inputs: PropertyMap;
  outputs: PropertyMap;
}
export interface RecordedStep {
  op: string;
  type: string;
  name: string;
  oldState: RecordedState | null;
  newState: RecordedState | null;
  detailedDiff: DiffResult["detailedDiff"] | null;
  replaceReasons: string[] | null;
}
export const previews = decode(read("previews.json") as Value) as unknown as Record<string, RecordedStep[]>;
export const states = decode(read("states.json") as Value) as unknown as Record<
  string,
  (RecordedState & { type: string; name: string; initErrors?: string[] })[]
>;

const common = (type: string, name: string) => ({
  urn: `urn:pulumi:test::test::${type}::${name}`,
  type,
  name,
  signal: new AbortController().signal,
  log: () => {},
});

export const checkRequest = (type: string, name: string, news: PropertyMap, more: Partial<CheckRequest> = {}): CheckRequest => ({
  ...common(type, name),
  news,
  randomSeed: new Uint8Array(32).fill(0xab),
  preview: false,
  ...more,
});

export const diffRequest = (
  type: string,
  old: Omit<RecordedState, "id">,
  newInputs: PropertyMap,
  more: Partial<DiffRequest> = {},
): DiffRequest => ({
  ...common(type, "test"),
  id: "test",
  oldInputs: old.inputs,
  oldOutputs: old.outputs,
  newInputs,
  ignoreChanges: [],
  ...more,
});
