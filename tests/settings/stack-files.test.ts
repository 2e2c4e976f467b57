import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { describeFaults } from "../../components/faults.ts";
import { scaleOf } from "../../components/model.ts";
import { parseSettings } from "../../components/parse.ts";
import { schemas } from "../../ops/schema/schemas.ts";
import { projects, rawSettings, readYaml, stackFiles } from "./projects.ts";

const settingsOf = (dir: string, project: string, stack: string) => {
  const parsed = parseSettings(rawSettings(dir, project, stack));
  if (!parsed.ok) throw new Error(describeFaults(parsed.faults));
  return parsed.settings;
};

describe.each(projects)("$project", ({ project, dir, stacks }) => {
  test("has the stacks of its promotion path, and no others but what these share", () => {
    expect(readYaml(dir, "Pulumi.yaml").config.application.value.promotion.path).toEqual(stacks);
    const environments = stackFiles(dir).filter((file) => !Object.hasOwn(readYaml(dir, file).config, `${project}:platform`));
    expect(environments.sort()).toEqual(stacks.map((stack) => `Pulumi.${stack}.yaml`).sort());
  });

  test.each(stacks)("the settings of %s are right", (stack) => {
    expect(settingsOf(dir, project, stack)).toMatchObject({ project, stack });
  });

  test.each(["Pulumi.yaml", ...stacks.map((stack) => `Pulumi.${stack}.yaml`)])(
    "the first line of %s names a schema that is there",
    (file) => {
      const [, schema] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(readFileSync(path.join(dir, file), "utf8")) ?? [];
      expect(path.basename(schema ?? "")).toBe(file === "Pulumi.yaml" ? "project.schema.json" : "stack.schema.json");
      expect(existsSync(path.join(dir, schema ?? ""))).toBe(true);
    },
  );

  test("runs the same images wherever it runs the same release", () => {
    const releases = stacks.map((stack) => settingsOf(dir, project, stack).release);
    for (const a of releases) for (const b of releases) if (a.version === b.version) expect(a).toEqual(b);
  });

  test("no stack file holds ciphertext: in a public repository one passphrase would guard it for ever", () => {
    for (const file of stackFiles(dir)) expect(readFileSync(path.join(dir, file), "utf8")).not.toMatch(/secure:|encryptionsalt/);
  });
});

test("StudySphere's environments have the numbers of its strategy", () => {
  const { dir, project } = projects[1];
  const numbers = (stack: string) => {
    const { application, environment } = settingsOf(dir, project, stack);
    const { replicas, resources, cpuTarget } = scaleOf(application.services[0]!, environment);
    const amount = ({ cpu, memory }: { cpu: string; memory: string }) => `${cpu} ${memory}`;
    const { database, namespace, host, flags } = environment;
    const data = [
      database?.tenancy,
      database?.data,
      database?.backup?.keepDays ?? "no backups",
      database?.reset?.schedule ?? "never reset",
    ].join(", ");
    return [
      namespace,
      host,
      `${replicas.min}..${replicas.max} at ${cpuTarget} %`,
      amount(resources.requests),
      amount(resources.limits),
      data,
      ...Object.values(flags),
    ];
  };
  expect(numbers("development")).toEqual([
    "development",
    "dev.studysphere.example.com",
    "1..3 at 80 %",
    "50m 64Mi",
    "200m 256Mi",
    "shared, synthetic, no backups, 0 4 * * 1",
    true,
    true,
    true,
  ]);
  expect(numbers("testing")).toEqual([
    "testing",
    "test.studysphere.example.com",
    "2..5 at 80 %",
    "100m 128Mi",
    "500m 512Mi",
    "dedicated, anonymised, 7, never reset",
    true,
    true,
    false,
  ]);
  expect(numbers("production")).toEqual([
    "production",
    "studysphere.example.com",
    "2..10 at 50 %",
    "100m 128Mi",
    "1000m 1Gi",
    "dedicated, real, 7, never reset",
    false,
    false,
    false,
  ]);
});

test.each(Object.entries(schemas()))("schemas/%s is current (npm run schemas)", (file, schema) => {
  const committed = readFileSync(path.join(import.meta.dirname, "../../schemas", file), "utf8");
  expect(committed).toBe(`${JSON.stringify(schema, null, 2)}\n`);
});
