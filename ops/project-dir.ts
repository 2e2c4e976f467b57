import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { closest, distance } from "fastest-levenshtein";
import type { ProjectSummary } from "./selector.ts";
import { UserError } from "./user-error.ts";

const FILE = "Pulumi.yaml";
const FILES = [FILE, "Pulumi.yml"];

const holdsProject = (dir: string): boolean => FILES.some((file) => existsSync(path.join(dir, file)));

/** The program's folder: `--stack-dir`, or the nearest one from here upwards. */
export function findProjectDir(cwd: string, stackDir: string | undefined): string {
  if (stackDir !== undefined) {
    const dir = path.resolve(cwd, stackDir);
    if (holdsProject(dir)) return dir;
    const what = !existsSync(dir) ? "does not exist" : statSync(dir).isDirectory() ? `has no ${FILE}` : `is a file; name its folder`;
    throw new UserError(`--stack-dir: ${dir} ${what}.`, 2);
  }
  for (let dir = path.resolve(cwd); ; dir = path.dirname(dir)) {
    if (holdsProject(dir)) return dir;
    if (dir === path.dirname(dir)) break;
  }
  throw new UserError(`No ${FILE} in ${cwd} or above it. Go to the program's folder, or name it with --stack-dir DIR.`, 2);
}

/** The stack that a command line names; says which there are when it names none or another. */
export function requireStack(project: ProjectSummary, name: string | undefined): string {
  const known =
    project.stacks.length > 0
      ? `It has: ${project.stacks.join(", ")}.`
      : `It has none: a stack is a file Pulumi.<stack>.yaml in ${project.dir}.`;
  if (name === undefined) throw new UserError(`Which stack of ${project.name}? ${known}`, 2);
  if (project.stacks.includes(name)) return name;
  const near = similar(name, project.stacks);
  throw new UserError(
    `No stack "${name}" in ${project.name} (${project.dir}). ${near === undefined ? known : `Did you mean ${near}? ${known}`}`,
    2,
  );
}

/** The stacks that releases go to. */
export const environmentsOf = ({ stacks, platforms = [] }: ProjectSummary): string[] => stacks.filter((name) => !platforms.includes(name));

/** The environment that a command line names: a stack that holds what environments share has no release, and nothing stands before it. */
export function requireEnvironment(project: ProjectSummary, name: string | undefined): string {
  if (name !== undefined && project.platforms?.includes(name))
    throw new UserError(
      `${name} holds what environments share: no release goes there, and no gate stands before it. It knows preview, up, outputs and history.`,
      2,
    );
  return requireStack({ ...project, stacks: environmentsOf(project) }, name);
}

/** What a person probably meant: the same beginning, or few letters wrong. */
export function similar(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0 || name === "") return undefined;
  const begins = known.filter((k) => k.startsWith(name.toLowerCase()) || name.toLowerCase().startsWith(k));
  if (begins.length === 1) return begins[0];
  const near = closest(name, [...known]);
  return distance(name, near) <= Math.max(2, Math.floor(near.length / 3)) ? near : undefined;
}
