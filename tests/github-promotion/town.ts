import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, vi } from "vitest";
import { PromotionSettings } from "../../components/gates.schema.ts";
import { startGithub } from "../../local/github/index.ts";
import type { Context } from "../../ops/context.ts";
import { approvalGates } from "../../ops/gates/approvals.ts";
import type { Verdict } from "../../ops/gates/gate.ts";
import type { Approval, GateInput } from "../../ops/gates/input.ts";
import { openApi } from "../../ops/github/api.ts";
import { GithubApprovals } from "../../ops/github/approvals.ts";
import type { ProjectSummary } from "../../ops/selector.ts";

// Every change is a few runs of git: on a busy machine they take their time.
vi.setConfig({ testTimeout: 60_000 });

/** A project and its repository on a stand-in of the free plan, with people who review. */
const dir = mkdtempSync(path.join(os.tmpdir(), "promotion-"));
export const clock = { now: Date.parse("2026-11-02T09:00:00Z") };
export const github = await startGithub({ dir: path.join(dir, "github"), now: () => clock.now });
afterAll(async () => {
  await github.close();
  rmSync(dir, { recursive: true, force: true });
});
export const people = ["olga", "robot", "paula", "emil", "eve"] as const;
type Person = (typeof people)[number];
for (const login of people) await github.addUser(login);
const acme = await github.addOrganization("acme", "olga", "free");
acme.members.robot = "member"; // who is not in the organisation sees none of its teams
await github.addTeam("acme", "owners", ["paula", "emil"]);
await github.addTeam("acme", "releasers", ["emil"]);
export const repo = await github.addRepository("acme", "ferry", {
  visibility: "public",
  access: { robot: "push", eve: "push", "team:owners": "push", "team:releasers": "push" },
});
export const tokens = Object.fromEntries(
  await Promise.all(people.map(async (login) => [login, await github.addToken(login)] as const)),
) as Record<Person, string>;

export const release = (version: string) => ({
  version,
  commit: version.replaceAll(".", "").padEnd(40, "a"),
  images: { web: `registry.example.com/web:${version}@sha256:${version.replaceAll(".", "").padEnd(64, "0")}` },
});
export const yaml = ({ version, commit, images }: ReturnType<typeof release>, replicas = 2) =>
  `# What differs in production\nconfig:\n  ferry:environment: # keep this comment\n    replicas: ${replicas}\n  ferry:release: # what a promotion changes\n    version: ${version}\n    commit: ${JSON.stringify(commit)}\n    images:\n      web: ${images.web}\n`;

export const projectDir = path.join(dir, "project");
mkdirSync(projectDir);
writeFileSync(
  path.join(projectDir, "Pulumi.yaml"),
  `name: ferry\nruntime: nodejs\nconfig:\n  application:\n    value:\n      name: ferry\n      repository: { owner: acme, name: ferry, plan: free, visibility: public }\n      promotion: { path: [staging, production] }\n      services: [{ name: web, kind: web, image: registry.example.com/web, port: 8080, route: { path: / } }]\n`,
);
for (const stack of ["staging", "production"]) writeFileSync(path.join(projectDir, `Pulumi.${stack}.yaml`), yaml(release("1.0.0")));
export const project: ProjectSummary = { name: "ferry", dir: projectDir, stacks: ["production", "staging"], platforms: [] };

// biome-ignore lint/suspicious/noExplicitAny: replies of an API
export async function by(who: Person, method: string, at: string, body?: unknown): Promise<any> {
  const response = await fetch(`${github.url}/api/v3${at.replace("{repo}", "/repos/acme/ferry")}`, {
    method,
    headers: { authorization: `Bearer ${tokens[who]}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${at}: ${response.status} ${await response.text()}`);
  return response.status === 204 ? undefined : response.json();
}
export const put = async (who: Person, file: string, text: string, branch = "main") => {
  const there = await by(who, "GET", `{repo}/contents/${file}?ref=${encodeURIComponent(branch)}`).catch(() => undefined);
  await by(who, "PUT", `{repo}/contents/${file}`, {
    message: `change ${file}`,
    branch,
    content: Buffer.from(text).toString("base64"),
    ...(there === undefined ? {} : { sha: there.sha }),
  });
};

/** The command, run by an automation; `env` is that of a workflow's run. */
export function contextOf(who: Person, env: Record<string, string> = {}): Context {
  const connection = { baseUrl: github.url, token: tokens[who], isLocal: false };
  return {
    io: { env, err: () => {} },
    options: {},
    command: "liftlock",
    selector: { github: async () => connection },
  } as unknown as Context;
}
export const approvalsBy = (token: string, url = github.url) =>
  new GithubApprovals({
    api: openApi({ baseUrl: url, token, isLocal: false }, { owner: "acme", name: "ferry" }),
    project: "ferry",
    fileOf: (stack) => `Pulumi.${stack}.yaml`,
    teams: ["acme/owners"],
  });

/** The approval gate before production: two of the team acme/owners, one of them an owner of the stack's file. */
export function gate(id: string, approvals: readonly Approval[], more: Partial<GateInput> = {}): Verdict {
  const promotion = PromotionSettings.parse({
    path: ["staging", "production"],
    people: { paula: ["@paula"] },
    roles: { owner: { people: ["paula"], teams: ["acme/owners"] } },
    gates: { production: { approvals: [{ roles: ["owner"], count: 2, codeOwner: true }] } },
  });
  const [verdict] = approvalGates({
    ...{ promotion, stack: "production", lane: "normal", release: { id, version: "1.1.0", pendingMigrations: [] } },
    ...{ events: [], approvals, ran: () => undefined, now: new Date(clock.now), ...more },
  });
  return verdict!;
}
