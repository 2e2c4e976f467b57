import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import writeFileAtomic from "write-file-atomic";
import { findWorld, type World } from "../../local/world.ts";
import { keptSecret } from "../local-secrets.ts";
import { UserError } from "../user-error.ts";
import { seal, unseal } from "./sealed.ts";

type Kept = Record<string, Record<string, string>>;

/**
 * Values that a person gave secrets of the local world, or that a namespace had, in place of those made up: outside git, for their owner's
 * eyes only, and encrypted under the passphrase of the world's state.
 */
const fileOf = (world: World): string => path.join(world.dir, "secret-values.json");

export async function keptValues(world: World, project: string, stack: string): Promise<Readonly<Record<string, string>>> {
  const place = `${project}/${stack}`;
  const kept = (await read(fileOf(world)))[place] ?? {};
  if (Object.keys(kept).length === 0) return {};
  const passphrase = await keptSecret(world.passphraseFile);
  try {
    return Object.fromEntries(Object.entries(kept).map(([key, value]) => [key, unseal(value, passphrase, `${place}/${key}`)]));
  } catch {
    throw unreadable(fileOf(world));
  }
}

export const keptIn = (projectDir: string, project: string, stack: string) => keptValues(findWorld(projectDir), project, stack);

export const keepValue = (projectDir: string, project: string, stack: string, key: string, value: string): Promise<void> =>
  keepValues(projectDir, project, stack, { [key]: value });

export async function keepValues(
  projectDir: string,
  project: string,
  stack: string,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  const world = findWorld(projectDir);
  const file = fileOf(world);
  const place = `${project}/${stack}`;
  const kept = await read(file);
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const passphrase = await keptSecret(world.passphraseFile);
  const sealed = Object.entries(values).map(([key, value]) => [key, seal(value, passphrase, `${place}/${key}`)]);
  const mine = { ...kept[place], ...Object.fromEntries(sealed) };
  await writeFileAtomic(file, `${JSON.stringify({ ...kept, [place]: mine }, null, 2)}\n`, { mode: 0o600 });
}

async function read(file: string): Promise<Kept> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Kept;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    // The parser's own message would repeat a part of the text.
    throw unreadable(file);
  }
}

const unreadable = (file: string): UserError =>
  new UserError(`${file} cannot be read. It holds the local world's own secret values: mend or delete it.`);
