import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../../ops/user-error.ts";
import type { Project } from "../project.ts";

const INDEX = ["index.ts", "index.mts", "index.js", "index.mjs", "index.cjs"];

/** The program's first module: `main` of Pulumi.yaml, `main` of package.json, or an index file. Absolute. */
export function programFile(project: Project): string {
  if (project.runtime.name !== "nodejs") {
    throw new UserError(`${project.file} asks for the runtime "${project.runtime.name}". The local world runs nodejs programs only.`);
  }
  const main = path.resolve(project.dir, project.main ?? ".");
  const inside = path.relative(project.dir, main);
  if (inside.startsWith("..") || path.isAbsolute(inside)) {
    throw new UserError(`${project.file}: \`main\` is "${project.main}", outside the project's folder. Name a file or folder inside it.`);
  }
  if (!existsSync(main)) throw new UserError(`${project.file}: \`main\` is "${project.main}", but there is no ${main}.`);
  if (!statSync(main).isDirectory()) return main;
  const candidates = [...packageMain(main), ...INDEX].map((name) => path.join(main, name));
  const found = candidates.find((file) => existsSync(file) && statSync(file).isFile());
  if (found === undefined) throw new UserError(`There is no program in ${main}: expected index.ts, or \`main\` in ${project.file}.`);
  return found;
}

function packageMain(dir: string): string[] {
  const file = path.join(dir, "package.json");
  if (!existsSync(file)) return [];
  try {
    const { main } = JSON.parse(readFileSync(file, "utf8")) as { main?: unknown };
    return typeof main === "string" ? [main] : [];
  } catch (error) {
    throw new UserError(`${file} is not valid JSON: ${(error as Error).message}`);
  }
}
