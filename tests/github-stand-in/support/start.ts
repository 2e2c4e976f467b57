import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { type Github, type Seen, startGithub } from "../../../local/github/index.ts";
import type { Plan, Repo } from "../../../local/github/state.ts";
import { atTheEnd } from "../../at-the-end.ts";
import { faultsOfReply } from "./description.ts";

export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what a test reads of a reply it knows
  body: any;
  headers: Headers;
}

/** An organization "acme" with people, a team and a repository, on a stand-in whose every reply is held against GitHub's description. */
export class Town {
  readonly github: Github;
  readonly repo: Repo;
  readonly seen: Seen[];
  readonly faults: string[];
  readonly tokens: Record<string, string>;
  constructor(parts: Pick<Town, "github" | "repo" | "seen" | "faults" | "tokens">) {
    this.github = parts.github;
    this.repo = parts.repo;
    this.seen = parts.seen;
    this.faults = parts.faults;
    this.tokens = parts.tokens;
  }

  async ask(who: string | undefined, method: string, at: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const token = who === undefined ? undefined : this.tokens[who];
    const response = await fetch(`${this.github.url}/api/v3${at.replace("{repo}", "/repos/acme/ferry")}`, {
      method,
      redirect: "manual",
      headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === "" ? undefined : JSON.parse(text), headers: response.headers };
  }
  async graphql(who: string, query: string, variables: object = {}): Promise<Answer["body"]> {
    const response = await fetch(`${this.github.url}/api/graphql`, {
      method: "POST",
      headers: { authorization: `Bearer ${this.tokens[who]}` },
      body: JSON.stringify({ query, variables }),
    });
    return response.json();
  }
}

export async function startTown({
  plan = "enterprise" as Plan,
  visibility = "private" as Repo["visibility"],
  now = undefined as (() => number) | undefined,
} = {}): Promise<Town> {
  const dir = mkdtempSync(path.join(os.tmpdir(), "liftlock-github-"));
  const seen: Seen[] = [];
  const faults: string[] = [];
  const github = await startGithub({
    dir,
    now,
    onReply(reply, body) {
      seen.push(reply);
      if (reply.route === undefined) faults.push(`nothing answers ${reply.method} ${reply.path}`);
      else if (reply.route !== "/graphql" && reply.status !== 304)
        faults.push(...faultsOfReply(reply.route, reply.method, reply.status, body));
    },
  });
  atTheEnd(async () => {
    await github.close();
    rmSync(dir, { recursive: true, force: true });
  });
  for (const login of ["owner", "rob", "lea", "max", "eve", "stranger"]) await github.addUser(login);
  await github.addOrganization("acme", "owner", plan);
  await github.addTeam("acme", "release", ["rob"]);
  await github.addTeam("acme", "developers", ["lea", "max"]);
  const repo = await github.addRepository("acme", "ferry", {
    visibility,
    access: { "team:release": "push", "team:developers": "push", eve: "pull" },
  });
  const tokens: Record<string, string> = {};
  for (const login of ["owner", "rob", "lea", "max", "eve", "stranger"]) tokens[login] = await github.addToken(login);
  return new Town({ github, repo, seen, faults, tokens });
}
