import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../user-error.ts";
import type { Files } from "./files.ts";

/** Beside ops/ in a checkout and in the package. */
const EXAMPLES = path.join(import.meta.dirname, "../../examples");

export const exampleNames = (): string[] =>
  existsSync(EXAMPLES)
    ? readdirSync(EXAMPLES)
        .filter((name) => existsSync(path.join(EXAMPLES, name, "Pulumi.yaml")))
        .sort()
    : [];

/** The settings of an example, as a project of its own has them. */
export function exampleSettings(example: string): { name: string; files: Files } {
  const known = exampleNames();
  if (!known.includes(example)) throw new UserError(`There is no example "${example}". There are: ${known.join(", ")}.`, 2);
  const dir = path.join(EXAMPLES, example);
  const files = readdirSync(dir).filter((file) => /^Pulumi(\..+)?\.yaml$/.test(file));
  const text = (file: string) => readFileSync(path.join(dir, file), "utf8").replace("$schema=../../", "$schema=node_modules/liftlock/");
  return { name: example, files: Object.fromEntries(files.map((file) => [file, text(file)])) };
}
