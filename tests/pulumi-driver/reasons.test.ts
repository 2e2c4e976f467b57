import { hostname } from "node:os";
import { describe, expect, test } from "vitest";
import { CliFailure } from "../../ops/pulumi/cli.ts";
import { explain, NoSuchStack, scrubbed } from "../../ops/pulumi/reasons.ts";
import { UserError } from "../../ops/user-error.ts";

const place = {
  stack: "dev",
  projectDir: "/srv/shop",
  backend: "s3://states",
  env: { PULUMI_CONFIG_PASSPHRASE: "correct horse", SHORT_TOKEN: "abc" },
};
const said = (stderr: string): UserError => explain(new CliFailure(["up"], 255, "", stderr), place) as UserError;

/** As CLI 3.260 was recorded to say it. */
const lockedBy = (owner: string) =>
  `error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with \`pulumi cancel\`.\n  file:///state/.pulumi/locks/organization/scenarios/dev/cd14e95f.json?no_tmp_dir=true: created by ${owner} at 2026-11-21T10:53:11Z`;

describe("a locked stack", () => {
  test("on another machine: who, since when, and what to do", () => {
    const { message, exitCode } = said(lockedBy("ada@far (pid 1005)"));
    expect(exitCode).toBe(1);
    expect(message).toBe(
      "Stack dev is locked:\n  ada@far (pid 1005) since 2026-11-21T10:53:11Z: on another machine\nWait for it to end. If you are sure that it is stuck: `liftlock cancel dev`.",
    );
  });
  test("by a process of this machine that is gone", () => {
    const { message } = said(lockedBy(`ada@${hostname()} (pid 4194399)`));
    expect(message).toContain("no longer running");
    expect(message).toContain("Take the lock away with `liftlock cancel dev`");
  });
  test("by one that still runs", () => {
    expect(said(lockedBy(`ada@${hostname()} (pid ${process.pid})`)).message).toContain("still running\nWait for it to end.");
  });
  test("by somebody whose name has a space in it", () => {
    expect(said(lockedBy("Ada King@far (pid 1005)")).message).toContain("  Ada King@far (pid 1005) since");
  });
  test("the loser of two that began at the same moment, told of no owner, names the one that the backend's lock does", () => {
    const [alone] = lockedBy("nobody").split("\n") as [string];
    const owners = [{ pid: process.pid, username: "ada", hostname: hostname(), timestamp: "2026-11-21T10:53:11Z", alive: true }];
    const { message } = explain(new CliFailure(["up"], 255, "", alone), { ...place, owners }) as UserError;
    expect(message).toContain(`Stack dev is locked:\n  ada@${hostname()} (pid ${process.pid}) since 2026-11-21T10:53:11Z: still running`);
  });
  test("in Pulumi Cloud", () => {
    expect(said("error: [409] Conflict: Another update is currently in progress.").message).toContain(
      "Stack dev is locked:\n  pulumi: [409] Conflict",
    );
  });
});

test.each<[string, string, string]>([
  ["no stack", "error: no stack named 'dev' found", "pulumi stack init dev --cwd /srv/shop"],
  [
    "no passphrase",
    "error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables",
    "set PULUMI_CONFIG_PASSPHRASE",
  ],
  [
    "the wrong one",
    "error: failed to decrypt: incorrect passphrase, please set PULUMI_CONFIG_PASSPHRASE to the correct one",
    "does not open the secrets of dev",
  ],
  ["no login", "error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions", "run `pulumi login`"],
  [
    "no backend",
    'error: read ".pulumi/meta.yaml": blob (code=Unknown): dial tcp: lookup states.example.com: no such host',
    "cannot be used (s3://states)",
  ],
  [
    "anything else",
    "warning: a newer version is there\nerror: missing required configuration variable 'shop:host'\n",
    "pulumi up of dev failed: missing required configuration variable 'shop:host'",
  ],
  ["nothing at all", "", "it ended with 255 and said nothing"],
])("%s: says what to do, with the CLI's own reason", (_, stderr, words) => {
  expect(said(stderr)).toBeInstanceOf(UserError);
  expect(said(stderr).message).toContain(words);
});

test("that a stack does not exist can be told apart", () => {
  expect(said("error: no stack named 'dev' found")).toBeInstanceOf(NoSuchStack);
});

test("errors that are none of the CLI's are left alone", () => {
  const error = new TypeError("ours");
  expect(explain(error, place)).toBe(error);
});

test("nothing of what the environment keeps secret is repeated", () => {
  const { message } = said(
    "error: could not open s3://key:hunter22@states/x with correct horse and pul-0123456789abcdef0123\u001b[31m!\u001b[0m",
  );
  for (const secret of ["hunter22", "correct horse", "pul-0123", "\u001b"]) expect(message).not.toContain(secret);
  // What is too short to be told from ordinary words stays.
  expect(scrubbed("abcdef", place.env)).toBe("abcdef");
});
