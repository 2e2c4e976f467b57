import { readFile } from "node:fs/promises";
import path from "node:path";
import writeFileAtomic from "write-file-atomic";
import { findWorld, type World } from "../../local/world.ts";
import { UserError } from "../user-error.ts";

type Kept = Record<string, Record<string, string>>;

/** Values that a person gave secrets of the local world, in place of those made up: outside git, for their owner's eyes only. */
const fileOf = (world: World): string => path.join(world.dir, "secret-values.json");

export async function keptValues(world: World, project: string, stack: string): Promise<Readonly<Record<string, string>>> {
  return (await read(fileOf(world)))[`${project}/${stack}`] ?? {};
}

export const keptIn = (projectDir: string, project: string, stack: string) => keptValues(findWorld(projectDir), project, stack);

export async function keepValue(projectDir: string, project: string, stack: string, key: string, value: string): Promise<void> {
  const file = fileOf(findWorld(projectDir));
  const kept = await read(file);
  const { mkdir } = await import("node:fs/promises");
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const mine = { ...kept[`${project}/${stack}`], [key]: value };
  await writeFileAtomic(file, `${JSON.stringify({ ...kept, [`${project}/${stack}`]: mine }, null, 2)}\n`, { mode: 0o600 });
}

async function read(file: string): Promise<Kept> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Kept;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    // The parser's own message would repeat a part of the text.
    throw new UserError(`${file} cannot be read. It holds the local world's own secret values: mend or delete it.`);
  }
}
