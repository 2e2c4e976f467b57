import { expect, test, vi } from "vitest";
import { codeOwnersText } from "../../components/github/code-owners-text.ts";
import { githubFactory } from "../../local/providers/github/index.ts";
import type { Finding } from "../../ops/drift/finding.ts";
import { openApi } from "../../ops/github/api.ts";
import { appliedRules } from "../../ops/github/read-back/applied.ts";
import { GithubDrift, RepositoryReading } from "../../ops/github/read-back/source.ts";
import { knownOf } from "../../ops/github/read-back/strangers.ts";
import { TestProject } from "../engine/support/stack.ts";
import { CHANGES } from "./changes.ts";
import {
  by,
  clock,
  environment,
  github,
  hand,
  mutate,
  organization,
  platform,
  program,
  ruleId,
  SECRET,
  sealed,
  settings,
  tokens,
} from "./world.ts";

vi.setConfig({ testTimeout: 120_000 });

const words = ({ subject, path: at, change, before, after, note }: Finding): string =>
  [subject.kind, subject.name, at, change === "changed" ? `${before} -> ${after}` : `${change} ${after ?? before ?? note ?? ""}`]
    .filter(Boolean)
    .join(" ")
    .trim();

test("every change by hand is named, with who and when; an untouched repository has none", async () => {
  const codeOwners = { message: "owners", content: Buffer.from(codeOwnersText(settings)).toString("base64") };
  await by("olga", "PUT", "{repo}/contents/.github/CODEOWNERS", codeOwners);
  await sealed("LIFTLOCK_TOKEN", "actions");
  const project = new TestProject(program);
  project.secrets.key = SECRET;
  const engine = await project.engine({}, "dev", {
    providers: [githubFactory({ kind: "api", baseUrl: github.url, token: tokens.olga, owner: "acme" })],
  });
  const { result, diagnostics } = await engine.up({});
  expect({ result, diagnostics: diagnostics.filter(({ severity }) => severity === "error") }).toEqual({
    result: "succeeded",
    diagnostics: [],
  });
  const applied = appliedRules(await engine.export());
  const look = async (who: keyof typeof tokens = "olga", token = tokens[who]) => {
    const reading = new RepositoryReading(openApi({ baseUrl: github.url, token, isLocal: true }, { owner: "acme", name: "ferry" }));
    const drift = new GithubDrift({ reading, applied, settings, whole: { platform, known: knownOf([applied]) } });
    return { findings: await drift.findings(), unread: drift.unread };
  };
  expect(await look()).toEqual({ findings: [], unread: [] });

  clock.now += 3_600_000;
  const untouched = structuredClone(github.hub.state);
  const seen: string[] = [];
  for (const [what, change, said] of CHANGES) {
    await change();
    const { findings, unread } = await look();
    seen.push(...findings.map((finding) => JSON.stringify(finding)));
    const found = findings.map(words);
    const unsaid = said.filter((text) => !found.some((line) => line.startsWith(text)));
    expect
      .soft({ what, found, unread, unsaid, number: findings.length })
      .toEqual({ what, found, unread: [], unsaid: [], number: said.length });
    const authors = findings.map(({ by: author }) => ({ manager: author?.manager, time: author?.time }));
    expect.soft([what, ...authors]).toEqual([what, ...findings.map(() => ({ manager: "mallory", time: "2026-11-02T10:00:00Z" }))]);
    Object.assign(github.hub.state, structuredClone(untouched));
    // What the table changes hangs together by object.
    Object.assign(organization, github.hub.account("acme"));
  }
  expect(CHANGES.length).toBeGreaterThanOrEqual(25);
  expect(await look()).toEqual({ findings: [], unread: [] });
  expect(seen.join("\n")).not.toContain(SECRET);

  // Without the audit log (another plan) the time remains, where GitHub keeps one.
  await environment({ wait_timer: 30 });
  github.hub.account("acme").plan = "team";
  github.hub.account("acme").auditLog = [];
  const timed = (await look()).findings;
  expect(timed).toMatchObject([{ path: "waitTimer", by: { manager: "somebody", time: "2026-11-02T10:00:00Z" } }]);
  Object.assign(github.hub.state, structuredClone(untouched));

  // CODEOWNERS is code: a commit changes it, and git says whose.
  for (const who of ["main", "release/*"]) await mutate("deleteBranchProtectionRule", { branchProtectionRuleId: await ruleId(who) });
  for (const { id } of await hand("GET", "{repo}/rulesets")) await hand("DELETE", `{repo}/rulesets/${id}`);
  const { sha } = await hand("GET", "{repo}/contents/.github/CODEOWNERS");
  const changed = codeOwnersText(settings).replace("@acme/releasers", "@mallory");
  await hand("PUT", "{repo}/contents/.github/CODEOWNERS", { message: "mine", sha, content: Buffer.from(changed).toString("base64") });
  const { findings } = await look();
  const owners = findings.filter(({ subject }) => subject.kind === "CODEOWNERS");
  expect(owners.map(words)).toEqual([
    "CODEOWNERS ferry rules removed /Pulumi.production.yaml @acme/releasers",
    "CODEOWNERS ferry rules added /Pulumi.production.yaml @mallory",
  ]);
  expect(owners.map(({ by: author }) => author?.manager)).toEqual(["mallory", "mallory"]);

  // A token that may not read everything is no proof of order.
  const blind = await look("olga", await github.addToken("olga", { permissions: { metadata: "read" } }));
  expect(blind.unread.map(({ what, declared }) => [what, declared])).toContainEqual(["the branch protection of acme/ferry", true]);
});
