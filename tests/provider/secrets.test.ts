import fc from "fast-check";
import { expect, test } from "vitest";
import { type PropertyMap, redact, reveal, Secret, type Value } from "../../local/engine/values.ts";
import { checkpoint, parseCheckpoint } from "../../local/providers/kubernetes/checkpoint.ts";
import { markSecrets, scrub } from "../../local/providers/kubernetes/secrets.ts";

test("a message is scrubbed of every secret, plain, quoted and in base64", () => {
  const inputs = {
    stringData: { a: new Secret('pa"ss\nword') },
    data: new Secret({ b: Buffer.from("planted-two").toString("base64") }),
    open: "visible",
  };
  const message = `Invalid value: "pa\\"ss\\nword" (${Buffer.from('pa"ss\nword').toString("base64")}) or planted-two or cGxhbnRlZC10d28=; visible`;
  expect(scrub(message, inputs)).toBe('Invalid value: "[secret]" ([secret]) or [secret] or [secret]; visible');
});

test("no secret of four characters or more survives, whatever it is", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 4, unit: "binary-ascii" }), fc.string(), fc.string(), (secret, before, after) => {
      fc.pre(!"[secret]".includes(secret) && !`${before}[secret]${after}`.includes(secret));
      expect(scrub(before + secret + after, { x: [{ y: new Secret(secret) }] })).not.toContain(secret);
    }),
  );
});

test("outputs bear the marks of the inputs, lists as a whole, and a Secret's data always", () => {
  const inputs = { spec: { open: 1, closed: new Secret("planted"), list: [{ a: new Secret("planted") }] } };
  const list: Value = [{ a: "planted" }, { b: "new" }];
  const live = { kind: "X", apiVersion: "v1", spec: { open: 1, closed: "planted", list, more: 2 } };
  expect(markSecrets(live, inputs)).toEqual({
    ...live,
    spec: { open: 1, closed: new Secret("planted"), list: new Secret(list), more: 2 },
  });
  const unmarked = { kind: "Secret", apiVersion: "v1", data: { a: "cGxhbnRlZA==" } };
  const outputs = checkpoint({ inputs: unmarked, live: unmarked, fieldManager: "m", initialApiVersion: "v1" });
  expect(JSON.stringify(redact(outputs))).not.toContain("cGxhbnRlZA==");
});

test("marks change no value", () => {
  const value = fc.dictionary(
    fc.string(),
    fc.oneof(fc.string(), fc.integer(), fc.array(fc.string()), fc.dictionary(fc.constantFrom("a", "b"), fc.string())),
  );
  fc.assert(
    fc.property(value, value, (onto, from) => {
      const secretive: PropertyMap = Object.fromEntries(Object.entries(from).map(([key, x]) => [key, new Secret(x as never)]));
      const marked = markSecrets(onto as PropertyMap, secretive);
      expect(reveal(marked)).toEqual(onto);
      for (const key of Object.keys(onto)) expect(marked[key] instanceof Secret).toBe(Object.hasOwn(from, key));
    }),
  );
});

test("state's keys of a definition's schema are the SDK's, and read back as parts", () => {
  const outputs = checkpoint({
    inputs: { a: 1 },
    live: { kind: "CustomResourceDefinition", "x-kubernetes-list-type": "map" },
    fieldManager: "pulumi-kubernetes-1",
    initialApiVersion: "v1",
  });
  expect(outputs).toEqual({
    kind: "CustomResourceDefinition",
    x_kubernetes_list_type: "map",
    __inputs: { a: 1 },
    __initialApiVersion: "v1",
    __fieldManager: "pulumi-kubernetes-1",
  });
  expect(parseCheckpoint(outputs)).toEqual({
    oldInputs: { a: 1 },
    live: { kind: "CustomResourceDefinition", x_kubernetes_list_type: "map" },
    fieldManager: "pulumi-kubernetes-1",
    initialApiVersion: "v1",
  });
});
