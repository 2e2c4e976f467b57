import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Step } from "../../ops/engine.ts";
import { codeFor } from "../../ops/importing/code.ts";
import { importSpecs } from "../../ops/importing/specs.ts";
import { UserError } from "../../ops/user-error.ts";

describe("the code to add for what was imported", () => {
  const step = (type: string, inputs: Record<string, unknown>): Step => ({
    op: "import",
    urn: `urn:pulumi:dev::p::${type}::settings`,
    detailedDiff: null,
    newState: { urn: "", type, inputs },
  });

  test("names the SDK's class and repeats what was read; a secret is asked from the configuration", () => {
    const code = codeFor(
      step("kubernetes:core/v1:Secret", {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "s", labels: { "app.kubernetes.io/name": "x" }, finalizers: [] },
        data: "[secret]",
      }),
    );
    expect(code).toBe(
      [
        'new k8s.core.v1.Secret("settings", {',
        "  metadata: {",
        '    name: "s",',
        "    labels: {",
        '      "app.kubernetes.io/name": "x",',
        "    },",
        "    finalizers: [],",
        "  },",
        '  data: config.requireSecret("…"),',
        "});",
      ].join("\n"),
    );
  });

  test.each([
    ["kubernetes:apps/v1:Deployment", "k8s.apps.v1.Deployment"],
    ["kubernetes:networking.k8s.io/v1:NetworkPolicy", "k8s.networking.v1.NetworkPolicy"],
    ["kubernetes:gateway.networking.k8s.io/v1:HTTPRoute", "k8s.apiextensions.CustomResource"],
    ["kubernetes:example.com/v1:Thing", "k8s.apiextensions.CustomResource"],
    ["random:index:RandomPet", "random.RandomPet"],
  ])("of %s is %s", (type, className) => {
    expect(codeFor(step(type, {}))).toBe(`new ${className}("settings", {});`);
  });
});

describe("what is to be imported", () => {
  const file = (text: string): string => {
    const dir = mkdtempSync(path.join(os.tmpdir(), "liftlock-import-"));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    writeFileSync(path.join(dir, "import.json"), text);
    return dir;
  };
  const one = { type: "kubernetes:core/v1:ConfigMap", name: "a", id: "n/a" };

  test("comes from flags or from a file of `pulumi import`, whose parents its table names", () => {
    expect(importSpecs(one, ".")).toEqual([one]);
    const text = JSON.stringify({ nameTable: { group: "urn:group" }, resources: [{ ...one, parent: "group" }, one] });
    expect(importSpecs({ file: "import.json" }, file(text))).toEqual([{ ...one, parent: "urn:group" }, one]);
  });

  test.each([
    [{ type: one.type }, /--name and --id missing/],
    [{ ...one, file: "import.json" }, /either --file, or --type/],
    [{ file: "missing.json" }, /missing\.json cannot be read/],
    [{ file: "import.json" }, /resources\.0\.id: [\s\S]*resources\.1: .*"protected"|resources\.1/],
  ])("%j is refused", (flags, message) => {
    const dir = file(
      JSON.stringify({
        resources: [
          { type: "t", name: "a" },
          { ...one, protected: true },
        ],
      }),
    );
    const act = () => importSpecs(flags, dir);
    expect(act).toThrow(UserError);
    expect(act).toThrow(message);
  });
});
