import { randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import type { Hono } from "hono";
import { atLeast, levelOf, tokenAllows, type Viewer } from "../access.ts";
import { viewerOf } from "../http/sign-in.ts";
import type { Hub } from "../hub.ts";
import type { RefUpdate } from "../protection/assess.ts";
import type { Repo } from "../state.ts";
import { pushRefusal, recordChange } from "./references.ts";
import { httpBackend } from "./repository.ts";

/** Who pushes what right now, by a key that only the hook of that push knows. */
type Pushes = Map<string, { repo: Repo; login: string; accepted: RefUpdate[] }>;

/** Serves the repositories to git's own client, at `/{owner}/{repo}.git`. */
export function serveGit(app: Hono, hub: Hub, root: () => string): void {
  const pushes: Pushes = new Map();
  app.post("/-/hook", async (c) => {
    const { push, update } = (await c.req.json()) as { push: string; update: RefUpdate };
    const of = pushes.get(push);
    if (of === undefined) return c.json({ allowed: false, output: ["error: no such push"] });
    const output = await pushRefusal(hub, of.repo, update, of.login);
    if (output.length === 0) of.accepted.push(update);
    return c.json({ allowed: output.length === 0, output });
  });
  app.all("/:owner/:repo{.+\\.git}/:rest{.+}", async (c) => {
    const viewer = viewerOf(hub, c.req.header("authorization"));
    const writes = c.req.path.endsWith("/git-receive-pack") || c.req.query("service") === "git-receive-pack";
    const repo = hub.state.repos[`${c.req.param("owner")}/${c.req.param("repo").replace(/\.git$/, "")}`.toLowerCase()];
    const denied = denial(hub, repo, viewer, writes);
    if (denied !== undefined)
      return new Response(denied.text, {
        status: denied.status,
        headers: denied.status === 401 ? { "www-authenticate": 'Basic realm="GitHub"' } : {},
      });
    const push = randomUUID();
    if (writes) pushes.set(push, { repo: repo!, login: viewer!.login!, accepted: [] });
    try {
      const response = await cgi(c.req.raw, {
        GIT_PROJECT_ROOT: path.dirname(hub.gitDir(repo!)),
        GIT_HTTP_EXPORT_ALL: "1",
        PATH_INFO: `/${path.basename(hub.gitDir(repo!))}/${c.req.param("rest")}`,
        REMOTE_USER: viewer?.login,
        STAND_IN_HOOK: `${root()}/-/hook`,
        STAND_IN_PUSH: push,
      });
      for (const update of pushes.get(push)?.accepted ?? []) await recordChange(hub, repo!, update, viewer!.login!);
      return response;
    } finally {
      pushes.delete(push);
    }
  });
}

function denial(
  hub: Hub,
  repo: Repo | undefined,
  viewer: Viewer | undefined,
  writes: boolean,
): { status: 401 | 403 | 404; text: string } | undefined {
  if (viewer === undefined || (viewer.login === undefined && (writes || repo?.visibility !== "public")))
    return { status: 401, text: "Repository not found or wrong credentials." };
  const level = repo === undefined ? undefined : levelOf(hub, repo, viewer.login);
  if (repo === undefined || !atLeast(level, "pull") || !tokenAllows(viewer.token, repo, "contents", false))
    return { status: 404, text: "Repository not found." };
  if (!writes) return undefined;
  if (repo.settings.archived) return { status: 403, text: "This repository was archived so it is read-only." };
  if (!atLeast(level, "push") || !tokenAllows(viewer.token, repo, "contents", true))
    return { status: 403, text: `Permission to ${repo.owner}/${repo.name}.git denied to ${viewer.login}.` };
  return undefined;
}

/** Hands a request to git's program and its answer back. */
async function cgi(request: Request, environment: NodeJS.ProcessEnv): Promise<Response> {
  const url = new URL(request.url);
  const child = httpBackend({
    ...environment,
    REQUEST_METHOD: request.method,
    QUERY_STRING: url.search.slice(1),
    CONTENT_TYPE: request.headers.get("content-type") ?? "",
    HTTP_CONTENT_ENCODING: request.headers.get("content-encoding") ?? "",
    GIT_PROTOCOL: request.headers.get("git-protocol") ?? "",
    REMOTE_ADDR: "127.0.0.1",
    SERVER_PROTOCOL: "HTTP/1.1",
  });
  child.stdin.on("error", () => {}); // git may end before it has read everything; its own answer says why
  if (request.body === null) child.stdin.end();
  else Readable.fromWeb(request.body as import("node:stream/web").ReadableStream).pipe(child.stdin);
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
  const output = Buffer.concat(chunks);
  const end = output.indexOf("\r\n\r\n");
  const headers = new Headers();
  let status = 200;
  for (const line of output.subarray(0, Math.max(0, end)).toString("latin1").split("\r\n")) {
    const colon = line.indexOf(":");
    const [name, value] = [line.slice(0, colon), line.slice(colon + 1).trim()];
    if (name.toLowerCase() === "status") status = Number(value.split(" ")[0]);
    else if (colon > 0) headers.set(name, value);
  }
  if (end < 0) status = 500;
  return new Response(output.subarray(end + 4), { status, headers });
}

/** Has git ask the stand-in before it moves a reference. */
export async function installHooks(gitDir: string): Promise<void> {
  const script = path.join(import.meta.dirname, "hook.js");
  const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
  await mkdir(path.join(gitDir, "hooks"), { recursive: true });
  const text = `#!/bin/sh
exec ${quoted(process.execPath)} ${quoted(script)} "$@"
`;
  await writeFile(path.join(gitDir, "hooks", "update"), text, { mode: 0o755 });
}
