import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test, vi } from "vitest";
import { collect, errorsOf, TestProject } from "./support/stack.ts";

const planted = "planted-value-4711";
const forms = [planted, Buffer.from(planted).toString("base64")];

function expectNoSecret(what: unknown): void {
  const text = typeof what === "string" ? what : JSON.stringify(what);
  for (const form of forms)
    expect(text.includes(form), text.slice(Math.max(0, text.indexOf(form) - 80), text.indexOf(form) + 60)).toBe(false);
}

describe("a secret", () => {
  test("is in clear in no state, history, event, step, output or log, and the program still gets it", async () => {
    const project = new TestProject();
    project.secrets.token = planted;
    const spec = {
      resources: [
        { name: "a", inputs: { token: "<secret:token>", size: 1 } },
        // A value made of a secret elsewhere, under a property that nobody marked.
        { name: "b", inputs: { size: "<a.token>" } },
      ],
      outputs: { token: "<b.size>" },
      log: ["the program prints <secret:token>", "and <base64:token>"],
    };
    const { events, onEvent } = collect();
    const preview = await (await project.engine(spec)).preview({ onEvent });
    const engine = await project.engine(spec);
    const up = await engine.up({ onEvent });
    const changed = await project.engine({
      ...spec,
      resources: [{ ...spec.resources[0]!, inputs: { ...spec.resources[0]!.inputs, size: 2 } }, spec.resources[1]!],
    });
    const update = await changed.up({ onEvent });
    expect([preview.result, up.result, update.result]).toEqual(["succeeded", "succeeded", "succeeded"]);
    expect(reallyIn(project)).toBe(planted);

    expectNoSecret(events);
    for (const result of [preview, up, update]) expectNoSecret(result);
    expect(up.outputs).toEqual({ token: "[secret]" });
    expect(up.diagnostics.map(({ message }) => message)).toContain("the program prints [secret]");
    for (const file of files(project.backendDir)) expectNoSecret(readFileSync(file, "utf8"));
    expectNoSecret(await engine.export());
    expectNoSecret(await engine.history());
    expectNoSecret(await engine.config());
    expectNoSecret(await engine.outputs());
    expect(await engine.outputs({ showSecrets: true })).toEqual({ token: planted });
  });

  test("does not get out through an error of a provider or of the program", async () => {
    const project = new TestProject();
    project.secrets.token = planted;
    const spec = { resources: [{ name: "a", inputs: { token: "<secret:token>" } }] };
    project.cloud.during.set("create a", () => {
      throw new Error(`the server rejects "${planted}" and ${forms[1]}`);
    });
    const { events, onEvent } = collect();
    const failed = await (await project.engine(spec)).up({ onEvent });
    expect(errorsOf(failed)).toContain('the server rejects "[secret]" and [secret]');
    expectNoSecret(failed);
    expectNoSecret(events);
    const crashed = await (await project.engine({ crash: "no use for <secret:token>" })).up({ onEvent });
    expect(errorsOf(crashed)).toContain("no use for [secret]");
    expectNoSecret(crashed);
    expectNoSecret(events);
    for (const file of files(project.backendDir)) expectNoSecret(readFileSync(file, "utf8"));
  });

  test("is in no report that Node writes of a program that crashed", async () => {
    const project = new TestProject();
    project.secrets.token = planted;
    const reports = path.join(project.dir, "reports");
    mkdirSync(reports);
    vi.stubEnv("NODE_OPTIONS", `--report-uncaught-exception --report-on-fatalerror --report-directory=${reports}`);
    try {
      const crash = `setImmediate(() => process.report.writeReport()); throw new Error("crashed");`;
      const program = readFileSync(path.join(project.dir, "index.ts"), "utf8");
      writeFileSync(path.join(project.dir, "index.ts"), `${program}\nprocess.report.writeReport();\n${crash}`);
      const failed = await (await project.engine({ resources: [{ name: "a", inputs: { token: "<secret:token>" } }] })).up({});
      expect(failed.result).toBe("failed");
    } finally {
      vi.unstubAllEnvs();
    }
    const written = files(reports).map((file) => readFileSync(file, "utf8"));
    expect(written.length).toBeGreaterThan(0);
    for (const text of [...written, ...files(project.backendDir).map((file) => readFileSync(file, "utf8"))]) expectNoSecret(text);
  });

  test("is hidden in a diff of a value that only state knows", async () => {
    const project = new TestProject();
    project.secrets.token = planted;
    await project.up({ resources: [{ name: "a", inputs: { token: "<secret:token>" } }] });
    delete project.secrets.token;
    const { events, onEvent } = collect();
    const result = await (
      await project.engine({ resources: [{ name: "a", inputs: { token: "public" } }], outputs: { label: "<a.label>" } })
    ).preview({
      onEvent,
    });
    expect(result.changeSummary).toEqual({ same: 1, update: 1 });
    expectNoSecret(result);
    expectNoSecret(events);
  });
});

test("outputs that the program names as secret are encrypted in state", async () => {
  const project = new TestProject();
  const resources = [{ name: "a", inputs: { size: "not-marked-anywhere" }, options: { additionalSecretOutputs: ["size"] } }];
  const result = await project.up({ resources, outputs: { size: "<a.size>" } });
  expect(result.outputs).toEqual({ size: "[secret]" });
  expect(project.resources().get("a")?.outputs?.size).toHaveProperty("ciphertext");
});

const reallyIn = (project: TestProject): unknown => {
  const entry = [...project.cloud.entries.values()].find(({ id }) => id.startsWith("a-"));
  return (entry?.inputs.token as { value?: unknown } | undefined)?.value;
};

const files = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
