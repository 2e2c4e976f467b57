import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { type Context, EXIT } from "../context.ts";
import { DOCUMENT_FILE, documentText } from "../document/document.ts";
import { readDocumented } from "../document/settings.ts";

/** Writes DEPLOYMENT.md from the settings, or says whether it still is what they say. */
export async function document(context: Context, _: string[], options: { check?: boolean }): Promise<number> {
  const project = await context.selector.project();
  const file = path.join(project.dir, DOCUMENT_FILE);
  const wanted = documentText(readDocumented(project));
  const written = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (written === wanted) {
    context.say(`${DOCUMENT_FILE} is as the settings ask for it.`);
    return EXIT.done;
  }
  if (options.check) {
    const what = written === undefined ? "is missing" : "is not what the settings say";
    context.say(`${DOCUMENT_FILE} ${what}: ${context.command} document writes it.`);
    return EXIT.differences;
  }
  await writeFile(file, wanted);
  context.say(`written   ${DOCUMENT_FILE}`);
  return EXIT.done;
}
