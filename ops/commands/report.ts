import { mkdirSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import writeFileAtomic from "write-file-atomic";
import { type Context, EXIT } from "../context.ts";
import { gather } from "../gates/evidence.ts";
import { gatherPage } from "../page/gather.ts";
import { pageHtml } from "../page/page.ts";
import { UserError } from "../user-error.ts";

interface Options {
  readonly out?: string;
}

/** One HTML file that shows where every release stands; it needs no server, and nobody to be asked. */
export async function report(context: Context, _: string[], options: Options): Promise<number> {
  const { io, say } = context;
  const evidence = await gather(context);
  const page = await gatherPage(context, evidence);
  if (context.options.json && options.out === undefined) {
    io.out(JSON.stringify(page, null, 2));
    return EXIT.done;
  }
  const file = path.resolve(io.cwd, options.out ?? path.join(evidence.project.dir, ".liftlock", "report.html"));
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    await writeFileAtomic(file, await pageHtml(page));
  } catch (error) {
    throw new UserError(`The report could not be written to ${file}: ${(error as Error).message}. Choose another place with --out FILE.`);
  }
  if (context.options.json) io.out(JSON.stringify({ file }, null, 2));
  say(`Open ${pathToFileURL(file).href}`);
  return EXIT.done;
}
