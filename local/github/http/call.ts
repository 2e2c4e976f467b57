import { z } from "zod";
import { atLeast, levelOf, tokenAllows, type Viewer } from "../access.ts";
import type { Hub } from "../hub.ts";
import { notFound, Refusal } from "../refusal.ts";
import type { Account, Level, Repo } from "../state.ts";

export interface Reply {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
}
/** A list of which one page is sent. `wrap` makes it the object that some lists are inside of. */
export interface Page {
  page: unknown[];
  wrap?: (items: unknown[], total: number) => unknown;
}
export type Handler = (call: Call) => Reply | Page | Promise<Reply | Page>;
/** Path as GitHub's OpenAPI description writes it: `/repos/{owner}/{repo}`. */
export type Route = readonly [method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", path: string, handler: Handler];

/** One request, with what every handler asks of it. */
export class Call {
  readonly hub: Hub;
  readonly viewer: Viewer;
  readonly params: Record<string, string>;
  readonly query: URLSearchParams;
  readonly json: unknown;
  /** Root of the web addresses: `http://127.0.0.1:4000`. */
  readonly root: string;
  constructor(parts: Pick<Call, "hub" | "viewer" | "params" | "query" | "json" | "root">) {
    this.hub = parts.hub;
    this.viewer = parts.viewer;
    this.params = parts.params;
    this.query = parts.query;
    this.json = parts.json;
    this.root = parts.root;
  }

  param(name: string): string {
    return this.params[name] ?? "";
  }
  number(name: string): number {
    const value = Number(this.params[name]);
    if (!Number.isSafeInteger(value)) throw notFound();
    return value;
  }
  /** The signed-in user. */
  login(): string {
    if (this.viewer.login === undefined) throw new Refusal(401, "Requires authentication");
    return this.viewer.login;
  }
  me(): Account {
    return this.hub.account(this.login());
  }

  /** The request's body in this shape; what GitHub says when it is not. */
  body<T>(schema: z.ZodType<T>): T {
    const parsed = schema.safeParse(this.json ?? {});
    if (parsed.success) return parsed.data;
    const lines = parsed.error.issues.map((issue) => {
      const where = issue.path.map(String).join("/properties/");
      const missing = issue.code === "invalid_type" && issue.input === undefined;
      return missing ? `"${issue.path.at(-1)?.toString()}" wasn't supplied.` : `For 'properties/${where}', ${issue.message}.`;
    });
    throw new Refusal(422, `Invalid request.\n\n${lines.join("\n")}`);
  }

  /**
   * The repository of the path, if the user may do this to it: 404 when they may not even see it or lack the rights, 403 when only their
   * token lacks the permission.
   */
  repo(needed: Level, permission: string, write = needed !== "pull"): Repo {
    const repo = this.params.repository_id === undefined ? this.named() : this.hub.repositoryById(this.number("repository_id"));
    if (repo === undefined) throw notFound();
    const level = levelOf(this.hub, repo, this.viewer.login);
    if (
      !atLeast(level, "pull") ||
      (this.viewer.token?.permissions === undefined && !tokenAllows(this.viewer.token, repo, "metadata", false))
    )
      throw notFound();
    if (write || needed !== "pull") this.login();
    if (!atLeast(level, needed)) throw notFound();
    if (!tokenAllows(this.viewer.token, repo, permission, write)) {
      if (this.viewer.token?.permissions === undefined) throw notFound();
      throw new Refusal(403, "Resource not accessible by personal access token");
    }
    if (write && repo.settings.archived && permission !== "administration")
      throw new Refusal(403, "Repository was archived so is read-only.");
    return repo;
  }
  private named(): Repo {
    return this.hub.repository(this.param("owner"), this.param("repo"));
  }

  /** The organization of the path; a member's or an owner's rights when asked for. */
  org(needed: "anybody" | "member" | "admin" = "anybody", scope?: string): Account {
    const org = this.hub.organization(this.param("org"));
    if (needed === "anybody") return org;
    const role = org.members[this.login().toLowerCase()];
    if (role === undefined || (needed === "admin" && role !== "admin"))
      throw needed === "admin" && role ? new Refusal(403, "Must be an admin of this organization.") : notFound();
    const { token } = this.viewer;
    const scopes = token?.scopes ?? [];
    const classic =
      scope === undefined ||
      scopes.includes(scope) ||
      (scope === "read:org" && (scopes.includes("admin:org") || scopes.includes("write:org")));
    const fine = scope === "read:org" ? token?.permissions?.members !== undefined : token?.permissions?.members === "write";
    if (token?.permissions === undefined ? !classic : scope !== undefined && !fine)
      throw new Refusal(403, "Resource not accessible by personal access token");
    return org;
  }
}

export const text = z.string();
export const optional = {
  text: z.string().nullish(),
  flag: z.boolean().nullish(),
  texts: z.array(z.string()).nullish(),
};
export { z };
