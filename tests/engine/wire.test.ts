import fc from "fast-check";
import structPb from "google-protobuf/google/protobuf/struct_pb.js";
import { describe, expect, test } from "vitest";
import { type PropertyMap, Reference, Secret, UNKNOWN, type Value } from "../../local/engine/values.ts";
import { parseGoDuration } from "../../local/engine/wire/duration.ts";
import { decodeStruct, encodeStruct, signatureKey, unknownText } from "../../local/engine/wire/struct.ts";

const struct = (json: object) => structPb.Struct.fromJavaScript(json as never);
const secretMark = { [signatureKey]: "1b47061264138c4ac30d75fd1eb44270" };

describe("values on the wire", () => {
  test("marks are read as the SDK writes them", () => {
    const sent = {
      secret: { ...secretMark, value: { inner: { ...secretMark, value: "x" } } },
      unknown: unknownText,
      secretUnknown: { ...secretMark, value: unknownText },
      resource: { [signatureKey]: "5cf8f73096256a8f31e491e813e4eb8e", urn: "urn:a", id: unknownText },
      component: { [signatureKey]: "5cf8f73096256a8f31e491e813e4eb8e", urn: "urn:b" },
      output: { [signatureKey]: "d0e6a833031e9bbcd3f4e8bde6ca49a4", value: 1, dependencies: ["urn:a"] },
      unknownOutput: { [signatureKey]: "d0e6a833031e9bbcd3f4e8bde6ca49a4" },
      secretOutput: { [signatureKey]: "d0e6a833031e9bbcd3f4e8bde6ca49a4", value: 2, secret: true },
      asset: { [signatureKey]: "c44067f5952c0a294b673a41bacd8c17", text: "content" },
      nothing: null,
      list: [null, unknownText, { a: 1 }],
    };
    expect(decodeStruct(struct(sent))).toEqual({
      secret: new Secret({ inner: "x" }),
      unknown: UNKNOWN,
      secretUnknown: new Secret(UNKNOWN),
      resource: new Reference("urn:a", ""),
      component: new Reference("urn:b", undefined),
      output: 1,
      unknownOutput: UNKNOWN,
      secretOutput: new Secret(2),
      asset: { [signatureKey]: "c44067f5952c0a294b673a41bacd8c17", text: "content" },
      nothing: null,
      list: [null, UNKNOWN, { a: 1 }],
    });
  });

  test("whatever is sent comes back the same", () => {
    const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.constant(UNKNOWN));
    const key = fc.string({ minLength: 1 }).filter((text) => text !== "__proto__");
    const plain = fc.letrec<{ value: Value }>((tie) => ({
      value: fc.oneof({ depthSize: "small" }, leaf, fc.array(tie("value")), fc.dictionary(key, tie("value"), { noNullPrototype: true })),
    })).value as fc.Arbitrary<Value>;
    const marked = fc.oneof(
      plain,
      plain.map((value) => new Secret(value)),
      fc.record({ urn: fc.string(), id: fc.string() }).map(({ urn, id }) => new Reference(urn, id, "1.0.0")),
    );
    fc.assert(
      fc.property(fc.dictionary(key, marked, { noNullPrototype: true }), (values) => {
        const bytes = encodeStruct(values as PropertyMap).serializeBinary();
        expect(decodeStruct(structPb.Struct.deserializeBinary(bytes))).toEqual(values);
      }),
    );
  });
});

test("Go's durations", () => {
  expect(["30s", "5m", "1h15m", "1.5m", "250ms"].map(parseGoDuration)).toEqual([30, 300, 4500, 90, 0.25]);
  expect(parseGoDuration("")).toBeUndefined();
  for (const wrong of ["5", "five minutes", "5m ", "-5m"]) expect(() => parseGoDuration(wrong)).toThrow(/is not a duration/);
});
