import type { CheckRequest } from "../../../local/engine/provider.ts";
import type { PropertyMap } from "../../../local/engine/values.ts";

export const checkRequest = (key: string, news: PropertyMap, more: Partial<CheckRequest> = {}): CheckRequest => ({
  urn: `urn:pulumi:test::test::azure-native:${key}::it`,
  type: `azure-native:${key}`,
  name: "it",
  signal: new AbortController().signal,
  log: () => {},
  news,
  randomSeed: new Uint8Array(32).fill(0xab),
  preview: false,
  ...more,
});
