import { constants } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import { type Context, EXIT } from "../context.ts";
import type { Place } from "../preview/post.ts";
import { readApplication } from "../release/application.ts";
import { UserError } from "../user-error.ts";

interface Options {
  readonly pullRequest?: string;
}

/** No report of ours is larger; GitHub refuses what is. */
const LARGEST = 65_536;

/** Posts a preview's report on a pull request, once: what was posted before is edited in place. */
export async function comment(context: Context, [file]: string[], options: Options): Promise<number> {
  const { io } = context;
  const pullRequest = Number(options.pullRequest);
  if (!Number.isSafeInteger(pullRequest) || pullRequest < 1) throw new UserError("On which pull request? Such as: --pull-request 12", 2);
  const [{ MARKER }, { defused }, { post }] = await Promise.all([
    import("../preview/markdown.ts"),
    import("../preview/defused.ts"),
    import("../preview/post.ts"),
  ]);
  const text = await read(path.resolve(io.cwd, file!));
  const [marker = "", ...lines] = text.split("\n");
  if (!MARKER.test(marker))
    throw new UserError(`${file} is no report of \`preview --markdown\`: its first line does not say so. Other texts are not posted.`, 2);
  const body = [marker, defused(lines.join("\n")).trimEnd(), ""].join("\n");
  if (body.length > LARGEST) throw new UserError(`${file} has ${body.length} characters: GitHub takes ${LARGEST} in a comment.`);
  const where = context.options.local ? await localPlace(context) : place(io.env);
  const posted = await post({ ...where, pullRequest }, marker, body);
  if (context.options.json) io.out(JSON.stringify(posted, null, 2));
  else io.out(`${posted.what}: ${posted.url}`);
  return EXIT.done;
}

type Where = Omit<Place, "pullRequest">;

/** The project's repository on the local world's own GitHub. */
async function localPlace({ selector }: Context): Promise<Where> {
  const project = await selector.project();
  const { repository } = readApplication(project);
  const hub = await selector.github(project);
  if (repository === undefined) throw new UserError("application.repository of Pulumi.yaml names no repository to post in.", 2);
  if (!hub?.isLocal) throw new UserError("The local world's GitHub does not run: `up --local` of a stack that has rules there starts it.");
  return { baseUrl: `${hub.baseUrl}/api/v3`, token: hub.token, owner: repository.owner, repo: repository.name };
}

/** Where a workflow runs, as GitHub's runners say it. */
function place(env: Context["io"]["env"]): Where {
  const { GITHUB_TOKEN: token, GITHUB_REPOSITORY: repository = "", GITHUB_API_URL: baseUrl = "https://api.github.com" } = env;
  if (!token) throw new UserError("GITHUB_TOKEN is not set: the comment needs a token that may write pull requests.", 2);
  const [owner, repo, ...more] = repository.split("/");
  if (!owner || !repo || more.length > 0) throw new UserError("GITHUB_REPOSITORY must name the repository, such as acme/ferry.", 2);
  if (!URL.canParse(baseUrl)) throw new UserError("GITHUB_API_URL is no address: write it like https://api.github.com.", 2);
  return { baseUrl, token, owner, repo };
}

/** Files that came from a pull request may be links: they are not followed. */
async function read(file: string): Promise<string> {
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const found = await handle.stat();
      if (!found.isFile() || found.size > LARGEST * 4) throw new UserError(`${file} is no file of a comment's size.`, 2);
      return await handle.readFile("utf8");
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? error}).`, 2);
  }
}
