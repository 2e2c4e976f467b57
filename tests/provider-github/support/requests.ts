import type { CheckRequest, DiffRequest } from "../../../local/engine/provider.ts";
import type { PropertyMap } from "../../../local/engine/values.ts";

/** `BranchProtection` -> `github:index/branchProtection:BranchProtection` */
export const typeOf = (name: string): string => `github:index/${name[0]!.toLowerCase()}${name.slice(1)}:${name}`;

export const common = (kind: string, name = "it") => ({
  urn: `urn:pulumi:test::test::${typeOf(kind)}::${name}`,
  type: typeOf(kind),
  name,
  signal: new AbortController().signal,
  log: () => {},
});

export const checkRequest = (kind: string, news: PropertyMap, more: Partial<CheckRequest> = {}): CheckRequest => ({
  ...common(kind),
  news,
  randomSeed: new Uint8Array(32).fill(0xab),
  preview: false,
  ...more,
});

export const diffRequest = (
  kind: string,
  oldOutputs: PropertyMap,
  newInputs: PropertyMap,
  more: Partial<DiffRequest> = {},
): DiffRequest => ({
  ...common(kind),
  id: "1",
  oldInputs: {},
  oldOutputs,
  newInputs,
  ignoreChanges: [],
  ...more,
});
