import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { readValue, withValueInFile } from "../../ops/promotion/stack-file.ts";

const root = path.join(import.meta.dirname, "../..");
const files = ["Pulumi.staging.yaml", "Pulumi.production.yaml", "examples/studysphere/Pulumi.production.yaml"].map((name) => ({
  name,
  project: name.startsWith("examples") ? "studysphere" : "ferry",
  file: path.join(root, name),
  text: readFileSync(path.join(root, name), "utf8"),
}));
const [staging] = files as [(typeof files)[0]];
const hex = (length: number) => fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: length, maxLength: length });
const number = fc.nat({ max: 30 });
const version = fc.tuple(number, number, number).map((parts) => parts.join("."));
const lineDiff = (a: string, b: string) => {
  const [left, right] = [a.split("\n"), b.split("\n")];
  return { lines: right.length - left.length, changed: left.filter((line, index) => line !== right[index]) };
};

describe("a release in a stack file", () => {
  test.each(files)("$name: only the scalars that differ change, whatever the release", ({ file, project, text }) => {
    const before = readValue({ file, text }, project, "release") as { images: Record<string, string> };
    fc.assert(
      fc.property(
        version,
        hex(40),
        hex(64),
        fc.constantFrom("20261231", "2026-12-31", "0755", "1_000", "20270101_x", "v1"),
        (v, commit, digest, schemaVersion) => {
          const images = Object.fromEntries(
            Object.keys(before.images).map((name) => [name, `registry.example.com/a/${name}:${v}@sha256:${digest}`]),
          );
          const release = { ...before, version: v, commit, schemaVersion, images };
          const after = withValueInFile({ file, text }, project, "release", release);
          expect(parse(after).config[`${project}:release`]).toEqual(release);
          expect(parse(after, { version: "1.1" }).config[`${project}:release`]).toEqual(release);
          expect(after).toMatch(/commit: "/); // quoted as it was
          const { lines, changed } = lineDiff(text, after);
          expect(lines).toBe(0);
          for (const line of changed) expect(line).toMatch(/^ +(version|commit|schemaVersion|[a-z-]+): /);
          expect(after.split("#").length).toBe(text.split("#").length);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("the same release leaves the file byte for byte", () => {
    for (const { file, project, text } of files) {
      expect(withValueInFile({ file, text }, project, "release", readValue({ file, text }, project, "release"))).toBe(text);
    }
  });

  test("a release with other keys is written anew; everything around it stays", () => {
    const { file, text, project } = staging;
    const release = { ...(readValue(staging, project, "release") as object), migrations: [{ name: "x", kind: "expand" }] };
    const after = withValueInFile({ file, text }, project, "release", release);
    expect(parse(after).config[`${project}:release`]).toEqual(release);
    const head = text.slice(0, text.indexOf("    version:"));
    expect(after.startsWith(head)).toBe(true);
    expect(withValueInFile({ file, text: after }, project, "release", release)).toBe(after);
  });

  test("a value in the middle of the file, written on one line, or not there yet", () => {
    const text = "# top\nconfig:\n  a:release: { version: 1.0.0 } # one line\n  a:other: 1 # kept\n# end\n";
    const file = "Pulumi.x.yaml";
    expect(withValueInFile({ file, text }, "a", "release", { version: "1.0.1" })).toBe(text.replace("1.0.0", "1.0.1"));
    const grown = withValueInFile({ file, text }, "a", "release", { version: "1.0.1", commit: "1" });
    expect(parse(grown).config).toEqual({ "a:release": { version: "1.0.1", commit: "1" }, "a:other": 1 });
    expect(grown).toContain("\n  a:other: 1 # kept\n# end\n");
    const added = withValueInFile({ file, text: "config:\n  a:other: 1 # kept\n# end\n" }, "a", "release", { version: "1.0.1" });
    expect(parse(added).config).toEqual({ "a:other": 1, "a:release": { version: "1.0.1" } });
    expect(added).toContain("  a:other: 1 # kept\n");
  });

  test.each([
    ["config:\n  a: [", "Pulumi.x.yaml:2:7 is not valid YAML"],
    ["a: 1\n", "has no settings under `config`"],
    ["config: { a:other: 1 }\n", "is written on one line"],
  ])("a file that nothing can be written to says why: %j", (text, message) => {
    expect(() => withValueInFile({ file: "Pulumi.x.yaml", text }, "a", "release", { version: "1.0.0" })).toThrow(message);
  });
});
