import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import type { RawSettings } from "../../components/parse.ts";
import { declaredSecrets } from "../../components/secrets.ts";
import { readSiblings } from "../../components/siblings.ts";

const root = path.resolve(import.meta.dirname, "../..");

/** Every project that is committed with its stacks. */
export const projects = [
  { project: "ferry", dir: root, stacks: ["development", "staging", "production"] },
  { project: "studysphere", dir: path.join(root, "examples/studysphere"), stacks: ["development", "testing", "production"] },
] as const;

export const stackFiles = (dir: string): string[] => readdirSync(dir).filter((file) => /^Pulumi\..+\.yaml$/.test(file));

export const readYaml = (dir: string, file: string) => parse(readFileSync(path.join(dir, file), "utf8"));

/** A committed stack as its program gets it, with a planted value for each secret, as the local world has. */
export function rawSettings(dir: string, project: string, stack: string): RawSettings {
  const { application } = readYaml(dir, "Pulumi.yaml").config;
  const values: Record<string, string> = { [`${project}:application`]: JSON.stringify(application.value) };
  for (const [key, value] of Object.entries(readYaml(dir, `Pulumi.${stack}.yaml`).config)) {
    values[key] = typeof value === "string" ? value : JSON.stringify(value);
  }
  const secretKeys = declaredSecrets(application.value, stack).map(({ key }) => `${project}:${key}`);
  for (const key of secretKeys) values[key] = `planted-${key}`;
  return { project, stack, values, secretKeys, siblings: readSiblings(dir, project, stack) };
}
