import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { closest, distance } from "fastest-levenshtein";
import { UserError } from "../../ops/user-error.ts";
import { type ConfigDeclaration, readDeclarations } from "./project/config-schema.ts";
import { readYaml } from "./project/yaml-file.ts";
import type { StackConfig } from "./state.ts";

export { programFile } from "./project/program-file.ts";
export { configEnvironment, loadStackConfig, stackSalt, undecryptableKeys } from "./project/stack-config.ts";

/** A Pulumi project: a folder with a Pulumi.yaml. */
export interface Project {
  readonly name: string;
  /** Absolute. */
  readonly dir: string;
  /** Its Pulumi.yaml, absolute. */
  readonly file: string;
  readonly description?: string;
  readonly main?: string;
  readonly runtime: { name: string; options: Record<string, unknown> };
  /** What a stack gets that has no value of its own (full keys). */
  readonly configDefaults: StackConfig;
  readonly declarations: readonly ConfigDeclaration[];
  /** Names of the stacks with a settings file, in order. */
  stacks(): string[];
  /** The settings file of a stack. Throws a UserError that lists the stacks there are. */
  stackFile(stack: string): string;
}

const PROJECT_FILES = ["Pulumi.yaml", "Pulumi.yml"];
const STACK_FILE = /^Pulumi\.(.+)\.ya?ml$/;

/** Reads a folder's Pulumi.yaml. Everything that is wrong with it is a UserError. */
export async function loadProject(projectDir: string): Promise<Project> {
  const dir = path.resolve(projectDir);
  const file = PROJECT_FILES.map((name) => path.join(dir, name)).find((f) => existsSync(f));
  if (file === undefined)
    throw new UserError(`There is no Pulumi.yaml in ${dir}. Run liftlock in the project's folder, or name it with --stack-dir.`, 2);
  const yaml = readYaml(file);
  const { name, main, description, stackConfigDir } = yaml.data;
  if (typeof name !== "string" || !/^[A-Za-z0-9_.-]{1,100}$/.test(name)) {
    throw new UserError(`${yaml.at(["name"])}: the project needs a \`name\` of letters, digits, hyphens, underscores and dots.`);
  }
  if (main !== undefined && typeof main !== "string")
    throw new UserError(`${yaml.at(["main"])}: \`main\` must be a path inside the project's folder.`);
  const declarations = readDeclarations(yaml, name);
  const stackDir = path.resolve(dir, typeof stackConfigDir === "string" ? stackConfigDir : ".");
  return {
    name,
    dir,
    file,
    main,
    description: typeof description === "string" ? description : undefined,
    runtime: readRuntime(yaml.data.runtime),
    declarations,
    configDefaults: Object.fromEntries(declarations.flatMap(({ key, fallback }) => (fallback ? [[key, fallback]] : []))),
    stacks: () => stackNames(stackDir),
    stackFile: (stack) => findStackFile(stackDir, stack),
  };
}

function readRuntime(runtime: unknown): Project["runtime"] {
  if (typeof runtime === "string") return { name: runtime, options: {} };
  const { name, options } = (runtime ?? {}) as { name?: unknown; options?: unknown };
  return {
    name: typeof name === "string" ? name : "",
    options: typeof options === "object" && options !== null ? (options as Record<string, unknown>) : {},
  };
}

function stackNames(dir: string): string[] {
  if (!existsSync(dir)) return [];
  return [...new Set(readdirSync(dir).flatMap((name) => STACK_FILE.exec(name)?.[1] ?? []))].sort();
}

function findStackFile(dir: string, stack: string): string {
  const known = stackNames(dir);
  if (known.includes(stack)) return [".yaml", ".yml"].map((ext) => path.join(dir, `Pulumi.${stack}${ext}`)).find((f) => existsSync(f))!;
  const near = known.length > 0 ? closest(stack, known) : "";
  const hint = near !== "" && distance(stack, near) <= Math.max(2, stack.length / 3) ? ` Did you mean "${near}"?` : "";
  const list =
    known.length > 0
      ? `Stacks of this project: ${known.join(", ")}.`
      : `There are none yet: a stack is a file Pulumi.<stack>.yaml in ${dir}.`;
  throw new UserError(`There is no stack "${stack}" (no Pulumi.${stack}.yaml in ${dir}).${hint}\n${list}`, 2);
}
