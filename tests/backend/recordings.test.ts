import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { magicOf } from "../../local/engine/backend/checkpoint.ts";
import { Secret } from "../../local/engine/values.ts";
import { REFERENCE, recorded } from "./support.ts";

const STATES = [
  ["conformance", "step2", "dev"],
  ["conformance", "step5-bad-image", "dev"],
  ["conformance", "step6", "dev"],
  ["conformance", "drift", "dev"],
  ["conformance", "destroy", "dev"],
  ["conformance", "prod", "prod"],
  ["scenarios", "kill", "dev"],
  ["scenarios", "import", "dev"],
  ["scenarios", "job-fails", "dev"],
] as const;

const MANIFEST = /"manifest":\{[^}]*\}/;

describe("a checkpoint that the Pulumi CLI wrote", () => {
  it.each(STATES)("%s/%s is written back byte for byte but for its manifest", async (project, name, stack) => {
    const { backend, file } = await recorded(project, name, stack);
    const original = readFileSync(file, "utf8");
    await backend.save((await backend.load())!);
    const written = readFileSync(file, "utf8");
    expect(written.replace(MANIFEST, "")).toBe(original.replace(MANIFEST, ""));
    const manifest = JSON.parse(written).checkpoint.latest.manifest;
    expect(Object.keys(manifest)).toEqual(["time", "magic", "version"]);
    expect(manifest.magic).toBe(magicOf(manifest.version));
    expect(manifest.time).toMatch(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/);
    expect(readFileSync(`${file}.bak`, "utf8")).toBe(original);
  });

  it("opens to its values, secrets marked", async () => {
    const { backend } = await recorded("conformance", "step2");
    const { resources } = (await backend.load())!;
    const secret = resources.find((r) => r.type === "kubernetes:core/v1:Secret")!;
    expect(secret.inputs.data).toEqual(new Secret({ TOKEN: Buffer.from("s3cr3t-t0ken").toString("base64") }));
    expect(resources.find((r) => r.type === "pulumi:pulumi:Stack")!.outputs).toEqual({
      fingerprint: new Secret(12),
      upstream: "none",
      workload: "api",
    });
  });

  it("shows what was under way when the CLI was killed", async () => {
    const { backend } = await recorded("scenarios", "kill");
    const { pendingOperations } = (await backend.load())!;
    expect(pendingOperations.map((p) => [p.type, p.resource.urn])).toEqual([
      ["creating", "urn:pulumi:dev::scenarios::kubernetes:apps/v1:Deployment::stuck"],
    ]);
  });

  it("has the magic that its version gives", () => {
    expect(magicOf("v3.260.0")).toBe("7dff0d166258e7f1d265e8e044021ea087795d58a0c6415ab6fe8b7c790e447f");
  });

  it("is exported as `pulumi stack export` does", async () => {
    const { backend } = await recorded("conformance", "prod", "prod");
    const text = readFileSync(path.join(REFERENCE, "conformance", "prod.export.json"), "utf8");
    expect(`${JSON.stringify(await backend.export(), null, 4)}\n`).toBe(text);
  });

  it("gives its outputs to another stack, secrets marked", async () => {
    const { backend, dir } = await recorded("conformance", "step2");
    await recorded("conformance", "prod", "prod", dir);
    expect(await backend.outputsOf("organization/conformance/prod")).toEqual({
      fingerprint: new Secret(11),
      upstream: "api",
      workload: "api",
    });
    expect(await backend.outputsOf("dev")).toMatchObject({ workload: "api" });
    expect(await backend.outputsOf("organization/conformance/nobody")).toBeUndefined();
  });
});
