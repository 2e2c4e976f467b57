import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Json } from "../report/diff.ts";
import { commandsReference } from "./commands.ts";
import { exampleFiles, exampleFolders, written } from "./examples.ts";
import { settingsReference } from "./settings.ts";

// `npm run docs`: writes the generated pages, and the examples' workflows and documents, which are committed; tests say when they are stale.
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
  const { "DEPLOYMENT.md": own } = await exampleFiles(fileURLToPath(root));
  await writeFile(new URL("DEPLOYMENT.md", root), own!);
  for (const dir of exampleFolders()) {
    const wanted = await exampleFiles(dir);
    for (const file of Object.keys(written(dir))) if (!(file in wanted)) await rm(path.join(dir, file));
    for (const [file, text] of Object.entries(wanted)) {
      await mkdir(path.dirname(path.join(dir, file)), { recursive: true });
      await writeFile(path.join(dir, file), text);
    }
  }
}
