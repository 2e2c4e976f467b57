import { describe, expect, test } from "vitest";
import type { EngineEvent, RunOptions, RunResult } from "../../ops/engine.ts";
import { UserError } from "../../ops/user-error.ts";
import { RULES } from "../../policy/rules/index.ts";
import { liftlock, replay } from "./support/harness.ts";
import { recordedEvents, recordedPreview, resultOf } from "./support/reference.ts";

const step2 = recordedPreview("step2");
const changed = resultOf(step2);
const same = resultOf(step2, { steps: [], changeSummary: { same: 11 } });
/** The recorded program is a small one, with no thought of rules: it breaks them on purpose. */
const exemptions = RULES.map(({ name }) => ({ rule: name, resource: "*", reason: "recorded as it is", expires: "2999-12-31" }));
const config = async () => ({ "ferry:token": "[secret]", "ferry:application": JSON.stringify({ policy: { exemptions } }) });
const preview = (result: RunResult) => ({ engine: { preview: async () => result, config } });

describe("preview", () => {
  test("of one stack says what changes and which engine it is", async () => {
    const { exitCode, out, err } = await liftlock("preview staging --local", preview(changed));
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    expect(out).toContain("an engine of the test · a target");
    expect(out).toContain("staging: 1 replaced, 1 updated, 9 unchanged");
    expect(out).toContain("rolls api");
  });

  test("what breaks a rule is named with its remedy and ends with 1; an exemption says until when", async () => {
    const { exitCode, out } = await liftlock("preview staging --local", { engine: { preview: async () => changed } });
    expect(exitCode).toBe(1);
    expect(out).toMatch(
      /Deployment api container \S+ runs \S+, which can change under its name \(image-digest\)\n +to mend it: name the image with @sha256/,
    );
    expect((await liftlock("preview staging --local", preview(changed))).out).toMatch(
      /exempt from image-digest until 2999-12-31: Deployment api: recorded as it is/,
    );
  });

  test("of all stacks, in the order of promotion, starts with a summary", async () => {
    const engine = (stack: string) => ({ preview: async () => (stack === "staging" ? changed : same) });
    const { out, requests } = await liftlock("preview --local", { engine });
    expect(requests.map((r) => [r.stack, r.cluster])).toEqual([
      ["development", "if-running"],
      ["staging", "if-running"],
      ["production", "if-running"],
    ]);
    expect(out.split("\n").slice(1, 4)).toEqual([
      "development  no changes, 11 unchanged",
      "staging      1 replaced, 1 updated, 9 unchanged",
      "production   no changes, 11 unchanged",
    ]);
  });

  test("runs its stacks side by side", async () => {
    let waiting = 0;
    const all = Promise.withResolvers<void>();
    const engine = {
      preview: async () => {
        if (++waiting === 3) all.resolve();
        await all.promise; // hangs unless all three have begun
        return same;
      },
    };
    expect((await liftlock("preview --local", { engine })).exitCode).toBe(0);
  });

  test("--expect-no-changes ends with 3 when there are some, with 0 when there are none", async () => {
    expect((await liftlock("preview staging --local --expect-no-changes", preview(changed))).exitCode).toBe(3);
    expect((await liftlock("preview staging --local --expect-no-changes", preview(same))).exitCode).toBe(0);
  });

  test("--json prints the digest of the Pulumi CLI, and the engine's name elsewhere", async () => {
    const { out, err } = await liftlock("preview staging --local --json", preview(changed));
    const digest = JSON.parse(out);
    expect(Object.keys(digest)).toEqual(["config", "steps", "diagnostics", "duration", "changeSummary", "policy"]);
    expect(digest).toMatchObject({
      changeSummary: step2.changeSummary,
      steps: step2.steps,
      duration: step2.duration,
      config: { "ferry:token": "[secret]" },
    });
    expect(err).toContain("an engine of the test");
  });

  test("--json of several stacks is a map", async () => {
    const { out } = await liftlock("preview development staging --local --json", preview(changed));
    expect(Object.keys(JSON.parse(out))).toEqual(["development", "staging"]);
  });

  test("one stack's bad settings do not hide the others' previews", async () => {
    const engine = (stack: string) => ({
      preview: async () => {
        if (stack === "staging") throw new UserError("Pulumi.staging.yaml is not valid:\n  environment.host: must be a host name");
        return changed;
      },
    });
    const { exitCode, out, err } = await liftlock("preview --local", { engine });
    expect(exitCode).toBe(1);
    expect(out).toContain("production: 1 replaced");
    expect(err).toBe("staging: Pulumi.staging.yaml is not valid:\n  environment.host: must be a host name");
  });

  test("a failed preview says why and ends with 1", async () => {
    const failed = resultOf(step2, { result: "failed", diagnostics: [{ severity: "error", message: "error: boom\n" }] });
    const { exitCode, err } = await liftlock("preview staging --local", preview(failed));
    expect(exitCode).toBe(1);
    expect(err).toContain("boom");
  });
});

describe("up", () => {
  const events = recordedEvents("step2");
  const own = "urn:pulumi:dev::conformance::conformance:app:Workload";
  const timings = {
    [`${own}$kubernetes:apps/v1:Deployment::api`]: 2.5,
    [`${own}$kubernetes:core/v1:ConfigMap::api-config`]: 0.05,
    [`${own}::api`]: 2.6,
  };
  const result = resultOf(step2, { timings });

  test("tells each step, what runs where, how long it took and what to try next", async () => {
    const { exitCode, out } = await liftlock("up staging --local", { engine: { up: replay(events, result) } });
    expect(exitCode).toBe(0);
    const lines = out.split("\n");
    expect(lines).toContain("  ConfigMap api-config-… created anew");
    expect(lines).toContain("    Deployment api: Deployment initialization complete");
    expect(lines).toContain("  Deployment api updated");
    expect(lines.find((line) => /^ {2}api +Deployment +\? of 2 +nginx:1\.29 +-$/.test(line))).toBeDefined();
    expect(lines).toContain("  Deployment api  2.5 s");
    expect(lines).toContain("  and 1 more step, none longer than 0.1 s");
    expect(out).toMatch(/To try next\n {2}.*liftlock'? preview staging --local\n/);
    expect(out).toMatch(/\n {2}.*liftlock'? up production --local\n/);
  });

  test("what stays the same is not told", async () => {
    const { out } = await liftlock("up staging --local", { engine: { up: replay(events, result) } });
    expect(out).not.toMatch(/CronJob backup (?!.*busybox)/);
    expect(out).not.toContain("Namespace");
  });

  test("--json prints the engine's events and nothing else on standard output", async () => {
    const { out, err } = await liftlock("up staging --local --json", { engine: { up: replay(events, result) } });
    expect(out.split("\n").map((line) => JSON.parse(line) as EngineEvent)).toEqual(events);
    expect(err).toContain("an engine of the test");
  });

  test("passes on the message and asks for a running cluster", async () => {
    let given: RunOptions | undefined;
    const up = async (options: RunOptions) => {
      given = options;
      return same;
    };
    const { requests } = await liftlock("up staging --local -m hello", { engine: { up } });
    expect(given).toMatchObject({ message: "hello" });
    expect(requests[0]).toMatchObject({ stack: "staging", cluster: "start" });
  });

  test("--expect-no-changes ends with 3 after changes", async () => {
    expect((await liftlock("up staging --local --expect-no-changes", { engine: { up: async () => changed } })).exitCode).toBe(3);
    expect((await liftlock("up staging --local --expect-no-changes", { engine: { up: async () => same } })).exitCode).toBe(0);
  });

  test("a failure names the container's own reason first, and what to do", async () => {
    const bad = recordedEvents("step5-bad-image");
    const diagnostics = bad.flatMap(({ diagnosticEvent: d }) =>
      d && d.severity === "error" ? [{ ...(d.urn ? { urn: d.urn } : {}), severity: "error" as const, message: d.message }] : [],
    );
    const failed = resultOf(step2, { result: "failed", changeSummary: { same: 8 }, diagnostics });
    const { exitCode, out, err } = await liftlock("up staging --local", { engine: { up: replay(bad, failed) } });
    expect(exitCode).toBe(1);
    expect(out).toMatch(/ {2}Deployment api failed/);
    const lines = err.split("\n");
    expect(lines[0]).toBe("failed: Deployment api in namespace conformance-dev");
    expect(lines[1]).toBe("  [Pod conformance-dev/api-d984cfdfb-zwtjq]: [ImagePullBackOff] Back-off pulling image nginx:does-not-exist");
    expect(lines.at(-1)).toBe(
      "  next: check the image of api under release.images in Pulumi.staging.yaml, and that the cluster may pull from its registry",
    );
  });

  test("Ctrl-C asks the run to end, and the exit code says that it did not get through", async () => {
    let interrupt = () => {};
    const up = ({ signal }: RunOptions) =>
      new Promise<RunResult>((resolve) => {
        signal?.addEventListener("abort", () => resolve(resultOf(step2, { result: "cancelled" })));
        interrupt();
      });
    const { exitCode, err, out, killed } = await liftlock("up staging --local", {
      engine: { up },
      onStart: (press) => {
        interrupt = press;
      },
    });
    expect({ exitCode, killed }).toEqual({ exitCode: 1, killed: undefined });
    expect(err).toContain("Stopping: what is under way is ended and recorded.");
    expect(out).toContain("staging: stopped after");
  });

  test("a second Ctrl-C ends the process at once", async () => {
    let interrupt = () => {};
    const up = ({ signal }: RunOptions) =>
      new Promise<RunResult>((resolve) => {
        interrupt();
        expect(signal?.aborted).toBe(true);
        interrupt();
        resolve(resultOf(step2, { result: "cancelled" }));
      });
    const { killed } = await liftlock("up staging --local", {
      engine: { up },
      onStart: (press) => {
        interrupt = press;
      },
    });
    expect(killed).toBe(130);
  });
});

describe("destroy", () => {
  const plan = resultOf(step2, { steps: [], changeSummary: { delete: 1 } });
  const engine = (protect: boolean, ran: { value: boolean }) => ({
    export: async () => ({
      version: 3,
      deployment: {
        resources: [
          { urn: "urn:a", type: "kubernetes:core/v1:Namespace", id: "ferry-staging", protect },
          { urn: "urn:b", type: "kubernetes:core/v1:Service", id: "ferry-staging/api" },
        ],
      },
    }),
    destroy: async ({ previewOnly }: RunOptions & { previewOnly?: boolean }) => {
      if (!previewOnly) ran.value = true;
      return plan;
    },
  });

  test("refuses up front when anything is protected, even with --yes", async () => {
    const ran = { value: false };
    const { exitCode, err, requests } = await liftlock("destroy staging --local --yes", { engine: engine(true, ran) });
    expect(exitCode).toBe(1);
    expect(err).toContain("it holds what is protected, and nothing else is touched either.\n  Namespace ferry-staging\nIf it really");
    expect(requests.map((r) => r.cluster)).toEqual(["none"]); // nothing was started for it
    expect(err).toContain("set environment.protect to false in Pulumi.staging.yaml");
    expect(ran.value).toBe(false);
  });

  test("goes on when the stack's name is typed", async () => {
    const ran = { value: false };
    const { exitCode, questions, out } = await liftlock("destroy staging --local", { engine: engine(false, ran), answers: ["staging"] });
    expect({ exitCode, ran: ran.value, asked: questions.length }).toEqual({ exitCode: 0, ran: true, asked: 1 });
    expect(out).toContain("staging: 1 deleted");
  });

  test.each([["yes"], [""], ["Staging"]])("does nothing when %j is typed instead", async (answer) => {
    const ran = { value: false };
    const { exitCode, err } = await liftlock("destroy staging --local", { engine: engine(false, ran), answers: [answer] });
    expect({ exitCode, ran: ran.value }).toEqual({ exitCode: 2, ran: false });
    expect(err).toContain("nothing was done");
  });

  test("without anybody to ask, it wants --yes", async () => {
    const ran = { value: false };
    const { exitCode, err } = await liftlock("destroy staging --local", { engine: engine(false, ran) });
    expect({ exitCode, ran: ran.value }).toEqual({ exitCode: 2, ran: false });
    expect(err).toContain("add --yes");
  });
});

describe("refresh", () => {
  const drift = resultOf(recordedPreview("drift.refresh-preview"));

  test("says what was changed by hand, and how to put it back", async () => {
    let previewOnly: boolean | undefined;
    const refresh = async (options: RunOptions & { previewOnly?: boolean }) => {
      previewOnly = options.previewOnly;
      return drift;
    };
    const { exitCode, out } = await liftlock("refresh staging --local --preview-only --expect-no-changes", { engine: { refresh } });
    expect({ exitCode, previewOnly }).toEqual({ exitCode: 3, previewOnly: true });
    expect(out).toContain("staging: 1 gone, 2 changed by hand, 7 as recorded");
    expect(out).toContain("Service api is gone from the cluster");
    expect(out).toMatch(/Nothing was taken over\..*liftlock'? up staging --local --refresh/);
  });
});

describe("what only reads", () => {
  test("outputs, for people and as JSON", async () => {
    const engine = { outputs: async () => ({ namespace: "ferry-staging", urls: { api: "https://a.example" }, token: "[secret]" }) };
    expect((await liftlock("outputs staging --local", { engine })).out).toBe(
      'namespace: ferry-staging\nurls:\n  api: https://a.example\ntoken: "[secret]"',
    );
    expect(JSON.parse((await liftlock("outputs staging --local --json", { engine })).out)).toEqual(await engine.outputs());
  });

  test("history, newest first", async () => {
    const entry = {
      version: 1,
      kind: "update" as const,
      startTime: "2026-11-21T09:52:54.000Z",
      endTime: "2026-11-21T09:52:56.000Z",
      message: "ship it\nmore",
      result: "succeeded" as const,
      environment: {},
      config: {},
      resourceChanges: { create: 1, same: 8 },
    };
    const engine = { history: async () => [entry] };
    expect((await liftlock("history staging --local", { engine })).out).toMatch(
      /\n2026-11-21 09:52Z +update +succeeded +2\.0 s +1 created, 8 unchanged +ship it$/,
    );
    expect(JSON.parse((await liftlock("history staging --local --json", { engine })).out)).toEqual([entry]);
    expect((await liftlock("history staging --local")).out).toBe("Nothing was done to staging yet.");
  });

  test("stacks, in the order of promotion", async () => {
    const engine = {
      stacks: async () =>
        ["production", "old", "development"].map((name) => ({ name, hasSettings: name !== "old", hasState: name === "old" })),
    };
    expect((await liftlock("stacks --local", { engine })).out.split("\n").map((line) => line.split(" ")[0])).toEqual([
      "stack",
      "development",
      "production",
      "old",
    ]);
  });

  test("cancel asks first, and names whose lock it was", async () => {
    const held = [{ pid: 7, username: "ann", hostname: "box", timestamp: "2026-11-21T09:52:54Z", alive: false }];
    const engine = { locks: async () => held, cancel: async () => held };
    const asked = await liftlock("cancel staging --local", { engine });
    expect(asked.exitCode).toBe(2);
    expect(asked.err).toContain("which ann@box (process 7, since 2026-11-21T09:52:54Z, no longer running) holds");
    expect((await liftlock("cancel staging --local --yes", { engine })).out).toContain(
      "ann@box (process 7, since 2026-11-21T09:52:54Z, no longer running)",
    );
  });
  test("cancel looks first: where nobody holds the stack there is nothing to ask", async () => {
    const engine = { cancel: () => Promise.reject(new Error("not to be called")) };
    const { exitCode, out, questions } = await liftlock("cancel staging --local", { engine, answers: [] });
    expect({ exitCode, out, questions }).toEqual({
      exitCode: 0,
      out: "Nobody holds staging: there is no lock to take away.",
      questions: [],
    });
    expect((await liftlock("cancel staging --local --json", { engine })).out).toBe("[]");
  });
});

describe("render", () => {
  const manifests = [
    { apiVersion: "v1", kind: "Service", metadata: { name: "b" } },
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "ferry" } },
  ];
  test("--yaml puts nothing but documents on standard output", async () => {
    const { out, exitCode } = await liftlock("render staging --yaml", { manifests });
    expect(exitCode).toBe(0);
    expect(out).toBe(
      "---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: ferry\n---\napiVersion: v1\nkind: Service\nmetadata:\n  name: b",
    );
  });
  test("--json is a list", async () => {
    expect(JSON.parse((await liftlock("render staging --json", { manifests })).out)).toEqual([manifests[1], manifests[0]]);
  });
  test("both at once is a mistake", async () => {
    expect((await liftlock("render staging --json --yaml", { manifests })).exitCode).toBe(2);
  });
});

describe("faults", () => {
  test("of ours: one line, no stack trace unless asked for", async () => {
    const engine = { history: () => Promise.reject(new TypeError("x is not a function\nsecond line")) };
    const { exitCode, err } = await liftlock("history staging --local", { engine });
    expect(exitCode).toBe(1);
    expect(err).toBe(
      "error: x is not a function\nThis is a fault of liftlock: please report it, with the command that you ran. LIFTLOCK_DEBUG=1 shows where it happened.",
    );
    expect((await liftlock("history staging --local", { engine, env: { LIFTLOCK_DEBUG: "1" } })).err).toMatch(/\n +at /);
  });
  test("of the user: the message and its exit code", async () => {
    const engine = { history: () => Promise.reject(new UserError("the file is damaged", 1)) };
    expect(await liftlock("history staging --local", { engine })).toMatchObject({ exitCode: 1, err: "error: the file is damaged" });
  });
});
