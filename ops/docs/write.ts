import { mkdir, readFile, writeFile } from "node:fs/promises";
import type { Json } from "../report/diff.ts";
import { commandsReference } from "./commands.ts";
import { settingsReference } from "./settings.ts";

// `npm run docs`: writes the generated pages, which are committed; a test says when they are stale.
const root = new URL("../../", import.meta.url);
const schema = async (name: string) => JSON.parse(await readFile(new URL(`schemas/${name}.schema.json`, root), "utf8")) as Json;

export async function references(): Promise<Record<string, string>> {
  return {
    "commands.md": commandsReference(),
    "settings.md": settingsReference({ project: await schema("project"), stack: await schema("stack") }),
  };
}

if (import.meta.main) {
  const folder = new URL("docs/reference/", root);
  await mkdir(folder, { recursive: true });
  for (const [file, text] of Object.entries(await references())) await writeFile(new URL(file, folder), text);
}
