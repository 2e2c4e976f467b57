import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { type Manifest, manifestsYaml, redactedSecret, sortManifests } from "../../ops/report/manifests.ts";

const secret = (fields: object): Manifest => ({ apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, ...fields });

describe("manifests", () => {
  test("a Secret keeps the names of its values and none of them, marked or not", () => {
    expect(redactedSecret(secret({ data: { A: "YQ==" }, stringData: { B: "clear" }, type: "Opaque" }))).toEqual(
      secret({ data: { A: "W3NlY3JldF0=" }, stringData: { B: "[secret]" }, type: "Opaque" }),
    );
    expect(redactedSecret(secret({ data: "[secret]" }))).toEqual(secret({ data: {} }));
  });

  test("other kinds stay as they are", () => {
    const configMap = { apiVersion: "v1", kind: "ConfigMap", data: { A: "a" } };
    expect(redactedSecret(configMap)).toEqual(configMap);
  });

  test("what others stand on comes first, then by kind and name", () => {
    const of = (kind: string, name: string): Manifest => ({ apiVersion: "v1", kind, metadata: { name, namespace: "n" } });
    const sorted = sortManifests([
      of("Deployment", "b"),
      of("Zebra", "z"),
      of("Deployment", "a"),
      of("ConfigMap", "c"),
      of("Namespace", "n"),
    ]);
    expect(sorted.map((m) => m.kind)).toEqual(["Namespace", "ConfigMap", "Deployment", "Deployment", "Zebra"]);
    expect(sorted.map((m) => (m.metadata as { name: string }).name)).toEqual(["n", "c", "a", "b", "z"]);
  });

  test("apiVersion, kind and metadata come first, the rest by name", async () => {
    const yaml = await manifestsYaml([
      { spec: { b: 1, a: 2 }, metadata: { name: "x" }, kind: "Thing", data: 1, apiVersion: "v1" } as unknown as Manifest,
    ]);
    expect(yaml).toBe("---\napiVersion: v1\nkind: Thing\nmetadata:\n  name: x\ndata: 1\nspec:\n  a: 2\n  b: 1\n");
  });

  // kubectl reads YAML 1.1, where these are booleans, numbers and dates.
  test.each(["yes", "no", "on", "off", "n", "y", "0777", "1_000", "1:30", "2026-11-21", "null", "~", "1e3", "", "- x", "a: b", "#c"])(
    "the text %j stays text for a reader of YAML 1.1",
    async (text) => {
      const yaml = await manifestsYaml([{ apiVersion: "v1", kind: "ConfigMap", data: { text } }]);
      expect(parseAllDocuments(yaml, { version: "1.1" }).map((d) => d.toJS())).toEqual([
        { apiVersion: "v1", kind: "ConfigMap", data: { text } },
      ]);
    },
  );

  test("every document comes back as it went in, in both versions of YAML", async () => {
    const value = fc.jsonValue({ maxDepth: 3 }).map((v) => JSON.parse(JSON.stringify(v)) as unknown);
    const manifest = fc.record({ apiVersion: fc.constant("v1"), kind: fc.constantFrom("Namespace", "ConfigMap"), spec: value });
    await fc.assert(
      fc.asyncProperty(
        fc.array(manifest, { minLength: 1, maxLength: 3 }),
        fc.constantFrom("1.1" as const, "1.2" as const),
        async (manifests, version) => {
          const back = parseAllDocuments(await manifestsYaml(manifests), { version }).map((d) => d.toJS() as unknown);
          expect(back).toEqual(sortManifests(manifests));
        },
      ),
      { numRuns: 60 },
    );
  });
});
