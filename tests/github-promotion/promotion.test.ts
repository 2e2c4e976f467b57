import { createColors } from "picocolors";
import { beforeAll, expect, test } from "vitest";
import { releaseId } from "../../components/release.ts";
import type { Context } from "../../ops/context.ts";
import { approverSources } from "../../ops/github/project.ts";
import { type Proposal, propose } from "../../ops/github/propose.ts";
import { askGates } from "../../ops/promotion/gates.ts";
import { readApplication } from "../../ops/release/application.ts";
import type { Selector } from "../../ops/selector.ts";
import { Team } from "./telling.ts";
import { approvalsBy, by, clock, contextOf, gate, github, project, put, release, tokens, yaml } from "./town.ts";

const [old, next] = [release("1.0.0"), release("1.1.0")];
const id = releaseId(next);
const proposal: Proposal = {
  ...{ way: "promote", from: "staging", to: "production", release: next, replaces: releaseId(old) },
  gates: [{ gate: "soak", open: true, code: "soaked", text: "24 h", evidence: [] }],
  ...{ wayBack: ["safe: only images differ"], migrations: ["20261102_seats"], events: [] },
};
const branch = "promote/production-1.1.0";
const asked = { GITHUB_ACTIONS: "true", GITHUB_TRIGGERING_ACTOR: "eve" };
const open = () => propose(contextOf("robot", asked), project, proposal);
const review = (who: "paula" | "emil" | "eve", number: number, event: string, body = "") =>
  by(who, "POST", `{repo}/pulls/${number}/reviews`, { event, body });
const approvals = async (token = tokens.robot) => approvalsBy(token).approvals({ stack: "production", releaseId: id });
const words = async () =>
  (await approvals()).map(
    ({ actor, verdict, codeOwner, teams }) => `${actor.login} ${verdict}${codeOwner ? ", owns it" : ""}, ${teams.join(" ")}`,
  );

beforeAll(async () => {
  await put("olga", ".github/CODEOWNERS", "* @acme/owners\n/Pulumi.production.yaml @acme/releasers\n");
  await put("olga", "Pulumi.production.yaml", yaml(old, 3));
});

test("a promotion is a pull request that changes the release alone, and asking again keeps it and its reviews", async () => {
  const first = await open();
  expect(first).toMatchObject({ how: "opened", url: expect.stringContaining(`/pull/${first.number}`) });
  const pull = await by("olga", "GET", `{repo}/pulls/${first.number}`);
  expect(pull).toMatchObject({
    title: "Promote 1.1.0 to production",
    head: { ref: branch },
    base: { ref: "main" },
    user: { login: "robot" },
    commits: 1,
    changed_files: 1,
  });
  for (const said of [id, releaseId(old), "soak", "safe: only images differ", "20261102_seats", next.images.web, "eve"])
    expect(pull.body).toContain(said);
  const file = await by("olga", "GET", `{repo}/contents/Pulumi.production.yaml?ref=${encodeURIComponent(branch)}`);
  // Every other line is the branch's own, comments and all, also where this checkout has something else.
  expect(Buffer.from(file.content, "base64").toString()).toBe(yaml(next, 3));

  await review("paula", first.number, "APPROVE");
  expect(await open()).toEqual({ ...first, how: "kept" });
  expect(await words()).toEqual(["paula approved, acme/owners"]);
  // The base moves on beside it: still the same change.
  await put("olga", "docs.md", "more\n");
  expect(await open()).toEqual({ ...first, how: "kept" });
});

test("reviews are approvals: by team and code owner, the last word of each, of this head, and never of who asked for it", async () => {
  const { number } = await open();
  expect(gate(id, await approvals())).toMatchObject({ open: false, code: "approval-missing" });
  await review("eve", number, "APPROVE"); // who asked the automation
  expect(await words()).toEqual(["paula approved, acme/owners"]);
  await review("emil", number, "APPROVE");
  expect(await words()).toEqual(["paula approved, acme/owners", "emil approved, owns it, acme/owners acme/releasers"]);
  expect(gate(id, await approvals())).toMatchObject({ open: true, code: "approved" });
  // A comment takes nothing back; asking for changes does, and so does somebody who dismisses.
  await review("emil", number, "COMMENT", "by the way");
  expect(gate(id, await approvals())).toMatchObject({ open: true });
  const no = await review("paula", number, "REQUEST_CHANGES", "no");
  expect(gate(id, await approvals())).toMatchObject({ open: false, code: "rejected" });
  await by("olga", "PUT", `{repo}/pulls/${number}/reviews/${no.id}/dismissals`, { message: "void" });
  expect(await words()).toEqual(["emil approved, owns it, acme/owners acme/releasers"]);
  await review("paula", number, "APPROVE");
  expect(gate(id, await approvals())).toMatchObject({ open: true });

  // What the ledger heard later counts for more.
  clock.now += 60_000;
  const entry = { id: "e1", number: 1, previous: null, at: new Date(clock.now).toISOString(), actor: { name: "paula", login: "paula" } };
  const what = { kind: "approval", stack: "production", releaseId: id, role: "owner", verdict: "rejected", source: "command" } as const;
  expect(gate(id, await approvals(), { events: [{ ...entry, what }] })).toMatchObject({ open: false, code: "rejected" });
  // Another release of the same name approves nothing here, and a moved head voids what was said of it.
  expect(await approvalsBy(tokens.robot).approvals({ stack: "production", releaseId: "1.1.0-deadbeef" })).toEqual([]);
  await put("eve", "Pulumi.production.yaml", yaml(next, 9), branch);
  expect(await words()).toEqual([]);
  expect(await open()).toMatchObject({ number, how: "updated" });
  expect(await words()).toEqual([]);
});

test("what was approved stays approved once it is merged, for the run that deploys it", async () => {
  const { number } = await open();
  for (const who of ["paula", "emil"] as const) await review(who, number, "APPROVE");
  await by("olga", "PUT", `{repo}/pulls/${number}/merge`, { merge_method: "squash" });
  expect(gate(id, await approvals())).toMatchObject({ open: true });
  expect(await open()).toMatchObject({ number, how: "merged" });
});

test("when GitHub cannot be asked, nothing passes on approvals, and the gate says why", async () => {
  github.fail({ method: "GET", path: /\/pulls$/, status: 503, times: 3 });
  await expect(approvals()).rejects.toThrow(/Approvals on GitHub: 127\.0\.0\.1:\d+ cannot be asked/);
  await expect(approvalsBy("ghp_wrong").approvals({ stack: "production", releaseId: id })).rejects.toThrow(/does not know the token/);
  const blind = gate(id, [], { unseenApprovals: "Approvals on GitHub: github.com cannot be asked." });
  expect(blind).toMatchObject({ open: false, code: "approvals-unseen", text: expect.stringContaining("cannot be asked") });
});

test("who merges it lets it through, and who asked for it still may not approve it", async () => {
  const about = { stack: "production", releaseId: id };
  const source = approvalsBy(tokens.robot);
  // Paula reviewed and merged: she is nobody's requester. Eve asked the automation.
  expect(await source.requester(about, { name: "paula", login: "paula" })).toEqual({ name: "robot", login: "robot", requestedBy: "eve" });
  // Whoever had a hand in it stays who asks.
  expect(await source.requester(about, { name: "eve", login: "Eve" })).toBeUndefined();
  expect(await source.requester({ ...about, releaseId: "1.1.0-deadbeef" }, { name: "paula", login: "paula" })).toBeUndefined();
  expect(await source.requester(about, { name: "Paula", email: "paula@example.com" })).toBeUndefined();

  // So the run that her merge starts finds her approval good, and that of whoever asked not.
  const promotion = { people: { paula: ["@paula"] }, roles: { owner: { people: ["paula"], teams: ["acme/owners"] } } };
  const team = new Team("merged", { promotion, gates: { production: { approvals: [{ roles: ["owner"], count: 2 }] } } });
  team.runs("staging", next);
  team.runs("production", old);
  team.ledger.who = { name: "paula", login: "paula" };
  const asks = async () => {
    const { verdicts } = await askGates(team.context(), { stack: "production", lane: "of the ledger", release: next });
    return verdicts.find(({ gate }) => gate === "approval");
  };
  expect(await asks()).toMatchObject({ open: true, text: "approved by paula and @emil" });
  await team.ledger.append({ kind: "promotion", from: "staging", to: "production", release: { id, ...next }, lane: "normal" });
  expect(await asks()).toMatchObject({ open: false, text: expect.stringContaining("; @emil approved") });
});

test("a team that the token may not look into has no members, which is said once, with what it means and what would help", async () => {
  const permissions = { metadata: "read", contents: "read", pull_requests: "read" } as const;
  const token = await github.addToken("robot", { permissions });
  const context = contextOf("robot");
  const said: string[] = [];
  const io = { env: {}, err: (line: string) => void said.push(line), colors: createColors(false) } as unknown as Context["io"];
  const blind = {
    ...context,
    io,
    selector: { github: async () => ({ baseUrl: github.url, token, isLocal: false }) } as unknown as Selector,
  };
  const { repository, promotion } = readApplication(project);
  const asking = { ...promotion, roles: { owner: { people: [], teams: ["acme/owners"] } }, gates: { production: { approvals: [{}] } } };
  const [source] = await approverSources(blind, project, { repository, promotion: asking as never });
  for (let time = 0; time < 2; time++) {
    const found = await source!.approvals({ stack: "production", releaseId: id });
    expect(found.map(({ teams }) => teams)).toEqual([[], []]);
  }
  expect(said).toEqual([
    expect.stringMatching(/who is in acme\/owners and acme\/releasers: nobody counts as owner by them.*Members: read.*connect-github/),
  ]);
});
