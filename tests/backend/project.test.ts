import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { loadProject, programFile } from "../../local/engine/project.ts";
import { UserError } from "../../ops/user-error.ts";
import { REFERENCE, refusal, temporaryDir } from "./support.ts";

/** A project folder with these files. */
function projectDir(files: Record<string, string>): string {
  const dir = temporaryDir();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    writeFileSync(path.join(dir, name), text);
  }
  return dir;
}
const HEAD = "name: shop\nruntime: nodejs\n";

describe("loadProject", () => {
  it("reads what Pulumi reads", async () => {
    const project = await loadProject(path.join(REFERENCE, "conformance"));
    expect(project).toMatchObject({
      name: "conformance",
      main: "index.ts",
      runtime: { name: "nodejs", options: { typescript: false, packagemanager: "npm" } },
      configDefaults: {
        "conformance:application": { value: '{"port":8080}', secret: false, object: true },
        "conformance:greeting": { value: "hello", secret: false },
      },
    });
    expect(project.stacks()).toEqual(["dev", "prod"]);
    expect(project.stackFile("dev")).toBe(path.join(REFERENCE, "conformance", "Pulumi.dev.yaml"));
  });

  it("says how to name the folder when there is no project in it", async () => {
    const dir = temporaryDir();
    const error = await refusal(loadProject(dir));
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toBe(`There is no Pulumi.yaml in ${dir}. Run liftlock in the project's folder, or name it with --stack-dir.`);
  });

  it.each([
    ["syntax", `${HEAD}config:\n  a: [1, 2\n  b: 3\n`, /Pulumi\.yaml:5:3: .*\n {4}b: 3$/],
    ["a key twice", `${HEAD}name: again\n`, /Pulumi\.yaml:3:1: Map keys must be unique\.\n {4}name: again$/],
    ["no mapping", "- a\n", /Pulumi\.yaml must hold keys and values/],
    ["no name", "runtime: nodejs\n", /the project needs a `name`/],
    ["bad name", "name: a/b\n", /Pulumi\.yaml:1:1: the project needs a `name` of letters/],
    [
      "unknown attribute",
      `${HEAD}config:\n  application:\n    name: shop\n`,
      /Pulumi\.yaml:4:3: configuration key "application" has "name".*put it under `value:`/,
    ],
    ["value and default", `${HEAD}config:\n  a: { value: 1, default: 2 }\n`, /has both a `value` and a `default`/],
    [
      "another namespace's type",
      `${HEAD}config:\n  aws:region: { type: string }\n`,
      /belongs to another namespace, so it takes a `value` only/,
    ],
    ["another namespace without value", `${HEAD}config:\n  aws:region: { description: x }\n`, /so it needs a `value`/],
    ["unknown type", `${HEAD}config:\n  a: { type: number }\n`, /unknown type: use one of string, integer, boolean, array, object/],
    ["array without items", `${HEAD}config:\n  a: { type: array }\n`, /needs `items`/],
    ["default of another type", `${HEAD}config:\n  a: { type: integer, default: many }\n`, /not of its type "integer"/],
    ["key of too many parts", `${HEAD}config:\n  a:b:c:d: 1\n`, /is no key/],
    [
      "a date in clear",
      `${HEAD}config:\n  a: 2026-11-21\n`,
      /Pulumi\.yaml:4:6: 2026-11-21 is read as a date by some YAML readers.*"2026-11-21"/,
    ],
    ["an octal number", `${HEAD}config:\n  a: { value: { mode: 0755 } }\n`, /0755 is read as an octal number/],
  ])("says where it is wrong: %s", async (_name, text, problem) => {
    const error = await refusal(loadProject(projectDir({ "Pulumi.yaml": text })));
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toMatch(problem);
  });

  it("lists the stacks, and the near one, for a name that is none", async () => {
    const project = await loadProject(
      projectDir({ "Pulumi.yaml": HEAD, "Pulumi.production.yaml": "", "Pulumi.staging.yml": "", "Other.yaml": "" }),
    );
    expect(project.stacks()).toEqual(["production", "staging"]);
    expect(() => project.stackFile("prodution")).toThrow(
      /There is no stack "prodution".* Did you mean "production"\?\nStacks of this project: production, staging\./s,
    );
    expect(() => project.stackFile("x")).toThrow(/^(?!.*Did you mean).*Stacks of this project/s);
    const empty = await loadProject(projectDir({ "Pulumi.yaml": HEAD }));
    expect(() => empty.stackFile("dev")).toThrow(/There are none yet: a stack is a file Pulumi\.<stack>\.yaml/);
  });

  it("finds stack files where `stackConfigDir` says", async () => {
    const project = await loadProject(projectDir({ "Pulumi.yaml": `${HEAD}stackConfigDir: stacks\n`, "stacks/Pulumi.dev.yaml": "" }));
    expect(project.stacks()).toEqual(["dev"]);
    expect(project.stackFile("dev")).toBe(path.join(project.dir, "stacks", "Pulumi.dev.yaml"));
  });
});

describe("programFile", () => {
  const find = async (files: Record<string, string>): Promise<string> => {
    const project = await loadProject(projectDir(files));
    return path.relative(project.dir, programFile(project));
  };
  it.each([
    ["index.ts", { "Pulumi.yaml": HEAD, "index.ts": "", "index.js": "" }],
    ["index.js", { "Pulumi.yaml": HEAD, "index.js": "" }],
    ["src/main.ts", { "Pulumi.yaml": HEAD, "package.json": '{"main":"src/main.ts"}', "src/main.ts": "", "index.ts": "" }],
    ["infra/index.ts", { "Pulumi.yaml": `${HEAD}main: infra\n`, "infra/index.ts": "", "index.ts": "" }],
    ["a.ts", { "Pulumi.yaml": `${HEAD}main: a.ts\n`, "a.ts": "" }],
  ])("is %s", async (file, files) => expect(await find(files)).toBe(file));

  it.each([
    [/outside the project's folder/, { "Pulumi.yaml": `${HEAD}main: ../other\n` }],
    [/there is no .*nowhere/, { "Pulumi.yaml": `${HEAD}main: nowhere\n` }],
    [/There is no program in .*expected index\.ts/, { "Pulumi.yaml": HEAD }],
    [/package\.json is not valid JSON/, { "Pulumi.yaml": HEAD, "package.json": "{" }],
    [/runs nodejs programs only/, { "Pulumi.yaml": "name: shop\nruntime: python\n" }],
  ])("is refused: %s", async (problem, files) => expect((await refusal(find(files))).message).toMatch(problem));
});
