import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { describeFaults } from "../../components/faults.ts";
import { parseSettings } from "../../components/parse.ts";
import { isPlatform, parsePlatform } from "../../components/platform/parse.ts";
import { exampleNames, exampleSettings } from "../../ops/init/example.ts";
import { settingsFiles } from "../../ops/init/files.ts";
import { choicesOf, type InitFlags } from "../../ops/init/flags.ts";
import { schemas } from "../../ops/schema/schemas.ts";
import { rawSettings } from "../settings/projects.ts";
import { SERVICES } from "./support.ts";

const ajv = new Ajv2020({ strict: false, validateFormats: false });
const compiled = Object.fromEntries(Object.entries(schemas()).map(([file, schema]) => [file, ajv.compile(schema)]));

/** Everything wrong with a project's files, by the schema that editors use and by the rules that the program checks. */
function faultsOf(name: string, files: Readonly<Record<string, string>>): string[] {
  const dir = mkdtempSync(path.join(os.tmpdir(), "liftlock-init-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  for (const [file, text] of Object.entries(files)) writeFileSync(path.join(dir, file), text);
  return Object.entries(files).flatMap(([file, text]) => {
    const schema = compiled[file === "Pulumi.yaml" ? "project.schema.json" : "stack.schema.json"]!;
    const shape = schema(parse(text)) ? [] : [`${file}: ${ajv.errorsText(schema.errors)}`];
    const stack = /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1];
    if (stack === undefined) return shape;
    const raw = rawSettings(dir, name, stack);
    const parsed = isPlatform(raw) ? parsePlatform(raw) : parseSettings(raw);
    return parsed.ok ? shape : [...shape, describeFaults(parsed.faults)];
  });
}

const GITHUB = [
  {},
  { repository: "acme/shop" },
  { repository: "acme/shop", visibility: "private" },
  { repository: "acme/shop", visibility: "private", plan: "team", codeOwner: ["@acme/shop"] },
];
const GATES = { soak: "24h", approver: ["ann@example.com", "@bea"], approvals: "2", check: ["load-test"], watch: "30m" };
const grid: InitFlags[] = [];
for (const branchModel of ["trunk", "branches", "tags"])
  for (const environments of ["production", "staging,production", "development,testing,staging,production"])
    for (const [database, service] of [
      ["none", SERVICES.one],
      ["postgresql", SERVICES.many],
      ["sqlite", SERVICES.stateful],
    ] as const)
      for (const github of GITHUB) {
        // Gates, secrets and migrations meet every one of the others, not every combination of them.
        const more = grid.length % 2 === 0 ? GATES : { secret: ["SESSION_KEY"] };
        const migrate = grid.length % 3 === 0 && database !== "none" ? { migrate: "npm run migrate" } : {};
        grid.push({ name: "shop", branchModel, environments, database, service, ...github, ...more, ...migrate });
      }

test(`what init writes passes schema and rules, over ${grid.length} combinations of flags`, () => {
  const faulty = grid.flatMap((flags) => {
    const faults = faultsOf("shop", settingsFiles(choicesOf(flags, "/shop")));
    return faults.length === 0 ? [] : [{ flags, faults }];
  });
  expect(faulty.slice(0, 2)).toEqual([]);
  expect(grid.length).toBe(108);
});

test("this test sees what is wrong", () => {
  const files = settingsFiles(choicesOf({ name: "shop", environments: "staging,production" }, "/shop"));
  const spoilt = {
    ...files,
    "Pulumi.staging.yaml": files["Pulumi.staging.yaml"]!.replace("shop-staging", "default").replace("protect", "potect"),
  };
  expect(faultsOf("shop", spoilt).join("\n")).toMatch(/belongs to the cluster[\s\S]*potect|potect[\s\S]*belongs to the cluster/);
});

test.each(exampleNames())("a project that starts from %s has its settings, with the package's schemas", (example) => {
  const { name, files } = exampleSettings(example);
  expect(faultsOf(name, files)).toEqual([]);
  for (const [file, text] of Object.entries(files)) {
    const [, schema] = /^# yaml-language-server: \$schema=node_modules\/liftlock\/(\S+)\n/.exec(text) ?? [];
    expect(() => readFileSync(path.resolve(import.meta.dirname, "../..", schema!)), file).not.toThrow();
  }
});

test("the five strategies can be started from", () => {
  expect(exampleNames()).toEqual(["academiclab", "contestlet", "job-automation", "life-os", "studysphere"]);
});
