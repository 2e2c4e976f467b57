import { expect, test } from "vitest";
import type { Step } from "../../ops/engine.ts";
import { describe } from "../../ops/report/describe.ts";

const state = (version: string, type = "liftlock:release:ReleaseRecord$kubernetes:core/v1:ConfigMap") => {
  const urn = `urn:pulumi:staging::ferry::${type}::release`;
  const data = { "release.json": JSON.stringify({ id: version, version, images: { api: `api:${version}` } }) };
  return { urn, type: "kubernetes:core/v1:ConfigMap", custom: true, inputs: { metadata: { name: `release-${version}` }, data } };
};
const replaced = (before: ReturnType<typeof state>, after: ReturnType<typeof state>): string[] => {
  const step: Step = { op: "replace", urn: after.urn, oldState: before, newState: after, detailedDiff: null };
  return describe([step], { replace: 1 }).lines.map(({ text }) => text);
};

test("a release record says which release it records, and does not repeat every field of it", () =>
  expect(replaced(state("1.5.0"), state("1.6.0"))).toEqual(["records release 1.6.0"]));

test("another ConfigMap with such a key is told as what it is", () => {
  const type = "kubernetes:core/v1:ConfigMap";
  expect(replaced(state("1.5.0", type), state("1.6.0", type))).toEqual([expect.stringContaining("version 1.5.0 -> 1.6.0")]);
});
