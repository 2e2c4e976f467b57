import { createHash } from "node:crypto";
import { type Context, Hono } from "hono";
import { serveGit } from "../git/smart-http.ts";
import { answerGraphql } from "../graphql/answer.ts";
import type { Hub } from "../hub.ts";
import { Refusal } from "../refusal.ts";
import { routes } from "../routes/index.ts";
import { Call, type Page, type Reply, type Route } from "./call.ts";
import type { Faults } from "./faults.ts";
import { viewerOf } from "./sign-in.ts";

const DOCUMENTATION = "https://docs.github.com/rest";

/** A request of the stand-in's whole life, for a look at what was asked. Never a body. */
export interface Seen {
  method: string;
  path: string;
  status: number;
  /** The route's path in GitHub's own description; undefined when nothing answers there. */
  route: string | undefined;
}

export interface AppOptions {
  hub: Hub;
  faults: Faults;
  root(): string;
  onReply?: (seen: Seen, body: unknown) => void;
}

/** All of GitHub's addresses: REST and GraphQL as an Enterprise Server has them (`/api/v3`, `/api/graphql`), as github.com has them, and git. */
export function createApp(options: AppOptions): Hono {
  const app = new Hono({ strict: false });
  serveGit(app, options.hub, options.root);
  for (const path of ["/api/graphql", "/graphql"]) app.post(path, (c) => graphql(c, options));
  for (const route of routes) {
    const path = honoPath(route[1]);
    for (const prefix of ["/api/v3", ""]) app.on(route[0], prefix + path, (c) => rest(c, route, options));
  }
  app.all("*", async (c) => {
    options.onReply?.({ method: c.req.method, path: c.req.path, status: 404, route: undefined }, undefined);
    return c.json(new Refusal(404, "Not Found").body(DOCUMENTATION), 404);
  });
  app.onError((error, c) => c.json(new Refusal(500, `the stand-in failed: ${error.message}`).body(DOCUMENTATION), 500));
  return app;
}

/** `{path}` and `{ref}` at the end may hold slashes. */
const honoPath = (path: string): string =>
  path.replace(
    /\{(\w+)\}(\/?)/g,
    (_, name: string, slash: string) => `:${name}${slash === "" && /^(path|ref|basehead)$/.test(name) ? "{.+}" : ""}${slash}`,
  );

async function rest(c: Context, route: Route, { hub, faults, root, onReply }: AppOptions): Promise<Response> {
  const [method, path, handler] = route;
  const url = new URL(c.req.url);
  let reply: Reply;
  const fault = await faults.take(method, url.pathname);
  const viewer = viewerOf(hub, c.req.header("authorization"));
  if (fault !== undefined) reply = fault;
  else
    try {
      if (viewer === undefined) throw new Refusal(401, "Bad credentials");
      const call = new Call({ hub, viewer, params: c.req.param(), query: url.searchParams, json: await jsonOf(c), root: root() });
      reply = paged(await handler(call), url);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      reply = { status: error.status, body: error.body(DOCUMENTATION) };
    }
  const { status = 200, body, headers } = reply;
  const text = body === undefined ? undefined : JSON.stringify(body);
  const etag = `W/"${createHash("sha256")
    .update(text ?? "")
    .digest("hex")}"`;
  const unchanged = method === "GET" && status === 200 && c.req.header("if-none-match") === etag;
  onReply?.({ method, path: url.pathname, status: unchanged ? 304 : status, route: path }, unchanged ? undefined : body);
  const all = {
    "content-type": "application/json; charset=utf-8",
    "x-github-request-id": "STAND:IN",
    "x-github-media-type": "github.v3; format=json",
    "x-ratelimit-limit": "5000",
    "x-ratelimit-remaining": "4999",
    "x-ratelimit-reset": String(Math.floor(Date.parse(hub.time()) / 1000) + 3600),
    ...(viewer?.token?.scopes === undefined ? {} : { "x-oauth-scopes": viewer.token.scopes.join(", ") }),
    ...(method === "GET" && status === 200 ? { etag } : {}),
    ...headers,
  };
  return new Response(unchanged ? null : (text ?? null), { status: unchanged ? 304 : status, headers: all });
}

async function jsonOf(c: Context): Promise<unknown> {
  const text = await c.req.text();
  if (text.trim() === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, "Problems parsing JSON");
  }
}

/** Cuts a list to the page that was asked for, and links to the others (docs: "Using pagination in the REST API"). */
function paged(reply: Reply | Page, url: URL): Reply {
  if (!("page" in reply)) return reply;
  const size = Math.min(100, Math.max(1, Number(url.searchParams.get("per_page") ?? 30) || 30));
  const last = Math.max(1, Math.ceil(reply.page.length / size));
  const page = Math.max(1, Number(url.searchParams.get("page") ?? 1) || 1);
  const items = reply.page.slice((page - 1) * size, page * size);
  const link = (number: number, rel: string): string => {
    const target = new URL(url);
    target.searchParams.set("page", String(number));
    return `<${target}>; rel="${rel}"`;
  };
  const links = [
    ...(page > 1 ? [link(page - 1, "prev"), link(1, "first")] : []),
    ...(page < last ? [link(page + 1, "next"), link(last, "last")] : []),
  ];
  const body = reply.wrap === undefined ? items : reply.wrap(items, reply.page.length);
  return { body, headers: links.length > 0 ? { link: links.join(", ") } : {} };
}

async function graphql(c: Context, { hub, faults, root, onReply }: AppOptions): Promise<Response> {
  const seen = (status: number) => ({ method: "POST", path: c.req.path, status, route: "/graphql" });
  const fault = await faults.take("POST", c.req.path);
  if (fault !== undefined) {
    onReply?.(seen(fault.status ?? 500), undefined);
    return new Response(JSON.stringify(fault.body), {
      status: fault.status,
      headers: { "content-type": "application/json", ...fault.headers },
    });
  }
  const viewer = viewerOf(hub, c.req.header("authorization"));
  if (viewer?.login === undefined) {
    onReply?.(seen(401), undefined);
    return c.json(
      new Refusal(401, viewer === undefined ? "Bad credentials" : "This endpoint requires you to be authenticated.").body(DOCUMENTATION),
      401,
    );
  }
  const answer = await answerGraphql(hub, viewer, root(), (await jsonOf(c)) as { query?: string; variables?: Record<string, unknown> });
  onReply?.(seen(200), answer);
  return c.json(answer as object, 200);
}
