import { mkdir } from "node:fs/promises";
import { serve } from "@hono/node-server";
import sodium from "libsodium-wrappers";
import { createApp, type Seen } from "./http/app.ts";
import { type Fault, Faults } from "./http/faults.ts";
import { Hub } from "./hub.ts";
import { makeRepository } from "./routes/repositories.ts";
import type { Account, Level, Plan, Repo, Team, Token, WorkflowRun } from "./state.ts";

export type { Seen } from "./http/app.ts";
export { rateLimited } from "./http/faults.ts";

export interface GithubOptions {
  /** Folder of the state file (`github.json`) and the git repositories; made when it is not there. */
  dir: string;
  /** Port on 127.0.0.1; a free one when left out. */
  port?: number;
  /** Milliseconds since 1970; a test's own clock. */
  now?: () => number;
  /** Hears of every reply, with its body. */
  onReply?: (seen: Seen, body: unknown) => void;
}

/** A running stand-in: GitHub's addresses on loopback, and the hands of somebody who administers the whole of it. */
export interface Github {
  /** `http://127.0.0.1:<port>`; what a provider's `baseUrl` is set to. */
  readonly url: string;
  readonly hub: Hub;
  addUser(login: string, more?: { email?: string; plan?: Plan; name?: string }): Promise<Account>;
  /** An organization with its owner. */
  addOrganization(login: string, owner: string, plan?: Plan): Promise<Account>;
  addTeam(org: string, slug: string, members: readonly string[]): Promise<Team>;
  addRepository(
    owner: string,
    name: string,
    more?: { visibility?: Repo["visibility"]; access?: Record<string, Level>; branch?: string },
  ): Promise<Repo>;
  /** Starts a workflow's run, in which deployments to these environments wait for a review. */
  addRun(repo: Repo, more: Pick<WorkflowRun, "headSha" | "actor" | "waiting"> & Partial<WorkflowRun>): Promise<WorkflowRun>;
  /** Makes a token known, and returns it. Without permissions: a classic one with these scopes. */
  addToken(login: string, more?: Partial<Token> & { token?: string }): Promise<string>;
  /** Answers the next matching request with this instead. */
  fail(fault: Fault): void;
  /** What a sealed secret holds, opened with the repository's private key. */
  reveal(repo: Repo, secret: string, environment?: string): string | undefined;
  close(): Promise<void>;
}

export const ALL_SCOPES = ["repo", "admin:org", "delete_repo", "read:audit_log", "workflow"];

/** Starts a stand-in GitHub on 127.0.0.1, with what its state file holds. */
export async function startGithub(options: GithubOptions): Promise<Github> {
  await mkdir(options.dir, { recursive: true, mode: 0o700 });
  const hub = await Hub.open(options);
  const faults = new Faults();
  let url = "";
  const app = createApp({ hub, faults, root: () => url, onReply: options.onReply });
  const server = await new Promise<ReturnType<typeof serve>>((resolve, reject) => {
    const started = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: options.port ?? 0 }, () => resolve(started));
    started.once("error", reject);
  });
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : options.port}`;
  const account = async (login: string, type: Account["type"], plan: Plan, name: string | null, email: string | null): Promise<Account> => {
    const at = hub.time();
    const made: Account = {
      id: hub.id(),
      login,
      type,
      name,
      email,
      plan,
      createdAt: at,
      updatedAt: at,
      members: {},
      teams: {},
      auditLog: [],
    };
    hub.state.accounts[login.toLowerCase()] = made;
    await hub.save();
    return made;
  };
  return {
    url,
    hub,
    addUser: (login, more = {}) => account(login, "User", more.plan ?? "free", more.name ?? login, more.email ?? `${login}@example.com`),
    async addOrganization(login, owner, plan = "free") {
      const org = await account(login, "Organization", plan, login, null);
      org.members[owner.toLowerCase()] = "admin";
      await hub.save();
      return org;
    },
    async addTeam(org, slug, members) {
      const owner = hub.organization(org);
      const at = hub.time();
      const base = {
        id: hub.id(),
        name: slug,
        slug,
        description: null,
        privacy: "closed" as const,
        notificationSetting: "notifications_enabled",
      };
      const team: Team = {
        ...base,
        parentSlug: null,
        createdAt: at,
        updatedAt: at,
        members: Object.fromEntries(members.map((login) => [login.toLowerCase(), "member"])),
      };
      for (const login of members) owner.members[login.toLowerCase()] ??= "member";
      owner.teams[slug] = team;
      await hub.save();
      return team;
    },
    async addRepository(owner, name, { visibility = "private", access = {}, branch = "main" } = {}) {
      const repo = await makeRepository(hub, hub.account(owner), name, { visibility, initialCommit: true, branch });
      for (const [who, level] of Object.entries(access)) {
        if (who.startsWith("team:")) repo.teams[who.slice(5)] = level;
        else repo.collaborators[who.toLowerCase()] = level;
      }
      await hub.save();
      return repo;
    },
    async addRun(repo, more) {
      const { default_branch: headBranch } = repo.settings;
      const about = { name: "Deploy", path: ".github/workflows/deploy.yml", event: "push", headBranch, startedAt: hub.time(), reviews: [] };
      const run: WorkflowRun = { ...about, id: hub.id(), triggeringActor: more.actor, ...more };
      repo.runs = [...(repo.runs ?? []), run];
      await hub.save();
      return run;
    },
    async addToken(login, { token = `ghp_${login}${hub.id()}`, scopes, permissions } = {}) {
      hub.state.tokens[token] = permissions === undefined ? { login, scopes: scopes ?? ALL_SCOPES } : { login, permissions };
      await hub.save();
      return token;
    },
    fail: (fault) => faults.add(fault),
    reveal(repo, secret, environment) {
      const kept = (environment === undefined ? repo.secrets : repo.environments[environment.toLowerCase()]?.secrets)?.[
        secret.toUpperCase()
      ];
      if (kept === undefined) return undefined;
      const bytes = (text: string) => sodium.from_base64(text, sodium.base64_variants.ORIGINAL);
      const { publicKey, privateKey } = repo.keyPair;
      return sodium.to_string(sodium.crypto_box_seal_open(bytes(kept.encryptedValue), bytes(publicKey), bytes(privateKey)));
    },
    async close() {
      await new Promise<void>((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        if ("closeAllConnections" in server) server.closeAllConnections();
      });
      await hub.save();
    },
  };
}
