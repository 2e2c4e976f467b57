import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Crypter } from "../../local/engine/backend/crypter.ts";
import { escapeSeparators, jsonText } from "../../local/engine/backend/json-text.ts";
import { PropertyCodec } from "../../local/engine/backend/property-codec.ts";
import { type PropertyMap, Reference, Secret, UNKNOWN, type Value } from "../../local/engine/values.ts";

/** Reversible and visible: what it was given can be looked for. A new nonce each time, as the real one. */
let nonce = 0;
const crypter: Crypter = {
  salt: "",
  encrypt: (text) => `${++nonce}:${Buffer.from(text).toString("base64")}`,
  decrypt: (text) => Buffer.from(text.split(":")[1]!, "base64").toString(),
};

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "grapheme" }),
  fc.constantFrom("__proto__", "constructor", "10", "9", "\u2028", "<&>", "a.b", ""),
);
const { value } = fc.letrec<{ value: Value; map: PropertyMap }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    fc.oneof(fc.constant(null), fc.boolean(), fc.double(), fc.integer(), text, fc.constant(UNKNOWN)),
    fc.array(tie("value"), { maxLength: 4 }),
    tie("map"),
    tie("value").map((v) => new Secret(v)),
    fc.tuple(text, fc.option(text, { nil: undefined }), text).map(([urn, id, version]) => new Reference(urn, id, version)),
  ),
  map: fc.dictionary(text, tie("value"), { maxKeys: 4 }) as fc.Arbitrary<PropertyMap>,
}));
const map = fc.dictionary(text, value, { maxKeys: 5 }) as fc.Arbitrary<PropertyMap>;

describe("property values in checkpoint JSON", () => {
  it("come back as they went, marks and all", () => {
    fc.assert(
      fc.property(map, (original) => {
        const codec = new PropertyCodec(crypter);
        const json = JSON.parse(escapeSeparators(codec.encodeMap(original, "here")));
        expect(codec.decodeMap(json, "here")).toEqual(original);
      }),
    );
  });

  it("never show anything of a secret, however deep", () => {
    const planted = "planted-7f3a";
    const plant = (v: Value): Value => {
      if (v instanceof Secret) return new Secret([planted, v.value]);
      if (Array.isArray(v)) return v.map(plant);
      if (typeof v === "object" && v !== null && v !== UNKNOWN && !(v instanceof Reference))
        return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, plant(x)]));
      return v;
    };
    fc.assert(
      fc.property(map, (m) => {
        const original = { ...(plant(m) as PropertyMap), always: new Secret({ deep: [new Secret(planted)] }) };
        expect(new PropertyCodec(crypter).encodeMap(original, "here")).not.toContain(planted);
      }),
    );
  });

  it("have one text: reading and writing it again changes nothing", () => {
    fc.assert(
      fc.property(map, (original) => {
        const codec = new PropertyCodec(crypter);
        const first = codec.encodeMap(original, "here");
        expect(codec.encodeMap(codec.decodeMap(JSON.parse(first), "here"), "here")).toBe(first);
      }),
    );
  });

  it("keep the ciphertext of a secret that stays the same, at its place only", () => {
    const codec = new PropertyCodec(crypter);
    const encode = (secret: string): string[] =>
      JSON.stringify(JSON.parse(codec.encodeMap({ a: new Secret(secret), b: new Secret("same") }, "here"))).match(/\d+:[\w+/=]+/g)!;
    const [a1, b1] = encode("same");
    expect(a1).not.toBe(b1);
    expect(encode("same")).toEqual([a1, b1]);
    const [a2, b2] = encode("changed");
    expect(b2).toBe(b1);
    expect(a2).not.toBe(a1);
  });

  it("keep assets as they are", () => {
    const asset = { "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", hash: "abc", text: "hello" };
    const codec = new PropertyCodec(crypter);
    expect(JSON.parse(codec.encodeMap(codec.decodeMap({ asset }, "here"), "here"))).toEqual({ asset });
  });

  it.each([
    [{ a: [{ "4dabf18193072939515e22adb298388d": "d0e6a833031e9bbcd3f4e8bde6ca49a4" }] }, "a[0]"],
    [{ a: { b: { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" } } }, "a.b"],
    [{ r: { "4dabf18193072939515e22adb298388d": "5cf8f73096256a8f31e491e813e4eb8e" } }, "r"],
  ])("are refused with their path when they cannot be understood: %j", (json, path) => {
    expect(() => new PropertyCodec(crypter).decodeMap(json, "here")).toThrow(expect.objectContaining({ path }));
  });
});

describe("JSON text", () => {
  it("is what JSON.parse reads, keys sorted", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (v) => {
        expect(JSON.parse(jsonText(v))).toEqual(v);
      }),
    );
    expect(jsonText({ b: 1n, a: [2n ** 63n], "10": true, "9": null })).toBe('{"10":true,"9":null,"a":[9223372036854775808],"b":1}');
  });
});
