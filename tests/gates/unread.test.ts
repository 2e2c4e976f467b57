import { beforeEach, describe, expect, test } from "vitest";
import { releaseId } from "../../components/release.ts";
import { unported } from "../../ops/gates/back-port.ts";
import type { Evidence, Facts } from "../../ops/gates/evidence.ts";
import { NoStateError, UserError } from "../../ops/user-error.ts";
import { writtenSettings } from "../components/support.ts";
import { Kept } from "../ledger/kept.ts";
import { liftlock } from "../ops/support/harness.ts";
import "../../ops/commands/status.ts";
import "../../ops/commands/why.ts";
import { ledger, promotionOf } from "./support.ts";

const stacks = ["development", "staging", "production"];
const settings = Object.fromEntries(stacks.map((stack) => [stack, writtenSettings("ferry", stack)]));
const { release } = settings.staging!;
const gates = { production: { confirmMigrations: true, backupMaxAge: "24h" } };
const away = new UserError("The backend that keeps the state of it cannot be used: connection refused");
const none = new NoStateError("Stack production has no state");

/** Production runs what development and staging run, but for its version: that would migrate. */
const engine = (broken: Record<string, unknown>) => (stack: string) => {
  const { application, environment } = structuredClone(settings[stack]!);
  application.promotion = { path: stacks, gates };
  const live = { ...release, version: stack === "production" ? "0.9.0" : release.version };
  const config = {
    "ferry:application": JSON.stringify(application),
    "ferry:environment": JSON.stringify(environment),
    "ferry:release": JSON.stringify(live),
  };
  const liveSince = "2026-01-01T00:00:00Z";
  const outputs = { namespace: "ferry", release: live, qualified: [{ id: releaseId(live), version: live.version, images: {}, liveSince }] };
  const said = broken[stack];
  return {
    config: async () => config,
    outputs: async () => {
      if (said instanceof Error) throw said;
      return said === undefined ? outputs : { ...outputs, ...(said as object) };
    },
  };
};

let book: Kept;
beforeEach(() => {
  book = new Kept();
});
const run = (line: string, broken: Record<string, unknown> = {}) => liftlock(line, { engine: engine(broken), ledger: book, stacks });

describe("what an environment runs cannot be asked for", () => {
  test("it is not taken for one that nothing ever ran in: its database would have nothing to lose", async () => {
    const codes = async (broken: object) => {
      const { out } = await run("why production --local --json", { production: broken });
      return (JSON.parse(out) as { verdicts: { code: string }[] }).verdicts.map(({ code }) => code);
    };
    expect(await codes(none)).toContain("first-deployment");
    expect(await run("why production --local", { production: away })).toMatchObject({
      exitCode: 1,
      out: "",
      err: expect.stringMatching(/What production runs cannot be known.*connection refused/),
    });
  });
  test("nor is one before it, nor one whose record another version wrote", async () => {
    expect(await run("why production --local", { staging: away })).toMatchObject({
      exitCode: 1,
      err: expect.stringMatching(/What staging runs cannot be known/),
    });
    const newer = { release: { ...release, channel: "beta" } };
    expect(await run("why production --local", { production: newer })).toMatchObject({
      exitCode: 1,
      err: expect.stringMatching(/What production runs cannot be known: .*another version/),
    });
  });
  test("an approval of something else is not given by mistake, nor a check of it", async () => {
    for (const line of [
      "approve production",
      "check production x passed",
      "incident open production --summary x",
      "hold production --reason x",
    ])
      expect(await run(`${line} --local`, { production: away })).toMatchObject({ exitCode: expect.toSatisfy((code) => code !== 0) });
    expect(book.events).toEqual([]);
  });
  test("status says so of that one, and how the others are", async () => {
    const { exitCode, out } = await run("status --local", { production: away });
    expect(exitCode).toBe(0);
    expect(out).toMatch(/production {2}cannot be known: .*connection refused/);
    expect(out).toContain(`staging  ${release.version}`);
    expect(out).not.toContain("nothing runs there yet");
    const { out: json } = await run("status --local --json", { production: away });
    expect((JSON.parse(json) as { unread?: string }[])[2]?.unread).toMatch(/connection refused/);
  });
  test("a hotfix is not taken for ported back to it", async () => {
    const fix = { version: "1.0.1", commit: "b".repeat(40), images: {} };
    const events = ledger([0, { kind: "hotfix", stack: "production", release: { id: releaseId(fix), ...fix }, reason: "login" }]);
    const facts = new Map([
      ["development", { live: fix } as unknown as Facts],
      ["staging", { unread: "connection refused" } as Facts],
      ["production", { live: fix } as unknown as Facts],
    ]);
    const application = { promotion: promotionOf({}) } as Evidence["application"];
    const project = { name: "shop", dir: ".", stacks: [] };
    expect((await unported({ application, events, facts, project }, async () => true))[0]?.missing).toEqual(["staging"]);
  });
});

describe("a run", () => {
  test("does not pass its gates because nobody could be asked what runs", async () => {
    const { exitCode, err } = await run("up production --local", { production: away });
    expect({ exitCode, err }).toMatchObject({ exitCode: 1, err: expect.stringContaining("connection refused") });
    const newer = await run("up production --local", { production: { release: { ...release, channel: "beta" } } });
    expect(newer).toMatchObject({ exitCode: 1, err: expect.stringMatching(/another version/) });
  });
});
