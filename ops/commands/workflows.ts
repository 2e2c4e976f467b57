import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { CODE_OWNERS_FILE, codeOwnersText } from "../../components/github/code-owners-text.ts";
import { type Context, EXIT } from "../context.ts";
import { rootOf } from "../scan/files.ts";
import { projectOnGithub } from "../workflows/from-project.ts";
import { WRITTEN_BY, workflowFiles } from "../workflows/workflows.ts";

/** Writes what GitHub reads from the repository itself: workflows and CODEOWNERS. Files of others beside them are left alone. */
export async function workflows(context: Context, _: string[], options: { check?: boolean }): Promise<number> {
  const project = await context.selector.project();
  const root = await rootOf(project.dir);
  const below = path.relative(root, project.dir);
  const { repository, workflows: settings } = projectOnGithub(project, below === "" ? "" : `${below}/`);
  const wanted = new Map(Object.entries(workflowFiles(settings)).map(([file, text]) => [`.github/workflows/${file}`, text]));
  if (repository.codeOwners.length > 0) wanted.set(CODE_OWNERS_FILE, codeOwnersText(repository));

  const changed: string[] = [];
  for (const [file, text] of wanted) {
    if ((await read(root, file)) === text) continue;
    changed.push(file);
    if (options.check) continue;
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), text);
  }
  for (const file of await leftOver(root, wanted)) {
    changed.push(file);
    if (!options.check) await rm(path.join(root, file));
  }
  for (const file of changed) context.say(`${options.check ? "differs" : "written"}  ${file}`);
  if (changed.length === 0) context.say("Everything is as the settings ask for it.");
  if (options.check && changed.length > 0) {
    context.say(`${context.command} workflows writes them.`);
    return EXIT.differences;
  }
  return EXIT.done;
}

const read = (root: string, file: string): Promise<string | undefined> =>
  readFile(path.join(root, file), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });

/** Workflows of ours that the settings no longer ask for: one that deploys an environment that is gone must not stay. */
async function leftOver(root: string, wanted: ReadonlyMap<string, string>): Promise<string[]> {
  const files = await readdir(path.join(root, ".github/workflows")).catch(() => []);
  const ours: string[] = [];
  for (const name of files) {
    const file = `.github/workflows/${name}`;
    if (!wanted.has(file) && (await read(root, file))?.startsWith(WRITTEN_BY)) ours.push(file);
  }
  return ours;
}
