import { beforeEach, describe, expect, test } from "vitest";
import { releaseId } from "../../components/release.ts";
import { pendingLine, pendingPod } from "../../ops/pending-pods.ts";
import { writtenSettings } from "../components/support.ts";
import { Kept } from "../ledger/kept.ts";
import { liftlock } from "../ops/support/harness.ts";

const roles = { owner: { people: ["paula@example.com"] }, tester: { people: ["quinn@example.com"] } };
const gates = { production: { approvals: [{ roles: ["owner"] }], checks: [{ name: "load-test", in: "staging", evidence: true }] } };
const stacks = ["development", "staging", "production"];

const settings = Object.fromEntries(stacks.map((stack) => [stack, writtenSettings("ferry", stack)]));
const release = settings.staging!.release;
const id = releaseId(release);

/** An engine that knows what a stack declares and what it exported. */
const engine = (stack: string) => {
  const { application, environment, release: declared } = structuredClone(settings[stack]!);
  application.promotion = { path: stacks, roles, gates };
  const outputs =
    stack === "production"
      ? {}
      : {
          namespace: `ferry-${stack}`,
          release: { id, ...release },
          qualified: [{ id, version: release.version, images: {}, liveSince: "2026-01-01T00:00:00Z" }],
          requested: { pods: 4, cpu: "400m", memory: "512Mi" },
        };
  const config = {
    "ferry:application": JSON.stringify(application),
    "ferry:environment": JSON.stringify(environment),
    "ferry:release": JSON.stringify(declared),
    "ferry:DATABASE_URL": "[secret]",
    "ferry:SESSION_KEY": "[secret]",
  };
  return { config: async () => config, outputs: async () => outputs };
};

let book: Kept;
beforeEach(() => {
  book = new Kept();
});
const PAULA = '--as "Paula <paula@example.com>"';
/** Splits as a shell would: the harness itself splits at blanks. */
const run = (line: string) =>
  liftlock(
    line.replace(/"([^"]*)"/g, (_, text: string) => text.replaceAll(" ", "\u00a0")),
    { engine, ledger: book, stacks },
  );
const kinds = () => book.events.map(({ what }) => what.kind);

describe("why and status", () => {
  test("say each closed gate, what opens it, and what is open", async () => {
    const { out, exitCode } = await run("why production --local --json");
    const said = JSON.parse(out) as { verdicts: { gate: string; open: boolean; next?: string }[]; release: { id: string } };
    expect(exitCode).toBe(0);
    expect(said.release.id).toBe(id);
    expect(said.verdicts.filter(({ open }) => !open).map(({ gate }) => gate)).toEqual(["approval", "check"]);
    const text = (await run("why production --local")).out;
    expect(text).toContain("2 gates are closed");
    expect(text).toMatch(/next: \S*liftlock --local check staging load-test passed --evidence WHERE/);
  });
  test("status names what runs, what it requests and what waits", async () => {
    const { out } = await run("status --local");
    expect(out).toContain(`staging  1.5.0 (${id}) live since 2026-01-01 00:00Z`);
    expect(out).toContain("requests  cpu 400m, memory 512Mi, 4 pods");
    expect(out).toContain("production  nothing runs there yet");
    expect(out).toMatch(/next {2}1\.5\.0 from staging: 2 gates closed of \d+: approval owner and check load-test/);
  });
  test("status shows freezes, holds, incidents and broken glass", async () => {
    await run("freeze production --reason party --local");
    await run("hold production --reason flaky --local");
    await run("incident open staging --summary slow --local");
    await run(`break-glass production --reason down --incident INC-9 --local`);
    const { out } = await run("status --local");
    for (const part of [
      "frozen  by",
      "held back  1.5.0-",
      "incident  INC-1 since",
      "broken glass  INC-9: down",
      "not confirmed by a second person",
    ])
      expect(out).toContain(part);
    expect(JSON.parse((await run("status production --local --json")).out)).toMatchObject([
      { stack: "production", freezes: [{ reason: "party" }], next: { lane: "break-glass" } },
    ]);
  });
});

describe("what people say is recorded, and what would not count is refused", () => {
  test("approve: in the role that is asked for; nobody else", async () => {
    const refused = await run('approve production --local --as "Quinn <quinn@example.com>"');
    expect(refused.exitCode).toBe(1);
    expect(refused.err).toContain("quinn@example.com is not owner by application.promotion.roles");
    expect((await run("approve production --local")).err).toContain("sam@example.com is not owner");
    expect(book.events).toEqual([]);
    book.who = { name: "Paula", email: "paula@example.com" };
    await run("approve production --local");
    expect(book.events[0]?.what).toMatchObject({ kind: "approval", role: "owner", verdict: "approved", releaseId: id });
    // Paula herself asks now: her own approval does not count for her.
    expect((await run("why production --local --json")).out).toContain('"self-approval"');
    book.who = { name: "Sam", email: "sam@example.com" };
    expect((await run("why production --local --json")).out).toContain('"approved by paula@example.com"');
  });
  test("check: only declared ones, with their evidence", async () => {
    expect((await run("check staging load-test passed --local")).err).toContain("--evidence WHERE");
    expect((await run("check staging loadtest passed --local --evidence x")).err).toContain("Did you mean load-test?");
    expect((await run("check staging load-test maybe --local")).exitCode).toBe(2);
    expect(book.events).toEqual([]);
    expect((await run("check staging load-test passed --evidence https://ci.example.com/7 --local")).exitCode).toBe(0);
    expect(book.events[0]?.what).toMatchObject({ kind: "check", stack: "staging", releaseId: id, name: "load-test", result: "passed" });
    expect((await run("why production --local")).out).toContain("1 gate is closed");
  });
  test("freeze and unfreeze", async () => {
    expect((await run("freeze production --local")).err).toContain("--reason is missing");
    expect((await run("freeze production --reason x --until 2020-01-01 --local")).err).toContain("is over already");
    expect((await run("unfreeze production --local")).err).toContain("production is not frozen");
    await run("freeze --reason audit --local");
    expect((await run("unfreeze production --local")).err).toContain("a freeze of everything");
    await run("unfreeze --local");
    expect(kinds()).toEqual(["freeze", "unfreeze"]);
  });
  test("hold and release-hold", async () => {
    expect((await run("release-hold production --reason x --local")).err).toContain("Nothing is held back");
    await run("hold production --reason flaky --local");
    expect((await run("why production --local")).out).toContain("hold: 1.5.0 is held back from production");
    await run("release-hold production 1.5.0 --reason fixed --local");
    expect(book.events.map(({ what }) => what)).toMatchObject([
      { kind: "hold", releaseId: id, automatic: false },
      { kind: "hold-released", releaseId: id },
    ]);
  });
  test("a result that was measured tomorrow would be fresh for ever: it is refused", async () => {
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    const { exitCode, err } = await run(`check staging load-test passed --evidence https://x --measured-at ${tomorrow} --local`);
    expect({ exitCode, err }).toMatchObject({ exitCode: 2, err: expect.stringContaining("in the future") });
    expect(kinds()).toEqual([]);
    const now = new Date().toISOString();
    expect((await run(`check staging load-test passed --evidence https://x --measured-at ${now} --local`)).exitCode).toBe(0);
  });
  test("incidents get a number, know what runs, and are closed", async () => {
    await run("incident open staging --summary slow --local");
    expect(book.events[0]?.what).toEqual({ kind: "incident-opened", incident: "INC-1", stack: "staging", releaseId: id, summary: "slow" });
    expect((await run("incident open staging INC-1 --summary slow --local")).err).toContain("open already");
    await run("incident close staging --local");
    expect((await run("incident close staging --local")).err).toContain("No incident is open");
  });
  test("broken glass is confirmed by somebody else only", async () => {
    await run("break-glass production --reason down --incident INC-9 --local");
    expect((await run("break-glass confirm production --local")).err).toContain("somebody else must confirm it");
    expect(kinds()).toEqual(["break-glass"]);
  });
  test("migrations: a first deployment's are listed, and nothing is confirmed unasked", async () => {
    const { exitCode, err } = await run("confirm-migrations production --local");
    expect(exitCode).toBe(2);
    expect(err).toContain("20261102090000_seats");
    await run("confirm-migrations production --yes --local");
    expect(book.events[0]?.what).toMatchObject({ kind: "migrations-confirmed", migrations: ["20261102090000_seats"] });
  });
  test("--as is refused outside the local world", async () => {
    const { exitCode, err } = await run(`approve production ${PAULA}`);
    expect({ exitCode, err }).toMatchObject({ exitCode: 2, err: expect.stringContaining("--as is for the local world") });
  });
});

describe("pods that find no node", () => {
  const pod = (message: string) =>
    ({
      metadata: { name: "api-1", namespace: "shop" },
      spec: { containers: [{ name: "api", resources: { requests: { cpu: "64", memory: "1Gi" } } }] },
      status: { conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message }] },
    }) as never;
  test("name the resource that is lacking and what they ask for", () =>
    expect(pendingLine(pendingPod(pod("0/2 nodes are available: 2 Insufficient cpu. preemption: none."))!)).toBe(
      "Pod shop/api-1 finds no node with enough cpu (it requests cpu 64): 0/2 nodes are available: 2 Insufficient cpu. preemption: none.",
    ));
  test("say what else it is in the scheduler's words", () =>
    expect(pendingLine(pendingPod(pod("0/2 nodes: untolerated taint"))!)).toContain("cannot be scheduled: 0/2 nodes: untolerated taint"));
  test("a pod that has a node is none", () =>
    expect(pendingPod({ status: { conditions: [{ type: "PodScheduled", status: "True" }] } } as never)).toBeUndefined());
});
