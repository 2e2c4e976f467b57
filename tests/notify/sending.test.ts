import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import type { Happening, Ledger, LedgerEvent } from "../../ops/ledger/event.ts";
import { Notifications } from "../../ops/notify/notifying.ts";
import { notify } from "../../ops/notify/outbox.ts";
import type { Selector } from "../../ops/selector.ts";
import type { Io } from "../../ops/terminal/io.ts";
import { chat, mailServer } from "./receivers.ts";

let dir: string;
const open: { close(): unknown }[] = [];
const kept = <T extends { close(): unknown }>(one: T): T => {
  open.push(one);
  return one;
};
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), "liftlock-notify-"));
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
  rmSync(dir, { recursive: true });
});

/** The reference application, with receivers. */
function project(...receivers: object[]) {
  const file = parse(readFileSync(path.resolve("Pulumi.yaml"), "utf8"));
  const application = file.config.application.value;
  application.notifications = { receivers };
  application.promotion.roles = { owner: { people: ["paula@example.com"] } };
  writeFileSync(path.join(dir, "Pulumi.yaml"), stringify(file));
  writeFileSync(path.join(dir, "Pulumi.production.yaml"), readFileSync(path.resolve("Pulumi.production.yaml"), "utf8"));
  return { name: "ferry", dir, stacks: ["production"] };
}
const frozen: Happening = { kind: "freeze", stack: "production", reason: "exams <&>" };
const sealed = (...what: Happening[]): LedgerEvent[] =>
  what.map((one, n) => ({ id: `e${n}`, number: n + 1, previous: null, at: "2026-05-04T10:00:00.000Z", actor: { name: "Ada" }, what: one }));
const ledger: Ledger = {
  read: async () => ({ events: [], findings: [] }),
  append: async (...what) => ({ events: sealed(...what), unsynced: 0 }),
  sync: async () => ({ sent: 0, received: 0, offline: false }),
};
/** `attempt`: milliseconds that a receiver has to answer. */
const telling =
  (attempt: number) =>
  (env: Record<string, string>, local = false, ...receivers: object[]) =>
    notify(project(...receivers), ledger, sealed(frozen), { env, local, patience: { attempt, pause: 5 } });
const tell = telling(15_000);

describe("a receiver on loopback", () => {
  test("Slack: its own characters are escaped", async () => {
    const slack = kept(await chat(200));
    expect(await tell({ SLACK: slack.url }, true, { kind: "slack", urlFrom: "SLACK" })).toEqual([]);
    expect(slack.received).toHaveLength(1);
    expect(slack.received[0]!.body.text).toContain("*ferry: production frozen: exams &lt;&amp;&gt;*");
    expect(slack.received[0]!.body.text).toContain("Where: https://ferry.example.com");
  });
  test("Discord: nobody is pinged by what a text says", async () => {
    const discord = kept(await chat(204));
    expect(await tell({ DISCORD: discord.url }, true, { kind: "discord", urlFrom: "DISCORD" })).toEqual([]);
    expect(discord.received[0]!.body).toMatchObject({
      content: expect.stringContaining("**ferry: production frozen: exams <&>**"),
      allowed_mentions: { parse: [] },
    });
  });
  test("mail: to the people of its roles", async () => {
    const mail = kept(await mailServer());
    const receiver = { kind: "email", smtpFrom: "SMTP", from: "liftlock@example.com", roles: ["owner"] };
    expect(await tell({ SMTP: mail.url() }, true, receiver)).toEqual([]);
    expect(mail.received).toEqual([{ to: ["paula@example.com"], text: expect.stringContaining("Subject: ferry: production frozen") }]);
  });
});

describe("a receiver in trouble", () => {
  test.each(["slack", "discord"])("%s: tried again after an error of its own", async (kind) => {
    const flaky = kept(await chat(500, 502, 200));
    expect(await tell({ HOOK: flaky.url }, true, { kind, urlFrom: "HOOK" })).toEqual([]);
    expect(flaky.received).toHaveLength(3);
  });
  test.each(["slack", "discord"])("%s: what it refuses is not tried again; the address is in no line", async (kind) => {
    const gone = kept(await chat(404));
    const lines = await tell({ HOOK: gone.url }, true, { kind, urlFrom: "HOOK" });
    expect(lines).toEqual([expect.stringMatching(new RegExp(`^${kind} \\(.*\\) not told: .*404`))]);
    expect(gone.received).toHaveLength(1);
    expect(lines.join()).not.toContain("planted");
  });
  test("one that never answers is given up, and keeps no other from being told", async () => {
    const [silent, well] = [kept(await chat("hang")), kept(await chat(200))];
    const receivers = [
      { kind: "discord", urlFrom: "SILENT" },
      { kind: "slack", urlFrom: "WELL" },
    ];
    const lines = await telling(500)({ SILENT: silent.url, WELL: well.url }, true, ...receivers);
    expect(lines).toEqual([expect.stringContaining("discord (")]);
    expect(well.received).not.toEqual([]);
  });
  test("a wrong password is said without it", async () => {
    const mail = kept(await mailServer());
    const receiver = { kind: "email", smtpFrom: "SMTP", from: "liftlock@example.com", to: ["a@example.com"] };
    const lines = await tell({ SMTP: mail.url("planted-wrong") }, true, receiver);
    expect(lines).toEqual([expect.stringMatching(/^email .* not told: Invalid login/)]);
    expect(lines.join()).not.toContain("planted-wrong");
  });
  test("an address that is none is not repeated", async () => {
    const lines = await tell({ HOOK: "planted-but-no-address" }, false, { kind: "discord", urlFrom: "HOOK" });
    expect(lines).toEqual([expect.stringContaining("[secret]")]);
    expect(lines.join()).not.toContain("planted");
  });
  test("a variable that is not set is named", async () => {
    expect(await tell({}, false, { kind: "slack", urlFrom: "SLACK" })).toEqual([expect.stringContaining("SLACK is not set")]);
  });
  test("in the local world nobody expects to be told without it", async () => {
    expect(await tell({}, true, { kind: "slack", urlFrom: "SLACK" })).toEqual([]);
  });
  test("the local world rings in no real team's chat", async () => {
    const lines = await tell({ SLACK: "https://hooks.slack.example/services/planted" }, true, { kind: "slack", urlFrom: "SLACK" });
    expect(lines).toEqual([expect.stringContaining("the local world writes only to this machine")]);
  });
});

test("settings that cannot be read fail no run: it says that nobody was told", async () => {
  const errors: string[] = [];
  writeFileSync(path.join(dir, "Pulumi.yaml"), "name: ferry\nconfig: { application: { value: { name: 3 } } }\n");
  const io = { env: {}, err: (line: string) => void errors.push(line), colors: { dim: (text: string) => text } } as unknown as Io;
  const notifications = new Notifications(io, true);
  const selector = notifications.listen({
    project: async () => ({ name: "ferry", dir, stacks: [] }),
    ledger: async () => ledger,
  } as unknown as Selector);
  const { events } = await (await selector.ledger(dir)).append(frozen);
  await notifications.settled();
  expect(events).toHaveLength(1);
  expect(errors).toEqual([expect.stringContaining("nobody was told: ")]);
});
