import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import picocolors from "picocolors";
import { afterAll, describe, expect, test } from "vitest";
import { EnvironmentGithub } from "../../components/github/environment.schema.ts";
import { PlatformGithub } from "../../components/platform/github.schema.ts";
import { rateLimited } from "../../local/github/index.ts";
import type { Finding } from "../../ops/doctor/finding.ts";
import { githubFindings } from "../../ops/doctor/github.ts";
import { openApi } from "../../ops/github/api.ts";
import { githubSettings } from "../../ops/github/settings.ts";
import { main } from "../../ops/main.ts";
import { github, project, projectDir, repo, tokens } from "./town.ts";

const settings = githubSettings(project)!;
type More = Partial<typeof settings.repository> & { environments?: typeof settings.environments; platforms?: typeof settings.platforms };
const look = async (token: string, { environments = {}, platforms = {}, ...more }: More = {}) => {
  const repository = { ...settings.repository, ...more };
  const api = openApi({ baseUrl: github.url, token, isLocal: false }, repository, { milliseconds: 5000, retries: 0 });
  return githubFindings(api, { ...settings, repository, environments, platforms });
};
const wrong = async (...about: Parameters<typeof look>) =>
  (await look(...about)).flatMap(({ name, version, needed }) => (version === undefined ? [`${name}: ${needed}`] : []));
const environment = (more: object) => EnvironmentGithub.parse({ deployFrom: { branches: ["main"] }, ...more });

test("a repository that is as the settings say has nothing amiss", async () => {
  expect(await wrong(tokens.olga)).toEqual([]);
  const all = await look(tokens.olga, {
    environments: { production: environment({ reviewers: { teams: ["acme/owners"], users: ["eve"] } }) },
  });
  expect(all.map(({ name, version }) => `${name} ${version}`)).toEqual([
    "GitHub token classic",
    expect.stringMatching(/^rate limit \d+$/),
    "repository public",
    "plan free",
    "people 2",
  ]);
});

const EVERYTHING = {
  ...({ metadata: "read", administration: "write", contents: "write", pull_requests: "write", members: "read" } as const),
  ...({ deployments: "write", statuses: "write", secrets: "write", actions_variables: "write", environments: "write" } as const),
} as const;
await github.addRepository("robot", "boat", { visibility: "public" });

describe("what would fail is named, with what to do", () => {
  const cases: [string, () => Promise<string[]>, RegExp][] = [
    ["a token that GitHub does not know", () => wrong("ghp_wrong"), /^GitHub token: .*does not know the token.*connect-github/],
    [
      "a classic token without a scope",
      async () => wrong(await github.addToken("olga", { scopes: ["repo"] })),
      /^GitHub token: the token lacks the scope read:org/,
    ],
    [
      "a fine-grained token without a permission",
      async () => wrong(await github.addToken("olga", { permissions: { metadata: "read", pull_requests: "write", members: "read" } })),
      /^permission: the token lacks Administration: write, for rules of branches/,
    ],
    [
      "one that may not keep an environment's secrets",
      async () => {
        const permissions = { metadata: "read", administration: "write", pull_requests: "write", members: "read" } as const;
        const token = await github.addToken("olga", { permissions });
        return wrong(token, { environments: { production: environment({}) } });
      },
      /^permission: the token lacks Environments: write/,
    ],
    [
      "one that may not read environments of a private repository",
      async () => {
        repo.visibility = "private";
        const permissions = {
          metadata: "read",
          administration: "write",
          environments: "write",
          pull_requests: "write",
          members: "read",
        } as const;
        const token = await github.addToken("olga", { permissions });
        return wrong(token, { visibility: "private", environments: { production: environment({}) } }).finally(() => {
          repo.visibility = "public";
        });
      },
      /^permission: the token lacks Actions: read, for reading GitHub Environments/,
    ],
    ["a user who administers nothing", () => wrong(tokens.robot), /^repository: the token's user does not administer acme\/ferry/],
    [
      "a repository that is not there",
      () => wrong(tokens.olga, { name: "elsewhere" }),
      /^repository: acme\/elsewhere is not there, or the token may not see it/,
    ],
    [
      "another visibility",
      () => wrong(tokens.olga, { visibility: "private" }),
      /^visibility: acme\/ferry is public, and the settings say private/,
    ],
    ["another plan", () => wrong(tokens.olga, { plan: "enterprise" }), /^plan: acme has the plan free, and the settings say enterprise/],
    [
      "an owner who is no organisation",
      () => wrong(tokens.robot, { owner: "robot", name: "boat" }),
      /^owner: robot is a user, and the settings say organization: correct application\.repository\.ownerKind/,
    ],
    ["an owner who is one", () => wrong(tokens.olga, { ownerKind: "user" }), /^owner: acme is an organization, and the settings say user/],
    [
      "another plan of a user",
      () => wrong(tokens.robot, { owner: "robot", name: "boat", ownerKind: "user", plan: "pro" }),
      /^plan: robot has the plan free, and the settings say pro/,
    ],
    ...(
      [
        ["deployments", {}, "Deployments: write, for telling of deployments"],
        ["statuses", {}, "Commit statuses: write, for telling what gates say"],
        ["contents", {}, "Contents: write, for promotions, releases and the ledger"],
        ["secrets", { actions: { secrets: ["KEY"] } }, "Secrets: read, for reading the repository's own back"],
        ["actions_variables", { actions: { variables: ["REGION"] } }, "Variables: read, for reading the repository's own back"],
      ] as const
    ).map(([left, github_, said]): (typeof cases)[number] => [
      `a private repository's token that has everything but ${left}`,
      async () => {
        repo.visibility = "private";
        const { [left]: _, ...permissions } = EVERYTHING;
        const token = await github.addToken("olga", { permissions });
        const platforms = { platform: PlatformGithub.parse(github_) };
        const found = await wrong(token, { visibility: "private", platforms }).finally(() => {
          repo.visibility = "public";
        });
        expect(found.filter((line) => line.startsWith("permission"))).toHaveLength(1);
        return found;
      },
      new RegExp(`^permission: the token lacks ${said}`),
    ]),
    [
      "another default branch",
      () => wrong(tokens.olga, { defaultBranch: "trunk" }),
      /^branch: the default branch is main, and the settings say trunk/,
    ],
    [
      "a branch with rules that is not there",
      () => wrong(tokens.olga, { platforms: { platform: PlatformGithub.parse({ branches: { develop: {}, "release/*": {} } }) } }),
      /^branch: acme\/ferry has no branch develop: push it \(git push origin HEAD:develop\)$/,
    ],
    [
      "a branch that is merged from",
      () => wrong(tokens.olga, { environments: { production: environment({ branch: { name: "main", mergesFrom: ["staging"] } }) } }),
      /^branch: acme\/ferry has no branch staging/,
    ],
    [
      "a branch that is deployed from",
      () => wrong(tokens.olga, { environments: { production: environment({ deployFrom: { branches: ["live", "v*"] } }) } }),
      /^branch: acme\/ferry has no branch live/,
    ],
    [
      "a team that is not there",
      () => wrong(tokens.olga, { codeOwners: [{ path: "*", owners: ["@acme/nobody"] }] }),
      /^people: there is no team acme\/nobody that this token can see: create it/,
    ],
    [
      "a user who is not there",
      () => wrong(tokens.olga, { codeOwners: [{ path: "*", owners: ["@ghost"] }] }),
      /^people: there is no user ghost/,
    ],
    [
      "a team that may not see the repository",
      async () => {
        await github.addTeam("acme", "outsiders", ["eve"]);
        return wrong(tokens.olga, { environments: { production: environment({ reviewers: { teams: ["acme/outsiders"] } }) } });
      },
      /^people: team acme\/outsiders may not see acme\/ferry: give them access/,
    ],
    [
      "too few requests left",
      async () => {
        const core = { limit: 5000, remaining: 12, reset: 1_800_000_000, used: 4988 };
        github.fail({ path: /rate_limit$/, body: { resources: { core }, rate: core } });
        return wrong(tokens.olga);
      },
      /^rate limit: 12 requests are left on .*: wait until 2027-01-15T08:00:00\.000Z/,
    ],
    [
      "no requests left",
      async () => {
        github.fail({ path: /rate_limit$/, ...rateLimited(60, "primary") });
        return wrong(tokens.olga);
      },
      /^GitHub token: .*has had enough requests/,
    ],
    [
      "a GitHub that is down",
      async () => {
        github.fail({ path: /rate_limit$/, status: 503, body: { message: "Unicorn" } });
        return wrong(tokens.olga);
      },
      /^GitHub token: .*cannot be asked/,
    ],
  ];
  test.each(cases)("%s", async (_, ask, said) => {
    const before = JSON.stringify([repo.settings, repo.protections, repo.rulesets]);
    const found = await ask();
    expect(found).toContainEqual(expect.stringMatching(said));
    expect(JSON.stringify([repo.settings, repo.protections, repo.rulesets])).toBe(before);
  });
});

describe("liftlock doctor", () => {
  const dir = mkdtempSync(path.join(os.tmpdir(), "doctor-"));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  cpSync(projectDir, dir, { recursive: true });
  const file = path.join(dir, "Pulumi.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace("visibility: public", `visibility: public, baseUrl: "${github.url}"`));
  const run = async (env: Record<string, string>, ...args: string[]) => {
    const said: string[] = [];
    const io = {
      cwd: dir,
      env: { PATH: process.env.PATH!, HOME: dir, LIFTLOCK_COMMAND: "liftlock", ...env },
      colors: picocolors.createColors(false),
      interactive: false,
      screen: undefined,
      out: (text: string) => void said.push(text),
      err: (text: string) => void said.push(text),
      ask: async () => "",
      onInterrupt: () => () => {},
      kill: () => {
        throw new Error("killed");
      },
    };
    return { exitCode: await main(["doctor", ...args], io), said: said.join("\n") };
  };

  test("looks at the programs, the engine, the backend and the repository, and shows no token", async () => {
    const { exitCode, said } = await run({ GITHUB_TOKEN: tokens.olga }, "--json");
    expect(exitCode, said).toBe(0);
    const names = (JSON.parse(said) as Finding[]).map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(["node", "git", "PATH node", "Pulumi CLI", "kubeconfig", "GitHub token", "repository", "plan"]),
    );
    expect(said).not.toContain(tokens.olga);
  });
  test("says that there is no token", async () => {
    const { said } = await run({});
    expect(said).toMatch(/missing +GitHub token +set GITHUB_TOKEN for rules and approvals on GitHub/);
  });
});
