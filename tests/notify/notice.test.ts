import { describe, expect, test } from "vitest";
import { PromotionSettings } from "../../components/gates.schema.ts";
import { NOTICES, type Receiver } from "../../components/notifications.schema.ts";
import type { Happening, LedgerEvent } from "../../ops/ledger/event.ts";
import { type About, messageFor, recipients } from "../../ops/notify/notice.ts";

const release = { id: "1.6.0-aaaaaaaa", version: "1.6.0", commit: "0".repeat(40), images: {} };
const event = (what: Happening): LedgerEvent => ({
  id: "e1",
  number: 1,
  previous: null,
  at: "2026-05-04T10:00:00.000Z",
  actor: { name: "Ada" },
  what,
});
const promotion = PromotionSettings.parse({
  path: ["staging", "production"],
  people: { paula: ["paula@example.com", "@paula"] },
  roles: { owner: { people: ["paula", "olaf@example.com", "@no-mail"] }, qa: { people: ["quinn@example.com"] } },
});
const about: About = {
  project: "ferry",
  settings: { receivers: [], report: "write to help@example.com" },
  promotion,
  commits: new Map([[release.id, ["Choose a seat", "Mend the <map>"]]]),
  addresses: new Map([["production", "https://ferry.example.com"]]),
};
const slack = (more: Partial<Receiver> = {}): Receiver =>
  ({ kind: "slack", urlFrom: "SLACK", on: [...NOTICES], roles: [], ...more }) as Receiver;
const promoted: Happening = { kind: "promotion", from: "staging", to: "production", release, lane: "normal" };
const deployed = (result: "succeeded" | "failed" | "restored" | "cancelled"): Happening => ({
  kind: "deployment",
  stack: "production",
  release,
  result,
  startedAt: "2026-05-04T10:00:00.000Z",
  endedAt: "2026-05-04T10:01:00.000Z",
  engine: "test",
});

describe("what a receiver is told", () => {
  test("an announcement says what comes, where, by whom, how to report, and whom it is for", () => {
    expect(messageFor(slack({ roles: ["qa", "owner"] }), [event(promoted)], about)).toEqual({
      title: "ferry: 1.6.0 promoted from staging to production",
      lines: [
        "By: Ada, 2026-05-04 10:00Z",
        "What is in 1.6.0:",
        "- Choose a seat",
        "- Mend the <map>",
        "Where: https://ferry.example.com",
        "Trouble? write to help@example.com",
        "For: qa, owner",
      ],
    });
  });
  test("what was recorded together is one message", () => {
    const back: Happening = {
      kind: "rollback",
      stack: "production",
      from: release,
      to: release,
      automatic: true,
      cause: "pods crash",
      class: "safe",
    };
    const message = messageFor(slack(), [event(deployed("restored")), event(back)], about);
    expect(message?.title).toBe("ferry: 1.6.0 deployed to production: restored");
    expect(message?.lines[0]).toContain("production rolled back from 1.6.0 to 1.6.0 by itself: pods crash");
    expect(message?.lines.join("\n")).not.toContain("What is in");
  });
  test("only what it asked for, of the environments it asked for", () => {
    const one = (receiver: Partial<Receiver>, what: Happening) => messageFor(slack(receiver), [event(what)], about) !== undefined;
    expect(one({ on: ["rollback"] }, promoted)).toBe(false);
    expect(one({ on: ["promotion"] }, promoted)).toBe(true);
    expect(one({ stacks: ["staging"] }, promoted)).toBe(false);
    expect(one({ stacks: ["production"] }, promoted)).toBe(true);
    expect(one({ stacks: ["staging"] }, { kind: "freeze", reason: "exams" })).toBe(true); // concerns every environment
  });
  test.each<[string, Happening]>([
    ["a cancelled run", deployed("cancelled")],
    ["drift that is none", { kind: "drift", stack: "production", findings: 0 }],
    ["a watch that saw nothing", { kind: "watch", stack: "production", releaseId: release.id, result: "passed", minutes: 30 }],
    ["a check", { kind: "check", stack: "production", releaseId: release.id, name: "load", result: "passed" }],
  ])("nobody is told of %s", (_, what) => {
    expect(messageFor(slack(), [event(what)], about)).toBeUndefined();
  });
  test("many commits are named in part", () => {
    const commits = new Map([[release.id, Array.from({ length: 20 }, (_, n) => `change ${n}`)]]);
    const lines = messageFor(slack(), [event(promoted)], { ...about, commits })!.lines;
    expect(lines).toContain("- and 12 more");
    expect(lines.filter((line) => line.startsWith("- change"))).toHaveLength(8);
  });
});

test("mail goes to the addresses and to the people of the roles, each once", () => {
  const mail = {
    kind: "email",
    smtpFrom: "SMTP",
    from: "a@example.com",
    to: ["list@example.com", "paula@example.com"],
    on: [...NOTICES],
    roles: ["owner", "qa"],
  } as const;
  expect(recipients({ ...mail, on: [...mail.on], to: [...mail.to], roles: [...mail.roles] }, promotion)).toEqual([
    "list@example.com",
    "paula@example.com",
    "olaf@example.com",
    "quinn@example.com",
  ]);
});
